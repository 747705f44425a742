"""The annual report as it was made public: its figures on that day, without small numbers, for anybody to read.

Only a year that is over: two publications of a year that goes on would tell by their difference what each of them hides. Whoever makes
it again finds the same digest; when figures were counted by another definition, the newest publication is the one that holds.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from cases.publications import PublishedReport
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Conflict, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks import turn
from tasks.accounts import STREAM
from tasks.office import Office
from tasks.reporting import annual_report
from tasks.reporting.annual_report import Report
from tasks.reporting.annual_tables import Row, Table


class YearNotOver(Conflict):
    """Dit jaar is nog niet voorbij. Het verslag kan pas daarna openbaar worden."""


class NotPublished(NotFound):
    """Van dit jaar is er geen openbaar verslag."""


def publish(office: Office, work: UnitOfWork, actor: Actor, year: int) -> PublishedReport:
    """Make the figures of a year public, as they are now. The same figures are not published twice. Raises YearNotOver."""
    require(actor, "report.publish")
    report = annual_report.open_data(annual_report.make(office, work, actor, year))
    if not report.is_over:
        raise YearNotOver(year=year)
    there, now = _newest(work, year), office.clock.now()
    if there is not None and there.figures == _figures(report):
        return there
    row = PublishedReport(
        year=year,
        definition=report.definition,
        digest=report.digest,
        figures=_figures(report),
        published_by=actor.id,
        published_at=now,
    )
    work.session.add(row)
    told = {"year": year, "definition": report.definition, "digest": report.digest}
    office.log.append(work, STREAM, [Event("report", "published", now, actor.id, turn.role_of(actor), told)])
    return row


def years(reading: Reading) -> Sequence[int]:
    """The years of which the figures are public, newest first."""
    return reading.session.scalars(select(PublishedReport.year).distinct().order_by(PublishedReport.year.desc())).all()


def newest(reading: Reading) -> Sequence[PublishedReport]:
    """The publication that holds of each year, newest year first."""
    last = select(func.max(PublishedReport.id)).group_by(PublishedReport.year)
    query = select(PublishedReport).where(PublishedReport.id.in_(last)).order_by(PublishedReport.year.desc())
    return reading.session.scalars(query).all()


def find(reading: Reading, year: int) -> Report:
    """The public report of a year. Raises NotPublished."""
    row = _newest(reading, year)
    if row is None:
        raise NotPublished(year=year)
    return _report(row)


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
    return Table(told["key"], told["title"], tuple(told["columns"]), rows, told["note"], told["has_totals"])
