"""The rules of terms on the command line: those of today, and the versions of one."""

from datetime import UTC, date, datetime

import pytest

from cases import deadline_rules
from cases.deadline_rules import Rule
from storage.unit_of_work import Database
from tests.cli.conftest import Command

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
FIRST = Rule("answer_by", "Antwoord", 20, "calendar_days", "Decreet art. 15", "1", date(2020, 1, 1))
SECOND = Rule(
    "answer_by", "Antwoord", 15, "working_days", "Decreet", "2", date(2026, 1, 1), pauses_for=("complainant",)
)
LATER = Rule("answer_by", "Antwoord", 9, "months", "Ontwerp", "3", date(2190, 1, 1))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_rules_are_told_as_they_hold_today_and_one_with_its_versions(command: Command, database: Database) -> None:
    with database.work() as work:
        for rule in (FIRST, SECOND, LATER):
            row = deadline_rules.row_of(rule)
            row.added_by, row.added_at = "system:installer", AT
            work.session.add(row)
    today = "answer_by: 15 working_days from 2026-01-01; pauses for complainant; Decreet"
    assert command("deadlines").output == f"{today}\n"
    assert command("deadlines", "answer_by").output.splitlines() == [
        "Antwoord",
        "  answer_by: 9 months from 2190-01-01; pauses for nothing; Ontwerp; brought by system:installer on 2026-01-05",
        f"* {today}; brought by system:installer on 2026-01-05",
        "  answer_by: 20 calendar_days from 2020-01-01; pauses for nothing; Decreet art. 15; brought by system:installer on 2026-01-05",
    ]
    refused = command("deadlines", "nothing_by")
    assert (refused.exit_code, "Deze termijnregel bestaat niet." in refused.output + refused.stderr) == (1, True)
