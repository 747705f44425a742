"""Dates and times from and to text: ISO 8601 as DMN 1.5 has it (10.3.4.1), a zone being `Z`, `+01:00` or `@Europe/Brussels`."""

import re
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from feel.durations import DAY, NANOSECONDS
from feel.moments import (
    Clock,
    Day,
    FarDate,
    FarDateTime,
    FineTime,
    Moment,
    clock_of,
    day_of,
    days_of,
    from_local,
    join,
    make_clock,
    make_date,
    nanoseconds_of,
    zone_of_offset,
)

_DATE = re.compile(r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(?:\.(\d{1,30}))?(?:(Z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z][A-Za-z0-9_+\-/]{0,60}))?",
    re.ASCII,
)


def parse_date(text: str) -> Day:
    """`2026-11-27`. Raises ValueError."""
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError("not a date")
    return make_date(int(match[1]), int(match[2]), int(match[3]))


def parse_time(text: str) -> Clock:
    """`10:30:00`, with a zone or without. Raises ValueError."""
    nanoseconds, zone = _read_time(text)
    return make_clock(nanoseconds % DAY, zone)


def parse_moment(text: str) -> Moment:
    """`2026-11-27T10:30:00`, with a zone or without; a date alone is its midnight. Raises ValueError."""
    day, mark, clock = text.partition("T")
    if not mark:
        return join(parse_date(day), time.min)
    nanoseconds, zone = _read_time(clock)
    if nanoseconds < DAY:
        return join(parse_date(day), make_clock(nanoseconds, zone))
    return from_local(days_of(parse_date(day)) * DAY + nanoseconds, zone)


def _read_time(text: str) -> tuple[int, tzinfo | None]:
    """Nanoseconds since midnight and the zone; 24:00:00 is the end of the day."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("not a time")
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    nanoseconds = ((hour * 60 + minute) * 60 + second) * NANOSECONDS + int((match[4] or "0")[:9].ljust(9, "0"))
    if minute > 59 or second > 59 or nanoseconds > DAY:
        raise ValueError("no such time")
    return nanoseconds, _zone(match)


def _zone(match: re.Match[str]) -> tzinfo | None:
    if match[5]:
        return UTC
    if match[6]:
        if int(match[8]) > 59 or int(match[9] or 0) > 59:
            raise ValueError("no such zone")
        seconds = int(match[7]) * 3600 + int(match[8]) * 60 + int(match[9] or 0)
        return zone_of_offset(-seconds if match[6] == "-" else seconds)
    return zone_named(match[10]) if match[10] else None


def zone_named(name: str) -> tzinfo:
    """A zone of the IANA database. Raises ValueError when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError) as problem:  # a folder of the database is no zone either
        raise ValueError("no such zone") from problem


def text_of_date(day: Day) -> str:
    """ISO 8601."""
    return str(day) if isinstance(day, FarDate) else day.isoformat()


def text_of_time(clock: Clock) -> str:
    """ISO 8601, with the zone as it was given."""
    seconds, fraction = divmod(nanoseconds_of(clock), NANOSECONDS)
    rest = f".{fraction:09}".rstrip("0") if fraction else ""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{rest}{_text_of_zone(clock.tzinfo)}"


def text_of_moment(moment: Moment) -> str:
    """ISO 8601, with the zone as it was given."""
    return f"{text_of_date(day_of(moment))}T{text_of_time(clock_of(moment))}"


def text_of(value: date | FarDate | time | FineTime | FarDateTime) -> str:
    """ISO 8601 of any of them."""
    if isinstance(value, datetime | FarDateTime):
        return text_of_moment(value)
    return text_of_date(value) if isinstance(value, date | FarDate) else text_of_time(value)


def _text_of_zone(zone: tzinfo | None) -> str:
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(None)
    seconds = 0 if offset is None else int(offset.total_seconds())
    if not seconds:
        return "Z"
    sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
    tail = f":{seconds % 60:02}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}{tail}"
