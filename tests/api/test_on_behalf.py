"""A program notes what an authority answered by post: who may, what it must say, and that it happens once."""

import json
from typing import Any

import pytest

from identity.roles import CASE_STAFF, HANDLER, INTAKE
from tests.api.conftest import API, Caller, Program
from tests.stories.stage import NOT_CONTACTED

SAID: dict[str, Any] = {"first_line_outcome": "solved", "first_line_text": "Wij schrappen de boete."}
BY_POST = {"channel": "post", "received_on": "2026-01-05"}


def asked_authority(program: Program) -> tuple[Caller, str, str]:
    """An officer, the case's number, and the address of what is asked of the authority."""
    officer = program(INTAKE)
    number = officer.complaint(**NOT_CONTACTED)
    officer.completes(number, "assess_intake", matter="complaint", judged_urgent="nee")
    return officer, number, f"{API}/user-tasks/{officer.open_tasks(number)['answer_first_line']['id']}"


def test_it_is_noted_once_and_the_history_says_so(program: Program) -> None:
    officer, number, address = asked_authority(program)
    version = officer.get(address).json()["version"]
    sent = {"answers": SAID, "on_behalf": BY_POST, "version": version}
    assert officer.post(f"{address}/complete", json=sent).status_code == 200
    again = officer.post(f"{address}/complete", json=sent)
    assert (again.status_code, again.json()["title"]) == (409, "UserTaskAlreadyCompleted")
    events = program("auditor").get(f"{API}/cases/{number}/history").json()["events"]
    (noted,) = [each["data"]["on_behalf"] for each in events if "on_behalf" in each["data"]]
    assert {**BY_POST, "role": "authority"}.items() <= noted.items()


@pytest.mark.parametrize("role", sorted(CASE_STAFF))
def test_only_the_front_office_and_handlers_may(sqlite_program: Program, role: str) -> None:
    _, _, address = asked_authority(sqlite_program)
    caller = sqlite_program(role)
    kept = caller.put(f"{address}/draft", json={"answers": {"first_line_text": "Half"}, "on_behalf": BY_POST})
    done = caller.post(f"{address}/complete", json={"answers": SAID, "on_behalf": BY_POST})
    if role in (INTAKE, HANDLER):
        assert (kept.status_code, kept.json()["has_draft"], done.status_code) == (200, True, 200)
    else:
        assert (kept.status_code, done.status_code, done.json()["title"]) == (403, 403, "NotYourLane")


def test_without_how_and_when_it_is_refused_and_a_draft_gives_both_back(sqlite_program: Program) -> None:
    officer, _, address = asked_authority(sqlite_program)
    refused = officer.post(f"{address}/complete", json={"answers": SAID})
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == ["on_behalf.channel", "on_behalf.received_on"]
    half = officer.post(f"{address}/complete", json={"answers": SAID, "on_behalf": {"channel": "post"}})
    assert [each["field"] for each in half.json()["errors"]] == ["on_behalf.received_on"]
    officer.put(f"{address}/draft", json={"answers": {"first_line_text": "Half"}, "on_behalf": BY_POST})
    seen = officer.get(address).json()
    assert (seen["draft"], seen["draft_on_behalf"]) == ({"first_line_text": "Half"}, BY_POST)


def test_an_own_task_takes_none_and_files_travel_beside_it(sqlite_program: Program) -> None:
    officer, number, address = asked_authority(sqlite_program)
    other = officer.complaint()
    own = f"{API}/user-tasks/{officer.open_tasks(other)['assess_intake']['id']}"
    answers = {"matter": "complaint", "judged_urgent": "nee"}
    refused = officer.post(f"{own}/complete", json={"answers": answers, "on_behalf": BY_POST})
    assert (refused.status_code, refused.json()["title"]) == (422, "NothingToAnswerFor")
    parts = {"answers": json.dumps(SAID), "on_behalf": json.dumps(BY_POST)}
    files = [("files", ("brief.pdf", b"%PDF-1.7 brief", "application/pdf"))]
    done = officer.post(f"{address}/complete", data=parts, files=files)
    assert done.status_code == 200, done.text
    assert [each["name"] for each in officer.get(f"{API}/cases/{number}").json()["documents"]] == ["brief.pdf"]
