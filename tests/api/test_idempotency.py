"""A writing call with a name is done once, answered as often as it is asked, and never done for another content."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, select

from cases.models import Case
from tasks.background import housekeeping
from tasks.models import IdempotencyKey
from tasks.office import Office
from tests.api.conftest import API, Program
from tests.stories.stage import COMPLAINT

KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}


def cases(office: Office) -> int:
    with office.database.reading() as reading:
        return reading.session.scalar(select(func.count()).select_from(Case)) or 0


def test_the_same_call_twice_is_one_complaint_and_the_same_answer(office: Office, program: Program) -> None:
    officer = program("intake_officer")
    first = officer.post(f"{API}/complaints", json={"answers": COMPLAINT}, headers=KEY)
    second = officer.post(f"{API}/complaints", json={"answers": dict(reversed(COMPLAINT.items()))}, headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert (first.headers.get("idempotent-replayed"), second.headers["idempotent-replayed"]) == (None, "true")
    assert cases(office) == 1


def test_the_same_files_are_the_same_call_and_other_files_are_not(office: Office, program: Program) -> None:
    officer = program("intake_officer")
    number = officer.complaint()
    address = f"{API}/user-tasks/{officer.open_tasks(number)['assess_intake']['id']}/complete"
    answers = {"answers": '{"matter": "complaint", "judged_urgent": "nee"}'}

    def send(content: bytes) -> tuple[int, str]:
        sent = officer.post(address, data=answers, files=[("files", ("a.pdf", content))], headers=KEY)
        return sent.status_code, sent.json().get("title", "")

    assert [send(b"%PDF-1"), send(b"%PDF-1"), send(b"%PDF-2")] == [(200, ""), (200, ""), (409, "KeyUsedForAnother")]
    assert len(officer.get(f"{API}/cases/{number}").json()["documents"]) == 1


def test_the_same_key_with_another_body_or_address_is_a_conflict(office: Office, program: Program) -> None:
    officer = program("intake_officer")
    assert officer.post(f"{API}/complaints", json={"answers": COMPLAINT}, headers=KEY).status_code == 201
    other = officer.post(f"{API}/complaints", json={"answers": COMPLAINT | {"subject": "Iets anders"}}, headers=KEY)
    elsewhere = officer.post(f"{API}/user-tasks/1/claim", headers=KEY)
    for answer in (other, elsewhere):
        assert (answer.status_code, answer.json()["title"]) == (409, "KeyUsedForAnother")
        assert "nieuwe sleutel" in answer.json()["detail"]
    assert cases(office) == 1


def test_a_key_is_its_callers_own(office: Office, program: Program) -> None:
    for officer in (program("intake_officer"), program("intake_officer")):
        assert officer.post(f"{API}/complaints", json={"answers": COMPLAINT}, headers=KEY).status_code == 201
    assert cases(office) == 2


def test_a_refused_call_leaves_its_key_free(office: Office, program: Program) -> None:
    officer = program("intake_officer")
    refused = officer.post(f"{API}/complaints", json={"answers": COMPLAINT | {"email": "geen"}}, headers=KEY)
    assert refused.status_code == 422
    assert officer.post(f"{API}/complaints", json={"answers": COMPLAINT}, headers=KEY).status_code == 201


def test_the_same_call_from_many_sides_at_once_is_done_once(office: Office, program: Program) -> None:
    officer = program("intake_officer")
    with ThreadPoolExecutor(6) as pool:
        sent = [
            pool.submit(officer.post, f"{API}/complaints", json={"answers": COMPLAINT}, headers=KEY) for _ in range(6)
        ]
        answers = [each.result() for each in sent]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert cases(office) == 1


def test_a_key_that_is_no_key_is_refused(sqlite_program: Program) -> None:
    officer = sqlite_program("intake_officer")
    for key in ("", "met spatie", "x" * 201, "é"):
        answer = officer.post(
            f"{API}/complaints",
            json={"answers": COMPLAINT},
            headers=[(b"Idempotency-Key", key.encode())],
        )
        assert (answer.status_code, answer.json()["title"]) == (422, "KeyNotUsable")


def test_what_was_answered_is_sealed_and_forgotten_after_two_days(office: Office, program: Program) -> None:
    officer = program("intake_officer")
    secret = officer.post(f"{API}/complaints", json={"answers": COMPLAINT}, headers=KEY).json()["secret"]
    with office.database.reading() as reading:
        kept = reading.session.scalars(select(IdempotencyKey)).one()
    assert kept.answer is not None
    assert secret.encode() not in kept.answer
    office.clock.advance(timedelta(days=2, hours=1))  # type: ignore[attr-defined]
    housekeeping.run(office)
    assert officer.post(f"{API}/complaints", json={"answers": COMPLAINT}, headers=KEY).status_code == 201
    assert cases(office) == 2
