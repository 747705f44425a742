"""Where the time comes from: the wall, the database's own clock, or a clock that tests and scenarios move by hand."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import func, select

from engine.travelling import TravellingClock
from storage import watching
from storage.unit_of_work import Database

__all__ = ["Clock", "DatabaseClock", "SystemClock", "TravellingClock"]
JUMP = timedelta(seconds=5)
_log = watching.logger("ombudsflow.clock")


class Clock(Protocol):
    """Gives the present instant, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The wall clock of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class DatabaseClock:
    """The clock of the database server: one for all processes on all machines, whatever their own clocks say.

    It asks nothing of the database when it is read: `look` sees how late it is there, and from one look to the next the monotonic
    clock goes on. Before the first look, as in a command that ends at once, it is the wall clock of this machine.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._began: datetime | None = None  # what the database's clock showed when the monotonic clock was at zero

    def now(self) -> datetime:
        began = self._began
        return datetime.now(UTC) if began is None else began + timedelta(seconds=time.monotonic())

    def look(self) -> None:
        """See how late it is at the database. Raises DatabaseGone; then the clock goes on as it went."""
        asked = time.monotonic()
        with self._database.reading() as reading:
            there: datetime = reading.session.execute(select(func.clock_timestamp())).scalar_one()
        halfway = (asked + time.monotonic()) / 2
        before = self.now()
        self._began = there.astimezone(UTC) - timedelta(seconds=halfway)
        jumped = self.now() - before
        if abs(jumped) > JUMP:
            _log.warning("the clock of the database moved by so many seconds", count=round(jumped.total_seconds()))
