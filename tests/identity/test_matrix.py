"""Who may do what with which matter: docs/permissions.md says it in tables a lawyer can read, and the office does what they say.

Every cell is compared with the rules (`identity.permissions`, `tasks.sight`); then everybody comes to the pages: each role to each
kind of matter, each action by each role. `OMBUDSFLOW_EVERY_CELL=1` asks the pages for every cell there is.
"""

import os
import re
import shutil
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import func, select

from history.models import EventRow
from identity.people import Actor
from identity.permissions import allows
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
from tests.identity.matters import WORD, Matter, Receiving
from tests.identity.test_permissions import PLACES, ROUTES, address_of
from tests.web.conftest import PASSWORD, Visitor, hire, token_of
from web.access import API, ROUTE_ACTIONS
from web.app import build

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
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
YES, NO, NOTHING = "yes", "–", ""
SEE = "see the file"
EVERY_CELL = bool(os.environ.get("OMBUDSFLOW_EVERY_CELL"))
# Of the other actions each role tries so many on each kind of matter, not the same on the next.
TRIED = 1


class Cell(NamedTuple):
    """One question to the office."""

    matter: str
    action: str
    who: str


Matrix = dict[Cell, str]


class Asking:
    """Everybody comes to the pages of an office with one case of every kind; `found` is what they were answered."""

    def __init__(self, office: Office, visitor: Visitor) -> None:
        self.office, self.visitor = office, visitor
        self.people = {role: hire(office, role, role, authority=_service(role)) for role in STAFF}
        self.matters = Receiving(office, {role: self.people[role] for role in CASE_STAFF}).all()
        self.found: Matrix = {}

    def all(self) -> Matrix:
        self._somebody(NOBODY, "", 0)
        self._by_links()
        for turn, (role, who) in enumerate(STAFF.items()):
            self.enters(role)
            self._somebody(who, token_of(self.visitor.get("/account").text), turn)
        return self.found

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

    def _somebody(self, who: str, csrf: str, turn: int) -> None:
        lists = {action: self.visitor.get(address).text for action, address in LISTS.items()}
        others = [action for action in ACTIONS if action != SEE]
        waiting = deque(others[3 * turn % len(others) :] + others[: 3 * turn % len(others)])
        for matter in self.matters:
            for action, text in lists.items():
                self.found[Cell(matter.name, action, who)] = YES if matter.number in text else NO
            there = [action for action in waiting if all(name in matter.places for name in _names(ACTIONS[action]))]
            tried = there if EVERY_CELL else there[:TRIED]
            for action in (SEE, *tried):
                self.found[Cell(matter.name, action, who)] = self._asked(ACTIONS[action], matter.places, csrf)
            for action in tried:
                waiting.remove(action)
                waiting.append(action)

    def _by_links(self) -> None:
        """Whoever has a link, on their own page; and by it to the papers of each other case."""
        held = [matter for matter in self.matters if matter.secret]
        for place, matter in enumerate(held):
            for action, path in BY_LINK.items():
                for who, secret in ((OWN, matter.secret), (OTHER, held[place - 1].secret)):
                    if (action, who) != (SEE, OTHER) and all(n in (*matter.places, "secret") for n in _names(path)):
                        answer = self._asked(f"GET {path}", {**matter.places, "secret": secret}, "")
                        self.found[Cell(matter.name, action, who)] = answer

    def _asked(self, route: str, places: Mapping[str, str], csrf: str) -> str:
        method, _, path = route.partition(" ")
        address, _, query = path.format(**places).partition("?")
        data = {"_csrf": csrf, **dict(each.split("=") for each in query.split("&") if each)}
        answer = self.visitor.request(method, address, data=data if method == "POST" else None)
        assert answer.status_code < 500, f"{route}: {answer.text}"
        is_sent_away = answer.headers.get("location", "").startswith("/aanmelden")
        return NO if answer.status_code in (401, 403, 404) or is_sent_away else YES


