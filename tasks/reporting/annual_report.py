"""The annual report of the office, for any year, from the event log alone, as it was counted last (`annual_counting`).

What it counts has a version, and its figures a digest: whoever counts the same year again with the same version finds the
same digest, or knows that the history was changed. A year that is not over is counted up to the moment that was asked.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cases.deadlines import ZONE
from identity.people import Actor
from identity.permissions import require
from problems import Conflict
from storage.unit_of_work import Reading
from tasks.office import Office
from tasks.reporting import annual_counting, survey_results
from tasks.reporting.annual_counting import DEFINITION
from tasks.reporting.annual_counts import Counted, tables
from tasks.reporting.annual_tables import Row, Table, public

LEAST_PUBLIC = 5
SIDES = {"complainant": "klagers", "authority": "diensten"}
SURVEY_TITLES = ("Tevredenheid: wie antwoordde", "Tevredenheid: hoeveel procent akkoord is")
SURVEY_COLUMNS = {"asked": "gevraagd", "answered": "geantwoord", "declined": "liever niet"}
DIFFERENCE = "verschil"
AGREED_COLUMNS = {**SIDES, "difference": DIFFERENCE}
# The same question to both sides: an office that leans to one of them sees it here.
BESIDE = (
    "Verschil: hoeveel procentpunten meer klagers dan diensten akkoord zijn. "
    "Bij de vraag of wij partij kozen, toont dat of wij onpartijdig zijn."
)


class NotCounted(Conflict):
    """Dit jaar is nog niet geteld. Open de bladzijde van het jaarverslag en kies daar 'Tel dit jaar'."""


@dataclass(frozen=True)
class Report:
    """The figures of a year. `until` is the moment up to which was counted, `counted_at` when that was done; `median_days` is how
    long cases took that were closed.

    What people thought (`survey`) is no part of the history and of the digest: it comes in after the year is over. In what may be
    published, `received` and `closed` are None when they are small.
    """

    year: int
    until: datetime
    is_over: bool
    received: int | None
    closed: int | None
    median_days: float | None
    tables: tuple[Table, ...]
    survey: tuple[Table, ...] = ()
    is_public: bool = False
    definition: str = DEFINITION
    counted_at: datetime | None = None

    @property
    def every_table(self) -> tuple[Table, ...]:
        """Those counted from the history, and what people thought."""
        return (*self.tables, *self.survey)

    @property
    def is_empty(self) -> bool:
        """True when there is nothing to show of this year."""
        return not any(table.has_numbers for table in self.every_table)

    @property
    def digest(self) -> str:
        """SHA-256 over the definition, the moment and every number; the words may change, the codes may not."""
        numbers = [[t.key, [[row.code, *row.numbers] for row in t.rows]] for t in self.tables]
        counted = [self.definition, self.year, self.until.isoformat(), self.received, self.closed, self.median_days]
        return hashlib.sha256(json.dumps([*counted, numbers]).encode()).hexdigest()


def make(office: Office, reading: Reading, actor: Actor, year: int) -> Report:
    """The report of a year as it was counted last. Raises NoSuchYear, and NotCounted when that was never done."""
    require(actor, "report.read")
    annual_counting.check(office, year)
    count = annual_counting.newest(reading, year)
    if count is None:
        raise NotCounted(year=year)
    until = count.until.astimezone(ZONE)
    counted = Counted.of(year, until.date(), count.found)
    return Report(
        year=year,
        until=until,
        is_over=until == annual_counting.end_of(year),
        received=counted.received,
        closed=counted.closed,
        median_days=counted.median_days,
        tables=tuple(tables(office, counted)),
        survey=tuple(_survey(survey_results.of(reading, actor, year))),
        definition=count.definition,
        counted_at=count.done_at,
    )


def open_data(report: Report, before: Report | None = None) -> Report:
    """The report as it may be published: without small numbers, and without what could be worked out from the others.

    What an earlier publication of the year (`before`) left out stays out.
    """
    kept = {table.key: table.hidden for table in before.tables} if before else {}
    shown = tuple(public(table, LEAST_PUBLIC, kept.get(table.key, frozenset())) for table in report.tables)
    received = _large(report.received, before is not None and before.received is None)
    closed = _large(report.closed, before is not None and before.closed is None)
    days = report.median_days if closed else None  # the middle of a few is one of them
    return replace(report, tables=shown, received=received, closed=closed, median_days=days, is_public=True)


def _large(number: int | None, is_kept: bool) -> int | None:
    return None if number and (is_kept or number < LEAST_PUBLIC) else number


def _survey(results: survey_results.Results) -> Sequence[Table]:
    """What both sides of closed cases thought of us, the same questions beside each other; shares of a side, from five answers on."""
    if results.is_empty:
        return ()
    how_many = [Row(each.side, SIDES[each.side], (each.asked, each.answered, each.declined)) for each in results.sides]
    agreed = [
        Row(
            each.key,
            each.labels["complainant"],
            (each.agrees["complainant"], each.agrees["authority"], each.difference),
        )
        for each in results.questions
    ]
    return (
        Table(
            "survey_sides",
            SURVEY_TITLES[0],
            tuple(SURVEY_COLUMNS.values()),
            tuple(how_many),
            codes=tuple(SURVEY_COLUMNS),
        ),
        Table(
            "survey",
            SURVEY_TITLES[1],
            tuple(AGREED_COLUMNS.values()),
            tuple(agreed),
            BESIDE,
            has_totals=False,
            codes=tuple(AGREED_COLUMNS),
        ),
    )


def years(office: Office) -> Sequence[int]:
    """The years that can be asked for in a menu: the last ten."""
    last = office.clock.now().astimezone(ZONE).year
    return range(last, last - 10, -1)
