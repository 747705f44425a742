"""Which open deadlines a plan would move, before anything moves: counted exactly as it would be done. Only reads."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Select, select

from cases import deadlines
from cases.counting import Stop
from cases.deadline_rules import Rules
from cases.models import Case, ClockPause, Deadline
from storage.unit_of_work import Reading
from tasks.deadlines import deadline_plans
from tasks.models import DeadlinePlan
from tasks.office import Office

# So many open deadlines are looked at for a preview; carrying it out looks at all.
MOST = 20_000
PAGE = 50


@dataclass(frozen=True)
class Shift:
    """A deadline of an open case that would move. `is_past`: it would lie before today, and did not."""

    id: int
    case_id: int
    number: str
    rule: str
    old_on: date
    new_on: date
    is_past: bool


@dataclass(frozen=True)
class Preview:
    """What a plan would do. `is_cut` when there are more open deadlines than a preview looks at.

    `chosen` have a number of days that somebody chose in the case itself, and keep it whatever the rule says.
    """

    looked: int
    chosen: int
    moved: int
    past: int
    page: list[Shift]
    next: int | None
    is_cut: bool


def of(office: Office, reading: Reading, row: DeadlinePlan, after: int = 0) -> Preview:
    """The plan's effect on the cases that are open now; `after` is the last deadline of the page before."""
    today = deadlines.local_day(office.clock.now())
    found = _open(reading, deadline_plans.names(reading, row), MOST + 1)
    shifts = shifted(reading, deadline_plans.after(reading, row), found[:MOST], today)
    page = [shift for shift in shifts if shift.id > after]
    return Preview(
        looked=min(len(found), MOST),
        chosen=sum(each.value is not None for each in found[:MOST]),
        moved=len(shifts),
        past=sum(shift.is_past for shift in shifts),
        page=page[:PAGE],
        next=page[PAGE - 1].id if len(page) > PAGE else None,
        is_cut=len(found) > MOST,
    )


Open = Row[int, int, str, str, date, int | None, int, date]


def _open(reading: Reading, names: Collection[str], limit: int) -> list[Open]:
    return list(reading.session.execute(_query(names).order_by(Deadline.id).limit(limit)))


def of_cases(reading: Reading, names: Collection[str], case_ids: Collection[int]) -> list[Open]:
    """The open deadlines of these rules in these cases."""
    return list(reading.session.execute(_query(names).where(Deadline.case_id.in_(case_ids)).order_by(Deadline.id)))


def _query(names: Collection[str]) -> Select[int, int, str, str, date, int | None, int, date]:
    columns = (Deadline.id, Deadline.case_id, Case.number, Deadline.rule, Deadline.from_on, Deadline.value)
    query = select(*columns, Deadline.more, Deadline.due_on).join(Case, Case.id == Deadline.case_id)
    return query.where(Deadline.met_at.is_(None), Deadline.rule.in_(names))


def shifted(reading: Reading, rules: Rules, found: Collection[Open], today: date) -> list[Shift]:
    """Those whose date is another one under these rules. Terms that are alike are counted once."""
    stops = _stops(reading, {row.case_id for row in found})
    alike: dict[object, date] = {}
    shifts = []
    for row in found:
        stopped = stops.get(row.case_id, ())
        key = (row.rule, row.from_on, row.value, stopped, row.more)
        if key not in alike:
            alike[key] = deadlines.counted(rules, *key)[1].due_on
        new = alike[key]
        if new != row.due_on:
            is_past = new < today <= row.due_on
            shifts.append(Shift(row.id, row.case_id, row.number, row.rule, row.due_on, new, is_past))
    return shifts


def _stops(reading: Reading, case_ids: set[int]) -> Mapping[int, tuple[Stop, ...]]:
    """The stops of these cases. Few cases ever have one, so where many are looked at all stops are asked at once."""
    query = select(ClockPause).where(ClockPause.to_on.is_not(None)).order_by(ClockPause.id)
    if len(case_ids) <= PAGE * 10:
        query = query.where(ClockPause.case_id.in_(case_ids))
    found: dict[int, tuple[Stop, ...]] = {}
    for row in reading.session.scalars(query):
        if row.to_on is not None and row.case_id in case_ids:
            found[row.case_id] = (*found.get(row.case_id, ()), Stop(row.from_on, row.to_on, (row.reason,), row.kind))
    return found
