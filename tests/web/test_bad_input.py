"""What a browser should not send, on every page there is: a clear sentence, the right status, what was typed is still there."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from sqlalchemy import func, select

from cases.models import Case, Document
from history.log import verify
from identity.roles import FIRST_LINE, STAFF_ROLES
from tasks import intake, worklist
from tasks.office import Office
from tasks.turn import stream_of
from tests.api.test_bad_input import pragma
from tests.identity.test_permissions import PLACES, ROUTES, address_of
from tests.stories.stage import COMPLAINT, person
from tests.web.conftest import PASSWORD, Visitor, hire, token_of
from web.app import ROUTERS, build

MB = 1024 * 1024
PAGES = [route for route in ROUTES if "/api/v1" not in route]
FAMILIES = sorted({route.partition(" ")[2].split("/")[1].removesuffix(".csv") for route in PAGES})
MANY_DIGITS = "9" * 5000  # more than Python reads as a number
HOSTILE = (
    "%00",
    "9" * 30,
    "-1",
    "x" * 400,
    "%F0%9F%A6%84",
    "..%2F..%2Fetc%2Fpasswd",
    "'; DROP TABLE case; --",
    "%ED%A0%80",
)
PDF = b"%PDF-1.7\n"


def parameters(router: APIRouter) -> Iterator[tuple[str, set[str]]]:
    """Each page with the names it looks for in its query."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            names = {each.alias for each in route.dependant.query_params}
            yield from ((f"{method} {route.path}", names) for method in route.methods or ())
        else:
            yield from parameters(route.original_router)  # type: ignore[attr-defined]


OF_PAGE = {page: names for router in ROUTERS for page, names in parameters(router)}
QUERY = sorted(set().union(*OF_PAGE.values()))


