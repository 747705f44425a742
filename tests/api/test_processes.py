"""A program that mends processes: it reads where one stands, and does by call what a person does on the page."""

from typing import Any

import pytest

from tasks.office import Office
from tests.api.conftest import API, Caller, Program
from tests.tasks.test_mending import WHY, stuck


@pytest.fixture
def manager(program: Program) -> Caller:
    """A complaint has come in; a program with the process manager's role."""
    program("intake_officer").complaint()
    return program("process_manager")


def of(manager: Caller) -> dict[str, Any]:
    [line] = manager.get(f"{API}/processes?case=2026-0001").json()["items"]
    found: dict[str, Any] = manager.get(f"{API}/processes/{line['id']}").json()
    return found


def tell(manager: Caller, verb: str, **body: Any) -> Any:
    return manager.post(f"{API}/processes/{of(manager)['process']['id']}/{verb}", json={"reason": WHY, **body})


def test_where_a_process_stands_and_what_can_be_done(manager: Caller) -> None:
    found = of(manager)
    assert (found["process"]["key"], found["process"]["state"]) == ("complaint", "running")
    assert [place["element_id"] for place in found["places"]] == ["assess_intake"]
    variables = {each["name"]: each["literal"] for each in found["variables"]}
    assert variables["received_on"] == 'date("2026-01-05")'
    assert {"decide_admissibility", "start_deadlines"} <= {each["element_id"] for each in found["targets"]}
    assert "Mies" not in str(found)


def test_suspend_resume_terminate(manager: Caller) -> None:
    assert tell(manager, "suspend").json()["is_suspended"] is True
    assert tell(manager, "suspend").json()["title"] == "AlreadySuspended"
    assert [each["state"] for each in manager.get(f"{API}/processes?state=suspended").json()["items"]] == ["suspended"]
    assert tell(manager, "move", activate=["decide_admissibility"]).json()["title"] == "InstanceNotActive"
    assert tell(manager, "resume").json() == {"id": 1, "is_suspended": False, "outcome": "active"}
    assert tell(manager, "terminate").json()["outcome"] == "terminated"
    assert tell(manager, "suspend").json()["title"] == "InstanceEnded"
    assert of(manager)["places"] == []


def test_move_and_correct(manager: Caller, program: Program) -> None:
    place = of(manager)["places"][0]["token_id"]
    assert tell(manager, "move", cancel=[place], activate=["nowhere"]).status_code == 404
    assert tell(manager, "move", cancel=["x"]).json()["title"] == "TokenNotWaiting"
    assert tell(manager, "move", cancel=[place], activate=["decide_admissibility"]).json()["outcome"] == "active"
    assert set(program("case_handler").open_tasks("2026-0001")) == {"decide_admissibility"}
    seen = {"received_on": 'date("2026-01-05")'}
    changed = tell(manager, "correct", variables={"received_on": 'date("2026-01-02")'}, seen=seen)
    assert changed.json()["old"] == {"received_on": "2026-01-05"}
    assert tell(manager, "correct", variables={"received_on": "null"}, seen=seen).json()["title"] == "VariableChanged"
    wrong = tell(manager, "correct", variables={"a": "1 +", "case_id": "2"})
    assert (wrong.status_code, wrong.json()["title"]) == (422, "NotAValue")


def test_without_a_reason_nothing_is_done(manager: Caller) -> None:
    refused = tell(manager, "terminate", reason="  ")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "reason")
    assert of(manager)["process"]["state"] == "running"


def test_an_incident_is_told_whole_and_its_values_only_to_whom_may_see_them(office: Office, program: Program) -> None:
    story, incident_id = stuck(office)
    mine = program("process_manager").get(f"{API}/incidents/{incident_id}").json()
    theirs = program("admin").get(f"{API}/incidents/{incident_id}").json()
    assert (mine["case_number"], mine["step"], mine["who"]) == (story.case.number, "Termijnen starten", "de beheerder")
    literals = {each["name"]: each["literal"] for each in mine["variables"]}
    assert literals["rules"] == '["no_such_rule"]'
    assert {each["literal"] for each in theirs["variables"]} == {""}
    again = program("admin").post(f"{API}/incidents/{incident_id}/retry", json={"variable": "rules", "value": "[]"})
    assert again.json() == {"outcome": "active"}
    assert program("admin").get(f"{API}/incidents/{incident_id}").status_code == 404
