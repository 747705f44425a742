"""Procrastinate's tables: made once, brought along when the library is renewed.

They stand beside ours in the same database and are the library's own: no migration of ours and no copy of the office knows them,
since every errand in them can be put again from the row it points to. A note on its main table says for which version they are.
"""

import re
from pathlib import Path

from procrastinate import SyncPsycopgConnector
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from storage.unit_of_work import Database, Reading, SchemaOutdated, UnitOfWork

LIBRARY = SchemaManager(SyncPsycopgConnector())
ONE_AT_A_TIME = 7421  # of the advisory locks in this database


def install(database: Database) -> None:
    """The tables this version of the library wants. Safe to repeat, also by two processes at the same moment."""
    with database.work() as work:
        work.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ONE_AT_A_TIME})
        there = version(work)
        if there is None:
            run(work, LIBRARY.get_schema())
        else:
            for file in _after(there):
                run(work, file.read_text(encoding="utf-8"))
        work.session.execute(text(f"COMMENT ON TABLE procrastinate_jobs IS 'version {newest()}'"))


def require_current(database: Database) -> None:
    """Refuse with SchemaOutdated when the tables are missing or of another version of the library."""
    with database.reading() as reading:
        if version(reading) != newest():
            raise SchemaOutdated


def version(reading: Reading) -> str | None:
    """The last step the tables have had, as `03.04.00_50`; None when there are none."""
    note = reading.session.scalar(text("SELECT obj_description(to_regclass('procrastinate_jobs'), 'pg_class')"))
    return None if note is None else str(note).removeprefix("version ")


def newest() -> str:
    """The last step this version of the library has."""
    return number_of(steps()[-1])


def steps() -> list[Path]:
    """The library's own migrations, in order."""
    return sorted(Path(LIBRARY.get_migrations_path()).glob("[0-9]*.sql"))


def _after(there: str) -> list[Path]:
    return [file for file in steps() if number_of(file) > there]


def number_of(file: Path) -> str:
    """The place of a step in the order: the version of the library and a number."""
    found = re.match(r"\d\d\.\d\d\.\d\d_\d\d", file.name)
    return found[0] if found else file.stem


def run(work: UnitOfWork, statements: str) -> None:
    """Several statements at once, as they are: the driver must not look for parameters in them."""
    connection = work.session.connection().connection.driver_connection
    if connection is not None:
        connection.execute(statements)
