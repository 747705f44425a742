"""Counting a term: from its rule, the day it counts from, the calendar and the days its clock stood still, to its last day.

Nothing is moved step by step: a date is always counted again from the beginning, so the order in which pauses began, ended or
became known cannot matter. The day of an event does not count itself: not the day a term counts from, and not the day on which a
clock goes on again. Overlapping stops are one stop. docs/deadlines.md says why.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from cases.calendars import SATURDAY, Calendar, public_holidays

CALENDAR_DAYS, WORKING_DAYS, MONTHS = "calendar_days", "working_days", "months"
UNITS = (CALENDAR_DAYS, WORKING_DAYS, MONTHS)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Term:
    """What is counted: so many of a unit, after a day. `more` are days given on top: working days where those are counted."""

    value: int
    unit: str
    from_on: date
    more: int = 0


@dataclass(frozen=True)
class Stop:
    """The clock stood still: the days after `from_on`, up to and with `to_on`, do not count. `kind` says for which rules."""

    from_on: date
    to_on: date
    reasons: tuple[str, ...] = ()
    kind: str = ""

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days


@dataclass(frozen=True)
class Reckoning:
    """How a date came about. `skipped` are days off by name; None where the library has a name in every language."""

    term: Term
    due_on: date
    skipped: tuple[tuple[date, str | None], ...] = ()
    still: tuple[Stop, ...] = field(default=())

    def as_data(self) -> dict[str, Any]:
        """As it is kept beside the deadline; `from_data` reads it."""
        return {
            "value": self.term.value,
            "unit": self.term.unit,
            "from_on": self.term.from_on.isoformat(),
            **({"more": self.term.more} if self.term.more else {}),
            "due_on": self.due_on.isoformat(),
            "skipped": [[day.isoformat(), name] for day, name in self.skipped],
            "still": [[stop.from_on.isoformat(), stop.to_on.isoformat(), list(stop.reasons)] for stop in self.still],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Reckoning":
        """What `as_data` wrote."""
        on = date.fromisoformat
        return cls(
            Term(data["value"], data["unit"], on(data["from_on"]), data.get("more", 0)),
            on(data["due_on"]),
            tuple((on(day), name) for day, name in data["skipped"]),
            tuple(Stop(on(start), on(end), tuple(reasons)) for start, end, reasons in data["still"]),
        )


def reckon(term: Term, calendar: Calendar, stops: Iterable[Stop] = ()) -> Reckoning:
    """The last day of a term, with what was passed over on the way there.

    A month ends on the same day, or on the last of the month when that day does not exist. A term in working days ends on a
    working day; one that had no days left when its clock went on again, ends that day or on the first working day after it.
    """
    count = _working if term.unit == WORKING_DAYS else _running
    position, left, used = term.from_on, _days_of(term), []
    for stop in merged(stops, term.from_on):
        reached = count(calendar, position, left, stop.from_on)
        if reached is None:
            break  # it was over before the clock stood still
        left, position = reached, stop.to_on
        used.append(stop)
    due = _last_day(term, calendar, position, left, bool(used))
    return Reckoning(term, due, _days_off(term, calendar, due, used), tuple(used))


def merged(stops: Iterable[Stop], from_on: date) -> Sequence[Stop]:
    """Stops as they matter to a term: without overlap, in order, and none that was over when the term began."""
    found: list[Stop] = []
    for stop in sorted(stops, key=lambda each: (each.from_on, each.to_on, each.reasons)):
        start = max(stop.from_on, from_on)
        if stop.to_on <= start:
            continue
        last = found[-1] if found else None
        if last is None or start > last.to_on:
            found.append(Stop(start, stop.to_on, stop.reasons))
            continue
        more = tuple(reason for reason in stop.reasons if reason not in last.reasons)
        found[-1] = Stop(last.from_on, max(last.to_on, stop.to_on), last.reasons + more)
    return found


def _days_of(term: Term) -> int:
    """How many days must pass; months are as many days as they had on the calendar when nothing stood still."""
    if term.unit == MONTHS:
        return (term.from_on + relativedelta(months=term.value) - term.from_on).days + term.more
    return term.value + term.more


def _running(_calendar: Calendar, position: date, left: int, until: date) -> int | None:
    """Calendar days left on a day; None when the term ended before it."""
    passed = (until - position).days
    return None if left < passed else left - passed


def _working(calendar: Calendar, position: date, left: int, until: date) -> int | None:
    """Working days left on a day; None when the term ended before it."""
    while position < until:
        if left == 0:
            return None
        position += DAY
        left -= calendar.is_working(position)
    return left


def _last_day(term: Term, calendar: Calendar, position: date, left: int, has_moved: bool) -> date:
    if term.unit != WORKING_DAYS:
        return position + timedelta(days=left)
    if left == 0:
        return calendar.first_working(position) if has_moved else position
    while left:
        position += DAY
        left -= calendar.is_working(position)
    return position


def _days_off(term: Term, calendar: Calendar, due: date, stops: Sequence[Stop]) -> tuple[tuple[date, str | None], ...]:
    """The days with a name that cost nothing, of a term in working days; weekends go without saying."""
    if term.unit != WORKING_DAYS:
        return ()
    days = (term.from_on + timedelta(days=number) for number in range(1, (due - term.from_on).days + 1))
    named = [
        day
        for day in days
        if day.weekday() < SATURDAY and not calendar.is_working(day) and not any(_is_in(day, stop) for stop in stops)
    ]
    return tuple((day, None if day in public_holidays(day.year) else calendar.closing_name(day)) for day in named)


def _is_in(day: date, stop: Stop) -> bool:
    return stop.from_on < day <= stop.to_on


def days_between(unit: str, calendar: Calendar, from_on: date, to_on: date) -> int:
    """How many days more a term needs to end on the later day: working days where it counts those, which never end on another."""
    days = (to_on - from_on).days
    if unit != WORKING_DAYS:
        return days
    return sum(calendar.is_working(from_on + timedelta(days=number)) for number in range(1, days + 1))
