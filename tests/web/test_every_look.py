"""Every address that shows something of a case records who looked, before it shows it. A new address must stand here."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import NamedTuple

import pytest

from cases.documents import Upload
from cases.models import Document, Letter
from history import looks
from identity.people import Actor
from identity.roles import CASE_STAFF
from tasks import intake, worklist
from tasks.background.clock_source import TravellingClock
from tasks.models import Mail
from tasks.office import Office
from tests.api.conftest import Program, programs
from tests.stories.stage import COMPLAINT, NOT_CONTACTED, Story
from tests.web.conftest import Visitor
from web.app import ROUTERS

# Who looks, and the address; the names between braces are filled in from the case.
ADDRESSES = {
    "/dossiers/{number}": "staff",
    "/dossiers/{number}/partijen": "staff",
    "/dossiers/{number}/grieven": "staff",
    "/dossiers/{number}/brieven": "staff",
    "/dossiers/{number}/stukken": "staff",
    "/dossiers/{number}/termijnen": "staff",
    "/dossiers/{number}/tijdlijn": "staff",
    "/dossiers/{number}/verloop": "staff",
    "/dossiers/{number}/brieven/{letter_id}": "staff",
    "/dossiers/{number}/brieven/{letter_id}/pdf": "staff",
    "/dossiers/{number}/stukken/{document_id}": "staff",
    "/dossiers/{number}/bewaring": "staff",
    "/dossiers/{number}/gegevens": "staff",
    "/dossiers/{number}/belangenconflict": "staff",
    "/dossiers/{number}/ingrijpen": "staff",
    "/dossiers/{number}/bewijs": "staff",
    "/dossiers/{number}/bemiddeling": "staff",
    "/dossiers/{number}/samen": "staff",
    "/dossiers/{number}/overdracht": "staff",
    "/vergelijken/{number}": "staff",
    "/telefoon/{number}": "staff",
    "/taken/{user_task_id}": "staff",
    "/taken/{user_task_id}/naast/{number}": "staff",
    "/volg/{secret}": "anyone",
    "/volg/{secret}/brief/{letter_id}": "anyone",
    "/volg/{secret}/brief/{letter_id}/pdf": "anyone",
    "/volg/{secret}/stuk/{document_id}": "anyone",
    "/herbeleven/{number}": "auditor",
    "/herbeleven/{number}/wie-keek": "auditor",
    "/herbeleven/{number}/uitvoer.xes": "auditor",
    "/herbeleven/{number}/uitvoer.json": "auditor",
    "/herbeleven/{number}/{step}": "auditor",
    "/api/v1/cases/{number}": "program",
    "/api/v1/cases/{number}/documents/{document_id}": "program",
    "/api/v1/cases/{number}/history": "program",
    "/api/v1/cases/{number}/choices": "program",
    "/api/v1/cases/{number}/export": "program",
    "/api/v1/user-tasks/{user_task_id}": "program",
}
# These name a case or a secret, and say nothing about the case that their caller did not just see.
NOTHING_OF_THE_CASE = {
    "/dossiers/{number}/overdracht/ontvangstbewijs": "that it came, told to the office it came from",
    "/dossiers/{number}/diagram/{key}/{version}": "the drawing of a version, the same for every case",
    "/dossiers/{number}/melding/{message}": "an empty form",
    "/taken/{user_task_id}/doorgeven": "the colleagues one can choose from",
    "/api/v1/cases/{number}/verify": "whether the chain holds, and nothing that is in it",
    "/volg/{secret}/{word}": "an empty form",
    "/bewaring/bewijzen/{number}/brief": "what is left of a destroyed case: its number and the proof",
    "/klacht/stap/{number}": "a step of the form of a complaint that is still being written",
    "/klacht/verder/{secret}": "a complaint that is still being written: there is no case yet",
    "/volg/{secret}/vraag/{user_task_id}": "told below, for a question needs a case that asks one",
    "/vraag/{secret}/brief/{letter_id}/pdf": "as the page of the question",
    "/enquete/{secret}": "questions that are the same for everybody",
    "/netwerk/agenda/{secret}.ics": "meetings; no case",
    "/vraag/{secret}": "told below, for a question needs a case that asks one",
    "/api/v1/links/{secret}": "the same question for a program",
}


class Case(NamedTuple):
    """What an address may name."""

    number: str
    secret: str
    letter_id: int
    document_id: int
    user_task_id: int
    step: int = 1


@pytest.fixture
def case(sqlite_office: Office) -> Case:
    """A complaint with a document, an acknowledgement, and a user task that waits."""
    sender = Actor("complainant:new", "", frozenset({"complainant"}))
    given = {name: value for name, value in COMPLAINT.items() if value is not None}
    files = [Upload("foto.txt", BytesIO(b"de bus kwam niet"))]
    with sqlite_office.database.work() as work:
        received = intake.receive(sqlite_office, work, sender, given, files)
    with sqlite_office.database.reading() as reading:
        letter = reading.session.query(Letter).filter_by(case_id=received.case_id).first()
        document = reading.session.query(Document).filter_by(case_id=received.case_id).one()
        waiting = worklist.open_of_case(reading, received.case_id)[0]
    assert letter is not None
    return Case(received.number, received.secret, letter.id, document.id, waiting.id)


@pytest.fixture
def program(sqlite_office: Office) -> Iterator[Program]:
    yield from programs(sqlite_office)


def _addresses() -> set[str]:
    """Every address of the application that names a case, a secret or a user task."""
    routes = [route for router in ROUTERS for route in router.routes]
    paths = {getattr(each, "path", "") for each in routes if "GET" in (getattr(each, "methods", None) or ())}
    names = ("{number}", "{secret}", "{user_task_id}")
    return {path for path in paths if any(name in path for name in names) and not path.startswith("/studio")}


def _looks(office: Office) -> int:
    with office.database.reading() as reading:
        return len(looks.of(reading, "case:1"))


def test_no_address_is_forgotten() -> None:
    assert _addresses() == ADDRESSES.keys() | NOTHING_OF_THE_CASE.keys()


def test_every_address_that_shows_a_case_records_the_look(
    visit: Callable[..., Visitor], program: Program, sqlite_office: Office, case: Case, clock: TravellingClock
) -> None:
    lookers = {
        "staff": visit(*CASE_STAFF, login="noor"),
        "auditor": visit("auditor"),
        "anyone": visit(),
        "program": program(*CASE_STAFF, "auditor"),
    }
    for path, who in ADDRESSES.items():
        clock.advance(timedelta(minutes=11))
        before = _looks(sqlite_office)
        answer = lookers[who].get(path.format(**case._asdict()))
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        assert _looks(sqlite_office) == before + 1, f"{path} shows a case and records no look"


def test_a_question_that_is_opened_by_its_link_is_a_look_of_whom_it_was_sent_to(
    visit: Callable[..., Visitor], program: Program, sqlite_office: Office, clock: TravellingClock
) -> None:
    story = Story(sqlite_office).given_a_complaint(**NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    with sqlite_office.database.reading() as reading:
        links = [re.search(r"/vraag/([\w-]{43})", mail.body) for mail in reading.session.query(Mail)]
    secret = next(link[1] for link in links if link)
    for address, caller in {f"/vraag/{secret}": visit(), f"/api/v1/links/{secret}": program()}.items():
        clock.advance(timedelta(minutes=11))
        assert caller.get(address).status_code == 200
    with sqlite_office.database.reading() as reading:
        found = looks.of(reading, "case:1")
    asked = story.open("answer_first_line").id
    assert [(look.resource, look.what) for look in found] == [(f"authority:{asked}", f"question:{asked}")] * 2


def test_who_may_not_look_leaves_no_look(visit: Callable[..., Visitor], sqlite_office: Office, case: Case) -> None:
    manager = visit("process_manager")
    for path in ("/dossiers/{number}", "/dossiers/{number}/brieven/{letter_id}", "/taken/{user_task_id}"):
        assert manager.get(path.format(**case._asdict())).status_code == 404
    assert visit().get("/volg/" + "x" * 43).status_code == 404
    assert _looks(sqlite_office) == 0
