"""Cases in which something was found before they were marked, are laid beside others afterwards."""

from sqlalchemy import text

from storage.unit_of_work import Database
from tests.storage.test_parts_of_a_complaint import CASE, migrate

CASES = (
    CASE,
    CASE.replace("(1, '2026-0001', 'complaint'", "(2, '2026-0002', 'complaint'").replace("'x'", "'y'"),
    CASE.replace("(1, '2026-0001', 'complaint'", "(3, '2026-0003', 'first_line'").replace("'x'", "'z'"),
)
GRIEVANCE = (
    "INSERT INTO grievance (id, case_id, number, authority_name, summary, is_main, matter, finding, norms, reasoning) "
    "VALUES ({case}, {case}, 1, 'De Lijn', 'Bus', true, 'complaint', {finding}, '[]', '')"
)
THEME = (
    "INSERT INTO fact (id, case_id, name, value, is_personal, known_at) "
    "VALUES (1, 1, 'complaint.theme', '\"openbaar_vervoer\"', false, '2026-01-05 09:00:00')"
)


def test_cases_with_a_finding_are_marked_with_the_theme_they_have(database: Database) -> None:
    migrate(database, "0037", down=True)
    with database.engine.begin() as connection:
        for statement in (*CASES, THEME):
            connection.execute(text(statement.replace(":", r"\:")))
        for case, finding in ((1, "'gegrond'"), (2, "NULL"), (3, "'gegrond'")):
            connection.execute(text(GRIEVANCE.format(case=case, finding=finding)))
    migrate(database, "head")
    with database.engine.connect() as connection:
        found = connection.execute(text('SELECT id, assessed_theme FROM "case" ORDER BY id'))
        assert [tuple(row) for row in found] == [(1, "openbaar_vervoer"), (2, None), (3, None)]
