"""The permission table, tested role by action on every page and every API call that exists.

The routes are read from the application itself, so a new one must be entered in web/access.py, and does what it says there.
"""

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from sqlalchemy import select, update
from starlette.testclient import TestClient

from cases.models import Case, Document, Letter
from identity import sessions
from identity.people import Actor, system
from identity.permissions import TABLE, NotAllowed, allows
from identity.roles import (
    ADMIN,
    AUDITOR,
    CASE_STAFF,
    EXTERNAL_ROLES,
    FIRST_LINE,
    MESSENGER,
    PROCESS_MANAGER,
    PROGRAM_ROLES,
    REPORT_STAFF,
    STAFF_ROLES,
    WORKER,
)
from tasks import sight
from tasks.office import Office
from tests.api.conftest import API
from tests.stories.stage import COMPLAINT
from tests.web.conftest import PASSWORD, Visitor, hire, token_of
from web.access import ANYONE, LINK, MYSELF, ROUTE_ACTIONS
from web.app import ROUTERS, build

NOBODY = "nobody"
NOT_ALLOWED = NotAllowed().sentence
# The sentences of things that do not exist for this actor. A thing that is not there for anybody has a sentence of its own.
HIDDEN = ("of u mag het niet zien", "of u mag ze niet zien")
PLACES = {
    "number": "2026-0001",
    "user_task_id": "1",
    "message": "information_added",
    "name": "information_added",
    "key": "complaint",
    "version": "1",
    "step": "1",
    "plural": "diagrammen",
    "rule": "concurrency",
    "definition_id": "1",
    "token_id": "9999",
    "mail_id": "9999",
    "incident_id": "9999",
    "recommendation_id": "9999",
    "job_id": "9999",
    "plan_id": "9999",
    "choice_id": "9999",
    "instance_id": "1",
    "login": "nobody-person",
    "secret": "x" * 43,
    "word": "informatie",
    "year": "2026",
    "meeting_id": "9999",
    "contribution_id": "9999",
    "summary_id": "9999",
    "place": "vragen",
}


QUERIES = {f"POST {API}/definitions": "?kind=form"}


def address_of(path: str, places: dict[str, str]) -> str:
    """The path with something real in each of its places. In the studio a number is a version's."""
    known = places | ({"number": "1"} if path.startswith("/studio") else {})
    return re.sub(r"{(\w+)}", lambda found: known[found[1]], path)


def routes_of(router: APIRouter) -> Iterator[str]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield from (f"{method} {route.path}" for method in route.methods or ())
        else:
            included = route.original_router  # type: ignore[attr-defined]
            prefix = "" if included.prefix.startswith(router.prefix) else router.prefix
            yield from (each.replace(" ", f" {prefix}", 1) for each in routes_of(included))


ROUTES = sorted(each for router in ROUTERS for each in routes_of(router))
GUARDED = [each for each in ROUTES if ROUTE_ACTIONS.get(each) not in (ANYONE, MYSELF, LINK)]


def test_every_route_says_what_it_asks_and_nothing_else_is_listed() -> None:
    assert sorted(ROUTE_ACTIONS) == ROUTES
    assert {action for action in ROUTE_ACTIONS.values() if action not in (ANYONE, MYSELF, LINK)} <= set(TABLE)


def test_the_table_knows_only_roles_there_are_and_says_what_the_office_promises() -> None:
    assert set().union(*TABLE.values()) <= STAFF_ROLES | PROGRAM_ROLES | EXTERNAL_ROLES
    for action, roles in TABLE.items():
        if AUDITOR in roles:
            assert action.endswith((".read", ".verify", ".export")), "an auditor changes nothing"
        if ADMIN in roles:
            assert action in ("operations.read", "incident.resolve", "people.manage"), "an administrator sees no case"
        if WORKER in roles:
            assert action == "job.work" and set(roles) == {WORKER}, (
                "a worker does jobs and nothing else, and nobody else does"
            )
        if MESSENGER in roles:
            assert action in ("message.send", "signal.send", "condition.tell"), "a messenger sends and sees nothing"
            assert roles == {MESSENGER}, "and nobody else does"
        if PROCESS_MANAGER in roles:
            assert not action.startswith(("case.", "letter.", "document.", "user_task.", "history.")), action
    assert allows(Actor("person:1", "", frozenset({ADMIN, AUDITOR})), "case.read"), "of two roles, either is enough"
    with pytest.raises(KeyError):
        allows(system("clock"), "case.unknown")


class Asking:
    """Somebody of one role who tries every address, with what is really there."""

    def __init__(self, office: Office, app: Any, role: str) -> None:
        self.office, self.role = office, role
        # Entered, since a client that is not starts a thread and a loop for each request.
        self._open = ExitStack()
        self.browser = self._open.enter_context(Visitor(app, raise_server_exceptions=False, follow_redirects=False))
        self.program = self._open.enter_context(TestClient(app, raise_server_exceptions=False))
        roles = () if role == NOBODY else (role,)
        service = "de_lijn" if role == FIRST_LINE else None
        hire(office, f"{role}-person", *(each for each in roles if each in STAFF_ROLES), authority=service)
        self.browser.form("/aanmelden", {"login": f"{role}-person", "password": PASSWORD})
        with office.database.work() as work:
            held = [each for each in roles if each in PROGRAM_ROLES]
            secret = sessions.issue_token(work, name=role, roles=held, by=system("console"), at=office.clock.now())
        self.program.headers["Authorization"] = f"Bearer {secret}"
        self.csrf = token_of(self.browser.get("/aanmelden").text)

    def ask(self, route: str, places: dict[str, str]) -> Any:
        method, _, path = route.partition(" ")
        address = address_of(path, places) + QUERIES.get(route, "")
        if path.startswith(API):
            return self.program.request(method, address)
        data = {"_csrf": self.csrf} if method == "POST" else None
        return self.browser.request(method, address, data=data)

    def close(self) -> None:
        self._open.close()


