"""What a program should not send, and what it is told: a clear sentence, the right status, nothing half done."""

import json
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from cases.models import Case
from history.log import streams, verify
from service import open_office
from storage.unit_of_work import Database
from tasks.models import UserTask
from tasks.office import Office, Settings
from tests.api.conftest import API, Caller, Program, filled, programs
from tests.api.test_story import newest_link
from tests.stories.stage import COMPLAINT

JSON = {"Content-Type": "application/json"}
MB = 1024 * 1024


def waiting(officer: Caller, **answers: Any) -> tuple[str, str]:
    """A new complaint, and the address of its first user task."""
    number = officer.complaint(**answers)
    return number, f"{API}/user-tasks/{officer.open_tasks(number)['assess_intake']['id']}"


INTAKE = {"matter": "complaint", "judged_urgent": "nee"}

MALFORMED = {
    "not JSON": b"{answers: 1}",
    "cut off": b'{"answers": {"subject": "x"',
    "not an object": b"[1, 2]",
    "no answers": b"{}",
    "answers of another kind": b'{"answers": "alles"}',
    "a field too many": b'{"answers": {}, "matter": "complaint"}',
    "a name twice": b'{"answers": {"subject": "a", "subject": "b"}}',
    "not a number": b'{"answers": {"subject": NaN}}',
    "a number without end": b'{"answers": {"subject": 1e999}}',
    "a very long number": b'{"answers": {"subject": ' + b"9" * 6000 + b"}}",
    "too deep": b'{"answers": ' + b'{"a":' * 60 + b"1" + b"}" * 61,
    "far too deep": b"[" * 200_000,
    "NUL in a value": b'{"answers": {"subject": "a\\u0000b"}}',
    "NUL in a name": b'{"answers": {"sub\\u0000ject": "a"}}',
    "half a character": b'{"answers": {"subject": "\\ud800"}}',
    "not UTF-8": b'{"answers": {"subject": "\xff\xfe"}}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_body_is_refused_with_what_is_wrong(sqlite_program: Program, body: bytes) -> None:
    answer = sqlite_program("intake_officer").post(f"{API}/complaints", content=body, headers=JSON)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["title"]) == (422, "BodyNotUnderstood")
    assert all(error["field"] and error["message"].endswith(".") for error in problem["errors"])
    assert problem["errors"]


def test_wrong_answers_are_told_all_at_once(program: Program, office: Office) -> None:
    officer = program("intake_officer")
    wrong = COMPLAINT | {"email": "geen adres", "facts_on": "31/02/2025", "kleur": "rood"}
    wrong |= {"filer_kind": "alien", "postcode": "?"}
    del wrong["narrative"]
    answer = officer.post(f"{API}/complaints", json={"answers": wrong})
    assert answer.status_code == 422
    said = {each["field"]: each["message"] for each in answer.json()["errors"]}
    assert {"email", "facts_on", "kleur", "filer_kind", "narrative"} <= said.keys()
    assert said["postcode"] == "Een postcode telt 4 tot 10 cijfers of letters, bijvoorbeeld 9000 of 1011 AB."
    strange: list[Any] = ["\x00", [], {"a": 1}, 7, "x" * 60_000, None]
    for hostile in strange:
        assert officer.post(f"{API}/complaints", json={"answers": COMPLAINT | {"subject": hostile}}).status_code == 422
    with office.database.reading() as reading:
        assert reading.session.scalar(select(func.count()).select_from(Case)) == 0


def test_text_in_an_address_that_no_database_keeps_finds_nothing(program: Program) -> None:
    officer = program("intake_officer")
    assert officer.get(f"{API}/cases/2026%00").status_code == 404
    assert officer.get(f"{API}/links/a%00b").status_code == 404
    assert officer.get(f"{API}/worklist?query=a%00").status_code == 422
    assert officer.get(f"{API}/user-tasks/{2**63}").status_code == 404
    assert officer.get(f"{API}/user-tasks/-1").status_code == 404
    assert officer.get(f"{API}/user-tasks/een").status_code == 404
    assert officer.get(f"{API}/worklist?limit=0").json()["errors"] == [
        {"field": "limit", "message": "Dit moet minstens 1 zijn."}
    ]


