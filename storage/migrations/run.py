"""Bringing a database to the newest schema, in one transaction of its own."""

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

if TYPE_CHECKING:
    from storage.unit_of_work import Database

HERE = Path(__file__).parent


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


def upgrade(database: "Database") -> None:
    """To head. Two processes that start together wait for each other."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_lock(7420)")
            connection.commit()
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        connection.commit()
