"""The annual report as it was made public: its figures on that day, without small numbers, for anybody to read.

Only a year that is over: two publications of a year that goes on would tell by their difference what each of them hides. Whoever makes
it again finds the same digest. When figures were counted by another definition, or opinions came in later, a new version says why and
what changed; the newest is the one that holds, the earlier ones can still be read. What a version left out stays left out in later ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from cases.publications import PublishedReport
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Conflict, Invalid, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks import turn
from tasks.accounts import STREAM
from tasks.office import Office
from tasks.reporting import annual_counting, annual_report
from tasks.reporting.annual_report import Report
from tasks.reporting.annual_tables import Row, Table

LONGEST_REASON = 1000
# The figures above the tables, as they are told.
FIGURES = {"received": "ontvangen", "closed": "afgesloten", "median_days": "dagen per dossier (mediaan)"}
# A line that a version does not have is one of which there were none.
NOT_THERE: tuple[str, float | None] = ("", 0)


class YearNotOver(Conflict):
    """Dit jaar is nog niet voorbij. Het verslag kan pas daarna openbaar worden."""


class CountFirst(Conflict):
    """Sinds dit jaar geteld is, kwam er iets bij. Tel het eerst opnieuw en kijk de cijfers na: die worden openbaar."""


class NotPublished(NotFound):
    """Van dit jaar is er geen openbaar verslag."""


class WhyAgain(Invalid):
    """Dit jaar is al openbaar. Schrijf in een paar woorden waarom er een nieuwe versie komt: dat staat erbij."""


@dataclass(frozen=True)
class Version:
    """One publication of a year. `number` counts from 1; `reason` is why it came after an earlier one."""

    number: int
    published_at: datetime
    reason: str
    report: Report


@dataclass(frozen=True)
class Change:
    """A number that is another than in the version before. None is one that is not public; `label` and `column` may be empty."""

    table: str
    label: str
    column: str
    was: float | None
    now: float | None


def publish(office: Office, work: UnitOfWork, actor: Actor, year: int, reason: str = "") -> PublishedReport:
    """Make the figures of a year public, as they were counted. The same figures are not published twice.

    Raises YearNotOver, CountFirst, WhyAgain.
    """
    require(actor, "report.publish")
    annual_counting.check(office, year)
    if office.clock.now() < annual_counting.end_of(year):
        raise YearNotOver(year=year)
    count = annual_counting.newest(work, year)
    if count is None or annual_counting.is_outdated(office, work, count):
        raise CountFirst(year=year)
    report = as_public(work, annual_report.make(office, work, actor, year))
    there, now, reason = _newest(work, year), office.clock.now(), reason.strip()
    if there is not None and there.figures == _figures(report):
        return there
    if there is not None and not 3 <= len(reason) <= LONGEST_REASON:
        raise WhyAgain(errors=[{"field": "reason", "message": WhyAgain().sentence}])
    row = PublishedReport(
        year=year,
        definition=report.definition,
        digest=report.digest,
        reason=reason if there is not None else "",
        figures=_figures(report),
        published_by=actor.id,
        published_at=now,
    )
    work.session.add(row)
    told = {"year": year, "definition": report.definition, "digest": report.digest}
    why = {"why": row.reason} if row.reason else {}
    office.log.append(work, STREAM, [Event("report", "published", now, actor.id, turn.role_of(actor), told, why)])
    return row


def as_public(reading: Reading, report: Report) -> Report:
    """The report as it may be published today: small numbers hidden, and what an earlier version of the year hid."""
    there = _newest(reading, report.year)
    return annual_report.open_data(report, _report(there) if there else None)


def years(reading: Reading) -> Sequence[int]:
    """The years of which the figures are public, newest first."""
    return reading.session.scalars(select(PublishedReport.year).distinct().order_by(PublishedReport.year.desc())).all()


def newest(reading: Reading) -> Sequence[PublishedReport]:
    """The publication that holds of each year, newest year first."""
    last = select(func.max(PublishedReport.id)).group_by(PublishedReport.year)
    query = select(PublishedReport).where(PublishedReport.id.in_(last)).order_by(PublishedReport.year.desc())
    return reading.session.scalars(query).all()


def versions(reading: Reading, year: int) -> Sequence[Version]:
    """Every publication of a year, the first one first; empty when there is none."""
    query = select(PublishedReport).where(PublishedReport.year == year).order_by(PublishedReport.id)
    rows = enumerate(reading.session.scalars(query), start=1)
    return [Version(number, row.published_at, row.reason, _report(row)) for number, row in rows]


def find(reading: Reading, year: int, number: int = 0) -> Report:
    """The public report of a year: the version that holds, or an earlier one by its number. Raises NotPublished."""
    return chosen(versions(reading, year), year, number).report


def chosen(all_of_year: Sequence[Version], year: int, number: int) -> Version:
    """The version with this number, 0 for the one that holds. Raises NotPublished."""
    found = next((each for each in reversed(all_of_year) if number in (0, each.number)), None)
    if found is None:
        raise NotPublished(year=year, version=number)
    return found


def changes(before: Report, after: Report) -> Iterator[Change]:
    """What is another number in the later version, table by table. Lines are known by their codes, columns by their names."""
    for name, words in FIGURES.items():
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield Change(words, "", "", was, now)
    old, new = ({table.key: table for table in report.every_table} for report in (before, after))
    for key in dict.fromkeys((*new, *old)):
        yield from _changes(old.get(key), new.get(key))


def _changes(before: Table | None, after: Table | None) -> Iterator[Change]:
    old, new = _cells(before), _cells(after)
    shown = after or before
    assert shown is not None  # noqa: S101  # one of both has this key
    for cell in dict.fromkeys((*new, *old)):
        (label, was), (_, now) = old.get(cell, NOT_THERE), new.get(cell, NOT_THERE)
        if was != now:
            yield Change(shown.title, new[cell][0] if cell in new else label, cell[1], was, now)


def _cells(table: Table | None) -> dict[tuple[str, str], tuple[str, float | None]]:
    """Each number by the code of its line and its column, with the words of its line."""
    if table is None:
        return {}
    return {
        (row.code, column): (row.label, number)
        for row in table.rows
        for column, number in zip(table.columns, row.numbers, strict=True)
    }


def _newest(reading: Reading, year: int) -> PublishedReport | None:
    query = select(PublishedReport).where(PublishedReport.year == year).order_by(PublishedReport.id.desc()).limit(1)
    return reading.session.scalar(query)


def _figures(report: Report) -> dict[str, Any]:
    return {
        "until": report.until.isoformat(),
        "received": report.received,
        "closed": report.closed,
        "median_days": report.median_days,
        "tables": [_as_data(table) for table in report.tables],
        "survey": [_as_data(table) for table in report.survey],
    }


def _as_data(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "columns": list(table.columns),
        "note": table.note,
        "has_totals": table.has_totals,
        "codes": list(table.codes),
        "rows": [{"code": row.code, "label": row.label, "numbers": list(row.numbers)} for row in table.rows],
    }


def _report(row: PublishedReport) -> Report:
    told = row.figures
    return Report(
        year=row.year,
        until=datetime.fromisoformat(told["until"]),
        is_over=True,
        received=told["received"],
        closed=told["closed"],
        median_days=told["median_days"],
        tables=tuple(_table(each) for each in told["tables"]),
        survey=tuple(_table(each) for each in told["survey"]),
        is_public=True,
        definition=row.definition,
    )


def _table(told: dict[str, Any]) -> Table:
    rows = tuple(Row(each["code"], each["label"], tuple(each["numbers"])) for each in told["rows"])
    codes = tuple(told.get("codes", told["columns"]))  # a report of before they had any
    return Table(told["key"], told["title"], tuple(told["columns"]), rows, told["note"], told["has_totals"], codes)
