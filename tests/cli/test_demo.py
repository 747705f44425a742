"""`serve --demo`: an empty office comes to life, is marked as a demonstration, and stays apart from real ones."""

import re
import shutil
import signal
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
from sqlalchemy import func, select

from cases.models import Case
from engine.models import Incident
from identity.people import Actor
from identity.roles import CASE_STAFF, EXTERNAL_ROLES, HEARD
from service import open_office
from tasks import accounts, demo
from tasks.models import UserTask
from tasks.office import Office, Settings
from tests.cli.test_serving import ombudsflow, said, serving
from tests.ports import free_port


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which the demo was started once and stopped again."""
    made = tmp_path_factory.mktemp("demo")
    with serving(made, "--demo") as (_, lines, process):
        assert any("30 klachten" in line for line in lines)
        process.send_signal(signal.SIGINT)
        assert said(process)[0] == 0
    return made


@pytest.fixture
def office(folder: Path) -> Iterator[Office]:
    opened = open_office(Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'ombudsflow.db'}"))
    yield opened
    opened.database.close()


def logged_in(address: str, login: str) -> tuple[OpenerDirector, str]:
    """A browser of its own for this person, and the page it lands on."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    page = browser.open(f"{address}/aanmelden", timeout=30).read().decode()
    token = re.search(r'name="_csrf" value="([^"]+)"', page)
    assert token is not None
    body = urlencode({"_csrf": token[1], "login": login, "password": demo.PASSWORD}).encode()
    answer = browser.open(f"{address}/aanmelden", body, timeout=30)
    return browser, answer.read().decode()


def test_it_says_where_to_go_and_as_whom_and_fills_only_once(folder: Path) -> None:
    with serving(folder, "--demo") as (address, lines, _):
        told = "\n".join(lines)
        assert "klachten…" not in told
        assert f"{address}/aanmelden" in told
        for login, _name, _role, purpose in demo.PEOPLE:
            assert re.search(rf"{login} +{re.escape(purpose)}", told)
            _, page = logged_in(address, login)
            assert "Demonstratie" in page
            assert "Afmelden" in page, f"{login} is not logged in"


def test_a_demonstration_is_never_served_as_a_real_office(folder: Path) -> None:
    code, output = said(ombudsflow(folder, "serve", "--port", str(free_port())))

    assert code == 1
    assert output.startswith("In deze databank staat een demonstratie")


def test_an_office_with_people_of_its_own_is_served_as_it_is(sqlite_office_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_office_template, tmp_path / "ombudsflow.db")
    settings = Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'ombudsflow.db'}")
    office = open_office(settings)
    with office.database.work() as work:
        from_elsewhere = accounts.hire(
            office, work, Actor("system:console", "", frozenset()),
            login="an", name="An", password="een lange zin is veilig", roles=["admin"],
        )  # fmt: skip
    office.database.close()

    with serving(tmp_path, "--demo") as (address, lines, _):
        assert any("nothing was filled in" in line for line in lines)
        page = build_opener().open(f"{address}/aanmelden", timeout=30).read().decode()
        assert "Demonstratie" not in page
    assert from_elsewhere.login == "an"


def test_the_cases_are_in_every_stage_and_none_is_stuck(office: Office) -> None:
    with office.database.reading() as reading:
        cases = reading.session.scalar(select(func.count()).select_from(Case))
        closed = reading.session.scalar(select(func.count()).select_from(Case).where(Case.closed_at.is_not(None)))
        stuck = list(reading.session.scalars(select(Incident.reason)))
        waiting = set(reading.session.scalars(select(UserTask.role).where(UserTask.closed_at.is_(None))))
        claimed = set(reading.session.scalars(select(UserTask.role).where(UserTask.assignee.is_not(None))))
        assert all(verdict.ok for _, verdict in office.log.verify_all(reading))
    assert cases == demo.CASES + len(demo.AT_SERVICES), "two wait at a service"
    assert closed is not None
    assert 3 <= closed <= 15
    assert stuck == []
    assert waiting >= CASE_STAFF | EXTERNAL_ROLES - {HEARD}
    assert claimed == CASE_STAFF
