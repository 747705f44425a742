"""The moments timers name. A legal term counts in the office's own calendar days, on the office's own clock.

A date is its first moment there; how durations count is in `lengths`, what repeats in `cycles`.
"""

from datetime import UTC, date, datetime, time
from typing import Any

from engine.lengths import OFFICE_ZONE, BadTimer, Length
from feel.values import DayTimeDuration, YearMonthDuration

__all__ = ["OFFICE_ZONE", "BadTimer", "instant", "parsed"]


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


def parsed(text: str) -> Any:
    """A date, a date and time, or a duration, from ISO 8601 text. Raises BadTimer."""
    text = text.strip()
    if text.startswith("P"):
        return Length.parse(text)
    try:
        return date.fromisoformat(text) if "T" not in text else datetime.fromisoformat(text)
    except ValueError as problem:
        raise BadTimer(f"'{text}' is geen datum of duur.") from problem
