"""Who may do what with a report: the part of docs/permissions.md about the reports house, compared with its rules and with what its pages answer.

As tests/identity/test_matrix.py does for the office, here too `OMBUDSFLOW_EVERY_CELL=1` asks the pages for every cell.
"""

import io
import json
import secrets

from sqlalchemy import select

from cases.documents import Upload
from cases.models import Case, Document, Letter
from history.sealed_box import shut_for
from history.sealing import keyring_at
from identity.people import Actor
from identity.roles import ADMIN, AUDITOR, OMBUDSMAN, WHISTLE_OFFICER
from tasks import sight, turn, worklist
from tasks.office import Office
from tasks.reports_house import handing_over, mailbox, taking_over
from tasks.retention import erasing, keeping
from tests.conftest import START
from tests.identity.matrices import NO, NOTHING, YES, Cell, Matrix, asked, compare, names_in, somebody, written
from tests.identity.matters import Matter
from tests.identity.test_permissions import routes_of
from tests.reports.test_story import REPORT, VOICE, Report
from tests.stories.stage import person
from tests.web.conftest import PASSWORD, Visitor, hire, token_of
from web.access import REPORTS_PAGES, ROUTE_ACTIONS
from web.app import REPORTS_ROUTERS, build
from web.reports_house.reports import BOX, BOX_COOKIE

PART, WORD = "Who may do what with a report", "kwartelei"
CASE = "/dossiers/{number}"
SEE, ANSWER, GIVE_CODE = "see the report", "answer what waits", "give its reporter a code"
ACTIONS: dict[str, str] = {
    SEE: f"GET {CASE}",
    "open a document": f"GET {CASE}/stukken/{{document_id}}",
    "read a letter": f"GET {CASE}/brieven/{{letter_id}}",
    "see what waits": "GET /taken/{user_task_id}",
    ANSWER: "POST /taken/{user_task_id}",
    "add a document": f"POST {CASE}/stukken",
    GIVE_CODE: "POST /noteren/code?number={number}",
    "place a legal hold": f"POST {CASE}/bewaring",
    "erase": f"POST {CASE}/bewaring?what=erase",
    "hand over to another office": f"POST {CASE}/overdracht",
    "replay": "GET /herbeleven/{number}",
    "export the history": "GET /herbeleven/{number}/uitvoer.json",
}
LISTS: dict[str, str] = {
    "find in the list": "/dossiers.csv",
    "find by searching": f"/dossiers?zoek={WORD}",
    "find in the worklist": "/werklijst?lijst=alle",
}
# What whoever has a code comes to, once it opened their mailbox.
BY_CODE: dict[str, str] = {
    "open a document": f"GET {BOX}/stuk/{{document_id}}",
    ANSWER: f"GET {BOX}/vraag/{{user_task_id}}",
    "add a document": f"POST {BOX}/bericht",
}
OFFICER, NOBODY, OWN, OTHER = "officer", "not logged in", "its reporter", "other reporter"
# Accounts with a role of the office, however they came into this database.
PEOPLE: dict[str, str] = {OMBUDSMAN: "ombudsman", AUDITOR: "auditor", ADMIN: "administrator", WHISTLE_OFFICER: OFFICER}
COLUMNS = (OFFICER, "ombudsman", "auditor", "administrator", NOBODY, OWN, OTHER)
CAME_AS_COMPLAINT = "report that came in as a complaint"
KNOWN = ROUTE_ACTIONS | REPORTS_PAGES


