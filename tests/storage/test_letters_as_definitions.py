"""Definitions of before there were letters among them are carried along, and back without the letters."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage.unit_of_work import Database
from tests.storage.test_parts_of_a_complaint import migrate

ROW = (
    "INSERT INTO definition (id, kind, key, version, digest, name, content, state, created_by, created_at) VALUES "
    "({0}, '{1}', 'k{0}', 1, 'd', 'n', '{{}}', 'active', 'person:1', '2026-01-05 09:00:00')"
)
COPY = (
    "INSERT INTO working_copy (id, kind, key, person, based_on, content, revision, saved_at) VALUES "
    "({0}, '{1}', 'k{0}', 'person:1', 0, '{{}}', 1, '2026-01-05 09:00:00')"
)
KINDS = text("SELECT kind FROM definition UNION ALL SELECT kind FROM working_copy ORDER BY 1")


def test_definitions_are_carried_along_and_letters_may_join_them(database: Database) -> None:
    migrate(database, "0023", down=True)
    with database.engine.begin() as connection:
        for number, kind in enumerate(("decision", "form", "process"), start=1):
            connection.execute(text(ROW.format(number, kind)))
        connection.execute(text(COPY.format(1, "form")))
        before = list(connection.execute(KINDS))
    migrate(database, "head")
    with database.engine.begin() as connection:
        assert list(connection.execute(KINDS)) == before
        connection.execute(text(ROW.format(4, "letter")))
        connection.execute(text(COPY.format(2, "letter")))
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text("UPDATE definition SET kind = 'song' WHERE id = 1"))
    migrate(database, "0023", down=True)
    with database.engine.begin() as connection:
        assert list(connection.execute(KINDS)) == before
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(text(ROW.format(5, "letter")))
