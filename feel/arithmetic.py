"""`+ - * / **` over the types of DMN 1.5, table 45-ff; what cannot be combined is null."""

import calendar
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException
from typing import Any

from feel.values import DayTimeDuration, YearMonthDuration

# IEEE 754 decimal128, as the standard asks: 34 digits, half even.
DECIMALS = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144)
LARGEST_EXPONENT = 9_999


def number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def as_decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(value)


def plain(value: Decimal) -> int | Decimal:
    """A whole number becomes an int, so that it is quick and prints without a point."""
    return int(value) if value == value.to_integral_value() and value.adjusted() < 34 else value


def calculate(operator: str, left: Any, right: Any) -> Any:
    """The result, or None when the types do not combine or the result is no number."""
    if number(left) and number(right):
        return _numbers(operator, as_decimal(left), as_decimal(right))
    if operator == "+":
        return _add(left, right)
    if operator == "-":
        return _subtract(left, right)
    if operator in "*/" and len(operator) == 1:
        return _scale(operator, left, right)
    return None


def _numbers(operator: str, left: Decimal, right: Decimal) -> Any:
    operations: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
        "+": DECIMALS.add,
        "-": DECIMALS.subtract,
        "*": DECIMALS.multiply,
        "/": DECIMALS.divide,
        "**": DECIMALS.power,
    }
    try:
        if operator == "**" and abs(right) > LARGEST_EXPONENT:
            return None
        result = operations[operator](left, right)
    except DecimalException:
        return None
    return plain(result) if result.is_finite() else None


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, DayTimeDuration | YearMonthDuration) and isinstance(right, date | time):
        left, right = right, left
    if isinstance(left, DayTimeDuration) and isinstance(right, DayTimeDuration):
        return DayTimeDuration(left.delta + right.delta)
    if isinstance(left, YearMonthDuration) and isinstance(right, YearMonthDuration):
        return YearMonthDuration(left.months + right.months)
    return _shift(left, right, 1)


def _subtract(left: Any, right: Any) -> Any:
    if isinstance(left, datetime) and isinstance(right, datetime):
        return None if (left.tzinfo is None) != (right.tzinfo is None) else DayTimeDuration(left - right)
    if (
        isinstance(left, date)
        and isinstance(right, date)
        and not isinstance(left, datetime)
        and not isinstance(right, datetime)
    ):
        return DayTimeDuration(left - right)
    if isinstance(left, time) and isinstance(right, time):
        return DayTimeDuration(_since_midnight(left) - _since_midnight(right))
    if isinstance(left, DayTimeDuration) and isinstance(right, DayTimeDuration):
        return DayTimeDuration(left.delta - right.delta)
    if isinstance(left, YearMonthDuration) and isinstance(right, YearMonthDuration):
        return YearMonthDuration(left.months - right.months)
    return _shift(left, right, -1)


def _shift(moment: Any, duration: Any, sign: int) -> Any:
    try:
        if isinstance(duration, YearMonthDuration) and isinstance(moment, date):
            return add_months(moment, sign * duration.months)
        if isinstance(duration, DayTimeDuration):
            if isinstance(moment, datetime):
                return moment + sign * duration.delta
            if isinstance(moment, date):
                return (datetime.combine(moment, time.min) + sign * duration.delta).date()
            if isinstance(moment, time):
                return (datetime.combine(date(2000, 1, 1), moment) + sign * duration.delta).timetz()
    except (OverflowError, ValueError):
        return None
    return None


def add_months(moment: date, months: int) -> date:
    """The same day some months on; a day that does not exist becomes the last of its month (31 January + P1M = 28 February)."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def _scale(operator: str, left: Any, right: Any) -> Any:
    if operator == "*" and number(left):
        left, right = right, left
    if operator == "/" and type(left) is type(right):
        if isinstance(left, DayTimeDuration):
            return _numbers("/", Decimal(str(left.delta.total_seconds())), Decimal(str(right.delta.total_seconds())))
        if isinstance(left, YearMonthDuration):
            return _numbers("/", Decimal(left.months), Decimal(right.months))
    if not number(right) or (operator == "/" and right == 0):
        return None
    factor = as_decimal(right) if operator == "*" else DECIMALS.divide(Decimal(1), as_decimal(right))
    try:
        if isinstance(left, DayTimeDuration):
            return DayTimeDuration(
                timedelta(microseconds=int(Decimal(left.delta // timedelta(microseconds=1)) * factor))
            )
        if isinstance(left, YearMonthDuration):
            return YearMonthDuration(int(left.months * factor))
    except OverflowError:
        return None
    return None


def negate(value: Any) -> Any:
    if number(value):
        return plain(DECIMALS.minus(as_decimal(value)))
    if isinstance(value, DayTimeDuration):
        return DayTimeDuration(-value.delta)
    return YearMonthDuration(-value.months) if isinstance(value, YearMonthDuration) else None


def _since_midnight(value: time) -> timedelta:
    offset = value.utcoffset() or timedelta(0)
    return (
        timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond) - offset
    )