def forms(csrf: str) -> list[dict[str, Any]]:
    """Bodies that no page of ours makes."""
    named = {
        "_csrf": csrf,
        "person_id": MANY_DIGITS,
        "kind": "process",
        "key": "a b",
        "name": "x" * 999,
        "_version": MANY_DIGITS,
        "version": "²",
        "revision": "²",
        "replaces": MANY_DIGITS,
        "_do": f"weg:{'9' * 30}",
    }
    return [
        {"data": {"_csrf": csrf}},
        {"data": {"_csrf": csrf, "login": "a\x00b", "password": "\x00", "version": "x", "narrative": "\x00"}},
        {"data": named},
        {"data": {"_csrf": csrf, **{f"veld_{n}": "x" for n in range(2500)}}},
        {"data": {"_csrf": csrf}, "files": [("files", ("a.exe", b"MZ")), ("file", ("\x00.bpmn", b"<a"))]},
        {"content": b"--x", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
        {"content": json.dumps({"_csrf": csrf}), "headers": {"Content-Type": "application/json"}},
        {"content": b"_csrf=%FF%FE&a=%ED%A0%80", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    ]


def rubbish(route: str, csrf: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Requests for a page with a hostile value in each of its places."""
    method, _, path = route.partition(" ")
    known = PLACES | {"letter_id": "1", "document_id": "1"}
    usual = address_of(path, known)
    strange = [address_of(path, known | {part: value}) for part in re.findall(r"{(\w+)}", path) for value in HOSTILE]
    if method == "GET":
        # A page's own names one by one; those of all other pages at once, since here they are only carried along.
        own = ("%00", MANY_DIGITS, "-1", "x" * 400)
        asked = [f"{usual}?{name}={value}" for name in sorted(OF_PAGE[route]) for value in own]
        asked += [f"{usual}?{'&'.join(f'{name}={value}' for name in QUERY)}" for value in HOSTILE[:4]]
        yield from ((method, each, {}) for each in [usual, *strange, *asked])
    else:
        yield from ((method, usual, form) for form in forms(csrf))
        yield from ((method, each, {"data": {"_csrf": csrf}}) for each in strange)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda name: name or "home")
def test_no_address_and_no_form_breaks_a_page(visit: Callable[..., Visitor], family: str) -> None:
    visitor = visit(*sorted(STAFF_ROLES - {FIRST_LINE}), login="all")  # who works for a service is nothing else
    csrf = token_of(visitor.get("/aanmelden").text)
    ours = [route for route in PAGES if route.partition(" ")[2].split("/")[1].removesuffix(".csv") == family]
    for route in ours:
        for method, address, sent in rubbish(route, csrf):
            answer = visitor.request(method, address, follow_redirects=False, **sent)
            assert answer.status_code < 500, f"{method} {address} {sent}: {answer.text[-400:]}"


def receive(office: Office) -> tuple[str, int]:
    """A complaint; its number and the first user task."""
    with office.database.work() as work:
        made = intake.receive(office, work, person("intake_officer"), COMPLAINT)
        return made.number, worklist.open_of_case(work, made.case_id)[0].id


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("groot.pdf", PDF + b"0" * (100 * MB), "groter dan 25 MB"),
        ("foto.png", b"GIF89a" + b"0" * 100, "niet wat de naam zegt"),
        ("leeg.pdf", b"", "leeg"),
        ("../../etc/passwd", b"root:x:0:0", "soort bestand"),
    ],
    ids=["100 MB", "lying type", "empty", "a path"],
)
def test_a_file_that_is_refused_leaves_what_was_typed(
    visit: Callable[..., Visitor], sqlite_office: Office, name: str, content: bytes, sentence: str
) -> None:
    _, user_task_id = receive(sqlite_office)
    officer = visit("intake_officer")
    address = f"/taken/{user_task_id}"
    answer = officer.form(
        address,
        {"matter": "complaint", "judged_urgent": "nee", "intake_note": "Eerst nog even bellen."},
        files=[("files", (name, content, "application/pdf"))],
    )
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Eerst nog even bellen." in answer.text
    with sqlite_office.database.reading() as reading:
        assert reading.session.scalar(select(func.count()).select_from(Document)) == 0
        assert worklist.get(reading, person("intake_officer"), user_task_id).closed_at is None


def test_a_name_with_path_parts_is_kept_as_its_last_part(visit: Callable[..., Visitor], sqlite_office: Office) -> None:
    number, _ = receive(sqlite_office)
    officer = visit("intake_officer")
    sent = officer.form(
        f"/dossiers/{number}/stukken", files=[("files", ("..\\..\\/tmp/../brief\r\n.pdf", PDF, "text/html"))]
    )
    assert sent.status_code == 200, sent.text
    with sqlite_office.database.reading() as reading:
        row = reading.session.scalars(select(Document)).one()
    assert re.fullmatch(r"[\w .-]+\.pdf", row.name)
    assert "/" not in row.name
    assert sqlite_office.documents.path(row.digest).read_bytes() == PDF


def test_a_locked_database_and_a_full_disk_give_back_what_was_typed(
    visit: Callable[..., Visitor], sqlite_office: Office
) -> None:
    _, user_task_id = receive(sqlite_office)
    officer = visit("intake_officer")
    address, database = f"/taken/{user_task_id}", sqlite_office.database
    typed = {"matter": "complaint", "judged_urgent": "nee", "intake_note": "Belangrijke zin. " * 500}
    other = sqlite3.connect(database.engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pragma(database, "PRAGMA busy_timeout = 50"):
        busy = officer.form(address, typed)
    other.execute("ROLLBACK")
    other.close()
    with pragma(database, "PRAGMA max_page_count = 1"):
        full = officer.form(address, typed | {"intake_note": "Belangrijke zin. " * 20_000})
    with pragma(database, "PRAGMA max_page_count = 1000000"):
        for answer in (busy, full):
            assert answer.status_code in (503, 422), answer.text
            assert "Belangrijke zin." in answer.text
        assert busy.status_code == 503
        again = officer.form(address, typed)
    assert again.status_code == 200
    with database.reading() as reading:
        assert worklist.get(reading, person("intake_officer"), user_task_id).closed_at is not None


def test_of_two_people_on_the_same_page_one_wins_and_the_other_keeps_what_was_typed(office: Office) -> None:
    app = build(office)
    _, user_task_id = receive(office)
    address, together = f"/taken/{user_task_id}", Barrier(2)
    with ExitStack() as open_clients:
        people = [open_clients.enter_context(Visitor(app, raise_server_exceptions=False)) for _ in range(2)]
        for number, browser in enumerate(people):
            hire(office, f"ann{number}", "intake_officer")
            browser.form("/aanmelden", {"login": f"ann{number}", "password": PASSWORD})

        def submit(browser: Visitor) -> Any:
            page = browser.get(address).text
            version = re.search(r'name="_version" value="(\d+)"', page)
            sent = {"_csrf": token_of(page), "_version": version[1] if version else ""}
            together.wait()
            typed = {"matter": "complaint", "judged_urgent": "nee", "intake_note": "Mijn eigen zin."}
            return browser.post(address, data=sent | typed, follow_redirects=False)

        with ThreadPoolExecutor(2) as pool:
            answers = sorted(pool.map(submit, people), key=lambda answer: int(answer.status_code))
    assert [answer.status_code for answer in answers] == [303, 409]
    assert "al afgewerkt" in answers[1].text
    assert "Mijn eigen zin." in answers[1].text
    with office.database.reading() as reading:
        case = reading.session.scalars(select(Case)).one()
        assert [row.element_id for row in worklist.open_of_case(reading, case.id)] == ["decide_admissibility"]
        assert verify(reading, stream_of(case.id)).ok
