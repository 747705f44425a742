"""`+ - * / **` and negation over the types of DMN 1.5, tables 53-57; what cannot be combined is null."""

from collections.abc import Callable
from datetime import UTC, date, time
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException
from typing import Any

from feel.durations import DAY, DayTimeDuration, YearMonthDuration, day_time, year_month
from feel.moments import (
    FarDate,
    add_months,
    clock_of,
    day_of,
    day_of_number,
    days_of,
    instant_number,
    join,
    make_clock,
    moved,
    nanoseconds_of,
    offset_of,
)
from feel.values import exact, kind

# IEEE 754 decimal128, as the standard asks: 34 digits, half even.
DECIMALS = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144)
LARGEST_EXPONENT = 9_999
_LARGEST_WHOLE = 10**34
_NUMBERS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": DECIMALS.add,
    "-": DECIMALS.subtract,
    "*": DECIMALS.multiply,
    "/": DECIMALS.divide,
    "**": DECIMALS.power,
}


def as_decimal(value: Any) -> Decimal:
    """A FEEL number as Decimal."""
    return value if isinstance(value, Decimal) else Decimal(exact(value))


def plain(value: Decimal) -> int | Decimal:
    """A whole number becomes an int, so that it is quick and prints without a point."""
    return int(value) if value.adjusted() < 34 and value == value.to_integral_value() else value


def calculate(operator: str, left: Any, right: Any) -> Any:
    """The result, or None when the types do not combine or the result is no number or beyond the calendar."""
    first, second = kind(left), kind(right)
    try:
        if first == second == "number":
            return numbers(operator, left, right)
        combine = _COMBINATIONS.get((first, operator, second))
        return None if combine is None else combine(left, right)
    except (ValueError, OverflowError, DecimalException):
        return None


def numbers(operator: str, left: Any, right: Any) -> int | Decimal | None:
    """Two numbers, to 34 digits. Whole ones stay quick."""
    if type(left) is int and type(right) is int and operator in ("+", "-", "*"):
        whole: int = left + right if operator == "+" else left - right if operator == "-" else left * right
        if -_LARGEST_WHOLE < whole < _LARGEST_WHOLE:
            return whole
    first, second = as_decimal(left), as_decimal(right)
    if operator == "**" and abs(second) > LARGEST_EXPONENT:
        return None
    try:
        result = _NUMBERS[operator](first, second)
    except DecimalException:
        return None
    return plain(result) if result.is_finite() else None


def negate(value: Any) -> Any:
    """`-value`, or None when it has no opposite."""
    if kind(value) == "number":
        return -value if type(value) is int else plain(DECIMALS.minus(as_decimal(value)))
    if isinstance(value, DayTimeDuration):
        return DayTimeDuration(-value.nanoseconds)
    return YearMonthDuration(-value.months) if isinstance(value, YearMonthDuration) else None


# -- dates, times and durations ---------------------------------------------------------------------------------------


def _between_moments(left: Any, right: Any) -> DayTimeDuration | None:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return None
    return day_time(instant_number(left) - instant_number(right))


def _midnight(day: Any) -> Any:
    """A date where a date and time is asked: its first moment in Greenwich (DMN 1.5, 10.3.2.3.5)."""
    return join(day, time.min.replace(tzinfo=UTC))


def _between_times(left: Any, right: Any) -> DayTimeDuration | None:
    here, there = offset_of(left), offset_of(right)
    if (here is None) != (there is None):
        return None
    apart = nanoseconds_of(left) - nanoseconds_of(right) - ((here or 0) - (there or 0)) * 1_000_000_000
    return DayTimeDuration(apart)


def _later_day(day: date | FarDate, nanoseconds: int) -> date | FarDate:
    return day_of_number((days_of(day) * DAY + nanoseconds) // DAY)


def _later_time(clock: Any, nanoseconds: int) -> Any:
    return make_clock((nanoseconds_of(clock) + nanoseconds) % DAY, clock.tzinfo)


def _months_later(moment: Any, months: int) -> Any:
    return join(add_months(day_of(moment), months), clock_of(moment))


def _scaled(whole: int, factor: Any) -> int:
    """A whole number of months or nanoseconds times a number, rounded towards zero."""
    return int(Context(prec=60).multiply(Decimal(whole), as_decimal(factor)))


def _divided(whole: int, divisor: Any) -> int:
    return int(Context(prec=60).divide(Decimal(whole), as_decimal(divisor)))


_DT, _YM = "days and time duration", "years and months duration"
_COMBINATIONS: dict[tuple[str, str, str], Callable[[Any, Any], Any]] = {
    ("string", "+", "string"): lambda a, b: a + b,
    (_DT, "+", _DT): lambda a, b: day_time(a.nanoseconds + b.nanoseconds),
    (_DT, "-", _DT): lambda a, b: day_time(a.nanoseconds - b.nanoseconds),
    (_YM, "+", _YM): lambda a, b: year_month(a.months + b.months),
    (_YM, "-", _YM): lambda a, b: year_month(a.months - b.months),
    (_DT, "/", _DT): lambda a, b: numbers("/", a.nanoseconds, b.nanoseconds),
    (_YM, "/", _YM): lambda a, b: numbers("/", a.months, b.months),
    (_DT, "*", "number"): lambda a, b: day_time(_scaled(a.nanoseconds, b)),
    ("number", "*", _DT): lambda a, b: day_time(_scaled(b.nanoseconds, a)),
    (_YM, "*", "number"): lambda a, b: year_month(_scaled(a.months, b)),
    ("number", "*", _YM): lambda a, b: year_month(_scaled(b.months, a)),
    (_DT, "/", "number"): lambda a, b: day_time(_divided(a.nanoseconds, b)),
    (_YM, "/", "number"): lambda a, b: year_month(_divided(a.months, b)),
    ("date", "+", _DT): lambda a, b: _later_day(a, b.nanoseconds),
    (_DT, "+", "date"): lambda a, b: _later_day(b, a.nanoseconds),
    ("date", "-", _DT): lambda a, b: _later_day(a, -b.nanoseconds),
    ("date", "+", _YM): lambda a, b: add_months(a, b.months),
    (_YM, "+", "date"): lambda a, b: add_months(b, a.months),
    ("date", "-", _YM): lambda a, b: add_months(a, -b.months),
    ("date", "-", "date"): lambda a, b: day_time((days_of(a) - days_of(b)) * DAY),
    ("date and time", "+", _DT): lambda a, b: moved(a, b.nanoseconds),
    (_DT, "+", "date and time"): lambda a, b: moved(b, a.nanoseconds),
    ("date and time", "-", _DT): lambda a, b: moved(a, -b.nanoseconds),
    ("date and time", "+", _YM): lambda a, b: _months_later(a, b.months),
    (_YM, "+", "date and time"): lambda a, b: _months_later(b, a.months),
    ("date and time", "-", _YM): lambda a, b: _months_later(a, -b.months),
    ("date and time", "-", "date and time"): _between_moments,
    ("date and time", "-", "date"): lambda a, b: _between_moments(a, _midnight(b)),
    ("date", "-", "date and time"): lambda a, b: _between_moments(_midnight(a), b),
    ("time", "+", _DT): lambda a, b: _later_time(a, b.nanoseconds),
    (_DT, "+", "time"): lambda a, b: _later_time(b, a.nanoseconds),
    ("time", "-", _DT): lambda a, b: _later_time(a, -b.nanoseconds),
    ("time", "-", "time"): _between_times,
}


def combines(left: str, operator: str, right: str) -> bool:
    """Whether values of these two types have a result."""
    return left == right == "number" or (left, operator, right) in _COMBINATIONS
