"""Who may do what with which matter: docs/permissions.md says it in tables a lawyer can read, and the office does what they say.

Every cell is compared with the rules (`identity.permissions`, `tasks.sight`); then everybody comes to the pages: each role to each
kind of matter, each action by each role. `OMBUDSFLOW_EVERY_CELL=1` asks the pages for every cell there is.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import func, select

from cases.models import Case
from history.models import EventRow
from identity.people import Actor
from identity.roles import (
    ADMIN,
    AUDITOR,
    CASE_STAFF,
    FIRST_LINE,
    HANDLER,
    INTAKE,
    MEDIATOR,
    OMBUDSMAN,
    PROCESS_MANAGER,
    REPORT_STAFF,
    STAFF_ROLES,
)
from service import open_office
from storage.migrations.rooms import metadata
from tasks import sight
from tasks.background.clock_source import TravellingClock
from tasks.office import Office, Settings
from tests.conftest import START, sqlite_at
from tests.identity.matrices import NO, NOTHING, YES, Cell, Matrix, asked, compare, names_in, somebody, written
from tests.identity.matters import OPENED, WORD, Matter, Receiving
from tests.identity.test_permissions import PLACES, ROUTES, address_of
from tests.web.conftest import PASSWORD, Visitor, hire
from web.access import API, ROUTE_ACTIONS
from web.app import build

PART = "Who may do what with which matter"
CASE = "/dossiers/{number}"
# What people do with a case, and the request that does it. A form is sent empty: whoever may is told what is missing.
ACTIONS: dict[str, str] = {
    "see the file": f"GET {CASE}",
    "open a document": f"GET {CASE}/stukken/{{document_id}}",
    "read a letter": f"GET {CASE}/brieven/{{letter_id}}",
    "see what waits": "GET /taken/{user_task_id}",
    "add a document": f"POST {CASE}/stukken",
    "read the evidence": f"GET {CASE}/bewijs",
    "read the mediation": f"GET {CASE}/bemiddeling",
    "join with others": f"POST {CASE}/samen/voegen",
    "leave out or redo a step": f"POST {CASE}/ingrijpen",
    "send to another office": f"POST {CASE}/overdracht",
    "place a legal hold": f"POST {CASE}/bewaring",
    "erase": f"POST {CASE}/bewaring?what=erase",
    "give the complainant their data": f"GET {CASE}/gegevens",
    "replay": "GET /herbeleven/{number}",
    "export the history": "GET /herbeleven/{number}/uitvoer.json",
}
LISTS: dict[str, str] = {
    "find in the list": "/dossiers.csv",
    "find by searching": f"/dossiers?zoek={WORD}",
    "find in the worklist": "/werklijst?lijst=alle",
}
# What somebody with a link may come to, by the secret of their own page or question.
BY_LINK: dict[str, str] = {
    "see the file": "/volg/{secret}",
    "open a document": "/volg/{secret}/stuk/{document_id}",
    "read a letter": "/volg/{secret}/brief/{letter_id}",
}
STAFF: dict[str, str] = {
    INTAKE: "intake",
    HANDLER: "handler",
    MEDIATOR: "mediator",
    OMBUDSMAN: "ombudsman",
    FIRST_LINE: "service",
    AUDITOR: "auditor",
    PROCESS_MANAGER: "process manager",
    ADMIN: "administrator",
}
NOBODY, OWN, OTHER = "not logged in", "own complainant", "other complainant"
COLUMNS = (*STAFF.values(), NOBODY, OWN, OTHER)
SEE = "see the file"
OF_SERVICES = {"file of the service", "file of the service, handed over", OPENED, "file of another service"}


class Asking:
    """Everybody comes to the pages of an office with one case of every kind."""

    def __init__(self, office: Office, visitor: Visitor) -> None:
        self.office, self.visitor = office, visitor
        self.people = {role: hire(office, role, role, authority=_service(role)) for role in STAFF}
        self.matters = Receiving(office, {role: self.people[role] for role in CASE_STAFF}).all()

    def all(self) -> Matrix:
        found = self._by_links()
        self.visitor.cookies.clear()
        for turn, (role, who) in enumerate([("", NOBODY), *STAFF.items()]):
            if role:
                self.enters(role)
            found |= somebody(self.visitor, self.matters, LISTS, ACTIONS, who, turn)
        return found

    def enters(self, login: str, *roles: str) -> None:
        """Somebody logs in; with `roles` somebody new."""
        if roles:
            hire(self.office, login, *roles)
        self.visitor.cookies.clear()
        self.visitor.form("/aanmelden", {"login": login, "password": PASSWORD})

    def of(self, name: str) -> Matter:
        return next(matter for matter in self.matters if matter.name == name)

    def everything(self) -> dict[str, int]:
        """How many rows each table has. A look is no change."""
        counts = {each.name: select(func.count()).select_from(each) for each in metadata().sorted_tables}
        counts["event"] = counts["event"].where(EventRow.transition != "looked")
        with self.office.database.reading() as reading:
            return {name: reading.session.scalar(count) or 0 for name, count in counts.items()}

    def _by_links(self) -> Matrix:
        """Whoever has a link, on their own page; and by it to the papers of each other case."""
        held, found = [matter for matter in self.matters if matter.secret], Matrix()
        for place, matter in enumerate(held):
            for action, path in BY_LINK.items():
                for who, secret in ((OWN, matter.secret), (OTHER, held[place - 1].secret)):
                    if (action, who) != (SEE, OTHER) and all(n in (*matter.places, "secret") for n in names_in(path)):
                        places = {**matter.places, "secret": secret}
                        found[Cell(matter.name, action, who)] = asked(self.visitor, f"GET {path}", places)
        return found


def _service(role: str) -> str | None:
    return "de_lijn" if role == FIRST_LINE else None


def ruled(office: Office, matters: list[Matter], people: Mapping[str, int]) -> Matrix:
    """What the rules say of every cell."""
    rules: Matrix = {}
    with office.database.reading() as reading:
        for matter in matters:
            case = reading.session.get_one(Case, matter.case_id)
            for role, who in STAFF.items():
                actor = Actor(f"person:{people[role]}", "", frozenset({role}), _service(role))
                is_seen, may = sight.sees(reading, actor, matter.case_id), sight.permits(actor, case)
                for action, route in ACTIONS.items():
                    there = all(name in matter.places for name in names_in(route))
                    is_allowed = is_seen and may(ROUTE_ACTIONS[route.partition("?")[0]])
                    rules[Cell(matter.name, action, who)] = (YES if is_allowed else NO) if there else NOTHING
    return rules


@pytest.fixture(scope="module")
def asking(sqlite_office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    """The office, filled once for all that is asked of it here."""
    folder = tmp_path_factory.mktemp("matrix")
    shutil.copy(sqlite_office_template, folder / "office.db")
    office = open_office(
        Settings(data_dir=folder), database=sqlite_at(folder / "office.db"), clock=TravellingClock(START)
    )
    with Visitor(build(office), raise_server_exceptions=False, follow_redirects=False) as visitor:
        yield Asking(office, visitor)
    office.database.close()


def test_the_page_says_what_the_office_answers(asking: Asking) -> None:
    rules, found = ruled(asking.office, asking.matters, asking.people), asking.all()
    compare(PART, [matter.name for matter in asking.matters], (*LISTS, *ACTIONS), COLUMNS, rules, found)
    people = (*STAFF.values(), NOBODY)
    tried = {(cell.action, cell.who) for cell in found}
    assert tried >= {(action, who) for action in (*LISTS, *ACTIONS) for who in people}, "each role tried each action"
    seen = {(cell.matter, cell.who) for cell in found if cell.action == SEE}
    assert seen >= {(matter.name, who) for matter in asking.matters for who in people}, "and came to each matter"


def test_what_may_never_change_without_a_decision() -> None:
    yes = {cell for cell, answer in written(PART).items() if answer == YES}
    of = {who: {cell for cell in yes if cell.who == who} for who in COLUMNS}
    for who in (STAFF[ADMIN], STAFF[PROCESS_MANAGER], NOBODY, OTHER):
        assert of[who] == set(), f"{who} comes to no case"
    changes = {action for action, route in ACTIONS.items() if route.startswith("POST")}
    assert not changes & {cell.action for cell in of[STAFF[AUDITOR]]}, "an auditor changes nothing"
    assert {cell.matter for cell in of[STAFF[FIRST_LINE]]} == OF_SERVICES - {"file of another service"}
    office = {cell for role in CASE_STAFF for cell in of[STAFF[role]]}
    closed = {"file of the service", "file of another service"}
    closed.add("complaint in which everybody of the office has a conflict of interest")
    assert not {cell for cell in office if cell.matter in closed}
    assert {cell.who for cell in office if cell.matter == OPENED} == {STAFF[OMBUDSMAN]}, "the reason was theirs"
    kept = {"place a legal hold", "erase"}
    assert changes & {cell.action for cell in office if cell.matter in OF_SERVICES} == kept, (
        "what is a service's is read"
    )
    for action in (*kept, "give the complainant their data", "leave out or redo a step"):
        assert {cell.who for cell in yes if cell.action == action} == {STAFF[OMBUDSMAN]}, action
    assert {cell.who for cell in yes if cell.action in ("replay", "export the history")} == {STAFF[AUDITOR]}
    assert {cell.action for cell in of[OWN]} <= BY_LINK.keys()


def test_a_number_of_another_case_in_an_address_opens_nothing(asking: Asking) -> None:
    own, other = (asking.of(name) for name in ("file of the service", "file of another service"))
    mine, theirs = (asking.of(name) for name in ("question", "complaint"))
    asking.enters(FIRST_LINE)
    tried = 0
    for route in ROUTES:
        method, _, path = route.partition(" ")
        inner = {"letter_id", "document_id"} & set(names_in(path))
        if method != "GET" or not inner or path.startswith(API) or not {"number", "secret"} & set(names_in(path)):
            continue
        own_places, places = {**own.places, **_held(mine)}, {**other.places, "number": own.number}
        if "secret" in names_in(path):
            places = {**theirs.places, **_held(mine)}
        tried += 1
        assert asking.visitor.get(address_of(path, {**PLACES, **places})).status_code == 404, route
        if "/vraag/" not in path and "secret" not in names_in(path):
            assert asking.visitor.get(address_of(path, {**PLACES, **own_places})).status_code == 200, route
    assert tried >= 6


def test_no_form_without_its_token_changes_anything(asking: Asking) -> None:
    asking.enters("everybody", *STAFF_ROLES - REPORT_STAFF - {FIRST_LINE})
    complaint = asking.of("complaint")
    before = asking.everything()
    for route in ROUTES:
        method, _, path = route.partition(" ")
        if method == "POST" and not path.startswith(API):
            sent = {
                "what": "hold",
                "reason": "Gestuurd van elders.",
                "login": "everybody",
                "key": "vdab",
                "number": "1",
            }
            answer = asking.visitor.post(
                address_of(path, {**PLACES, **complaint.places, **_held(complaint)}), data=sent
            )
            assert answer.status_code < 500, route
    after = asking.everything()
    assert {name: (count, after[name]) for name, count in before.items() if after[name] != count} == {}


def _held(matter: Matter) -> dict[str, str]:
    return {"secret": matter.secret}
