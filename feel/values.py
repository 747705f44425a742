"""FEEL's values in Python: what is what, what equals what, what comes before what (DMN 1.5, 10.3.2.3 and 10.3.2.13).

Numbers are int or Decimal (a float from outside counts as its shortest text), dates and times the standard library's or those of
`feel.moments`, lists and contexts list and dict, null is None.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from feel.durations import DayTimeDuration, Duration, YearMonthDuration, parse_duration
from feel.moments import (
    FarDate,
    FarDateTime,
    FineTime,
    days_of,
    instant_number,
    nanoseconds_of,
    offset_of,
)

if TYPE_CHECKING:
    from feel.run import Run
    from feel.types import Type

__all__ = [
    "DayTimeDuration",
    "Duration",
    "Function",
    "Range",
    "YearMonthDuration",
    "compare",
    "equal",
    "is_number",
    "kind",
    "parse_duration",
]


@dataclass(frozen=True)
class Range:
    """An interval; an open side excludes its end point, a None end point is unbounded."""

    start: Any
    end: Any
    start_included: bool = True
    end_included: bool = True

    def contains(self, value: Any) -> bool | None:
        """Three-valued: None when the value cannot be compared with the end points."""
        if self.start is None and self.end is None:
            return None
        low = True if self.start is None else compare(">=" if self.start_included else ">", value, self.start)
        high = True if self.end is None else compare("<=" if self.end_included else "<", value, self.end)
        if low is False or high is False:
            return False
        return None if low is None or high is None else True


@dataclass(frozen=True)
class Function:
    """A function value: its parameter names, and what it does.

    `call` takes the values in order. `within` is the same for a caller that has an evaluation going: it shares its limits.
    `types` are what its parameters take, `result` finds what it answers; either may be unknown.
    """

    parameters: tuple[str, ...]
    call: Callable[..., Any]
    is_builtin: bool = False
    types: tuple["Type | None", ...] = ()
    within: Callable[["Run", Sequence[Any]], Any] | None = field(default=None, compare=False)
    result: Callable[[], "Type"] | None = field(default=None, compare=False)


def is_number(value: Any) -> bool:
    """True for FEEL numbers; true and false are none."""
    return isinstance(value, int | Decimal | float) and not isinstance(value, bool)


_KINDS: tuple[tuple[Any, str], ...] = (
    (bool, "boolean"),
    (int | Decimal | float, "number"),
    (str, "string"),
    (datetime | FarDateTime, "date and time"),
    (date | FarDate, "date"),
    (time | FineTime, "time"),
    (DayTimeDuration, "days and time duration"),
    (YearMonthDuration, "years and months duration"),
    (list | tuple, "list"),
    (Mapping, "context"),
    (Range, "range"),
    (Function, "function"),
)
_KIND_OF = {int: "number", Decimal: "number", str: "string", bool: "boolean", list: "list", dict: "context"}


def kind(value: Any) -> str:
    """The FEEL name of a value's type."""
    if value is None:
        return "null"
    quick = _KIND_OF.get(type(value))
    if quick is not None:
        return quick
    return next((name for python, name in _KINDS if isinstance(value, python)), "Any")


def equal(left: Any, right: Any) -> bool | None:
    """`=`: null equals only null; different types are not comparable, so null."""
    if left is None or right is None:
        return left is right
    sort = kind(left)
    if sort != kind(right):
        return None
    return _EQUALS[sort](left, right) if sort in _EQUALS else bool(left == right)


def _equal_lists(left: Sequence[Any], right: Sequence[Any]) -> bool:
    return len(left) == len(right) and all(equal(a, b) is True for a, b in zip(left, right, strict=True))


def _equal_contexts(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    return left.keys() == right.keys() and all(equal(left[key], right[key]) is True for key in left)


def _equal_ranges(left: Range, right: Range) -> bool:
    sides = (left.start_included, left.end_included) == (right.start_included, right.end_included)
    return sides and equal(left.start, right.start) is True and equal(left.end, right.end) is True


def _equal_in_time(left: Any, right: Any) -> bool:
    """A clock without a zone, one with an offset (`+01:00`) and one in a named zone never show the same, as the public kit has it."""
    same_way = isinstance(left.tzinfo, ZoneInfo) == isinstance(right.tzinfo, ZoneInfo)
    return same_way and bool(order_of(left) == order_of(right))


_EQUALS: dict[str, Callable[[Any, Any], bool | None]] = {
    "list": _equal_lists,
    "context": _equal_contexts,
    "range": _equal_ranges,
    "date and time": _equal_in_time,
    "time": _equal_in_time,
    "function": lambda left, right: left is right,
    "number": lambda left, right: exact(left) == exact(right),
}


def exact(value: Any) -> int | Decimal:
    """A number without binary rounding: a float is what it shows."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _order_of_moment(value: Any) -> tuple[bool, int]:
    return (value.tzinfo is not None, instant_number(value))


def _order_of_time(value: Any) -> tuple[bool, int]:
    offset = offset_of(value)
    return (offset is not None, nanoseconds_of(value) - (offset or 0) * 1_000_000_000)


_ORDERS: dict[str, Callable[[Any], Any]] = {
    "number": exact,
    "string": lambda value: value,
    "date": days_of,
    "date and time": _order_of_moment,
    "time": _order_of_time,
    "days and time duration": lambda value: value.nanoseconds,
    "years and months duration": lambda value: value.months,
}


def order_of(value: Any) -> Any:
    """What Python can sort values of one ordered type by."""
    return _ORDERS[kind(value)](value)


def is_ordered(value: Any) -> bool:
    """True when values of this type come one before the other."""
    return kind(value) in _ORDERS


def compare(operator: str, left: Any, right: Any) -> bool | None:
    """`<`, `<=`, `>`, `>=`; null when the values have no common order, as with and without a time zone."""
    sort = kind(left)
    if sort != kind(right) or sort not in _ORDERS:
        return None
    first, second = _ORDERS[sort](left), _ORDERS[sort](right)
    if isinstance(first, tuple) and first[0] != second[0]:
        return None
    if operator == "<":
        return bool(first < second)
    if operator == "<=":
        return bool(first <= second)
    return bool(first > second) if operator == ">" else bool(first >= second)
