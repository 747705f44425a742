"""The moments timers name. A legal term counts in the office's own calendar days, on the office's own clock.

A date is its first moment there; `P10D` keeps its hour across a change to summer time; 31 January plus a month is the last of
February.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from feel.values import DayTimeDuration, YearMonthDuration, parse_duration

OFFICE_ZONE = ZoneInfo("Europe/Brussels")


class BadTimer(Exception):
    """Deze termijn is geen datum of duur."""


def instant(value: Any, now: datetime) -> datetime:
    """The moment a timer value names: a date and time, a date (its first moment here), a duration from now, or ISO text."""
    if isinstance(value, str):
        return instant(parsed(value), now)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=OFFICE_ZONE)).astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time.min, OFFICE_ZONE).astimezone(UTC)
    if isinstance(value, DayTimeDuration):
        return after(now, value)
    if isinstance(value, YearMonthDuration):
        local = now.astimezone(OFFICE_ZONE)
        moved = local.replace(tzinfo=None) + relativedelta(months=value.months)
        return moved.replace(tzinfo=OFFICE_ZONE).astimezone(UTC)
    raise BadTimer(f"'{value}' is geen datum of duur.")


def after(now: datetime, duration: DayTimeDuration) -> datetime:
    """Whole days are calendar days on the office's clock, so P10D keeps its hour across a change to summer time."""
    total = duration.to_timedelta()
    if total < timedelta(0):
        raise BadTimer(f"'{duration}' ligt in het verleden.")
    local = now.astimezone(OFFICE_ZONE).replace(tzinfo=None) + timedelta(days=total.days)
    return local.replace(tzinfo=OFFICE_ZONE).astimezone(UTC) + timedelta(
        seconds=total.seconds, microseconds=total.microseconds
    )


def parsed(text: str) -> Any:
    """A date, a date and time, or a duration, from ISO 8601 text. Raises BadTimer or ValueError."""
    text = text.strip()
    if text.lstrip("-").startswith("P"):
        return parse_duration(text)
    try:
        return date.fromisoformat(text) if "T" not in text else datetime.fromisoformat(text)
    except ValueError as problem:
        raise BadTimer(f"'{text}' is geen datum of duur.") from problem
