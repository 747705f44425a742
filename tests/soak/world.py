"""What outlives a process in the soak: where the office is, what time it is there, and how the next life ends."""

import os
import signal
from collections.abc import Callable
from ctypes import c_double
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine, Pool, event, text

from service import open_office
from storage.unit_of_work import Database
from tasks.background import clock, messages, queue_care, timers
from tasks.background.clock_source import TravellingClock
from tasks.office import PROCRASTINATE, Office, Settings
from tests.soak import errand
from tests.tasks.queues import drain


@dataclass(frozen=True)
class Death:
    """How a life ends: after so many seconds, or at the nth commit from where its flow begins, before it or after it."""

    after: float | None = None
    commit: int = 0
    is_before: bool = False

    @property
    def way(self) -> str:
        return "at a moment" if self.after is not None else f"{'before' if self.is_before else 'after'} a commit"


def draw(pick: Random) -> Death:
    """Half of all lives end at a moment, half at the border of a commit."""
    if pick.random() < 0.5:
        return Death(after=pick.uniform(0.002, 0.5))
    return Death(commit=pick.randint(1, 12), is_before=pick.random() < 0.5)


@dataclass(frozen=True)
class World:
    """An office that is opened by one process after another, and its time (seconds since 1970)."""

    settings: Settings
    now: c_double

    def office(self) -> tuple[Office, TravellingClock]:
        """The office as a process that starts finds it."""
        database = Database(self.settings.database_url)
        travelling = _Shared(self.now, database if self.settings.queue == PROCRASTINATE else None)
        office = open_office(self.settings, database=database, clock=travelling)
        errand.equip(office, self.told)
        return office, travelling

    @property
    def told(self) -> Path:
        """What the job that works outside did: a line each time, with its idempotency key."""
        return self.settings.data_dir / "told.txt"

    @property
    def copies(self) -> Path:
        """Where the copies of the office go."""
        return self.settings.data_dir.parent / "copies"

    @property
    def files(self) -> set[str]:
        """The attachments that lie in the folder, by their digest."""
        folder = self.settings.data_dir / "files"
        return {each.name for each in folder.rglob("*") if each.is_file() and not each.name.startswith("incoming-")}


class _Shared(TravellingClock):
    """A travelling clock whose time does not die with the process, and is the same in all of them.

    A queue that goes by the time of the `database` is taken along: this clock is a day ahead of it, so nothing planned comes by itself; what
    falls due is told to it, and who was silent was so longer.
    """

    def __init__(self, now: c_double, database: Database | None) -> None:
        super().__init__(datetime.fromtimestamp(now.value, UTC))
        self._shared, self._database = now, database

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._shared.value, UTC)

    def advance(self, by: timedelta) -> None:
        self._shared.value += (
            by.total_seconds()
        )  # without a lock: who is killed while holding one would hold it for ever
        if self._database is not None:
            with self._database.work() as work:
                due = text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE scheduled_at <= :now")
                work.session.execute(due, {"now": self.now()})
                work.session.execute(
                    text("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - :by"), {"by": by}
                )


def tick(office: Office) -> None:
    """What time brings, as the processes of this office's queue do it."""
    if office.settings.queue != PROCRASTINATE:
        clock.tick(office)
        return
    timers.fire_due(office)
    messages.deliver(office)
    queue_care.look_after(office)
    drain(office)
    messages.deliver(office)


def die() -> None:
    """What a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(death: Death) -> Callable[[], None]:
    """Prepare this process's end. A moment counts from now; commits, of whichever database, count from the call of what is given back."""
    if death.after is not None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the kernel ends us, at whatever instruction we are
        signal.setitimer(signal.ITIMER_REAL, death.after)
    left: list[int] = []

    def before(_connection: Any) -> None:
        if left:
            left[0] -= 1
            if left[0] == 0 and death.is_before:
                die()

    def after(*_: Any) -> None:
        if left and left[0] <= 0 and not death.is_before:
            die()

    event.listen(Engine, "commit", before)
    event.listen(Pool, "checkin", after)  # a connection that comes back has committed
    return lambda: left.extend([death.commit] if death.commit and not left else [])
