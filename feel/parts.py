"""`value.name`: what each type of value has for parts (DMN 1.5, table 65)."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from feel.frame import Frame
from feel.values import DayTimeDuration, Function, Range, YearMonthDuration, kind

_PARTS: dict[str, tuple[type | tuple[type, ...], Callable[[Any], Any]]] = {
    "year": (date, lambda v: v.year),
    "month": (date, lambda v: v.month),
    "day": (date, lambda v: v.day),
    "weekday": (date, lambda v: v.isoweekday()),
    "hour": ((datetime, time), lambda v: v.hour),
    "minute": ((datetime, time), lambda v: v.minute),
    "second": ((datetime, time), lambda v: v.second),
    "days": (DayTimeDuration, lambda v: int(v.delta.total_seconds() // 86400)),
    "hours": (DayTimeDuration, lambda v: v.delta.seconds // 3600),
    "minutes": (DayTimeDuration, lambda v: v.delta.seconds % 3600 // 60),
    "seconds": (DayTimeDuration, lambda v: v.delta.seconds % 60),
    "years": (YearMonthDuration, lambda v: v.months // 12),
    "months": (YearMonthDuration, lambda v: v.months % 12),
    "start": (Range, lambda v: v.start),
    "end": (Range, lambda v: v.end),
    "start included": (Range, lambda v: v.start_included),
    "end included": (Range, lambda v: v.end_included),
}
PARTS = frozenset(_PARTS)


def part_of(value: Any, name: str, frame: Frame) -> Any:
    """`value.name`; on a list, of each item."""
    if isinstance(value, dict):
        if name not in value:
            frame.warn(f"'{name}' bestaat niet in deze context")
        return value.get(name)
    if isinstance(value, list):
        return [part_of(item, name, frame) for item in value]
    types, read = _PARTS.get(name, (Function, None))
    if read is not None and isinstance(value, types):
        return read(value)
    frame.warn(f"{kind(value)} heeft geen '{name}'")
    return None
