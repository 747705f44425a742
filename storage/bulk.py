"""Very many rows at once: COPY on PostgreSQL, one prepared insert on SQLite.

Values are given as the database keeps them (`UtcDateTime` as UTC text without a zone, JSON as text, yes and no as 1 and 0), so
that nothing is converted a hundred million times. The caller's transaction; whoever loads takes care that rows belong together.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import text

from storage.base import Base
from storage.copying import count_on
from storage.unit_of_work import Database, UnitOfWork

# A lost last portion is made again; waiting for the disk at each of five hundred portions is not worth it.
_PORTION_SETTINGS = ("SET LOCAL TIME ZONE 'UTC'", "SET LOCAL synchronous_commit = off")


def begin(work: UnitOfWork, is_sqlite: bool) -> None:
    """Before the first rows of a transaction: instants without a zone are UTC."""
    for setting in () if is_sqlite else _PORTION_SETTINGS:
        work.session.execute(text(setting))


def write(work: UnitOfWork, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Add rows to a table, in their order."""
    connection = work.session.connection()
    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{name}"' for name in columns)
    cursor = driver.cursor()
    try:
        if connection.dialect.name == "sqlite":
            places = ", ".join("?" for _ in columns)
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)  # noqa: S608  # our own names
            return
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
    finally:
        cursor.close()


def finish(database: Database, tables: Collection[str]) -> None:
    """Let numbers go on after what was loaded, and the planner know what is there."""
    if not database.is_sqlite:
        with database.work() as work:
            for name in tables:
                count_on(work.session.connection(), Base.metadata.tables[name])
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM (ANALYZE)")
