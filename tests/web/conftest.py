"""Pages as a browser gets them, without a browser: a client per person, forms posted with the token they carry."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack

import pytest
from starlette.testclient import TestClient

from identity import people
from tasks.office import Office
from web.app import build

PASSWORD = "een heel lang wachtwoord"


class Visitor(TestClient):
    """A browser without JavaScript: it follows redirects and sends the token of the page it saw last."""

    def form(self, address: str, data: Mapping[str, object] | None = None, **more: object):  # type: ignore[no-untyped-def]
        """Post a form. The token comes from the page at `seen` (default: the same address)."""
        seen = str(more.pop("seen", address))
        token = token_of(self.get(seen).text)
        return self.post(address, data={"_csrf": token, **(data or {})}, **more)  # type: ignore[arg-type]


def token_of(html: str) -> str:
    found = re.search(r'name="_csrf" value="([^"]+)"', html)
    assert found, "the page carries no form token"
    return found[1]


def hire(office: Office, login: str, *roles: str, name: str = "", authority: str | None = None) -> int:
    """Give the office somebody with these roles, or a service its complaint handler; returns the person's id."""
    with office.database.work() as work:
        person = people.add(
            work,
            login=login,
            name=name or login.title(),
            password=PASSWORD,
            roles=roles,
            at=office.clock.now(),
            authority_key=authority,
        )
        return person.id


@pytest.fixture
def visit(sqlite_office: Office) -> Iterator[Callable[..., Visitor]]:
    """`visit()` is an anonymous visitor; `visit("intake_officer")` is somebody of that role, logged in."""
    app = build(sqlite_office)
    with ExitStack() as open_clients:

        def enter(*roles: str, login: str = "", authority: str | None = None) -> Visitor:
            client = open_clients.enter_context(Visitor(app, raise_server_exceptions=False))
            if roles:
                name = login or "-".join(roles)
                hire(sqlite_office, name, *roles, authority=authority)
                answer = client.form("/aanmelden", {"login": name, "password": PASSWORD}, follow_redirects=False)
                assert answer.status_code == 303, answer.text
            return client

        yield enter
