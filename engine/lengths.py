"""How far a timer reaches: months and days on the office's calendar, hours in real time.

`P10D` keeps its hour across a change to summer time; 31 January plus a month is the last of February. Unlike a FEEL duration, the
ISO 8601 text of a timer may have weeks, and months beside days: `P1M15DT12H`. Twenty-four hours are a day, as in FEEL.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from feel.values import DayTimeDuration, Duration, YearMonthDuration

OFFICE_ZONE = ZoneInfo("Europe/Brussels")
MEAN_MONTH = timedelta(days=30.436875)
LONGEST = timedelta(days=366 * 9998)
_ISO = re.compile(
    r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_UNITS = ("weeks", "days", "hours", "minutes", "seconds")


class BadTimer(Exception):
    """Deze termijn is geen datum of duur."""


@dataclass(frozen=True)
class Length:
    """Calendar months, calendar days, and the real time on top (less than a day)."""

    months: int
    days: int
    rest: timedelta

    @classmethod
    def of(cls, duration: Duration) -> "Length":
        """A FEEL duration as the length of a timer. Raises BadTimer when it goes back in time."""
        months = duration.months if isinstance(duration, YearMonthDuration) else 0
        total = duration.to_timedelta() if isinstance(duration, DayTimeDuration) else timedelta(0)
        if months < 0 or total < timedelta(0):
            raise BadTimer(f"'{duration}' ligt in het verleden.")
        return cls(months, total.days, total - timedelta(days=total.days))

    @classmethod
    def parse(cls, text: str) -> "Length":
        """ISO 8601 text. Raises BadTimer."""
        match = _ISO.fullmatch(text)
        if match is None or text.endswith(("P", "T")):
            raise BadTimer(f"'{text[:80]}' is geen duur. Schrijf bijvoorbeeld P10D of PT2H.")
        parts = {name: float(value) for name, value in match.groupdict(default="0").items()}
        try:
            total = timedelta(**{unit: parts[unit] for unit in _UNITS})
        except OverflowError as problem:
            raise BadTimer(f"'{text[:80]}' is langer dan de kalender.") from problem
        length = cls(int(parts["years"] * 12 + parts["months"]), total.days, total - timedelta(days=total.days))
        if length.months > LONGEST / MEAN_MONTH or length.rough > LONGEST:
            raise BadTimer(f"'{text[:80]}' is langer dan de kalender.")
        return length

    @property
    def rough(self) -> timedelta:
        """About how long, when a month has its mean length."""
        return MEAN_MONTH * self.months + timedelta(days=self.days) + self.rest

    def after(self, moment: datetime, times: int = 1) -> datetime:
        """The moment so many lengths later, in UTC. Raises BadTimer beyond the year 9999."""
        try:
            if not (self.months or self.days) or not times:
                return moment.astimezone(UTC) + self.rest * times
            local = moment.astimezone(OFFICE_ZONE).replace(tzinfo=None)
            day = local + relativedelta(months=self.months * times) + timedelta(days=self.days * times)
            return day.replace(tzinfo=OFFICE_ZONE).astimezone(UTC) + self.rest * times
        except (OverflowError, ValueError) as problem:
            raise BadTimer(f"'{self}' loopt voorbij het jaar 9999.") from problem

    def __str__(self) -> str:
        seconds = f"{self.rest.total_seconds():.6f}".rstrip("0").rstrip(".")
        months, days = f"{self.months}M" if self.months else "", f"{self.days}D" if self.days else ""
        return f"P{months}{days}{f'T{seconds}S' if self.rest or not (self.months or self.days) else ''}"
