"""The reports house: the same program with other diagrams, on a database of its own."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from service import open_office
from storage.unit_of_work import Database
from tasks import houses
from tasks.background.clock_source import TravellingClock
from tasks.office import Office, Settings
from tasks.studio import shipped
from tests.conftest import START
from tests.web.conftest import PASSWORD, Visitor, hire
from tests.web.conftest import visit as visit  # people of the office, beside this house
from web.app import build


def opened(file: Path, folder: Path, clock: TravellingClock) -> Office:
    settings = Settings(house=houses.REPORTS, office_name="Meldpunt", data_dir=folder / "reports")
    return open_office(settings, database=Database(f"sqlite:///{file}"), clock=clock)


@pytest.fixture(scope="session")
def reports_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with what the reports house ships in use; each test gets a copy."""
    folder = tmp_path_factory.mktemp("reports")
    house = opened(folder / "template.db", folder, TravellingClock(START))
    house.database.upgrade()
    with house.database.work() as work:
        shipped.install(house, work)
    with house.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    house.database.close()
    return folder / "template.db"


@pytest.fixture
def reports(reports_template: Path, tmp_path: Path, clock: TravellingClock) -> Iterator[Office]:
    """The reports house: nobody hired yet, no report."""
    shutil.copy(reports_template, tmp_path / "reports.db")
    house = opened(tmp_path / "reports.db", tmp_path, clock)
    yield house
    house.database.close()


@pytest.fixture
def come(reports: Office) -> Iterator[Callable[..., Visitor]]:
    """`come()` is somebody nobody knows; `come("whistle_officer")` is an officer, logged in."""
    app = build(reports)
    with ExitStack() as open_clients:

        def enter(*roles: str) -> Visitor:
            client = open_clients.enter_context(Visitor(app, raise_server_exceptions=False))
            if roles:
                hire(reports, "-".join(roles), *roles)
                client.form("/aanmelden", {"login": "-".join(roles), "password": PASSWORD})
            return client

        yield enter
