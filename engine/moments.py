"""The moments timers name. A legal term counts in the office's own calendar days, on the office's own clock.

A timer on a date falls due as that day begins there; what must be done by a date has that whole day (`due`). How durations count is in
`lengths`, what repeats in `cycles`.
"""

from datetime import UTC, date, datetime, time
from typing import Any

from engine.lengths import OFFICE_ZONE, BadTimer, Length
from feel.values import DayTimeDuration, YearMonthDuration

__all__ = ["OFFICE_ZONE", "BadTimer", "due", "instant", "parsed"]
LAST_SECOND = time(23, 59, 59)


def instant(value: Any, now: datetime) -> datetime:
    """The moment a timer value names: a date and time, a date (its first moment here), a duration from now, or ISO text."""
    if isinstance(value, str):
        return instant(parsed(value), now)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=OFFICE_ZONE)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time.min, OFFICE_ZONE).astimezone(UTC)
    if isinstance(value, (DayTimeDuration, YearMonthDuration)):
        value = Length.of(value)
    if isinstance(value, Length):
        return value.after(now)
    raise BadTimer(f"'{value}' is geen datum of duur.")


def due(value: Any, now: datetime) -> datetime:
    """The moment by which something must be done: as `instant`, but of a date its last second here, as everybody reads it."""
    found = parsed(value) if isinstance(value, str) else value
    if isinstance(found, date) and not isinstance(found, datetime):
        return datetime.combine(found, LAST_SECOND, OFFICE_ZONE).astimezone(UTC)
    return instant(found, now)


def parsed(text: str) -> Any:
    """A date, a date and time, or a duration, from ISO 8601 text. Raises BadTimer."""
    text = text.strip()
    if text.startswith("P"):
        return Length.parse(text)
    try:
        return date.fromisoformat(text) if "T" not in text else datetime.fromisoformat(text)
    except ValueError as problem:
        raise BadTimer(f"'{text}' is geen datum of duur.") from problem
