"""FEEL values to JSON and back, without losing their type. Plain JSON values stay as they are.

A date, time, duration or exact number becomes {"$": type, "v": text}; feel.values reads the text again.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any

from feel.moment_texts import parse_date, parse_moment, parse_time, text_of
from feel.moments import FarDate, FarDateTime, FineTime
from feel.values import DayTimeDuration, Duration, YearMonthDuration, kind, parse_duration

TAG = "$"


class NotStorable(Exception):
    """A value that lives only while an expression runs."""

    def __str__(self) -> str:
        return f"Een waarde van de soort '{self.args[0]}' kan niet in een variabele bewaard worden."


def dump(value: Any) -> Any:
    """A JSON value for any FEEL value. Functions and ranges cannot be stored: raises NotStorable."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, list):
        return [dump(item) for item in value]
    if isinstance(value, dict):
        found = {str(key): dump(item) for key, item in value.items()}
        return {TAG: "context", "v": found} if TAG in found else found  # somebody's own `$` is not ours
    return _dump_typed(value)


def _dump_typed(value: Any) -> Any:
    if isinstance(value, Decimal | float) and not isfinite(value):
        raise NotStorable(str(value))
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else {TAG: "number", "v": str(value)}
    if isinstance(value, float):
        return {TAG: "number", "v": str(Decimal(str(value)))}
    if isinstance(value, datetime):
        return {TAG: "date and time", "v": value.isoformat()}
    if isinstance(value, date):
        return {TAG: "date", "v": value.isoformat()}
    if isinstance(value, time):
        return {TAG: "time", "v": text_of(value)}  # with a zone's name: Python would leave it out
    if isinstance(value, DayTimeDuration | YearMonthDuration):
        return {TAG: "duration", "v": str(value)}
    if isinstance(value, FarDate | FarDateTime | FineTime):
        return {TAG: kind(value), "v": text_of(value)}
    raise NotStorable(kind(value) if kind(value) != "Any" else type(value).__name__)


def load(stored: Any) -> Any:
    """The FEEL value of what `dump` made."""
    if isinstance(stored, list):
        return [load(item) for item in stored]
    if not isinstance(stored, dict):
        return stored
    if TAG not in stored:
        return _context(stored)
    return _LOADERS[stored[TAG]](stored["v"])


def _context(stored: dict[str, Any]) -> dict[str, Any]:
    return {key: load(item) for key, item in stored.items()}


def _duration(text: str) -> Duration:
    return parse_duration(text)


_LOADERS: dict[str, Callable[[Any], Any]] = {
    "number": Decimal,
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_moment,
    "duration": _duration,
    "context": _context,
}
