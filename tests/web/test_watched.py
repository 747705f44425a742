"""What whoever keeps the server running is told about each request: enough to find it back, nothing about anybody."""

import html
import io
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from fastapi import APIRouter
from sqlalchemy import select, text, update

from engine.models import Definition, ProcessInstance, Subscription
from identity.people import Actor
from tasks import intake
from tasks.background import clock as ticking
from tasks.background.clock_source import TravellingClock
from tasks.models import UserTask
from tasks.office import Office
from tasks.operating import logs
from tests.stories.stage import COMPLAINT
from tests.web.conftest import PASSWORD, Visitor, hire
from web.app import build

NAME, ADDRESS, STORY = "Aldegonde Xhrouet-Qvisq", "xhrouet.qvisq@zeldzaam.example", "Zevenslapersgrafsteen"


@contextmanager
def written(office: Office, **settings: str) -> Iterator[io.StringIO]:
    """Everything this process writes in its log, down to the finest."""
    into, root = io.StringIO(), logging.getLogger()
    before = root.level
    handler = logs.start(replace(office.settings, **{"log_level": "debug", "log_format": "json", **settings}), into)  # type: ignore[arg-type]
    try:
        yield into
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def lines(into: io.StringIO) -> list[dict[str, object]]:
    """Ours; the client of the tests says something too."""
    told = [json.loads(line) for line in into.getvalue().splitlines()]
    return [line for line in told if line["logger"].startswith("ombudsflow.")]


@pytest.fixture
def broken(sqlite_office: Office) -> Iterator[Visitor]:
    """An office with two pages that fail with words of a citizen in the exception."""
    app, router = build(sqlite_office), APIRouter()

    @router.get("/stuk/{secret}")
    @router.get("/api/v1/stuk/{secret}")
    def breaks(secret: str) -> None:
        with sqlite_office.database.reading() as reading:
            assert reading.session.get(Definition, -1) is None
        raise LookupError(f"{NAME} {secret}")

    app.include_router(router)
    with Visitor(app, raise_server_exceptions=False) as client:
        yield client


def test_a_failure_is_found_back_by_the_number_on_its_page(broken: Visitor, sqlite_office: Office) -> None:
    with written(sqlite_office) as into:
        page = broken.get("/stuk/geheim", headers={"X-Request-ID": "0123456789abcdef0123456789abcdef"})
        told = broken.get("/api/v1/stuk/geheim")
    assert (page.status_code, told.status_code) == (500, 500)
    assert page.headers["x-request-id"] == "0123456789abcdef0123456789abcdef"
    assert "0123456789abcdef0123456789abcdef" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert told.json()["reference"] == told.headers["x-request-id"]
    failure, answered, *_ = lines(into)
    assert failure["request"] == answered["request"] == page.headers["x-request-id"]
    assert (failure["event"], failure["route"]) == ("unforeseen problem", "/stuk/{secret}")
    exception = failure["exception"]
    assert isinstance(exception, list)
    assert exception[0] == "LookupError"
    assert re.fullmatch(r"  tests\.web\.test_watched:\d+ breaks", exception[-1])
    assert (answered["status"], answered["statements"], answered["commits"]) == (500, 1, 0)
    assert NAME not in into.getvalue()
    assert "geheim" not in into.getvalue()


@pytest.mark.parametrize("given", ["kort", "Aldegonde Xhrouet-Qvisq", "x" * 43, "0123456789abcdef\t", "é" * 20, ""])
def test_a_request_id_that_looks_like_something_else_is_replaced(broken: Visitor, given: str) -> None:
    answer = broken.get("/healthz", headers=[(b"X-Request-ID", given.encode("latin-1"))])
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])


def test_a_whole_complaint_with_all_that_goes_wrong_tells_nothing_about_anybody(
    sqlite_office: Office, clock: TravellingClock
) -> None:
    """A page, a tick, a mail server and a database that fail with words of the complainant in their hands."""
    office = replace(sqlite_office, settings=replace(sqlite_office.settings, smtp_host="127.0.0.1", smtp_port=1))
    hire(office, "xhrouet", "intake_officer", "case_handler")
    with written(office) as into, Visitor(build(office), raise_server_exceptions=False) as client:
        made = _complaint_sent(office)
        client.get(f"/volg/{made.secret}")
        for password in ("Qvisq is fout", PASSWORD):
            client.form("/aanmelden", {"login": "xhrouet", "password": password})
        for address in (f"dossiers?q={NAME}", f"dossiers/{made.number}", f"nergens/{made.secret}"):
            client.get(f"/{address}")
        ticking.tick(office)
        with office.database.work() as work:
            task_id = work.session.scalars(select(UserTask.id)).one()
            work.session.execute(text("ALTER TABLE event RENAME TO lost"))
        answers = {"matter": "complaint", "judged_urgent": "nee", "intake_note": STORY}
        assert client.form(f"/taken/{task_id}", answers).status_code == 503
        with office.database.work() as work:
            work.session.execute(update(ProcessInstance).values(state=f'{{"v": "{NAME}"}}'))
            late = {"kind": "timer", "token_id": "t", "element_id": "x", "due_at": clock.now()}
            work.session.add(Subscription(instance_id=work.session.scalars(select(ProcessInstance.id)).one(), **late))
        ticking.tick(office)
    told = into.getvalue().lower()
    for word in (*NAME.split(), ADDRESS, "zeldzaam", STORY, "xhrouet", made.secret, made.number, PASSWORD):
        assert word.lower() not in told
    own = lines(into)
    assert {line.get("outcome") for line in own if line.get("kind") == "mail"} == {"failed"}
    assert [line["case"] for line in own if line.get("route") == "/dossiers/{number}"] == [made.case_id]
    assert [line["status"] for line in own if line.get("route") == "/taken/{user_task_id}"][-1] == 503
    assert any(str(line["event"]).startswith("timer ") for line in own)


def _complaint_sent(office: Office) -> intake.Received:
    answers = {**COMPLAINT, "complainant_name": NAME, "email": ADDRESS, "narrative": STORY, "subject": STORY}
    with office.database.work() as work:
        sender = Actor("complainant:new", "", frozenset({"complainant"}))
        return intake.receive(office, work, sender, answers)


@pytest.mark.parametrize(
    ("language", "heading", "words"),
    [
        ("", "Er ging iets mis", "Meld dit met nummer"),
        ("fr", "Une erreur s'est produite", "Signalez-le avec le numéro"),
    ],
)
def test_a_failure_says_in_the_readers_language_what_happened_and_where_to_go(
    broken: Visitor, language: str, heading: str, words: str
) -> None:
    broken.cookies.set("ombudsflow_language", language)
    page = html.unescape(broken.get("/stuk/geheim").text)
    assert f"<h1>{heading}</h1>" in page
    assert words in page and 'href="/"' in page


def test_a_refused_form_says_how_to_get_back_to_what_was_typed(broken: Visitor) -> None:
    refused = broken.post("/taal", data={"language": "fr", "_csrf": "niet van hier"})
    assert (refused.status_code, "<h1>Geen toegang</h1>" in refused.text) == (403, True)
    assert "Met de terugknop van uw browser" in refused.text
    assert "Met de terugknop" not in broken.get("/bestaat-niet").text
