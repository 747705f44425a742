"""The deadline rules and closing days the project ships, taken in when an office is set up.

A rule the office does not have yet is in force at once. A newer shipped version of a rule that is there waits as a plan, since it
may move dates of open cases: a process manager sees which, and has it carried out. The office's own versions are left alone.
"""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select

from cases import deadline_rules
from cases.calendars import Closing
from cases.deadline_rules import Rule
from cases.models import ClosingDay, DeadlineRule
from storage.unit_of_work import Reading, UnitOfWork
from tasks.models import DeadlinePlan
from tasks.office import Office

REASON = "Nieuwe versie die met het programma meekwam"


def install(office: Office, work: UnitOfWork, installer: str) -> None:
    """Take in what was never taken in; safe to repeat."""
    rows = work.session.execute(select(DeadlineRule.name, DeadlineRule.version))
    there = {(name, version) for name, version in rows}
    names = {name for name, _ in there}
    for versions in office.deadline_rules.versions.values():
        for rule in versions:
            if (rule.name, rule.version) in there:
                continue
            if rule.name in names:
                _propose(office, work, installer, rule)
            else:
                add(office, work, installer, rule)
    if not names:  # the closing days of a new office; afterwards they are the office's own to change
        work.session.add_all(closing_row(office, each, installer) for each in office.deadline_rules.calendar.closings)
    work.session.flush()
    deadline_rules.forget(work)


def add(office: Office, work: UnitOfWork, by: str, rule: Rule) -> None:
    """A version in force from now on."""
    row = deadline_rules.row_of(rule)
    row.added_by, row.added_at = by, office.clock.now()
    work.session.add(row)


def added(reading: Reading, name: str) -> dict[str, tuple[str, datetime]]:
    """Who brought each version of a rule, and when."""
    query = select(DeadlineRule.version, DeadlineRule.added_by, DeadlineRule.added_at)
    rows = reading.session.execute(query.where(DeadlineRule.name == name))
    return {version: (by, at) for version, by, at in rows}


def closing_row(office: Office, closing: Closing, by: str) -> ClosingDay:
    """A closing day as a row."""
    return ClosingDay(
        closed_on=closing.on,
        name=closing.name,
        is_yearly=closing.is_yearly,
        source=closing.source,
        added_by=by,
        added_at=office.clock.now(),
    )


def _propose(office: Office, work: UnitOfWork, installer: str, rule: Rule) -> None:
    content = as_content(rule)
    known = work.session.scalars(select(DeadlinePlan.content).where(DeadlinePlan.kind == "rule"))
    if content not in list(known):
        made = DeadlinePlan(
            kind="rule", content=content, reason=REASON, created_by=installer, created_at=office.clock.now()
        )
        work.session.add(made)


def as_content(rule: Rule) -> dict[str, object]:
    """A rule as a plan keeps it; `deadline_rules.rule_of` reads it."""
    return {**asdict(rule), "valid_from": rule.valid_from.isoformat(), "pauses_for": list(rule.pauses_for)}
