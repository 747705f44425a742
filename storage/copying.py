"""A whole database as one file, and back: a consistent picture, taken while others go on writing.

The picture is a SQLite file whatever the database is, so that an office can also go from the one to the other. Rows are copied as
they are, numbers included; what comes after them goes on counting where they stopped.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, Table, func, insert, select, text

from problems import Conflict
from storage.base import KEPT_BY_DATABASE, Base
from storage.private import as_stored
from storage.unit_of_work import Database

ROWS = 1_000  # of one statement


class DatabaseNotEmpty(Conflict):
    """In deze databank staan al gegevens. Zet een kopie alleen terug in een lege databank; er is niets gewijzigd."""


def picture(source: Database, file: Path) -> dict[str, int]:
    """Write all rows, as they stand at one moment, to a new SQLite file. Gives the number of rows per table."""
    made = Database(f"sqlite:///{file}")
    try:
        made.upgrade()
        with source.reading() as reading, as_stored():  # one snapshot for all tables; what is shut stays so
            return _copy(reading.session.connection(), made)
    finally:
        made.close()


def put_back(file: Path, target: Database) -> dict[str, int]:
    """Bring a picture to today's schema and its rows into an empty database. Raises DatabaseNotEmpty."""
    source = Database(f"sqlite:///{file}")
    try:
        source.upgrade()
        target.upgrade()
        with target.reading() as reading:
            if any(reading.session.scalar(select(func.count()).select_from(table)) for table in tables()):
                raise DatabaseNotEmpty
        with source.reading() as reading:
            return _copy(reading.session.connection(), target)
    finally:
        source.close()


def tables() -> list[Table]:
    """Every table, those that others refer to first."""
    return list(Base.metadata.sorted_tables)


def _copy(source: Connection, target: Database) -> dict[str, int]:
    found: dict[str, int] = {}
    with target.work() as work:
        connection = work.session.connection()
        for table in tables():
            found[table.name] = 0
            for rows in _batches(source, table):
                connection.execute(insert(table), rows)
                found[table.name] += len(rows)
            if not target.is_sqlite:
                count_on(connection, table)
    return found


def own_rows(table: Table) -> Select[*tuple[Any, ...]]:
    """All rows of a table, in order, without what the database itself makes of them."""
    own = [column for column in table.columns if KEPT_BY_DATABASE not in column.info]
    return select(*own).order_by(*table.primary_key)


def _batches(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    result = source.execution_options(stream_results=True).execute(own_rows(table))
    for rows in result.mappings().partitions(ROWS):
        yield [dict(row) for row in rows]


def count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL counts apart from the rows: let it go on after the highest number."""
    for column in table.primary_key:
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
        )
        highest = connection.scalar(select(func.max(column))) if sequence else None
        if highest is not None:
            connection.execute(text("SELECT setval(:sequence, :highest)"), {"sequence": sequence, "highest": highest})
