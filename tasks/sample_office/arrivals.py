"""Which complaint comes in when: ten years of an office that grows, with weeks in which everybody complains of the same.

Everything follows from the plan, so that a load that was interrupted goes on with exactly the cases it had not made yet.
Proportions: about one contact in eight becomes a file (docs/scaling.md); the rest is answered or sent on at the counter.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from cases.deadlines import ZONE, local_day
from tasks.sample_office.negatives import Film
from tasks.sample_office.patterns import moved_instant

YEARS = 10
GROWTH = 0.06  # a year
SHARES = {"question": 0.88, "file": 0.117, "stalled": 0.003}
# So many times in ten years, for so many weeks, one subject is so much more than usual.
PEAKS, PEAK_WEEKS, PEAK_TIMES = 12, 8, 12
TRIES = 40


@dataclass(frozen=True)
class Plan:
    """How many cases, up to which moment."""

    cases: int
    until: datetime
    seed: int = 7

    @cached_property
    def weeks(self) -> list["Week"]:
        """The weeks up to this one, each with its cases, numbered on from one to the next."""
        last = _monday(local_day(self.until))
        many = YEARS * 52
        mondays = [last - timedelta(weeks=many - 1 - number) for number in range(many)]
        volumes = [(1 + GROWTH) ** (number / 52) for number in range(many)]
        volumes[-1] *= max(local_day(self.until).isoweekday() / 7, 0.2)
        scale, done, ends = self.cases / sum(volumes), 0.0, []
        for volume in volumes:
            done += volume * scale
            ends.append(round(done))
        starts = [0, *ends[:-1]]
        return [Week(n, mondays[n], starts[n] + 1, ends[n] - starts[n]) for n in range(many)]


@dataclass(frozen=True)
class Week:
    """The cases of one week: `count` of them, their ids from `first_id`."""

    number: int
    monday: date
    first_id: int
    count: int


@dataclass(frozen=True)
class Arrival:
    """A case to print: which film, how many weeks later than it was played, and when it so came in."""

    received_at: datetime
    film: int
    weeks: int


def arrivals(plan: Plan, week: Week, films: Sequence[Film]) -> list[Arrival]:
    """The cases of a week, in the order in which they came in."""
    chance = random.Random(f"{plan.seed}:{week.number}")  # noqa: S311  # the same cases each time
    places, weights = _weighted(plan, week, films)
    found = []
    for _ in range(week.count):
        arrival = _one(films, chance.choices(places, weights)[0], week.monday)
        for _ in range(TRIES):
            if arrival.received_at <= plan.until:
                break
            arrival = _one(films, chance.choices(places, weights)[0], week.monday)
        else:  # so early in the week nothing came yet: it came last week
            arrival = _one(films, arrival.film, week.monday - timedelta(weeks=1))
        found.append(arrival)
    return sorted(found, key=lambda arrival: arrival.received_at)


def _one(films: Sequence[Film], place: int, monday: date) -> Arrival:
    first = films[place].received_at
    weeks = (monday - _monday(local_day(first))).days // 7
    return Arrival(moved_instant(first, timedelta(weeks=weeks)), place, weeks)


def _weighted(plan: Plan, week: Week, films: Sequence[Film]) -> tuple[list[int], list[float]]:
    peaks = _peaks(plan, films)
    weights = []
    many: dict[str, int] = {}
    for film in films:
        many[film.kind] = many.get(film.kind, 0) + 1
    for place, film in enumerate(films):
        is_peak = any(start <= week.number < start + PEAK_WEEKS and place == what for start, what in peaks)
        weights.append(SHARES[film.kind] / many[film.kind] * (PEAK_TIMES if is_peak else 1))
    return list(range(len(films))), weights


def _peaks(plan: Plan, films: Sequence[Film]) -> list[tuple[int, int]]:
    chance = random.Random(plan.seed)  # noqa: S311  # see above
    files = [place for place, film in enumerate(films) if film.kind == "file"] or [0]
    return [(chance.randrange(YEARS * 52), chance.choice(files)) for _ in range(PEAKS)]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Numbering:
    """Where case numbers go on: `before` says for each week, and each year in it, how many cases of that year came before."""

    before: dict[int, dict[int, int]]
    totals: dict[int, int]


def numbering(plan: Plan, films: Sequence[Film]) -> Numbering:
    """The numbers of all weeks, without drawing the cases of each."""
    totals: dict[int, int] = {}
    before: dict[int, dict[int, int]] = {}
    for week in plan.weeks:
        counted = _years(plan, week, films)
        before[week.number] = {year: totals.get(year, 0) for year in counted}
        for year, many in counted.items():
            totals[year] = totals.get(year, 0) + many
    return Numbering(before, totals)


def _years(plan: Plan, week: Week, films: Sequence[Film]) -> Mapping[int, int]:
    # Only a week that holds a new year, or that may reach back into the one before, needs looking into.
    around = {(week.monday - timedelta(weeks=1)).year, (week.monday + timedelta(days=6)).year}
    if len(around) == 1:
        return {week.monday.year: week.count}
    counted: dict[int, int] = {}
    for arrival in arrivals(plan, week, films):
        year = arrival.received_at.astimezone(ZONE).year
        counted[year] = counted.get(year, 0) + 1
    return counted
