"""Assembles the rooms into an office, the office into an application with a ticking clock, and serves it.

Imported by nobody but the command line and the tests.
"""

import gc
import os
import signal
import socket
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI
from prometheus_client import start_http_server

from cases import bodies, codelists, deadlines
from cases.documents import DocumentStore
from cases.register import Register
from engine.instances import Engine
from engine.queue import Embedded, JobQueue
from history import own_key
from history.log import ASKED, TOLD, Log
from history.sealing import keyring_at
from history.vault import FileVault
from problems import Unavailable
from storage.unit_of_work import Database
from tasks import handlers, houses
from tasks.background import errands, housekeeping, messages, timers
from tasks.background.clock_source import Clock, DatabaseClock, SystemClock
from tasks.background.ticking import Kind, ticking
from tasks.deadlines import deadline_run
from tasks.joined import bulk
from tasks.office import COUNTS_FOLDER, PROCRASTINATE, WORKFLOWS, Office, SettingRefused, Settings
from tasks.operating import logs, presence, tracing
from tasks.reporting import annual_counting
from tasks.reports_house import handing_over, sealed_house
from tasks.studio import migration_run
from web import app as web
from web import bench
from web.api import jobs
from web.arriving.dealing import Dealer
from web.arriving.heads import BoundedHead
from web.rendering import translator

if TYPE_CHECKING:
    from tasks.background.crew import Crew

SIX_HOURS = 6 * 3600.0
LOOK_AFTER_EVERY = 15.0  # seconds
LOOK_AT_CLOCK_EVERY = 5.0  # seconds
LONGEST_GOODBYE = 60.0  # seconds
_told_to_stop = threading.Event()


def open_office(settings: Settings, *, database: Database | None = None, clock: Clock | None = None) -> Office:
    """The office of these settings, ready to work; its database is brought to the newest schema by `database.upgrade()`."""
    if both := settings.external_job_types.intersection(handlers.JOB_TYPES):
        raise SettingRefused(
            variable="OMBUDSFLOW_EXTERNAL_JOB_TYPES",
            given=", ".join(sorted(both)),
            expected="types the office does not do itself",
        )
    made: list[Office] = []
    opened = database or Database(settings.database_url)
    if settings.house.is_sealed:
        opened.seal(FileVault(settings.keys_dir, keyring_at(settings.master_key_file)))
    time = clock or (SystemClock() if opened.is_sqlite else DatabaseClock(opened))
    queue = _queue_of(settings, opened, time)
    office = Office(
        database=opened,
        engine=Engine(handlers.entries(lambda: made[0]), time, queue),
        clock=time,
        settings=settings,
        log=Log(keyring_at(settings.master_key_file), seals=TOLD if settings.house.is_sealed else ASKED),
        register=Register.load(WORKFLOWS / "register"),
        bodies=bodies.load(WORKFLOWS / "register" / "bodies"),
        documents=DocumentStore(settings.data_dir / "files", settings.upload_limit, shuts=settings.house.is_sealed),
        codelists=codelists.load(settings.house.workflows / "codelists"),
        deadline_rules=deadlines.load(settings.house.workflows / "deadlines"),
        queue=queue,
        words_in=translator,
    )
    made.append(office)
    return office


def _queue_of(settings: Settings, database: Database, clock: Clock) -> JobQueue:
    """The queue of these settings. Raises SettingRefused."""
    if settings.queue != PROCRASTINATE:
        return Embedded()
    if database.is_sqlite:
        raise SettingRefused(
            variable="OMBUDSFLOW_QUEUE", given=settings.queue, expected="embedded; procrastinate needs PostgreSQL"
        )
    from engine.procrastinate_queue import Procrastinate  # noqa: PLC0415  # the library costs 0.3 s; most offices do without

    return Procrastinate(clock)


def prepare_queue(office: Office) -> None:
    """Make what the queue of the settings needs beside the office's own tables. Safe to repeat."""
    if office.settings.queue == PROCRASTINATE:
        from engine import procrastinate_tables  # noqa: PLC0415  # see above

        procrastinate_tables.install(office.database)


