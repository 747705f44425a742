"""Deadlines from before the rules were rows are carried along; days somebody gave are read from their sentence, once."""

from sqlalchemy import text

from storage.unit_of_work import Database
from tests.storage.test_parts_of_a_complaint import CASE, migrate

DEADLINE = (
    "INSERT INTO deadline (id, case_id, name, rule, rule_version, from_on, due_on, explanation, legal_source, started_at, "
    "is_pausable, met_at) VALUES ({id}, 1, 'x', '{rule}', '2026-01-01', '2026-01-05', '2026-01-15', "
    "'Antwoord van de dienst: {days} kalenderdagen vanaf 05/01/2026, dus uiterlijk 15/01/2026.', '', "
    "'2026-01-05 09:00:00', false, {met})"
)
SAID = ("service_answer_by", 10), ("service_answer_by", 20), ("acknowledge_by", 10), ("missing_information_by", 30)


def test_only_days_that_are_not_the_rules_own_are_noted_on_what_is_open(database: Database) -> None:
    migrate(database, "0018", down=True)
    with database.engine.begin() as connection:
        connection.execute(text(CASE))
        for number, (rule, days) in enumerate(SAID, 1):
            connection.execute(text(DEADLINE.format(id=number, rule=rule, days=days, met="NULL")))
        connection.execute(text(DEADLINE.format(id=5, rule="service_answer_by", days=7, met="'2026-01-06 09:00:00'")))
    migrate(database, "head")
    with database.engine.begin() as connection:
        rows = connection.execute(text("SELECT id, value, reckoning, explanation FROM deadline ORDER BY id")).all()
        assert [(row[0], row[1], row[2]) for row in rows] == [
            (1, 10, None),
            (2, None, None),
            (3, None, None),
            (4, 30, None),
            (5, None, None),
        ]
        assert all(row[3].endswith("15/01/2026.") for row in rows)
    migrate(database, "0018", down=True)
    with database.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM deadline")).scalar_one() == 5