class Reporting:
    """A report of every kind, each with words nobody else uses."""

    def __init__(self, house: Office) -> None:
        self.house = house

    def all(self) -> list[Matter]:
        return [
            self._matter("report", *self._reported(REPORT)),
            self._matter("report told by voice", *self._reported(VOICE, person(WHISTLE_OFFICER))),
            self._matter(CAME_AS_COMPLAINT, self._came(), ""),
            self._matter("report on legal hold", *self._held()),
            self._matter("erased report", *self._erased()),
        ]

    def _reported(self, answers: dict[str, object], by: Actor = mailbox.REPORTER) -> tuple[Report, str]:
        code, story = mailbox.new_code(), Report(self.house)
        papers = [Upload("bewijs.txt", io.BytesIO(b"de bon"))]
        with self.house.database.work() as work:
            told = {**answers, "subject": f"Bestelbonnen {WORD}"}
            mailbox.report(self.house, work, code, told, papers, by=by)
            secret = mailbox.secret_of(self.house, code)
            story.case_id = work.session.scalars(select(Case.id).where(Case.secret_hash == turn.hash_of(secret))).one()
        return story, secret

    def _came(self) -> Report:
        box = {
            "format": handing_over.FORMAT,
            "secret_hash": turn.hash_of(secrets.token_urlsafe(32)),
            "received_at": START.isoformat(),
            "answers": {
                "subject": WORD,
                "narrative": "Een bon.",
                "employer": "een agentschap",
                "complaint_language": "nl",
            },
            "documents": [],
        }
        story, key = Report(self.house), keyring_at(self.house.settings.master_key_file).opener.public_key
        with self.house.database.work() as work:
            taking_over.take(self.house, work, "box", shut_for(key, json.dumps(box).encode()))
            story.case_id = work.session.scalars(select(Case.id).order_by(Case.id.desc())).first() or 0
        return story

    def _closed(self) -> tuple[Report, str]:
        story, secret = self._reported(REPORT)
        story.completes("acknowledge", ack_choice="send")
        story.completes("assess_report", report_choice="complaint", report_reason="Het is een klacht.")
        story.completes("close_report")
        return story, secret

    def _held(self) -> tuple[Report, str]:
        story, secret = self._closed()
        with self.house.database.work() as work:
            keeping.hold(self.house, work, person(WHISTLE_OFFICER), story.case.number, "Er loopt een rechtszaak.")
        return story, secret

    def _erased(self) -> tuple[Report, str]:
        story, secret = self._closed()
        with self.house.database.work() as work:
            erasing.erase(self.house, work, person(WHISTLE_OFFICER), story.case.number, erasing.REQUEST)
        return story, secret

    def _matter(self, name: str, story: Report, secret: str) -> Matter:
        with self.house.database.reading() as reading:
            document = reading.session.scalar(select(Document.id).where(Document.case_id == story.case_id).limit(1))
            letter = reading.session.scalar(select(Letter.id).where(Letter.case_id == story.case_id).limit(1))
            waiting = next(iter(worklist.open_of_case(reading, story.case_id)), None)
        there = {"document_id": document, "letter_id": letter, "user_task_id": waiting.id if waiting else None}
        places = {"number": story.case.number, **{key: str(value) for key, value in there.items() if value}}
        return Matter(name, story.case_id, story.case.number, secret, places, waiting.role if waiting else "")


def ruled(house: Office, matters: list[Matter]) -> Matrix:
    """What the rules say of every cell."""
    here = {route for router in REPORTS_ROUTERS for route in routes_of(router)}
    rules: Matrix = {}
    with house.database.reading() as reading:
        for matter in matters:
            case = reading.session.get_one(Case, matter.case_id)
            for role, who in PEOPLE.items():
                actor = Actor("person:1", "", frozenset({role}) & house.house.staff)
                may = sight.permits(actor, case)
                for action, route in ACTIONS.items():
                    there = all(name in matter.places for name in names_in(route))
                    path = route.partition("?")[0]
                    is_theirs = action != ANSWER or matter.task_role in actor.roles
                    is_time = action != GIVE_CODE or matter.name == CAME_AS_COMPLAINT
                    is_allowed = path in here and may(KNOWN[path]) and is_theirs and is_time
                    rules[Cell(matter.name, action, who)] = (YES if is_allowed else NO) if there else NOTHING
    return rules


def by_code(visitor: Visitor, matters: list[Matter]) -> Matrix:
    """Whoever has a code, in their mailbox; and from it to the papers and questions of each other report."""
    found: Matrix = {}
    held = [matter for matter in matters if matter.secret]
    for place, matter in enumerate(held):
        for who, secret in ((OWN, matter.secret), (OTHER, held[place - 1].secret)):
            visitor.cookies.clear()
            visitor.cookies.set(BOX_COOKIE, secret)
            box = visitor.get(BOX).text
            if who == OWN:
                found[Cell(matter.name, SEE, who)] = YES if f"{BOX}/sluiten" in box else NO
            for action, route in BY_CODE.items():
                if all(name in matter.places for name in names_in(route)) and (who == OWN or names_in(route)):
                    found[Cell(matter.name, action, who)] = asked(visitor, route, matter.places, token_of(box))
    visitor.cookies.clear()
    return found


def test_the_page_says_what_the_reports_house_answers(reports: Office) -> None:
    matters = Reporting(reports).all()
    with Visitor(build(reports), raise_server_exceptions=False, follow_redirects=False) as visitor:
        found = by_code(visitor, matters)
        found |= somebody(visitor, matters, LISTS, ACTIONS, NOBODY, 0, each_tries=2)
        for place, (role, who) in enumerate(PEOPLE.items()):  # an officer last: who gives a code gives it once
            hire(reports, role, role)
            visitor.cookies.clear()
            visitor.form("/aanmelden", {"login": role, "password": PASSWORD})
            found |= somebody(visitor, matters, LISTS, ACTIONS, who, place + 1, each_tries=2)
    names = [matter.name for matter in matters]
    compare(PART, names, (*LISTS, *ACTIONS), COLUMNS, ruled(reports, matters), found)


def test_what_may_never_change_without_a_decision() -> None:
    yes = {cell for cell, answer in written(PART).items() if answer == YES}
    assert {cell.who for cell in yes} == {OFFICER, OWN}, "nobody else comes to a report"
    assert {cell.action for cell in yes if cell.who == OWN} <= {SEE, *BY_CODE}
    never = {"hand over to another office", "replay", "export the history"}
    assert not never & {cell.action for cell in yes}, "nothing of a report leaves the house as a whole"
    erased = {cell.action for cell in yes if cell.matter == "erased report"}
    assert not erased & {"open a document", "read a letter", "see what waits", ANSWER}
