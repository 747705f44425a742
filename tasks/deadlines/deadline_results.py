"""What became of a change of the deadline rules: the dates that moved, and the cases that stayed, with the reason. Only reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from cases.models import Case
from storage.unit_of_work import Reading
from tasks.models import DeadlineShift

PAGE = 50


@dataclass(frozen=True)
class Outcome:
    """A date that moved; or `why` it stayed, without dates."""

    id: int
    number: str
    rule: str
    old_on: date | None
    new_on: date | None
    why: str | None


@dataclass(frozen=True)
class Result:
    """One page of outcomes; `moved` and `stayed` count all."""

    moved: int
    stayed: int
    page: Sequence[Outcome]
    next: int | None


def of(reading: Reading, plan_id: int, after: int = 0) -> Result:
    """The outcomes of a plan, in the order in which they came."""
    mine = DeadlineShift.plan_id == plan_id
    counts = select(func.count(), func.count(DeadlineShift.why)).where(mine)
    total, stayed = reading.session.execute(counts).one()
    query = select(DeadlineShift, Case.number).join(Case, Case.id == DeadlineShift.case_id).where(mine)
    rows = reading.session.execute(
        query.where(DeadlineShift.id > after).order_by(DeadlineShift.id).limit(PAGE + 1)
    ).all()
    page = [Outcome(row.id, number, row.rule, row.old_on, row.new_on, row.why) for row, number in rows[:PAGE]]
    return Result(total - stayed, stayed, page, page[-1].id if len(rows) > PAGE else None)