def test_a_content_type_nobody_described_is_refused(sqlite_program: Program) -> None:
    officer = sqlite_program("intake_officer")
    body = json.dumps({"answers": COMPLAINT})
    for kind in ("text/plain", "application/xml", ""):
        answer = officer.post(f"{API}/complaints", content=body, headers={"Content-Type": kind})
        assert (answer.status_code, answer.json()["title"]) == (415, "ContentTypeNotKnown")
    broken = officer.post(f"{API}/complaints", content=b"--x", headers={"Content-Type": "multipart/form-data"})
    assert (broken.status_code, broken.json()["title"]) == (422, "BodyNotUnderstood")


def test_a_huge_body_is_refused_before_it_is_read(sqlite_program: Program) -> None:
    officer = sqlite_program("intake_officer")
    large = officer.post(f"{API}/complaints", content=b" " * (3 * MB), headers=JSON)
    assert (large.status_code, large.json()["title"]) == (413, "BodyTooLarge")


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("groot.pdf", b"%PDF-" + b"0" * (100 * MB), "groter dan 25 MB"),
        ("leeg.pdf", b"", "leeg"),
        ("foto.png", b"GIF89a" + b"0" * 100, "niet wat de naam zegt"),
        ("rapport.txt", b"MZ\x90\x00" + b"0" * 100, "niet wat de naam zegt"),
        ("virus.exe", b"MZ", "soort bestand"),
        ("brief.pdf\x00.exe", b"%PDF-1.7", "soort bestand"),
        ("..", b"%PDF-1.7", "soort bestand"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_taken_is_refused_and_nothing_is_kept(
    sqlite_program: Program, sqlite_office: Office, name: str, content: bytes, sentence: str
) -> None:
    officer = sqlite_program("intake_officer")
    answer = officer.post(
        f"{API}/complaints",
        data={"answers": json.dumps(COMPLAINT)},
        files=[("files", (name, content, "application/pdf"))],
    )
    assert answer.status_code == 422, answer.text
    assert sentence in answer.json()["errors"][0]["message"]
    with sqlite_office.database.reading() as reading:
        assert reading.session.scalar(select(func.count()).select_from(Case)) == 0
        assert list(streams(reading)) == []


def test_a_user_task_is_refused_twice_late_old_and_by_the_wrong_role(program: Program) -> None:
    officer, handler = program("intake_officer"), program("case_handler")
    number, address = waiting(officer)
    wrong = handler.post(f"{address}/complete", json={"answers": INTAKE})
    assert (wrong.status_code, wrong.json()["title"]) == (403, "NotYourLane")
    version = officer.get(address).headers["etag"]
    officer.post(f"{address}/claim")
    for sent in (
        {"json": {"answers": INTAKE, "version": 1}},
        {"json": {"answers": INTAKE}, "headers": {"If-Match": version}},
    ):
        old = officer.post(f"{address}/complete", **sent)
        assert (old.status_code, old.json()["title"]) == (409, "UserTaskChanged")
    newest = officer.get(address).headers["etag"]
    unclear = officer.post(f"{address}/complete", json={"answers": INTAKE}, headers={"If-Match": "*"})
    assert (unclear.status_code, unclear.json()["errors"][0]["field"]) == (422, "If-Match")
    done = officer.post(f"{address}/complete", json={"answers": INTAKE}, headers={"If-Match": newest})
    assert done.status_code == 200
    twice = officer.post(f"{address}/complete", json={"answers": INTAKE})
    assert (twice.status_code, twice.json()["title"]) == (409, "UserTaskAlreadyCompleted")
    for verb in ("claim", "release"):
        assert officer.post(f"{address}/{verb}").status_code == 409
    officer.post(f"{API}/cases/{number}/messages/complaint_withdrawn", json={"answers": {}})
    late = handler.open_tasks(number)
    assert late == {}


def test_a_user_task_of_a_withdrawn_case_is_late(program: Program) -> None:
    officer = program("intake_officer")
    number, address = waiting(officer)
    assert officer.post(f"{API}/cases/{number}/messages/complaint_withdrawn", json={"answers": {}}).status_code == 200
    late = officer.post(f"{address}/complete", json={"answers": INTAKE})
    assert (late.status_code, late.json()["title"]) == (409, "UserTaskAlreadyCompleted")


def test_a_secret_link_works_once_and_not_after_its_term(office: Office, program: Program) -> None:
    staff, visitor = program("intake_officer", "case_handler"), program()
    number = staff.complaint()
    staff.completes(number, "assess_intake", **INTAKE)
    staff.completes(number, "decide_admissibility", decision="admitted")
    staff.completes(number, "choose_approach", approach="investigation")
    staff.completes(number, "request_information", questions="Werkte de app?", term_days=20)
    link = f"{API}/links/{newest_link(office, number)}"
    assert visitor.get(f"{API}/links/{'a' * 43}").status_code == 404
    empty = visitor.post(f"{link}/complete", json={"answers": {}})
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "answer")
    office.clock.travel_to(office.clock.now() + timedelta(days=181))  # type: ignore[attr-defined]
    expired = visitor.post(f"{link}/complete", json={"answers": {"answer": "Ja."}})
    assert (expired.status_code, expired.json()["title"]) == (404, "LinkNotValid")
    assert "link" in expired.json()["detail"]