def _names(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def _service(role: str) -> str | None:
    return "de_lijn" if role == FIRST_LINE else None


def ruled(office: Office, matters: list[Matter], people: Mapping[str, int]) -> Matrix:
    """What the rules say of every cell."""
    rules: Matrix = {}
    with office.database.reading() as reading:
        for matter in matters:
            for role, who in STAFF.items():
                actor = Actor(f"person:{people[role]}", "", frozenset({role}), _service(role))
                is_seen = sight.sees(reading, actor, matter.case_id)
                for action, route in ACTIONS.items():
                    may = is_seen and allows(actor, ROUTE_ACTIONS[route.partition("?")[0]])
                    there = all(name in matter.places for name in _names(route))
                    rules[Cell(matter.name, action, who)] = (YES if may else NO) if there else NOTHING
    return rules


def written() -> Matrix:
    """The tables of the page: a table holds for every matter in the heading above it."""
    cells: Matrix = {}
    for part in PAGE.read_text().split("\n## ")[1:]:
        heading, *lines = part.splitlines()
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
        columns = rows[0][1:]
        for action, *answers in rows[2:]:
            for who, answer in zip(columns, answers, strict=True):
                cells.update({Cell(matter, action, who): answer for matter in heading.split("; ")})
    return cells


def page_of(matters: list[Matter], cells: Matrix) -> str:
    """The tables for these answers, matters with the same answers together."""
    tables: dict[str, list[str]] = {}
    for matter in matters:
        head = f"| | {' | '.join(COLUMNS)} |\n|{'---|' * (len(COLUMNS) + 1)}\n"
        rows = [
            f"| {action} | {' | '.join(cells.get(Cell(matter.name, action, who), NO) for who in COLUMNS)} |"
            for action in (*LISTS, *ACTIONS)
        ]
        tables.setdefault(head + "\n".join(rows), []).append(matter.name)
    return "\n\n".join(f"## {'; '.join(names)}\n\n{table}" for table, names in tables.items())


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
    page, rules = written(), ruled(asking.office, asking.matters, asking.people)
    asking.all()
    wrong = {cell: (answer, page.get(cell)) for cell, answer in asking.found.items() if page.get(cell) != answer}
    wrong |= {cell: (answer, page.get(cell)) for cell, answer in rules.items() if page.get(cell) != answer}
    answers = page_of(asking.matters, {**page, **rules, **asking.found})
    assert not wrong, f"docs/permissions.md says otherwise; if the office is right, this is the page:\n{answers}"
    assert {cell.matter for cell in page} == {matter.name for matter in asking.matters}
    people = (*STAFF.values(), NOBODY)
    tried = {(cell.action, cell.who) for cell in asking.found}
    assert tried >= {(action, who) for action in (*LISTS, *ACTIONS) for who in people}, "each role tried each action"
    seen = {(cell.matter, cell.who) for cell in asking.found if cell.action == SEE}
    assert seen >= {(matter.name, who) for matter in asking.matters for who in people}, "and came to each matter"


def test_what_may_never_change_without_a_decision() -> None:
    yes = {cell for cell, answer in written().items() if answer == YES}
    of = {who: {cell for cell in yes if cell.who == who} for who in COLUMNS}
    for who in (STAFF[ADMIN], STAFF[PROCESS_MANAGER], NOBODY, OTHER):
        assert of[who] == set(), f"{who} comes to no case"
    changes = {action for action, route in ACTIONS.items() if route.startswith("POST")}
    assert not changes & {cell.action for cell in of[STAFF[AUDITOR]]}, "an auditor changes nothing"
    assert {cell.matter for cell in of[STAFF[FIRST_LINE]]} == {
        "file of the service",
        "file of the service, handed over",
    }
    office = {STAFF[role] for role in CASE_STAFF}
    closed = {"file of the service", "file of another service"}
    closed.add("complaint in which everybody of the office has a conflict of interest")
    assert not {cell for cell in yes if cell.who in office and cell.matter in closed}
    for action in ("erase", "place a legal hold", "give the complainant their data", "leave out or redo a step"):
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
        inner = {"letter_id", "document_id"} & set(_names(path))
        if method != "GET" or not inner or path.startswith(API) or not {"number", "secret"} & set(_names(path)):
            continue
        own_places, places = {**own.places, **_held(mine)}, {**other.places, "number": own.number}
        if "secret" in _names(path):
            places = {**theirs.places, **_held(mine)}
        tried += 1
        assert asking.visitor.get(address_of(path, {**PLACES, **places})).status_code == 404, route
        if "/vraag/" not in path and "secret" not in _names(path):
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
