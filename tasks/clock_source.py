"""Where the time comes from: the wall, or a clock that tests and scenarios move by hand."""

from datetime import UTC, datetime
from typing import Protocol

from engine.travelling import TravellingClock

__all__ = ["Clock", "SystemClock", "TravellingClock"]


class Clock(Protocol):
    """Gives the present instant, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The wall clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)