def require_ready(office: Office) -> None:
    """Refuse with SchemaOutdated when `ombudsflow setup` must come first, NotTheKeyOfThisDatabase where the key is another's."""
    office.database.require_current()
    with office.database.reading() as reading:
        houses.require(reading, office.house)
        own_key.require(reading, keyring_at(office.settings.master_key_file))
    sealed_house.require_keys(office)
    if office.settings.queue == PROCRASTINATE:
        from engine import procrastinate_tables  # noqa: PLC0415  # see above

        procrastinate_tables.require_current(office.database)


def create_app(settings: Settings, office: Office | None = None) -> FastAPI:
    """The application of these settings; its clock ticks from start-up until shutdown."""
    opened = office or open_office(settings)
    app = web.build(opened)
    if settings.is_bench:
        bench.install(app, opened)
    app.router.lifespan_context = _with_clock(opened)
    return app


def _with_clock(office: Office) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        _let_go_at_exit()
        try:
            with _seen(office, presence.SERVE) as here, _scheduled(office, here):
                yield
        finally:
            office.database.close()

    return lifespan


def _scheduled(office: Office, *more: Kind) -> AbstractContextManager[None]:
    """What time brings, each kind in a thread of its own: however much mail goes out or however many cases move, no deadline
    waits for them. `more` is done as well.
    """
    tick = office.settings.tick_seconds
    kinds = (
        Kind("timers", timers.fire_due, tick),
        Kind("messages", messages.deliver, tick),
        Kind("old-messages", lambda office, _: messages.clear_away(office), tick),
        Kind("jobs", errands.do_jobs, tick),
        Kind("mail", errands.do_mail, tick),
        Kind("moving-deadlines", lambda office, _: deadline_run.advance(office), tick),
        Kind("messages-to-many", bulk.advance, tick),
        Kind("moving-cases", lambda office, _: migration_run.advance(office), tick),
        Kind("handing-over", lambda office, _: handing_over.deliver(office), tick),
        Kind("counting", annual_counting.advance, tick),
        Kind("housekeeping", lambda office, _: housekeeping.run(office), SIX_HOURS),
    )
    return ticking(office, (*kinds, *_looking(office), *more))


def _looking(office: Office) -> list[Kind]:
    """On PostgreSQL all processes live by the clock of the database; it is looked at before anything is done."""
    clock = office.clock
    if not isinstance(clock, DatabaseClock):
        return []
    with suppress(Unavailable):  # the server starts without its database, says so, and looks again
        clock.look()
    return [Kind("clock", lambda _office, _stopping: clock.look(), LOOK_AT_CLOCK_EVERY)]


@contextmanager
def _seen(office: Office, role: str) -> Iterator[Kind]:
    """This process can be seen by who watches: in the list of processes, and by its spans. Gives what keeps it in the list."""
    stop_tracing, here = tracing.start(office.settings), presence.Presence(office, role)
    here.say()
    try:
        yield Kind("presence", lambda _office, _stopping: here.say(), presence.EVERY_SECONDS)
    finally:
        here.leave()
        if stop_tracing is not None:
            stop_tracing()


@contextmanager
def _counted(office: Office) -> Iterator[None]:
    """Give this process's numbers at an address of its own, where the settings name one: a worker has no pages to give them on."""
    host, _, port = office.settings.counts_address.rpartition(":")
    if not port:
        yield
        return
    try:
        server, _thread = start_http_server(int(port), host)
    except OSError as problem:
        raise CannotListen(address=office.settings.counts_address, reason=problem.strerror) from problem
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def work(office: Office, hands: int, ready: Callable[[], None]) -> None:
    """A process that serves nothing: it does errands and lets time do its work until Ctrl-C or SIGTERM, `hands` errands at once.

    Told to stop, it takes nothing new and ends what is under way. What takes longer than a minute is left: its claim
    ends by itself and another process takes it over.
    """
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told.set())
    logs.start(office.settings)
    with _seen(office, presence.WORKER) as here, _counted(office), _scheduled(office, here, *_care(office)):
        crew = _crew(office, hands)
        ready()
        told.wait()
        # A thread that hangs cannot be ended and would keep the process alive; nothing is lost by leaving it.
        leave = threading.Timer(LONGEST_GOODBYE, os._exit, [0])
        leave.daemon = True
        leave.start()
        if crew is not None:
            crew.stop()
    leave.cancel()


