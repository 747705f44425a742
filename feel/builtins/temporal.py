"""Functions of dates (DMN 1.5, 10.3.4.12). Names of days and months are English: they are words of the language."""

from datetime import datetime
from typing import Any

from feel.builtins.registry import builtin
from feel.moments import FarDateTime, day_of, days_of, make_date

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January February March April May June July August September October November December"  # as the standard says them
).split()


def as_day(value: Any) -> Any:
    """The date of a date, or of a date and time."""
    return day_of(value) if isinstance(value, datetime | FarDateTime) else value


@builtin("day of year", "date:day", "number")
def _day_of_year(value: Any) -> int:
    day = as_day(value)
    return days_of(day) - days_of(make_date(day.year, 1, 1)) + 1


@builtin("day of week", "date:day", "string")
def _day_of_week(value: Any) -> str:
    return _DAYS[(days_of(as_day(value)) - 1) % 7]


@builtin("month of year", "date:day", "string")
def _month_of_year(value: Any) -> str:
    month: int = as_day(value).month
    return _MONTHS[month - 1]


@builtin("week of year", "date:day", "number")
def _week_of_year(value: Any) -> int:
    """ISO 8601: the first week has the year's first Thursday."""
    number = days_of(as_day(value))
    thursday = number - (number - 1) % 7 + 3
    year = as_day(value).year
    for candidate in (year + 1, year, year - 1):
        first = days_of(make_date(candidate, 1, 1))
        if thursday >= first:
            return (thursday - first) // 7 + 1
    return 1
