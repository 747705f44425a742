"""The annual report of the office, for any year, from the event log alone.

What it counts has a version, and its figures a digest: whoever makes it again for the same year with the same version finds the
same digest, or knows that the history was changed. A year that is not over is counted up to now.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from cases.deadlines import ZONE
from history import reports
from identity.people import Actor
from identity.permissions import require
from problems import NotFound
from storage.unit_of_work import Reading
from tasks.office import Office
from tasks.reporting import survey_results
from tasks.reporting.annual_counts import Counted, tables
from tasks.reporting.annual_tables import Row, Table, public

# Change it with every change of what is counted or how.
DEFINITION = "2026-3"
FIRST_YEAR, LEAST_PUBLIC = 1999, 5
SIDES = {"complainant": "klagers", "authority": "diensten"}
SURVEY_TITLES = ("Tevredenheid: wie antwoordde", "Tevredenheid: hoeveel procent akkoord is")
SURVEY_COLUMNS = ("gevraagd", "geantwoord", "liever niet")
DIFFERENCE = "verschil"
# The same question to both sides: an office that leans to one of them sees it here.
BESIDE = (
    "Verschil: hoeveel procentpunten meer klagers dan diensten akkoord zijn. "
    "Bij de vraag of wij partij kozen, toont dat of wij onpartijdig zijn."
)


class NoSuchYear(NotFound):
    """Van dit jaar is er geen verslag."""


@dataclass(frozen=True)
class Report:
    """The figures of a year. `until` is the moment up to which was counted; `median_days` is how long cases took that were closed.

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
    """Count a year. Raises NoSuchYear for one that has not begun, or before there were ombudsmen."""
    require(actor, "report.read")
    now = office.clock.now()
    if not FIRST_YEAR <= year <= now.astimezone(ZONE).year:
        raise NoSuchYear(year=year)
    since, end = (datetime(each, 1, 1, tzinfo=ZONE) for each in (year, year + 1))
    until = min(end, now.astimezone(ZONE) + timedelta(microseconds=1))  # what happens now counts
    counted = Counted(year)
    for told in reports.cases(reading, since, until):
        if not told.is_first_line:  # a service's own complaints are in its own yearly figures
            counted.add(told)
    return Report(
        year=year,
        until=until,
        is_over=end <= now,
        received=sum(counted.channels.values()),
        closed=len(counted.days),
        median_days=median(counted.days) if counted.days else None,
        tables=tuple(tables(office, counted)),
        survey=tuple(_survey(survey_results.of(reading, actor, year))),
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
        Table("survey_sides", SURVEY_TITLES[0], SURVEY_COLUMNS, tuple(how_many)),
        Table("survey", SURVEY_TITLES[1], (*SIDES.values(), DIFFERENCE), tuple(agreed), BESIDE, has_totals=False),
    )


def years(office: Office) -> Sequence[int]:
    """The years that can be asked for in a menu: the last ten."""
    last = office.clock.now().astimezone(ZONE).year
    return range(last, last - 10, -1)
