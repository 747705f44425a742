"""Conversion functions (DMN 1.5, 10.3.4.1)."""

import re
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from feel.arithmetic import DECIMALS, as_decimal, plain
from feel.builtins.registry import NoValue, builtin
from feel.builtins.texts_of_values import text_of_value
from feel.durations import DAY, NANOSECONDS, DayTimeDuration, Duration, YearMonthDuration, parse_duration, year_month
from feel.moment_texts import parse_date, parse_moment, parse_time
from feel.moments import Clock, Day, FarDateTime, Moment, clock_of, day_of, join, make_clock, make_date, zone_of_offset
from feel.values import kind

_LONGEST_NUMBER = 100
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)


def whole(value: Any) -> int:
    """A number without its fraction. Raises NoValue when it is out of every reach."""
    if abs(value) > 10**12:
        raise NoValue(f"{text_of_value(value)} is te groot")
    return int(value)


def _exactly(value: Any) -> int:
    if value != int(as_decimal(value)):
        raise NoValue(f"{text_of_value(value)} is geen geheel getal")
    return whole(value)


def _read(text: str, what: str, reader: Any) -> Any:
    try:
        return reader(text)
    except ValueError as problem:
        raise NoValue(f"'{text[:40]}' is geen {what}") from problem


@builtin("date", "from:string", "date")
def _date_of_text(text: str) -> Day:
    day: Day = _read(text, "datum, zoals 2026-11-27", parse_date)
    return day


@builtin("date", "from:day", "date")
def _date_of_moment(value: Any) -> Day:
    return day_of(value) if isinstance(value, datetime | FarDateTime) else value


@builtin("date", "year:number, month:number, day:number", "date")
def _date_of_parts(year: Any, month: Any, day: Any) -> Day:
    try:
        return make_date(_exactly(year), _exactly(month), _exactly(day))
    except ValueError as problem:
        raise NoValue("zo'n dag is er niet") from problem


@builtin("date and time", "from:string", "date and time")
def _moment_of_text(text: str) -> Moment:
    moment: Moment = _read(text, "datum met tijd, zoals 2026-11-27T10:30:00", parse_moment)
    return moment


@builtin("date and time", "from:moment", "date and time")
def _moment_of_moment(value: Moment) -> Moment:
    return value


@builtin("date and time", "date:day, time:time", "date and time")
def _moment_of_parts(day: Any, clock: Clock) -> Moment:
    return join(_date_of_moment(day), clock)


@builtin("date and time", "from:day", "date and time")
def _moment_of_date(day: Day) -> Moment:
    return join(day, time.min.replace(tzinfo=UTC))


@builtin("time", "from:string", "time")
def _time_of_text(text: str) -> Clock:
    clock: Clock = _read(text, "tijd, zoals 10:30:00", parse_time)
    return clock


@builtin("time", "from:clock", "time")
def _time_of_moment(value: Any) -> Clock:
    sort = kind(value)
    if sort == "date":
        return time.min.replace(tzinfo=UTC)
    clock: Clock = clock_of(value) if sort == "date and time" else value
    return clock


@builtin("time", "hour:number, minute:number, second:number, offset?:any", "time")
def _time_of_parts(hour: Any, minute: Any, second: Any, offset: Any = None) -> Clock:
    if offset is not None and not isinstance(offset, DayTimeDuration):
        raise NoValue("'offset' moet een duur van dagen en tijd zijn")
    parts = (_exactly(hour), _exactly(minute), as_decimal(second))
    if not (0 <= parts[0] <= 23 and 0 <= parts[1] <= 59 and 0 <= parts[2] < 60):
        raise NoValue("zo'n tijd is er niet")
    nanoseconds = (parts[0] * 60 + parts[1]) * 60 * NANOSECONDS + int(parts[2] * NANOSECONDS)
    zone = None if offset is None else zone_of_offset(offset.nanoseconds // NANOSECONDS)
    return make_clock(nanoseconds % DAY, zone)


@builtin("number", "from:string, grouping separator?:any, decimal separator?:any", "number")
def _number(text: str, grouping: Any = None, decimal: Any = None) -> int | Decimal:
    if grouping not in (None, " ", ",", ".") or decimal not in (None, ",", "."):
        raise NoValue("als scheidingsteken kan alleen een punt, een komma of (tussen duizendtallen) een spatie")
    if grouping is not None and grouping == decimal:
        raise NoValue("de twee scheidingstekens zijn dezelfde")
    plainly = text.replace(grouping, "") if grouping else text
    plainly = plainly.replace(decimal, ".") if decimal else plainly
    if len(plainly) > _LONGEST_NUMBER or _NUMBER.fullmatch(plainly) is None:
        raise NoValue(f"'{text[:40]}' is geen getal")
    return plain(DECIMALS.create_decimal(plainly))


@builtin("number", "from:number", "number")
def _number_of_number(value: Any) -> Any:
    return value


@builtin("string", "from:any", "string")
def _string(value: Any) -> str | None:
    return text_of_value(value)


@builtin("duration", "from:string", "Any")
def _duration(text: str) -> Duration:
    duration: Duration = _read(text, "duur, zoals P10D of P1Y6M", parse_duration)
    return duration


@builtin("duration", "from:duration", "Any")
def _duration_of_duration(value: Duration) -> Duration:
    return value


@builtin("years and months duration", "from:day, to:day", "years and months duration")
def _months_between(start: Any, end: Any) -> YearMonthDuration:
    first, last = _date_of_moment(start), _date_of_moment(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return year_month(months)


@builtin("years and months duration", "from:string", "years and months duration")
def _months_of_text(text: str) -> YearMonthDuration:
    duration = _duration(text)
    if not isinstance(duration, YearMonthDuration):
        raise NoValue(f"'{text[:40]}' is geen duur van jaren en maanden")
    return duration
