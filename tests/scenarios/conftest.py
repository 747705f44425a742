"""Offices for scenarios: empty, with the shipped diagrams in use, on the clock that the scenario brings."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from service import open_office
from storage.unit_of_work import Database
from tasks.background.clock_source import Clock
from tasks.office import Office, Settings

OpenOffice = Callable[[Path, Clock], Office]


@pytest.fixture
def on_sqlite(sqlite_office_template: Path) -> OpenOffice:
    """Each call opens an office on a copy of the template of its own."""

    def opened(folder: Path, clock: Clock) -> Office:
        shutil.copy(sqlite_office_template, folder / "scenario.db")
        return open_office(
            Settings(data_dir=folder), database=Database(f"sqlite:///{folder / 'scenario.db'}"), clock=clock
        )

    return opened


@pytest.fixture
def on_office(office: Office) -> OpenOffice:
    """One office on the database of the test, SQLite or PostgreSQL."""

    def opened(folder: Path, clock: Clock) -> Office:
        return open_office(office.settings, database=office.database, clock=clock)

    return opened
