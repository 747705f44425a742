"""Records that report a breach come out as expected, in the house that takes reports."""

import json
from pathlib import Path
from typing import Any

from tasks.office import Office
from tasks.scenarios import comparison, result
from tasks.scenarios.records import read
from tasks.scenarios.schedule import play_all

EXPECTED: dict[str, Any] = {"type": "whistleblowing", "first_line_gate": "bypassed", "gate_reason": "klokkenluider"}
WRITTEN: dict[str, Any] = {
    "id": "W1",
    "received_at": "2026-05-20T23:05:00+02:00",
    "channel": "web",
    "filer": {"kind": "person", "name": "(anoniem)", "anonymous": True},
    "subject": "Aanbestedingen",
    "body": "Opdrachten worden opgesplitst.",
    "services": ["een Vlaams agentschap"],
    "script": [
        {"after_days": 5, "who": "handler", "does": "acknowledge"},
        {
            "after_days": 9,
            "who": "handler",
            "does": "ask_missing_information",
            "with": {"what": ["bonnen"], "term_days": 21},
        },
        {"after_days": 16, "who": "complainant", "does": "provide_information"},
        {
            "after_days": 40,
            "who": "handler",
            "does": "request_information",
            "with": {"service": "agentschap", "term_days": 30},
        },
        {"after_days": 68, "who": "service", "does": "answer_information"},
        {"after_days": 88, "who": "handler", "does": "give_feedback"},
        {"after_days": 95, "who": "handler", "does": "close"},
    ],
    "expected": {
        **EXPECTED,
        "competent_body": "VO",
        "admissible": True,
        "stages": ["intake", "investigation", "assessment", "closed"],
        "closure_reason": "afgehandeld",
        "deadlines": {
            "whistleblower_ack_by": "2026-05-27",
            "whistleblower_feedback_by": "2026-08-25",
            "missing_information_by": "2026-06-19",
            "service_answer_by": "2026-07-29",
        },
    },
}
TOLD: dict[str, Any] = {
    **WRITTEN,
    "id": "W2",
    "received_at": "2026-05-21T12:50:00+02:00",
    "channel": "visit",
    "filer": {"kind": "person", "name": "Tine Verzonnen"},
    "services": ["gemeente Elderbeke"],
    "script": [
        {"after_days": 1, "who": "complainant", "does": "sign_minutes"},
        {"after_days": 1, "who": "handler", "does": "ask_consent", "with": {"to_body": "AUDIT"}},
        {"after_days": 2, "who": "complainant", "does": "give_consent"},
        {"after_days": 2, "who": "handler", "does": "forward_to_body", "with": {"body": "AUDIT"}},
        {"after_days": 2, "who": "handler", "does": "acknowledge"},
        {"after_days": 2, "who": "handler", "does": "close"},
    ],
    "expected": {
        **EXPECTED,
        "competent_body": "AUDIT",
        "transfer": "forward",
        "admissible": False,
        "stages": ["intake", "referral", "closed"],
        "closure_reason": "doorverwezen",
        "deadlines": {"whistleblower_ack_by": "2026-05-28"},
    },
}


def test_a_written_and_a_told_report_come_out_as_expected(reports: Office, tmp_path: Path) -> None:
    file = tmp_path / "reports.jsonl"
    file.write_text("\n".join(json.dumps(record) for record in (WRITTEN, TOLD)))
    for player in play_all(reports, read(file)):
        assert player.troubles == []
        with reports.database.reading() as reading:
            found = result.of(reports, reading, player.scene.case_id, player.record, {})
        assert comparison.differences(player.record, found, reports.register) == []
