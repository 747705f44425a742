"""Assembles the rooms into an office. Imported by nobody but the command line and the tests."""

from cases import codelists, deadlines
from cases.documents import DocumentStore
from cases.register import Register
from engine.instances import Engine
from history.log import Log
from history.sealing import keyring_at
from storage.unit_of_work import Database
from tasks import handlers
from tasks.clock_source import Clock, SystemClock
from tasks.office import WORKFLOWS, Office, Settings


def open_office(settings: Settings, *, database: Database | None = None, clock: Clock | None = None) -> Office:
    """The office of these settings, ready to work; its database is brought to the newest schema by `database.upgrade()`."""
    made: list[Office] = []
    ticking = clock or SystemClock()
    office = Office(
        database=database or Database(settings.database_url),
        engine=Engine(handlers.entries(lambda: made[0]), ticking),
        clock=ticking,
        settings=settings,
        log=Log(keyring_at(settings.master_key_file)),
        register=Register.load(WORKFLOWS / "register"),
        documents=DocumentStore(settings.data_dir / "files", settings.upload_limit),
        codelists=codelists.load(WORKFLOWS / "codelists"),
        deadline_rules=deadlines.load(WORKFLOWS / "deadlines"),
    )
    made.append(office)
    return office
