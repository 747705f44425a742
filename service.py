"""Assembles the rooms into an office, and the office into an application with a ticking clock.

Imported by nobody but the command line and the tests.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from apscheduler.schedulers.background import BackgroundScheduler
from fastapi import FastAPI

from cases import codelists, deadlines
from cases.documents import DocumentStore
from cases.register import Register
from engine.instances import Engine
from history.log import Log
from history.sealing import keyring_at
from storage.unit_of_work import Database
from tasks import clock as ticking_clock
from tasks import handlers, housekeeping
from tasks.clock_source import Clock, SystemClock
from tasks.office import WORKFLOWS, Office, Settings
from web import app as web
from web import bench


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


def create_app(settings: Settings, office: Office | None = None) -> FastAPI:
    """The application of these settings; its clock ticks from start-up until shutdown."""
    opened = office or open_office(settings)
    app = web.build(opened)
    if settings.is_bench:
        bench.install(app, opened)
    app.router.lifespan_context = _with_clock(opened)
    return app


def _with_clock(office: Office) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """One scheduler per process, in memory: it holds no business state, it only wakes `tasks.clock`."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        scheduler = BackgroundScheduler(timezone="UTC")
        scheduler.add_job(
            ticking_clock.tick,
            "interval",
            args=[office],
            seconds=office.settings.tick_seconds,
            coalesce=True,
            max_instances=1,
        )
        scheduler.add_job(housekeeping.run, "interval", args=[office], hours=6, coalesce=True, max_instances=1)
        scheduler.start()
        try:
            yield
        finally:
            scheduler.shutdown(wait=True)
            office.database.close()

    return lifespan


def from_environment() -> FastAPI:
    """The application of the environment's settings: what each server process starts."""
    return create_app(Settings.from_environment())
