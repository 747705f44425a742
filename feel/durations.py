"""The two durations of FEEL (DMN 1.5, 10.3.2.3): days and time, exact to the nanosecond; years and months, whole months.

They do not mix: how long a month is depends on the calendar, so a duration of one kind never equals one of the other.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

NANOSECONDS = 1_000_000_000  # in a second
DAY = 86_400 * NANOSECONDS
LONGEST_MONTHS = 2 * 12 * 999_999_999  # from the first year FEEL knows to the last
LONGEST_NANOSECONDS = LONGEST_MONTHS * 31 * DAY
_LONGEST_TEXT = 80
_DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<fraction>\d+))?S)?)?",
    re.ASCII,
)


@dataclass(frozen=True, order=True, slots=True)
class DayTimeDuration:
    """A days and time duration, as a number of nanoseconds."""

    nanoseconds: int

    @classmethod
    def of(cls, delta: timedelta) -> "DayTimeDuration":
        """The same length as Python's."""
        return cls(delta // timedelta(microseconds=1) * 1000)

    def to_timedelta(self) -> timedelta:
        """Python's, to the microsecond. Raises OverflowError beyond its two million years."""
        return timedelta(microseconds=self.nanoseconds // 1000)

    @property
    def seconds(self) -> Decimal:
        """The whole length in seconds."""
        return Decimal(self.nanoseconds) / NANOSECONDS

    def __str__(self) -> str:
        seconds, nanoseconds = divmod(abs(self.nanoseconds), NANOSECONDS)
        fraction = f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""
        hours, seconds = divmod(seconds, 3600)
        minutes, seconds = divmod(seconds, 60)
        days, hours = divmod(hours, 24)
        day = f"{days}D" if days else ""
        clock = "".join(f"{value}{unit}" for value, unit in ((hours, "H"), (minutes, "M")) if value)
        clock += f"{seconds}{fraction}S" if seconds or fraction else ""
        sign = "-" if self.nanoseconds < 0 else ""
        return f"{sign}P{day}{'T' + clock if clock else ''}" if day or clock else "PT0S"


@dataclass(frozen=True, order=True, slots=True)
class YearMonthDuration:
    """A years and months duration, as a number of months."""

    months: int

    def __str__(self) -> str:
        sign, months = ("-", -self.months) if self.months < 0 else ("", self.months)
        years, rest = divmod(months, 12)
        return f"{sign}P{f'{years}Y' if years else ''}{f'{rest}M' if rest or not years else ''}"


Duration = DayTimeDuration | YearMonthDuration


def parse_duration(text: str) -> Duration:
    """ISO 8601 text to a duration; mixing months with days is refused, as the standard does. Raises ValueError."""
    text = text.strip()
    match = _DURATION.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if match is None or text in ("P", "-P") or text.endswith("T"):
        raise ValueError(f"'{text[:40]}' is not an ISO 8601 duration")
    parts = match.groupdict()
    sign = -1 if parts["sign"] else 1
    has_months = parts["years"] is not None or parts["months"] is not None
    has_days = any(parts[name] is not None for name in ("days", "hours", "minutes", "seconds"))
    if has_months and has_days:
        raise ValueError(f"'{text}' mixes years and months with days and time")
    number = {name: int(value or 0) for name, value in parts.items() if name not in ("sign", "fraction")}
    if has_months:
        return year_month(sign * (number["years"] * 12 + number["months"]))
    seconds = ((number["days"] * 24 + number["hours"]) * 60 + number["minutes"]) * 60 + number["seconds"]
    return day_time(sign * (seconds * NANOSECONDS + int((parts["fraction"] or "0")[:9].ljust(9, "0"))))


def day_time(nanoseconds: int) -> DayTimeDuration:
    """A days and time duration. Raises ValueError when it is longer than any calendar."""
    if abs(nanoseconds) > LONGEST_NANOSECONDS:
        raise ValueError("the duration is longer than any calendar")
    return DayTimeDuration(nanoseconds)


def year_month(months: int) -> YearMonthDuration:
    """A years and months duration. Raises ValueError when it is longer than any calendar."""
    if abs(months) > LONGEST_MONTHS:
        raise ValueError("the duration is longer than any calendar")
    return YearMonthDuration(months)
