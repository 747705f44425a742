"""A clock that stands still until it is moved: for the sandbox, tests and scenarios."""

from datetime import UTC, datetime, timedelta


class TravellingClock:
    """Gives the instant it was moved to. It never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        return self._now

    def advance(self, by: timedelta) -> None:
        self.travel_to(self._now + by)

    def travel_to(self, instant: datetime) -> None:
        self._now = max(self._now, instant.astimezone(UTC))
