"""Where the time comes from: the wall, or a clock that tests and scenarios move by hand."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Gives the present instant, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The wall clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class TravellingClock:
    """A clock that stands still until it is moved. It never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self.travel_to(self._now + by)

    def travel_to(self, instant: datetime) -> None:
        self._now = max(self._now, instant.astimezone(UTC))
