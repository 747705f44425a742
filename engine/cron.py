"""Moments that repeat by the calendar: cron texts of five fields, six with the seconds first, or a word as `@daily`.

Weekdays count as cron does: 0 and 7 are Sunday. A day of the month and a weekday that are both given must both hold. `L` is the last
day of the month, `5L` its last Friday, `MON#1` its first Monday. All on the office's clock: where summer time begins, what falls in
the missing hour happens an hour later; where it ends, a fixed hour happens once, and `every quarter of an hour` goes on as before.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from apscheduler.triggers.cron import CronTrigger

NAMED = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NTH = ("1st", "2nd", "3rd", "4th", "5th")
_ANY = ("*", "?")
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")


class BadCron(ValueError):
    """This text is no cron schedule; the message says which part."""


def is_cron(text: str) -> bool:
    """Whether a text is meant as a cron schedule: a word with `@`, or fields between spaces."""
    return text.startswith("@") or len(text.split()) > 1


def next_after(text: str, moment: datetime, zone: tzinfo) -> datetime | None:
    """The first moment of the schedule after this one, in UTC; None when there never is one. Raises BadCron."""
    trigger, is_fixed = _trigger(text, zone)
    while True:
        due = trigger.get_next_fire_time(None, (moment.astimezone(UTC) + timedelta(microseconds=1)).astimezone(zone))
        if due is None:
            return None
        moment = due.astimezone(UTC)
        if not (is_fixed and due.fold):  # the hour that comes twice: a fixed hour was already had
            return moment


@lru_cache(maxsize=256)
def _trigger(text: str, zone: tzinfo) -> tuple[Any, bool]:
    fields = NAMED.get(text.strip().lower(), text).split()
    if len(fields) not in (5, 6):
        raise BadCron(f"'{text}' heeft {len(fields)} velden; een cron-tekst heeft er 5, of 6 met de seconden vooraan")
    second, minute, hour, day, month, weekday = fields if len(fields) == 6 else ["0", *fields]
    try:
        days, day_of_week = _days(day, weekday)
        trigger = CronTrigger(
            second=second, minute=minute, hour=hour, day=days, month=month, day_of_week=day_of_week, timezone=zone
        )
    except ValueError as problem:
        raise BadCron(f"'{text}' is geen cron-tekst: {problem}") from problem
    return trigger, not hour.startswith("*")


def _days(day: str, weekday: str) -> tuple[str, str]:
    """Day of the month and weekday, as APScheduler writes them: there weeks begin on Monday."""
    in_month = "*" if day in _ANY else "last" if day.upper() == "L" else day
    if weekday in _ANY:
        return in_month, "*"
    special = re.fullmatch(r"(?P<day>\w+)#(?P<nth>[1-5])|(?P<last>[0-7])L", weekday, re.IGNORECASE)
    if special is None:
        return in_month, ",".join(dict.fromkeys(name for part in weekday.split(",") for name in _weekdays(part)))
    if in_month != "*":
        raise BadCron(f"'{weekday}' gaat niet samen met een dag van de maand ('{day}')")
    if special["last"]:
        return f"last {_DAYS[int(special['last'])]}", "*"
    return f"{_NTH[int(special['nth']) - 1]} {_DAYS[_number(special['day'])]}", "*"


def _weekdays(part: str) -> list[str]:
    match = _PART.fullmatch(part)
    if match is None:
        raise BadCron(f"'{part}' is geen weekdag")
    first = 0 if match["first"] == "*" else _number(match["first"])
    open_ended = match["first"] == "*" or match["step"]
    last = _number(match["last"]) if match["last"] else 6 if open_ended else first
    last = last or 7 if match["last"] and last < first else last  # fri-sun: Sunday closes the week here
    step = int(match["step"] or 1)
    if last < first or step < 1:
        raise BadCron(f"'{part}' loopt achteruit")
    return [_DAYS[number] for number in range(first, last + 1, step)]


def _number(day: str) -> int:
    if day.isdigit() and int(day) < len(_DAYS):
        return int(day)
    if day.lower() in _DAYS:
        return _DAYS.index(day.lower())
    raise BadCron(f"'{day}' is geen weekdag")
