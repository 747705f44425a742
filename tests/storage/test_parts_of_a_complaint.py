"""Grievances from before they knew who is competent keep their rows; the first becomes the main one."""

from alembic import command
from sqlalchemy import text

from storage.migrations.run import config
from storage.unit_of_work import Database

CASE = (
    'INSERT INTO "case" (id, number, matter, channel, language, subject, received_at, secret_hash, complainant_name, '
    "name_withheld, authority_name, is_urgent, search_text) VALUES (1, '2026-0001', 'complaint', 'web', 'nl', 'Bus', "
    "'2026-01-05 09:00:00', 'x', 'Mies', false, '', false, '')"
)
GRIEVANCE = (
    "INSERT INTO grievance (id, case_id, number, authority_name, summary, norms, reasoning) "
    "VALUES ({0}, 1, {0}, 'De Lijn', 'Bus', '[]', '')"
)
DEADLINE = (
    "INSERT INTO deadline (id, case_id, name, rule, rule_version, from_on, due_on, explanation, legal_source, started_at, "
    "is_pausable) VALUES (1, 1, 'acknowledge_by', 'acknowledge_by', '', '2026-01-05', '2026-01-15', '', '', "
    "'2026-01-05 09:00:00', false)"
)


def migrate(database: Database, revision: str, *, down: bool = False) -> None:
    """As `storage.migrations.run` does: a migration may commit what it does portion by portion."""
    with database.engine.connect() as connection:
        settings = config()
        settings.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(settings, revision)
        connection.commit()


def test_rows_from_before_are_carried_along(database: Database) -> None:
    migrate(database, "0006", down=True)
    with database.engine.begin() as connection:
        for statement in (CASE, GRIEVANCE.format(1), GRIEVANCE.format(2), DEADLINE):
            connection.execute(text(statement))
    migrate(database, "head")
    with database.engine.begin() as connection:
        rows = connection.execute(text("SELECT number, is_main, matter, body, transfer FROM grievance ORDER BY number"))
        assert [tuple(row) for row in rows] == [(1, True, "complaint", None, None), (2, False, "complaint", None, None)]
        assert list(connection.execute(text("SELECT name, grievance FROM deadline"))) == [("acknowledge_by", None)]
    migrate(database, "0006", down=True)
    with database.engine.begin() as connection:
        assert [row[0] for row in connection.execute(text("SELECT number FROM grievance ORDER BY number"))] == [1, 2]
