"""Deadlines: dates by which something must have happened, from rules that are data, each with its sentence.

Days are counted from the office's local day (Europe/Brussels). A pausable deadline moves by exactly the days its clock stood
still. Rules are `workflows/deadlines/*.json`: value, unit (calendar_days, working_days, months), legal source, valid from.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta
from sqlalchemy import select, update

from cases.models import ClockPause, Deadline
from problems import Invalid
from storage.unit_of_work import Reading, UnitOfWork

ZONE = ZoneInfo("Europe/Brussels")
UNITS = {"calendar_days": "kalenderdagen", "working_days": "werkdagen", "months": "maanden"}


class UnknownRule(Invalid):
    """Deze termijnregel bestaat niet."""


@dataclass(frozen=True)
class Rule:
    """How a term is counted."""

    name: str
    label: str
    value: int
    unit: str
    source: str
    version: str
    counts_from: str = "today"
    is_pausable: bool = False
    is_verified: bool = True


@dataclass(frozen=True)
class Rules:
    """All rules, and the office's own closing days."""

    rules: dict[str, Rule]
    closing_days: frozenset[date]

    def get(self, name: str) -> Rule:
        """The rule. Raises UnknownRule."""
        if name not in self.rules:
            raise UnknownRule(name=name, known=sorted(self.rules))
        return self.rules[name]


@lru_cache(maxsize=4)
def load(folder: Path) -> Rules:
    """The rules of a folder; of two with one name, the one with the later version."""
    rules: dict[str, Rule] = {}
    closing: set[date] = set()
    for file in sorted(folder.glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        closing |= {date.fromisoformat(day["on"]) for day in content.get("closing_days", [])}
        for entry in content.get("rules", []):
            rule = Rule(**entry)
            if rule.name not in rules or rules[rule.name].version < rule.version:
                rules[rule.name] = rule
    return Rules(rules, frozenset(closing))


def local_day(instant: datetime) -> date:
    """The office's own day at an instant."""
    return instant.astimezone(ZONE).date()


def due_on(rule: Rule, from_on: date, closing_days: frozenset[date] = frozenset(), value: int | None = None) -> date:
    """The last day of the term. A month ends on the same day, or the last of the month when that day does not exist."""
    count = rule.value if value is None else value
    if rule.unit == "months":
        return from_on + relativedelta(months=count)
    if rule.unit == "calendar_days":
        return from_on + timedelta(days=count)
    day = from_on
    public = holidays.country_holidays("BE", years=range(from_on.year, from_on.year + 3))
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in public and day not in closing_days:
            count -= 1
    return day


def explain(rule: Rule, from_on: date, due: date, value: int | None = None) -> str:
    """One sentence that says how the date came about."""
    count = rule.value if value is None else value
    return f"{rule.label}: {count} {UNITS[rule.unit]} vanaf {from_on:%d/%m/%Y}, dus uiterlijk {due:%d/%m/%Y}."


def start(
    work: UnitOfWork,
    rules: Rules,
    case_id: int,
    rule_name: str,
    *,
    from_on: date,
    at: datetime,
    value: int | None = None,
    grievance: int | None = None,
    taken: set[str] | None = None,
) -> Deadline:
    """Start a deadline, of the case or of one grievance. A second one of the same name there gets `_2`, and so on.

    `taken` are the names there, for whoever knows them; it gets the new one too.
    """
    rule = rules.get(rule_name)
    there = Deadline.grievance.is_(None) if grievance is None else Deadline.grievance == grievance
    names = taken
    if names is None:
        names = set(work.session.scalars(select(Deadline.name).where(Deadline.case_id == case_id, there)))
    number = 1
    while (name := rule.name if number == 1 else f"{rule.name}_{number}") in names:
        number += 1
    names.add(name)
    due = due_on(rule, from_on, rules.closing_days, value)
    row = Deadline(
        case_id=case_id,
        name=name,
        rule=rule.name,
        rule_version=rule.version,
        from_on=from_on,
        due_on=due,
        explanation=explain(rule, from_on, due, value),
        legal_source=rule.source,
        started_at=at,
        is_pausable=rule.is_pausable,
        grievance=grievance,
    )
    work.session.add(row)
    return row


def meet(work: UnitOfWork, case_id: int, rule_name: str, at: datetime, *, grievance: int | None = None) -> None:
    """What had to happen has happened, for the case or for one grievance."""
    there = Deadline.grievance.is_(None) if grievance is None else Deadline.grievance == grievance
    work.session.execute(
        update(Deadline)
        .where(Deadline.case_id == case_id, Deadline.rule == rule_name, there, Deadline.met_at.is_(None))
        .values(met_at=at)
    )


def meet_all(work: UnitOfWork, case_id: int, at: datetime) -> None:
    """The case is over: nothing is due any more."""
    work.session.execute(
        update(Deadline).where(Deadline.case_id == case_id, Deadline.met_at.is_(None)).values(met_at=at)
    )


def pause(work: UnitOfWork, case_id: int, reason: str, on: date) -> None:
    """The pausable clocks stand still from this day."""
    open_pause = select(ClockPause.id).where(ClockPause.case_id == case_id, ClockPause.to_on.is_(None))
    if work.session.scalar(open_pause) is None:
        work.session.add(ClockPause(case_id=case_id, reason=reason, from_on=on))


def resume(work: UnitOfWork, case_id: int, on: date) -> int:
    """The clocks go on: each open pausable deadline moves by the days that passed. Returns those days."""
    row = work.session.scalar(select(ClockPause).where(ClockPause.case_id == case_id, ClockPause.to_on.is_(None)))
    if row is None:
        return 0
    row.to_on = max(on, row.from_on)
    days = (row.to_on - row.from_on).days
    query = select(Deadline).where(Deadline.case_id == case_id, Deadline.met_at.is_(None), Deadline.is_pausable)
    for deadline in work.session.scalars(query):
        counted_from = max(row.from_on, deadline.from_on)
        deadline.due_on += timedelta(days=max((row.to_on - counted_from).days, 0))
        deadline.explanation += f" De klok stond {days} dagen stil."
    return days


def of_case(reading: Reading, case_id: int) -> Sequence[Deadline]:
    """All deadlines of a case, the open ones by date first."""
    query = select(Deadline).where(Deadline.case_id == case_id)
    return list(reading.session.scalars(query.order_by(Deadline.met_at.isnot(None), Deadline.due_on, Deadline.id)))