def _crew(office: Office, hands: int) -> "Crew | None":
    """Who does the errands of Procrastinate's queue. With the embedded queue the ticks do them."""
    if office.settings.queue != PROCRASTINATE:
        return None
    from tasks.background.crew import Crew  # noqa: PLC0415  # the library costs 0.3 s; most offices do without

    crew = Crew(office, hands)
    crew.start()
    return crew


def _care(office: Office) -> list[Kind]:
    if office.settings.queue != PROCRASTINATE:
        return []
    from tasks.background import queue_care  # noqa: PLC0415  # see above

    return [Kind("queue-care", lambda office, _: queue_care.look_after(office), LOOK_AFTER_EVERY)]


def hear_of_stopping() -> None:
    """From here on Ctrl-C and SIGTERM end this process, also when the interruption gets lost in a library on the way: see `_let_go_at_exit`."""

    def told(_number: int, _frame: FrameType | None) -> None:
        _told_to_stop.set()
        raise KeyboardInterrupt

    _told_to_stop.clear()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, told)


def _let_go_at_exit() -> None:
    """Calls that wait for work are answered as soon as the server is told to stop; it would else wait for them.

    An interruption while all was being loaded may have been swallowed, by a library or where Python ignores what is raised: the server,
    which listens from here on, is told again.
    """
    if threading.current_thread() is not threading.main_thread():
        return  # a server in a thread of a test gets no signals
    for number in (signal.SIGINT, signal.SIGTERM):
        server = signal.getsignal(number)
        if callable(server):
            signal.signal(number, partial(_let_go, server))
    if _told_to_stop.is_set():
        signal.raise_signal(signal.SIGINT)


def _let_go(server: Callable[[int, FrameType | None], object], number: int, frame: FrameType | None) -> None:
    jobs.PLACES.close()
    server(number, frame)


def from_environment() -> FastAPI:
    """The application of the environment's settings: what each server process starts."""
    settings = Settings.from_environment()
    logs.start(settings)
    app = create_app(settings)
    gc.freeze()  # what is loaded now stays for good: the collector need not look at it again, a tenth of each request
    return app


class CannotListen(Unavailable):
    """Op dit adres kan niet geluisterd worden. Stop wat daar al luistert, of kies een andere poort met --port."""


def listen(host: str, port: int) -> socket.socket:
    """Take an address. From here on it is taken and calls wait in line, however long the office needs to start. Raises CannotListen."""
    # The protocol must be named: asyncio sets TCP_NODELAY only where it is, and without it each answer waits 40 ms.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as problem:
        listener.close()
        raise CannotListen(address=f"{host}:{port}", reason=problem.strerror) from problem
    listener.set_inheritable(True)
    return listener


def serve(listener: socket.socket, workers: int = 1) -> None:
    """Serve the environment's office until Ctrl-C or SIGTERM; requests under way get ten seconds to end."""
    config = uvicorn.Config(
        "service:from_environment",
        factory=True,
        workers=workers,
        http=BoundedHead,
        log_config=None,  # its records go where ours go (tasks.operating.logs)
        log_level="warning",
        access_log=False,  # it would tell addresses, and these hold secrets
        timeout_graceful_shutdown=10,
    )
    if workers > 1:
        with tempfile.TemporaryDirectory(prefix="ombudsflow-counts-") as folder:
            os.environ[COUNTS_FOLDER] = folder
            logs.start(Settings.from_environment())
            Dealer(listener, config).run()
    else:
        uvicorn.Server(config).run(sockets=[listener])
