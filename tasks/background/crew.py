"""The crew: the hands of a worker process that do what waits in Procrastinate's queue.

The library is asynchronous; that stays in here. It runs in a thread of its own and hands each errand to one of a few threads, where
`tasks.background.errands.perform` does it as anywhere else. Promise: when the library stumbles (the database was away, a connection was cut),
it is started anew, under a new name; what it had in hand is found by whoever looks after the queue (tasks.background.queue_care).
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.worker import Worker
from psycopg import AsyncConnection

from engine.procrastinate_queue import QUEUE, TASK
from storage import watching
from tasks.background import errands
from tasks.office import Office

HEARTBEAT_SECONDS = 10.0
STALLED_SECONDS = 30.0  # without a sign of life; then others take over
REST_SECONDS = 2.0  # after the library stumbled
_log = watching.logger("ombudsflow.crew")


class Crew:
    """A number of hands. Start it once, stop it once."""

    def __init__(self, office: Office, hands: int) -> None:
        self._office, self._hands = office, hands
        self._stopping = threading.Event()
        self._door = threading.Lock()
        self._worker: Worker | None = None
        self._thread = threading.Thread(target=self._run, name="crew", daemon=True)

    def start(self) -> None:
        """Begin; gives back at once."""
        self._thread.start()

    def stop(self) -> None:
        """Take nothing new, and wait until what is under way has ended."""
        with self._door:
            self._stopping.set()
            if self._worker is not None:
                self._worker.stop()  # type: ignore[no-untyped-call]
        self._thread.join()

    def drain(self) -> None:
        """Do what is due now and come back: for whoever does not wait."""
        asyncio.run(self._work(waits=False))

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                asyncio.run(self._work(waits=True))
            except Exception:  # most likely the database is away; nothing is lost, its rows wait
                _log.exception("the queue cannot be reached; trying again in a moment")
            self._stopping.wait(REST_SECONDS)

    async def _work(self, *, waits: bool) -> None:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(self._hands, thread_name_prefix="crew"))
        app = _app(self._office)
        async with app.open_async():
            worker = Worker(
                app,
                queues=[QUEUE],
                concurrency=self._hands,
                wait=waits,
                listen_notify=waits,
                fetch_job_polling_interval=self._office.settings.tick_seconds,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_SECONDS,
                delete_jobs="always",  # what became of it stands in the row it pointed to
                install_signal_handlers=False,
            )
            loop.set_exception_handler(lambda _loop, about: _stumbled(worker, about))
            with self._door:
                if self._stopping.is_set():
                    return
                self._worker = worker
            await worker.run()  # type: ignore[no-untyped-call]


def _stumbled(worker: Worker, about: dict[str, Any]) -> None:
    """Something broke beside an errand, such as noting that it was done. A worker that goes on under its name would hold it for ever."""
    _log.warning("the queue stumbled; starting anew", exc_info=about.get("exception"))
    worker.stop()  # type: ignore[no-untyped-call]


def _app(office: Office) -> App:
    address = office.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    app = App(connector=PsycopgConnector(conninfo=address, min_size=1, max_size=4, configure=_each_alone))
    # `perform` raises only what the database raises, and keeps all else in the row: then the errand comes again.
    again = RetryStrategy(wait=5)

    @app.task(name=TASK, queue=QUEUE, retry=again)
    def errand(kind: str, row_id: int) -> None:
        errands.perform(office, kind, row_id)

    return app


async def _each_alone(connection: AsyncConnection[Any]) -> None:
    """Each of the library's statements stands alone: a BEGIN and a COMMIT around it would be two journeys more."""
    await connection.set_autocommit(True)
