"""Bringing a database to the newest schema, and telling meanwhile how far it is: on a large office a migration takes minutes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext, MigrationInfo
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

if TYPE_CHECKING:
    from storage.unit_of_work import Database

HERE = Path(__file__).parent
Say = Callable[[str], None]


def config() -> Config:
    """Alembic's settings; no ini file, nothing to keep in step."""
    settings = Config()
    settings.set_main_option("script_location", str(HERE))
    return settings


def is_current(database: "Database") -> bool:
    """True when the schema is the one this version of the program was written for."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def upgrade(database: "Database", say: Say = lambda _: None) -> None:
    """To head, each step told before it begins. Two processes that start together wait for each other."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_lock(7420)")
            connection.commit()
        settings = config()
        settings.attributes |= {"connection": connection, "told": _told(connection, settings, say), "say": say}
        command.upgrade(settings, "head")
        connection.commit()


def _told(connection: Connection, settings: Config, say: Say) -> Callable[..., None]:
    """Says which migration begins; what it gives says so of the next each time that one is done. A new database has nothing to wait for."""
    current = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    steps = ScriptDirectory.from_config(settings).iterate_revisions("head", current) if current else ()
    waiting = sorted((each.revision, each.doc) for each in steps)
    last = waiting[-1][0] if waiting else ""

    def begins() -> None:
        if waiting:
            revision, about = waiting.pop(0)
            say(f"Migration {revision} of {last}: {about}")

    def done(*, step: MigrationInfo, **_: Any) -> None:
        begins()

    begins()
    return done
