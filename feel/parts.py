"""`value.name`: what each type of value has for parts (DMN 1.5, table 65)."""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from feel.durations import DAY, NANOSECONDS, DayTimeDuration
from feel.moments import clock_of, day_of, days_of, offset_of
from feel.run import Run
from feel.values import kind
from feel.words import what_it_is


def _offset(value: Any) -> DayTimeDuration | None:
    seconds = offset_of(value)
    return None if seconds is None else DayTimeDuration(seconds * NANOSECONDS)


def _zone(value: Any) -> str | None:
    return value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else None


def _toward_zero(value: int, divisor: int) -> int:
    return -(-value // divisor) if value < 0 else value // divisor


def _part(unit: int, most: int | None) -> Callable[[Any], int]:
    """A part of a duration; of a negative one every part is negative."""

    def read(value: Any) -> int:
        whole: int = abs(value.nanoseconds) // unit
        whole = whole if most is None else whole % most
        return -whole if value.nanoseconds < 0 else whole

    return read


def _of(half: Callable[[Any], Any], read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A part of a date and time is one of its date or of its time."""
    return lambda value: read(half(value))


_DAY: dict[str, Callable[[Any], Any]] = {
    "year": lambda v: v.year,
    "month": lambda v: v.month,
    "day": lambda v: v.day,
    "weekday": lambda v: (days_of(v) - 1) % 7 + 1,
}
_CLOCK: dict[str, Callable[[Any], Any]] = {
    "hour": lambda v: v.hour,
    "minute": lambda v: v.minute,
    "second": lambda v: v.second,
    "time offset": _offset,
    "timezone": _zone,
}
_PARTS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "date": _DAY,
    "time": _CLOCK,
    "date and time": {
        **{name: _of(day_of, read) for name, read in _DAY.items()},
        **{name: _of(clock_of, read) for name, read in _CLOCK.items()},
        "time offset": _offset,
    },
    "days and time duration": {
        "days": _part(DAY, None),
        "hours": _part(3600 * NANOSECONDS, 24),
        "minutes": _part(60 * NANOSECONDS, 60),
        "seconds": _part(NANOSECONDS, 60),
    },
    "years and months duration": {
        "years": lambda v: _toward_zero(v.months, 12),
        "months": lambda v: v.months - 12 * _toward_zero(v.months, 12),
    },
    "range": {
        "start": lambda v: v.start,
        "end": lambda v: v.end,
        "start included": lambda v: v.start_included,
        "end included": lambda v: v.end_included,
    },
}
PARTS = frozenset(name for parts in _PARTS.values() for name in parts)
# What each part is, for who checks an expression before it runs.
TYPES_OF_PARTS = {
    (sort, name): (
        "boolean"
        if name.endswith("included")
        else "days and time duration"
        if name == "time offset"
        else "string"
        if name == "timezone"
        else "Any"
        if sort == "range"
        else "number"
    )
    for sort, parts in _PARTS.items()
    for name in parts
}


def part_of(value: Any, name: str, run: Run) -> Any:
    """`value.name`; on a list, of each item."""
    if isinstance(value, Mapping):
        if name not in value:
            run.warn(f"'{name}' bestaat niet in deze context")
        return value.get(name)
    if isinstance(value, list):
        run.charge(len(value))
        return [part_of(item, name, run) for item in value]
    sort = kind(value)
    read = _PARTS.get(sort, {}).get(name)
    if read is not None:
        return read(value)
    run.warn(f"'{name}' bestaat niet: hier staat {what_it_is(value)}")
    return None
