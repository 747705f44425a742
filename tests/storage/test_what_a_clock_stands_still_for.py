"""Rules, deadlines, pauses and plans from before a rule said what its clock stands still for."""

import json

from sqlalchemy import text

from storage.unit_of_work import Database
from tests.storage.test_parts_of_a_complaint import CASE, DEADLINE, migrate

RULE = (
    "INSERT INTO deadline_rule (id, name, label, value, unit, source, version, valid_from, counts_from, is_pausable, "
    "is_verified, added_by, added_at) VALUES ({0}, 'x', 'X', 10, 'calendar_days', 'wet', '{0}', '2026-01-01', 'today', "
    "{1}, true, 'system:setup', '2026-01-05 09:00:00')"
)
PAUSE = "INSERT INTO clock_pause (id, case_id, reason, from_on) VALUES ({0}, 1, '{1}', '2026-01-06')"
PLAN = (
    "INSERT INTO deadline_plan (id, kind, content, reason, state, created_by, created_at, cursor, found, looked, total) "
    "VALUES ({0}, '{1}', :content, 'omdat', 'draft', 'person:1', '2026-01-05 09:00:00', 0, 0, 0, 0)"
)


def test_what_could_stand_still_does_so_for_a_court_case_and_a_pause_is_known_by_its_reason(database: Database) -> None:
    migrate(database, "0028", down=True)
    with database.engine.begin() as connection:
        for statement in (
            CASE,
            DEADLINE.replace("false)", "true)"),
            RULE.format(1, "true"),
            RULE.format(2, "false"),
            PAUSE.format(1, "zaak bij de rechter"),
            PAUSE.format(2, "informatie van de klager"),
        ):
            connection.execute(text(statement))
        for number, kind, content in (
            (1, "rule", {"name": "x", "is_pausable": True}),
            (2, "closing_days", {"add": []}),
        ):
            connection.execute(text(PLAN.format(number, kind)), {"content": json.dumps(content)})
    migrate(database, "head")
    asked = {
        "SELECT pauses_for FROM deadline_rule ORDER BY id": ['["court_case"]', "[]"],
        "SELECT pauses_for FROM deadline": ['["court_case"]'],
        "SELECT more FROM deadline": [0],
        "SELECT kind FROM clock_pause ORDER BY id": ["court_case", "complainant"],
        "SELECT content FROM deadline_plan ORDER BY id": ['{"name": "x", "pauses_for": ["court_case"]}', '{"add": []}'],
    }
    with database.engine.begin() as connection:
        for question, answer in asked.items():
            assert list(connection.execute(text(question)).scalars()) == answer
    migrate(database, "0028", down=True)
    with database.engine.begin() as connection:
        assert list(connection.execute(text("SELECT is_pausable FROM deadline_rule ORDER BY id")).scalars()) == [1, 0]
        plan = connection.execute(text("SELECT content FROM deadline_plan WHERE id = 1")).scalar_one()
        assert json.loads(plan) == {"name": "x", "is_pausable": True}
