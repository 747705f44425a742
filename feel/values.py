"""FEEL values Python has no type for: the two durations and ranges (DMN 1.5, 10.3.2.3).

Numbers are Decimal or int, dates and times the standard library's, lists and contexts list and dict, null is None.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from functools import total_ordering
from typing import Any

LONGEST_MONTHS = 12 * 9999
_DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


@total_ordering
@dataclass(frozen=True, eq=True)
class DayTimeDuration:
    """A days and time duration, exact to the microsecond."""

    delta: timedelta

    def to_timedelta(self) -> timedelta:
        return self.delta

    def __lt__(self, other: "DayTimeDuration") -> bool:
        return self.delta < other.delta

    def __str__(self) -> str:
        total = self.delta
        sign, total = ("-", -total) if total < timedelta(0) else ("", total)
        seconds = Decimal(total.seconds) + Decimal(total.microseconds) / 1_000_000
        hours, rest = divmod(seconds, 3600)
        minutes, seconds = divmod(rest, 60)
        day = f"{total.days}D" if total.days else ""
        clock = "".join(
            f"{value.normalize():f}{unit}" for value, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if value
        )
        return f"{sign}P{day}{'T' + clock if clock else ''}" if day or clock else "PT0S"


@total_ordering
@dataclass(frozen=True, eq=True)
class YearMonthDuration:
    """A years and months duration, as a number of months."""

    months: int

    def __lt__(self, other: "YearMonthDuration") -> bool:
        return self.months < other.months

    def __str__(self) -> str:
        sign, months = ("-", -self.months) if self.months < 0 else ("", self.months)
        years, rest = divmod(months, 12)
        return f"{sign}P{f'{years}Y' if years else ''}{f'{rest}M' if rest or not years else ''}"


Duration = DayTimeDuration | YearMonthDuration


def parse_duration(text: str) -> Duration:
    """ISO 8601 text to a duration; mixing months with days is refused, as the standard does. Raises ValueError."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or text.strip() in ("P", "-P") or text.endswith("T"):
        raise ValueError(f"'{text}' is not an ISO 8601 duration")
    parts = match.groupdict()
    sign = -1 if parts["sign"] else 1
    has_months = parts["years"] is not None or parts["months"] is not None
    has_days = any(parts[name] is not None for name in ("days", "hours", "minutes", "seconds"))
    if has_months and has_days:
        raise ValueError(f"'{text}' mixes years and months with days and time")
    if has_months:
        months = int(parts["years"] or 0) * 12 + int(parts["months"] or 0)
        if months > LONGEST_MONTHS:
            raise ValueError(f"'{text[:40]}' is longer than any calendar")
        return YearMonthDuration(sign * months)
    seconds = Decimal(parts["seconds"] or 0)
    try:
        delta = timedelta(
            days=int(parts["days"] or 0),
            hours=int(parts["hours"] or 0),
            minutes=int(parts["minutes"] or 0),
            seconds=int(seconds),
            microseconds=int((seconds % 1) * 1_000_000),
        )
    except (OverflowError, DecimalException) as problem:
        raise ValueError(f"'{text[:40]}' is longer than any calendar") from problem
    return DayTimeDuration(sign * delta)


@dataclass(frozen=True)
class Range:
    """An interval; an open side excludes its end point, a None end point is unbounded."""

    start: Any
    end: Any
    start_included: bool = True
    end_included: bool = True

    def contains(self, value: Any) -> bool | None:
        """Three-valued: None when the value cannot be compared with the end points."""
        low = True if self.start is None else compare(">=" if self.start_included else ">", value, self.start)
        high = True if self.end is None else compare("<=" if self.end_included else "<", value, self.end)
        if low is None or high is None:
            return None
        return low and high


@dataclass(frozen=True)
class Function:
    """A function value: its parameter names, and what it does."""

    parameters: tuple[str, ...]
    call: Callable[..., Any]
    is_builtin: bool = False


def kind(value: Any) -> str:
    """The FEEL name of a value's type."""
    for python, name in _KINDS:
        if isinstance(value, python):
            return name
    return "Any"


_KINDS: list[tuple[Any, str]] = [
    (type(None), "null"),
    (bool, "boolean"),
    (int | Decimal | float, "number"),
    (str, "string"),
    (datetime, "date and time"),
    (date, "date"),
    (time, "time"),
    (DayTimeDuration, "days and time duration"),
    (YearMonthDuration, "years and months duration"),
    (list, "list"),
    (dict, "context"),
    (Range, "range"),
    (Function, "function"),
]

_ORDERED = {"number", "string", "date and time", "date", "time", "days and time duration", "years and months duration"}


def equal(left: Any, right: Any) -> bool | None:
    """`=`: null equals only null; different types are not comparable, so null."""
    if left is None or right is None:
        return left is right
    if kind(left) != kind(right):
        return None
    if isinstance(left, datetime) and isinstance(right, datetime) and (left.tzinfo is None) != (right.tzinfo is None):
        return None
    return bool(left == right)


def compare(operator: str, left: Any, right: Any) -> bool | None:
    """`<`, `<=`, `>`, `>=`; null when the values have no common order."""
    if kind(left) != kind(right) or kind(left) not in _ORDERED:
        return None
    try:
        if operator == "<":
            return bool(left < right)
        if operator == "<=":
            return bool(left <= right)
        return bool(left > right) if operator == ">" else bool(left >= right)
    except TypeError:  # one has a time zone, the other has none
        return None
