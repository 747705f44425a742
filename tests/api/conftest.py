"""Programs that call the API: each a client with a token of its own roles, on both databases."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from starlette.testclient import TestClient

from identity import sessions
from identity.people import system
from tasks.office import Office
from tests.stories.stage import COMPLAINT
from web.app import build

API = "/api/v1"
Program = Callable[..., "Caller"]


def filled(fields: list[dict[str, Any]], answers: dict[str, Any]) -> dict[str, Any]:
    """The answers, and a plain one for every other field that is always required, as the form describes it."""
    rest = {each["key"]: each for each in fields if each["is_required"] and not each["is_conditional"]}
    plain = {
        key: each["choices"][0]["value"] if each["choices"] else 20 if each["type"] == "number" else "Zie het dossier."
        for key, each in rest.items()
    }
    return plain | answers


class Caller(TestClient):
    """A program: it never has a cookie, and its token travels with every call."""

    def complaint(self, **answers: Any) -> str:
        """Hand in a complaint; returns the case's number."""
        sent = self.post(f"{API}/complaints", json={"answers": COMPLAINT | answers})
        assert sent.status_code == 201, sent.text
        return str(sent.json()["number"])

    def open_tasks(self, number: str) -> dict[str, dict[str, Any]]:
        """The open user tasks of a case, by element."""
        found = self.get(f"{API}/cases/{number}")
        assert found.status_code == 200, found.text
        return {each["element_id"]: each for each in found.json()["open_user_tasks"]}

    def completes(self, number: str, element_id: str, **answers: Any) -> dict[str, Any]:
        """Complete the user task that waits at this element; what its form requires besides is filled in."""
        waiting = self.open_tasks(number)
        assert element_id in waiting, f"{element_id} is not open; open are {sorted(waiting)}"
        address = f"{API}/user-tasks/{waiting[element_id]['id']}"
        sent = {"answers": filled(self.get(address).json()["form"]["fields"], answers)}
        done = self.post(f"{address}/complete", json=sent)
        assert done.status_code == 200, done.text
        answered: dict[str, Any] = done.json()
        return answered


def token(office: Office, *roles: str) -> str:
    """A bearer token with these roles."""
    with office.database.work() as work:
        return sessions.issue_token(
            work, name="+".join(roles), roles=roles, by=system("console"), at=office.clock.now()
        )


def programs(office: Office) -> Iterator[Program]:
    app = build(office)
    with ExitStack() as open_clients:

        def call(*roles: str) -> Caller:
            client = open_clients.enter_context(Caller(app, raise_server_exceptions=False))
            if roles:
                client.headers["Authorization"] = f"Bearer {token(office, *roles)}"
            return client

        yield call


@pytest.fixture
def program(office: Office) -> Iterator[Program]:
    """`program("case_handler")` is a program with that role, on either database; `program()` has no token."""
    yield from programs(office)


@pytest.fixture
def sqlite_program(sqlite_office: Office) -> Iterator[Program]:
    """The same on SQLite alone, where the database makes no difference."""
    yield from programs(sqlite_office)