class MovableClock:
    """A wall clock somebody may set back."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


def test_a_clock_set_back_loses_nothing(database: Database, office: Office, tmp_path: Path) -> None:
    clock = MovableClock()
    settings = Settings(data_dir=tmp_path / "data")
    moved = open_office(settings, database=office.database, clock=clock)
    for program in programs(moved):
        officer, auditor = program("intake_officer"), program("auditor")
        number, address = waiting(officer)
        clock.at -= timedelta(days=3)
        assert officer.post(f"{address}/claim").status_code == 200
        assert officer.post(f"{address}/complete", json={"answers": INTAKE}).status_code == 200
        again = officer.complaint()
        assert int(again[-4:]) == int(number[-4:]) + 1
        assert auditor.get(f"{API}/cases/{number}/verify").json()["ok"] is True
        events = auditor.get(f"{API}/cases/{number}/history").json()["events"]
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


@contextmanager
def pragma(database: Database, statement: str) -> Iterator[None]:
    """Give every connection this setting while the block runs."""

    def apply(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(statement)

    event.listen(database.engine, "checkout", apply)
    try:
        yield
    finally:
        event.remove(database.engine, "checkout", apply)


def test_a_database_locked_by_another_process_answers_503_and_changes_nothing(
    sqlite_office: Office, sqlite_program: Program
) -> None:
    officer = sqlite_program("intake_officer")
    number, address = waiting(officer)
    other = sqlite3.connect(sqlite_office.database.engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pragma(sqlite_office.database, "PRAGMA busy_timeout = 50"):
        busy = officer.post(f"{address}/complete", json={"answers": INTAKE})
    other.execute("ROLLBACK")
    other.close()
    assert (busy.status_code, busy.json()["title"]) == (503, "DatabaseBusy")
    assert "opnieuw" in busy.json()["detail"]
    assert list(officer.open_tasks(number)) == ["assess_intake"]
    assert officer.post(f"{address}/complete", json={"answers": INTAKE}).status_code == 200


def test_a_full_disk_answers_503_and_the_same_call_works_once_there_is_room(
    sqlite_office: Office, sqlite_program: Program
) -> None:
    officer = sqlite_program("intake_officer")
    sent = {"answers": COMPLAINT | {"narrative": "Lang verhaal. " * 1400}}
    done: list[str] = []
    with pragma(sqlite_office.database, "PRAGMA max_page_count = 1"):  # SQLite makes it the present size: no page more
        for n in range(50):
            full = officer.post(f"{API}/complaints", json=sent, headers={"Idempotency-Key": f"vol-{n}"})
            if full.status_code != 201:
                break
            done.append(full.json()["number"])
    with pragma(sqlite_office.database, "PRAGMA max_page_count = 1000000"):
        assert (full.status_code, full.json()["title"]) == (503, "DiskFull"), full.text
        with sqlite_office.database.reading() as reading:
            assert list(reading.session.scalars(select(Case.number))) == done
            assert reading.session.scalar(select(func.count()).select_from(UserTask)) == len(done)
            assert all(verify(reading, stream).ok for stream in streams(reading))
        again = officer.post(f"{API}/complaints", json=sent, headers={"Idempotency-Key": f"vol-{n}"})
    assert again.status_code == 201
    assert again.json()["number"] == f"2026-{len(done) + 1:04d}"


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process grows past this size while the block runs: what a full disk does to it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_without_room_for_files_answers_503_and_keeps_nothing_half(
    sqlite_office: Office, sqlite_program: Program, tmp_path: Path
) -> None:
    officer = sqlite_program("intake_officer")
    pdf = b"%PDF-1.7" + b"0" * (12 * MB)

    def send() -> Any:
        return officer.post(
            f"{API}/complaints", data={"answers": json.dumps(COMPLAINT)}, files=[("files", ("a.pdf", pdf))]
        )

    with largest_file(8 * MB):
        while_coming_in = send()
    (tmp_path / "data" / "files").mkdir(parents=True, exist_ok=True)
    (tmp_path / "data" / "files").rename(tmp_path / "data" / "moved")
    (tmp_path / "data" / "files").write_bytes(b"a disk that is not there")
    while_keeping = send()
    (tmp_path / "data" / "files").unlink()
    for answer in (while_coming_in, while_keeping):
        assert (answer.status_code, answer.json()["title"]) == (503, "NoRoomForFiles"), answer.text
    with sqlite_office.database.reading() as reading:
        assert reading.session.scalar(select(func.count()).select_from(Case)) == 0
    done = send()
    assert done.status_code == 201
    kept = [file for file in (tmp_path / "data" / "files").rglob("*") if file.is_file()]
    assert [file.stat().st_size for file in kept] == [len(pdf)]


def test_cookies_open_nothing_and_a_wrong_token_is_told_how(sqlite_program: Program) -> None:
    visitor = sqlite_program()
    visitor.cookies.set("ombudsflow_session", "x" * 43)
    for header in ("", "Bearer", "Bearer verkeerd", "Basic YTpi", "Bearer " + "x" * 5000, "bearer \xe9"):
        answer = visitor.get(f"{API}/worklist", headers=[(b"Authorization", header.encode("latin-1"))])
        assert (answer.status_code, answer.json()["title"]) == (401, "TokenRefused")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_no_text_is_too_long_for_a_column_it_ends_in(program: Program) -> None:
    officer = program("intake_officer")
    for form in ("complaint_received", "complaint_by_phone"):
        fields = officer.get(f"{API}/forms/{form}").json()["fields"]
        for each in fields:
            if each["type"] not in ("textfield", "textarea"):
                continue
            for length in (90, 210, 310, 510, 5000):
                text = "x" * length
                if each["key"] == "email":
                    text = f"{'x' * length}@example.org"
                elif "phone" in each["key"]:
                    text = "0" * length
                answers = filled(fields, COMPLAINT if form == "complaint_received" else {}) | {each["key"]: text}
                answer = officer.post(f"{API}/complaints?form={form}", json={"answers": answers})
                assert answer.status_code in (201, 422), f"{form}.{each['key']} of {length}: {answer.text}"
