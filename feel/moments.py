"""Dates, times, and dates and times as FEEL has them (DMN 1.5, 10.3.2.3): years to 999,999,999, and nanoseconds.

Python's own types hold what fits in them, which is nearly everything; FarDate, FineTime and FarDateTime hold only the rest, so
that a value has one form. Calculating goes through whole days and nanoseconds, for all of them alike.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from feel.durations import DAY, NANOSECONDS

LAST_YEAR = 999_999_999
Zone = tzinfo
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097  # the Gregorian calendar repeats
_LONGEST_OFFSET = 18 * 3600


@dataclass(frozen=True, slots=True)
class FarDate:
    """A date before the year 1 or after 9999, proleptic Gregorian; year 0 is the one before 1."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04}-{self.month:02}-{self.day:02}"


@dataclass(frozen=True, slots=True)
class FineTime:
    """A time of day that is finer than a microsecond."""

    nanoseconds: int
    tzinfo: Zone | None = None

    @property
    def hour(self) -> int:
        return self.nanoseconds // (3600 * NANOSECONDS)

    @property
    def minute(self) -> int:
        return self.nanoseconds // (60 * NANOSECONDS) % 60

    @property
    def second(self) -> int:
        return self.nanoseconds // NANOSECONDS % 60


@dataclass(frozen=True, slots=True)
class FarDateTime:
    """A date and time of which the date or the time does not fit in Python's."""

    day_of: "date | FarDate"
    clock: "time | FineTime"

    @property
    def tzinfo(self) -> Zone | None:
        return self.clock.tzinfo


Day = date | FarDate
Clock = time | FineTime
Moment = datetime | FarDateTime


def make_date(year: int, month: int, day: int) -> Day:
    """A date. Raises ValueError when there is no such day."""
    if 1 <= year <= 9999:
        return date(year, month, day)
    if abs(year) > LAST_YEAR or not 1 <= month <= 12 or not 1 <= day <= _days_in(year, month):
        raise ValueError("no such day")
    return FarDate(year, month, day)


def _days_in(year: int, month: int) -> int:
    return calendar.monthrange(2000 + year % _CYCLE_YEARS, month)[1]


def days_of(day: Day) -> int:
    """The number of a day; 1 is 1 January of the year 1."""
    if isinstance(day, date):
        return day.toordinal()
    cycles, year = divmod(day.year - 2000, _CYCLE_YEARS)
    return date(2000 + year, day.month, day.day).toordinal() + cycles * _CYCLE_DAYS


def day_of_number(number: int) -> Day:
    """The day with a number. Raises ValueError beyond the calendar."""
    if 1 <= number <= date.max.toordinal():
        return date.fromordinal(number)
    cycles, rest = divmod(number - 1, _CYCLE_DAYS)
    near = date.fromordinal(rest + 1)
    return make_date(near.year + cycles * _CYCLE_YEARS, near.month, near.day)


def add_months(day: Day, months: int) -> Day:
    """The same day some months on; a day that does not exist becomes the last of its month (31 January + P1M = 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if abs(year) > LAST_YEAR:
        raise ValueError("beyond the calendar")
    return make_date(year, month + 1, min(day.day, _days_in(year, month + 1)))


def nanoseconds_of(clock: Clock) -> int:
    """Since midnight."""
    if isinstance(clock, FineTime):
        return clock.nanoseconds
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * NANOSECONDS + clock.microsecond * 1000


def make_clock(nanoseconds: int, zone: tzinfo | None) -> Clock:
    """A time of day, from nanoseconds since midnight."""
    if nanoseconds % 1000:
        return FineTime(nanoseconds, zone)
    seconds, rest = divmod(nanoseconds, NANOSECONDS)
    minutes, second = divmod(seconds, 60)
    return time(minutes // 60, minutes % 60, second, rest // 1000, tzinfo=zone)


def join(day: Day, clock: Clock) -> Moment:
    """A date and time; the zone is the clock's."""
    if isinstance(day, date) and isinstance(clock, time):
        return datetime.combine(day, clock)
    return FarDateTime(day, clock)


def day_of(moment: Moment) -> Day:
    """The date of a date and time."""
    return moment.date() if isinstance(moment, datetime) else moment.day_of


def clock_of(moment: Moment) -> Clock:
    """The time of a date and time, with its zone."""
    return moment.timetz() if isinstance(moment, datetime) else moment.clock


def offset_of(value: Clock | Moment) -> int | None:
    """Seconds ahead of Greenwich, None where there is no zone.

    A time of day in a named zone has no date, so it takes the zone's standard time.
    """
    zone = value.tzinfo
    if zone is None:
        return None
    if isinstance(value, datetime):
        near = value.replace(tzinfo=None)
    elif isinstance(value, FarDateTime) and isinstance(value.day_of, date):
        near = datetime.combine(value.day_of, time.min)
    elif isinstance(value, FarDateTime):
        near = datetime(1 if value.day_of.year < 1 else 9998, value.day_of.month, 1)
    else:
        near = datetime(1970, 1, 1)
    offset = near.replace(tzinfo=zone).utcoffset()
    return None if offset is None else int(offset.total_seconds())


def local_number(moment: Moment) -> int:
    """Nanoseconds on the moment's own clock, from the day before the calendar began."""
    return days_of(day_of(moment)) * DAY + nanoseconds_of(clock_of(moment))


def instant_number(moment: Moment) -> int:
    """The same on Greenwich's clock; on its own where there is no zone."""
    return local_number(moment) - (offset_of(moment) or 0) * NANOSECONDS


def from_local(number: int, zone: tzinfo | None) -> Moment:
    """The date and time a clock shows. Raises ValueError beyond the calendar."""
    days, rest = divmod(number, DAY)
    return join(day_of_number(days), make_clock(rest, zone))


def moved(moment: Moment, nanoseconds: int) -> Moment:
    """So much later: an hour is an hour, also in the night summer time begins. Raises ValueError beyond the calendar."""
    here = from_local(local_number(moment) + nanoseconds, moment.tzinfo)
    if not isinstance(moment.tzinfo, ZoneInfo):
        return here
    if isinstance(moment, datetime) and isinstance(here, datetime):
        try:
            return (moment.astimezone(UTC) + timedelta(microseconds=nanoseconds // 1000)).astimezone(moment.tzinfo)
        except OverflowError:
            return here
    return here


def zone_of_offset(seconds: int) -> tzinfo:
    """A fixed zone. Raises ValueError when no clock is so far ahead or behind."""
    if abs(seconds) > _LONGEST_OFFSET:
        raise ValueError("no zone is so far from Greenwich")
    return timezone(timedelta(seconds=seconds)) if seconds else UTC
