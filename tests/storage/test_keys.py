"""A key and what refers to it are equally wide, and wide enough never to run out."""

from sqlalchemy import BigInteger, Column, Integer, Table, text
from sqlalchemy.dialects import postgresql

from storage.migrations.rooms import metadata
from storage.unit_of_work import Database
from tests.storage.test_parts_of_a_complaint import CASE, migrate

COLUMNS = [(table, column) for table in metadata().sorted_tables for column in table.columns]
NOT_OF_A_ROW = {("case_number", "year"), ("case_summary_norm", "norm")}
ROWS = text(
    'SELECT "case".instance_id, document.user_task_id FROM "case" JOIN document ON document.case_id = "case".id'
)
DOCUMENT = (
    "INSERT INTO document (id, case_id, name, media_type, size, digest, source, user_task_id, added_by, added_at) "
    "VALUES (1, 1, 'a.pdf', 'application/pdf', 3, 'x', 'citizen', 7, 'complainant:1', '2026-01-05 09:00:00')"
)


def kind(column: Column[object]) -> str:
    return column.type.compile(postgresql.dialect())  # type: ignore[no-untyped-call]


def test_what_refers_to_a_row_has_the_type_of_its_key() -> None:
    refers = [(table.name, column, key.column) for table, column in COLUMNS for key in column.foreign_keys]
    assert refers
    assert [(table, column.name) for table, column, key in refers if kind(column) != kind(key)] == []


def test_every_number_of_a_row_has_64_bits() -> None:
    def is_narrow(table: Table, column: Column[object]) -> bool:
        names_a_row = column.primary_key or column.name.endswith("_id") or bool(column.foreign_keys)
        is_number = isinstance(column.type, Integer) and kind(column) != kind(Column(BigInteger()))
        return names_a_row and is_number and (table.name, column.name) not in NOT_OF_A_ROW

    assert [(table.name, column.name) for table, column in COLUMNS if is_narrow(table, column)] == []


def test_references_of_32_bits_are_carried_along_and_reach_further(database: Database) -> None:
    migrate(database, "0031", down=True)
    with database.engine.begin() as connection:
        connection.execute(text(CASE))
        connection.execute(text('UPDATE "case" SET instance_id = 5'))
        connection.execute(text(DOCUMENT))
    migrate(database, "head")
    with database.engine.begin() as connection:
        assert connection.execute(ROWS).all() == [(5, 7)]
        connection.execute(text('UPDATE "case" SET instance_id = 3000000000'))
        connection.execute(text("UPDATE document SET user_task_id = 3000000001"))
        assert connection.execute(ROWS).all() == [(3_000_000_000, 3_000_000_001)]
