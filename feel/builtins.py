"""The built-in functions (DMN 1.5, 10.3.4): name to parameters and Python. A wrong argument gives null, not an error."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from functools import reduce
from typing import Any
from zoneinfo import ZoneInfo

from feel.arithmetic import DECIMALS, as_decimal, number, plain
from feel.values import DayTimeDuration, Duration, Function, Range, YearMonthDuration, equal, kind, parse_duration

TABLE: dict[str, Function] = {}
LONGEST_LIST = 10_000


def builtin(name: str, *parameters: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function under its FEEL name; `*` before the last parameter takes the rest."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        TABLE[name] = Function(parameters, function, is_builtin=True)
        return function

    return register


# -- conversion -------------------------------------------------------------------------------------------------------


@builtin("date", "from")
def _date(value: Any, month: Any = None, day: Any = None) -> date | None:
    try:
        if month is not None:
            return date(int(value), int(month), int(day))
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else date.fromisoformat(value) if len(value) == 10 else None
    except (TypeError, ValueError):
        return None


@builtin("date and time", "from", "time")
def _date_and_time(value: Any, clock: Any = None) -> datetime | None:
    try:
        if clock is not None:
            day = value.date() if isinstance(value, datetime) else value
            return datetime.combine(day, clock)
        if isinstance(value, datetime):
            return value
        text, _, zone = value.partition("@")
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=ZoneInfo(zone)) if zone else moment
    except (TypeError, ValueError, KeyError, AttributeError):
        return None


@builtin("time", "from")
def _time(value: Any, minute: Any = None, second: Any = None, offset: Any = None) -> time | None:
    try:
        if minute is not None:
            return time(int(value), int(minute), int(second or 0))
        if isinstance(value, datetime):
            return value.timetz()
        return value if isinstance(value, time) else time.fromisoformat(value)
    except (TypeError, ValueError):
        return None


@builtin("duration", "from")
def _duration(value: Any) -> Duration | None:
    try:
        return parse_duration(value) if isinstance(value, str) else value if isinstance(value, Duration) else None
    except (ValueError, OverflowError):
        return None


@builtin("years and months duration", "from", "to")
def _months_between(start: Any, end: Any) -> YearMonthDuration | None:
    if not isinstance(start, date) or not isinstance(end, date):
        return None
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return YearMonthDuration(months)


@builtin("number", "from", "grouping separator", "decimal separator")
def _number(value: Any, grouping: Any = None, decimal: Any = None) -> Any:
    if number(value):
        return value
    if not isinstance(value, str):
        return None
    text = value.replace(grouping, "") if grouping else value
    text = text.replace(decimal, ".") if decimal else text
    usable = re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d{1,4})?", text, re.ASCII) and len(text) < 100
    return plain(DECIMALS.plus(Decimal(text))) if usable else None


@builtin("string", "from")
def to_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(_quoted(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_quoted(item)}" for key, item in value.items()) + "}"
    return str(value)


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else to_text(value) or "null"


# -- booleans, strings ------------------------------------------------------------------------------------------------


@builtin("not", "negand")
def _not(value: Any) -> bool | None:
    return (not value) if isinstance(value, bool) else None


@builtin("string length", "string")
def _length(text: str) -> int:
    return len(text)


@builtin("substring", "string", "start position", "length")
def _substring(text: str, start: Any, length: Any = None) -> str | None:
    if start == 0:
        return None
    begin = int(start) - 1 if start > 0 else len(text) + int(start)
    return text[begin:] if length is None else text[begin : begin + int(length)]


@builtin("upper case", "string")
def _upper(text: str) -> str:
    return text.upper()


@builtin("lower case", "string")
def _lower(text: str) -> str:
    return text.lower()


@builtin("substring before", "string", "match")
def _before(text: str, match: str) -> str:
    return text.partition(match)[0] if match in text else ""


@builtin("substring after", "string", "match")
def _after(text: str, match: str) -> str:
    return text.partition(match)[2] if match in text else ""


@builtin("contains", "string", "match")
def _contains(text: str, match: str) -> bool:
    return match in text


@builtin("starts with", "string", "match")
def _starts(text: str, match: str) -> bool:
    return text.startswith(match)


@builtin("ends with", "string", "match")
def _ends(text: str, match: str) -> bool:
    return text.endswith(match)


@builtin("split", "string", "delimiter")
def _split(text: str, delimiter: str) -> list[str]:
    return text.split(delimiter)


@builtin("string join", "list", "delimiter")
def _join(items: list[Any], delimiter: Any = "") -> str | None:
    texts = [item for item in items if item is not None]
    return (delimiter or "").join(texts) if all(isinstance(item, str) for item in texts) else None


@builtin("trim", "string")
def _trim(text: str) -> str:
    return text.strip()


# -- numbers ----------------------------------------------------------------------------------------------------------


def _rounding(name: str, mode: str, default: int | None = None) -> None:
    def rounded(value: Any, scale: Any = default) -> Any:
        if not number(value) or not number(scale):
            return None
        unit = Decimal(1).scaleb(-int(scale), DECIMALS)
        return plain(as_decimal(value).quantize(unit, rounding=mode, context=DECIMALS))

    TABLE[name] = Function(("n", "scale"), rounded, is_builtin=True)


_rounding("floor", ROUND_FLOOR, 0)
_rounding("ceiling", ROUND_CEILING, 0)
_rounding("decimal", ROUND_HALF_EVEN)
_rounding("round up", ROUND_UP)
_rounding("round down", ROUND_DOWN)
_rounding("round half up", ROUND_HALF_UP)
_rounding("round half down", ROUND_HALF_DOWN)


@builtin("abs", "n")
def _abs(value: Any) -> Any:
    if isinstance(value, DayTimeDuration):
        return DayTimeDuration(abs(value.delta))
    return (
        YearMonthDuration(abs(value.months))
        if isinstance(value, YearMonthDuration)
        else plain(as_decimal(value).copy_abs())
    )


@builtin("modulo", "dividend", "divisor")
def _modulo(dividend: Any, divisor: Any) -> Any:
    if divisor == 0:
        return None
    left, right = as_decimal(dividend), as_decimal(divisor)
    quotient = DECIMALS.divide(left, right).to_integral_value(ROUND_FLOOR)
    return plain(DECIMALS.subtract(left, DECIMALS.multiply(right, quotient)))


@builtin("even", "number")
def _even(value: Any) -> bool:
    return bool(value % 2 == 0)


@builtin("odd", "number")
def _odd(value: Any) -> bool:
    return bool(abs(value) % 2 == 1)


# -- lists ------------------------------------------------------------------------------------------------------------


def items_of(arguments: tuple[Any, ...]) -> list[Any]:
    """`f([1, 2])` and `f(1, 2)` mean the same."""
    return arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list) else list(arguments)


@builtin("list contains", "list", "element")
def _list_contains(items: list[Any], element: Any) -> bool:
    return any(equal(item, element) is True for item in items)


@builtin("count", "*list")
def _count(*arguments: Any) -> int:
    return len(items_of(arguments))


@builtin("sum", "*list")
def _sum(*arguments: Any) -> Any:
    items = items_of(arguments)
    return plain(_total(items)) if items and all(map(number, items)) else None


def _total(items: list[Any]) -> Decimal:
    return reduce(DECIMALS.add, (as_decimal(item) for item in items), Decimal(0))


@builtin("mean", "*list")
def _mean(*arguments: Any) -> Any:
    items = items_of(arguments)
    return plain(DECIMALS.divide(_total(items), Decimal(len(items)))) if items and all(map(number, items)) else None


@builtin("min", "*list")
def _min(*arguments: Any) -> Any:
    items = items_of(arguments)
    return min(items) if items and None not in items else None


@builtin("max", "*list")
def _max(*arguments: Any) -> Any:
    items = items_of(arguments)
    return max(items) if items and None not in items else None


@builtin("all", "*list")
def _all(*arguments: Any) -> bool | None:
    items = items_of(arguments)
    return False if any(i is False for i in items) else True if all(i is True for i in items) else None


@builtin("any", "*list")
def _any(*arguments: Any) -> bool | None:
    items = items_of(arguments)
    return True if any(i is True for i in items) else False if all(i is False for i in items) else None


@builtin("append", "list", "*items")
def _append(items: list[Any], *more: Any) -> list[Any]:
    return [*items, *more]


@builtin("concatenate", "*lists")
def _concatenate(*lists: Any) -> list[Any]:
    return [item for each in lists for item in each]


@builtin("reverse", "list")
def _reverse(items: list[Any]) -> list[Any]:
    return items[::-1]


@builtin("index of", "list", "match")
def _index_of(items: list[Any], match: Any) -> list[int]:
    return [at + 1 for at, item in enumerate(items) if equal(item, match) is True]


@builtin("distinct values", "list")
def _distinct(items: list[Any]) -> list[Any]:
    return list({_frozen(item): item for item in reversed(items)}.values())[::-1]


def _frozen(value: Any) -> Any:
    """A value that can be looked up; equal values give equal keys."""
    if isinstance(value, list):
        return ("list", *(_frozen(item) for item in value))
    if isinstance(value, dict):
        return ("context", frozenset((key, _frozen(item)) for key, item in value.items()))
    return (kind(value), value)


@builtin("union", "*lists")
def _union(*lists: Any) -> Any:
    return _distinct(_concatenate(*lists))


@builtin("flatten", "list")
def _flatten(items: list[Any]) -> list[Any]:
    return [leaf for item in items for leaf in (_flatten(item) if isinstance(item, list) else [item])]


@builtin("is empty", "list")
def _is_empty(items: Any) -> bool:
    return len(items) == 0


# -- contexts, dates --------------------------------------------------------------------------------------------------


@builtin("get value", "m", "key")
def _get_value(context: dict[str, Any], key: str) -> Any:
    return context.get(key)


@builtin("get entries", "m")
def _get_entries(context: dict[str, Any]) -> list[Any]:
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context put", "context", "key", "value")
def _context_put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    return {**context, key: value}


@builtin("day of week", "date")
def _day_of_week(value: date) -> str:
    return ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[value.weekday()]


@builtin("day of year", "date")
def _day_of_year(value: date) -> int:
    return value.timetuple().tm_yday


@builtin("is defined", "value")
def _is_defined(value: Any) -> bool:
    return value is not None


@builtin("includes", "range", "point")
def _includes(interval: Range, point: Any) -> bool | None:
    return interval.contains(point)