def is_refused(answer: Any) -> bool:
    """True when the table refused: not allowed, or hidden. Another lane, another state or a missing answer is no such refusal."""
    text = answer.text
    return (answer.status_code == 403 and NOT_ALLOWED in text) or (
        answer.status_code == 404 and any(sentence in text for sentence in HIDDEN)
    )


@pytest.fixture
def places(sqlite_office: Office) -> dict[str, str]:
    """A case with everything an address can name."""
    with TestClient(build(sqlite_office)) as client, sqlite_office.database.work() as work:
        secret = sessions.issue_token(
            work, name="intake", roles=("intake_officer",), by=system("console"), at=sqlite_office.clock.now()
        )
    with TestClient(build(sqlite_office), headers={"Authorization": f"Bearer {secret}"}) as client:
        sent = client.post(
            f"{API}/complaints",
            data={"answers": json.dumps(COMPLAINT)},
            files=[("files", ("bewijs.pdf", b"%PDF-1.7"))],
        )
        assert sent.status_code == 201, sent.text
    with sqlite_office.database.reading() as reading:
        letter_id = reading.session.scalar(select(Letter.id).limit(1))
        document_id = reading.session.scalar(select(Document.id).limit(1))
    return PLACES | {"letter_id": str(letter_id), "document_id": str(document_id)}


# Officers of the reports house have no place in the office: tests/reports drives theirs.
@pytest.mark.parametrize("role", [*sorted((STAFF_ROLES | PROGRAM_ROLES) - REPORT_STAFF), NOBODY])
def test_each_role_may_what_the_table_says_and_nothing_else(
    sqlite_office: Office, places: dict[str, str], role: str
) -> None:
    asking = Asking(sqlite_office, build(sqlite_office), role)
    wrong = []
    if role == FIRST_LINE:  # a file of their own service; and no program acts for them
        with sqlite_office.database.work() as work:
            work.session.execute(update(Case).values(matter=sight.FIRST_LINE_MATTER))
    for route in GUARDED if role != FIRST_LINE else [each for each in GUARDED if API not in each]:
        action, answer = ROUTE_ACTIONS[route], asking.ask(route, places)
        assert answer.status_code < 500, f"{route}: {answer.text}"
        if (role in TABLE[action]) == is_refused(answer):
            wrong.append(f"{route} ({action}) answered {answer.status_code} to {role}: {answer.text[-300:]}")
    asking.close()
    assert not wrong, "\n".join(wrong)


def test_whoever_is_not_logged_in_is_sent_to_the_login_page(sqlite_office: Office, places: dict[str, str]) -> None:
    with Visitor(build(sqlite_office), raise_server_exceptions=False, follow_redirects=False) as visitor:
        csrf = token_of(visitor.get("/aanmelden").text)
        for route in ROUTES:
            if ROUTE_ACTIONS[route] in (ANYONE, LINK):
                continue
            method, _, path = route.partition(" ")
            address = address_of(path, places)
            answer = visitor.request(method, address, data={"_csrf": csrf} if method == "POST" else None)
            if path.startswith(API):
                assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), route
            else:
                # Sent to the login page; or told to log in on a page that keeps what was typed.
                there = answer.headers.get("location", "") if answer.status_code == 303 else answer.text
                assert answer.status_code in (303, 401), f"{route}: {answer.status_code}"
                assert "/aanmelden" in there, route


def test_a_secret_that_is_none_opens_nothing(sqlite_office: Office, places: dict[str, str]) -> None:
    with Visitor(build(sqlite_office), raise_server_exceptions=False, follow_redirects=False) as visitor:
        csrf = token_of(visitor.get("/aanmelden").text)
        for route in (each for each in ROUTES if ROUTE_ACTIONS[each] == LINK):
            method, _, path = route.partition(" ")
            address = address_of(path, places)
            sent: dict[str, Any] = {} if method == "GET" else {"data": {"_csrf": csrf}}
            if path.startswith(API) and method != "GET":
                sent = {"json": {"answers": {}}}
            assert visitor.request(method, address, **sent).status_code == 404, route


def test_who_may_not_see_cases_cannot_tell_one_that_is_from_one_that_is_not(
    sqlite_office: Office, places: dict[str, str]
) -> None:
    app = build(sqlite_office)
    for role in sorted(STAFF_ROLES - CASE_STAFF - {AUDITOR}):  # a service's handler too: this case is the office's own
        asking = Asking(sqlite_office, app, role)
        for route in GUARDED:
            if "{number}" not in route or "studio" in route:
                continue
            real = asking.ask(route, places)
            invented = asking.ask(route, places | {"number": "2026-9999"})
            assert real.status_code == invented.status_code, route
            hidden = re.compile(r"2026-\d{4}|[\w-]{43}")
            assert hidden.sub("", real.text) == hidden.sub("", invented.text), route
        asking.close()
