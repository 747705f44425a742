"""Choosing a next step by a program."""

from tasks.office import Office
from tests.api.conftest import API, Program
from tests.tasks.investigating import ad_hoc, doing, given, investigation

CHOICES = f"{API}/cases/2026-0001/choices"


def test_a_program_reads_what_may_be_chosen_and_chooses(office: Office, program: Program) -> None:
    case = given(office, investigation(ad_hoc()))
    handler = program("case_handler")
    [choice] = handler.get(CHOICES).json()["items"]
    assert (choice["name"], choice["is_mine"], choice["is_sequential"]) == ("Onderzoeksdaden", True, False)
    assert choice["steps"][1] == {
        "element_id": "visit_site",
        "name": "Ter plaatse gaan kijken",
        "under_way": 0,
        "queued": 0,
    }
    address, asked = f"{CHOICES}/{choice['id']}", {"steps": ["visit_site"], "version": choice["version"]}
    for _ in range(2):
        done = handler.post(address, json=asked, headers={"Idempotency-Key": "once"})
        assert (done.status_code, done.json()) == (200, {"number": "2026-0001", "steps": ["visit_site"]})
    late = handler.post(address, json=asked)
    assert (late.status_code, late.json()["title"]) == (409, "ChoiceChanged")
    assert doing(office, case) == ["visit_site"]
    assert handler.get(CHOICES).json()["items"][0]["steps"][1]["under_way"] == 1


def test_what_is_not_offered_is_refused(office: Office, program: Program) -> None:
    case = given(office, investigation(ad_hoc(), role="ombudsman"))
    handler, ombudsman = program("case_handler"), program("ombudsman")
    [choice] = handler.get(CHOICES).json()["items"]
    address = f"{CHOICES}/{choice['id']}"
    assert not choice["is_mine"]
    assert handler.post(address, json={"steps": ["visit_site"]}).json()["title"] == "NotYourChoice"
    wrong = ombudsman.post(address, json={"steps": ["conclude"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "step")
    assert ombudsman.post(address, json={"steps": []}).status_code == 422
    assert program("auditor").post(address, json={"steps": ["visit_site"]}).status_code == 403
    assert ombudsman.post(f"{CHOICES}/999", json={"steps": ["visit_site"]}).json()["title"] == "ChoiceNotOpen"
    assert doing(office, case) == []
