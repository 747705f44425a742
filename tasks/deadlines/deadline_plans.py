"""Changing a deadline rule or the closing days: the plan, as commands of people.

In: a new version of a rule, or days on which the office closes or no longer does, and why. Out: a plan, which shows what it would move
(`tasks.deadlines.deadline_preview`) before somebody else carries it out. From then on new terms follow it, and time counts the open ones again
(`tasks.deadlines.deadline_run`). A version in force is never changed: another one comes after it.
Refuses with NotAllowed, UnknownRule, RuleNotUsable, ClosingDaysNotUsable, DeadlineReasonNeeded, DeadlinePlanNotFound,
DeadlinePlanStarted, DeadlinePlannerCannotRun.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select

from cases import deadline_rules
from cases.calendars import Calendar, Closing, public_holidays
from cases.counting import UNITS, WORKING_DAYS
from cases.deadline_rules import PAUSES, Rule, Rules
from cases.models import ClosingDay, Deadline, DeadlineRule
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Conflict, Invalid, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks.accounts import STREAM
from tasks.deadlines import shipped_rules
from tasks.models import DeadlinePlan
from tasks.office import Office
from tasks.turn import role_of

RULE, CLOSING_DAYS = "rule", "closing_days"
DRAFT, RUNNING, DONE = "draft", "running", "done"
LONGEST_REASON, LONGEST_SOURCE, LONGEST_NAME, HIGHEST = 1000, 300, 120, 3650
YES = "ja"


class DeadlinePlanNotFound(NotFound):
    """Deze wijziging van de termijnen bestaat niet (meer)."""


class DeadlinePlanStarted(Conflict):
    """Deze wijziging is al doorgevoerd, of men is ermee bezig. Maak een nieuwe wijziging."""


class DeadlinePlannerCannotRun(Conflict):
    """Wie de wijziging maakte, mag ze niet zelf doorvoeren. Vraag een andere procesbeheerder om ze na te kijken."""


class DeadlineReasonNeeded(Invalid):
    """Schrijf op waarom de termijnen veranderen, in ten hoogste 1000 tekens. Die reden komt in elk dossier te staan."""


class RuleNotUsable(Invalid):
    """De nieuwe versie van de regel is niet volledig of klopt niet."""


class ClosingDaysNotUsable(Invalid):
    """De sluitingsdagen zijn niet volledig of kloppen niet."""


def propose_rule(
    office: Office, work: UnitOfWork, actor: Actor, name: str, given: Mapping[str, str], reason: str
) -> DeadlinePlan:
    """A new version of a rule: `value`, `unit`, `valid_from`, `source`, `is_verified` and `pauses_for_<kind>` as a form gives them."""
    require(actor, "deadline.plan")
    before = deadline_rules.in_force(work).get(name)
    errors = _wrong(given)
    if errors:
        raise RuleNotUsable(errors=errors)
    rule = Rule(
        name=name,
        label=before.label,
        value=int(given["value"]),
        unit=given["unit"],
        source=given["source"].strip(),
        version="",
        valid_from=date.fromisoformat(given["valid_from"]),
        counts_from=before.counts_from,
        pauses_for=tuple(kind for kind in PAUSES if given.get(f"pauses_for_{kind}") == YES),
        is_verified=given.get("is_verified") == YES,
    )
    return _make(office, work, actor, RULE, shipped_rules.as_content(rule), reason)


def _wrong(given: Mapping[str, str]) -> list[dict[str, str]]:
    value, source = given.get("value", ""), given.get("source", "").strip()
    wrong = {
        "value": not (value.isascii() and value.isdecimal() and len(value) < 5 and 0 < int(value) <= HIGHEST),
        "unit": given.get("unit") not in UNITS,
        "valid_from": _day(given.get("valid_from", "")) is None,
        "source": not 3 <= len(source) <= LONGEST_SOURCE,
    }
    messages = {
        "value": f"Schrijf een geheel getal van 1 tot {HIGHEST}.",
        "unit": "Kies kalenderdagen, werkdagen of maanden.",
        "valid_from": "Schrijf de dag vanaf wanneer de versie geldt, zoals 2027-01-01.",
        "source": f"Schrijf de wet of de norm waarop de termijn steunt, in ten hoogste {LONGEST_SOURCE} tekens.",
    }
    return [{"field": field, "message": messages[field]} for field, is_wrong in wrong.items() if is_wrong]


def _day(text: str) -> date | None:
    """A day of this or a neighbouring century; what lies further away is a slip of the pen."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2199 else None


def propose_days(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    *,
    add: Sequence[Mapping[str, str]] = (),
    remove: Sequence[str] = (),
    reason: str = "",
) -> DeadlinePlan:
    """Closing days that come (`on`, `name`, `is_yearly`, `source`) and go (their day)."""
    require(actor, "deadline.plan")
    known = {row.closed_on.isoformat() for row in work.session.scalars(select(ClosingDay))}
    errors = [error for each in add for error in _wrong_day(each, known)]
    if not add and not remove:
        errors = [{"field": "on", "message": "Voeg een dag toe, of kies een dag die vervalt."}]
    errors += [{"field": "remove", "message": f"{day} is geen sluitingsdag."} for day in remove if day not in known]
    if errors:
        raise ClosingDaysNotUsable(errors=errors)
    coming = [
        {
            "on": each["on"],
            "name": each["name"].strip(),
            "is_yearly": each.get("is_yearly") == YES,
            "source": each.get("source", "").strip()[:LONGEST_SOURCE],
        }
        for each in add
    ]
    return _make(office, work, actor, CLOSING_DAYS, {"add": coming, "remove": sorted(set(remove))}, reason)


def _wrong_day(given: Mapping[str, str], known: set[str]) -> list[dict[str, str]]:
    on = _day(given.get("on", ""))
    if on is None:
        return [{"field": "on", "message": "Schrijf de dag, zoals 2027-01-02."}]
    if on.isoformat() in known:
        return [{"field": "on", "message": "Die dag is al een sluitingsdag."}]
    if on in public_holidays(on.year):
        return [{"field": "on", "message": f"Die dag is al een feestdag: {public_holidays(on.year)[on]}."}]
    if not 1 <= len(given.get("name", "").strip()) <= LONGEST_NAME:
        return [{"field": "name", "message": f"Geef de dag een naam van ten hoogste {LONGEST_NAME} tekens."}]
    return []


def _make(
    office: Office, work: UnitOfWork, actor: Actor, kind: str, content: dict[str, Any], reason: str
) -> DeadlinePlan:
    if not 3 <= len(reason.strip()) <= LONGEST_REASON:
        raise DeadlineReasonNeeded(errors=[{"field": "reason", "message": DeadlineReasonNeeded().sentence}])
    row = DeadlinePlan(
        kind=kind, content=content, reason=reason.strip(), created_by=actor.id, created_at=office.clock.now()
    )
    work.session.add(row)
    work.session.flush()
    _note(office, work, actor, row, **content)
    return row


def discard(office: Office, work: UnitOfWork, actor: Actor, plan_id: int) -> None:
    """Throw away a plan that was never carried out."""
    require(actor, "deadline.plan")
    row = find(work, plan_id, lock=True)
    if row.state != DRAFT:
        raise DeadlinePlanStarted(plan=plan_id)
    work.session.delete(row)
    _note(office, work, actor, row, discarded=True)


def begin(office: Office, work: UnitOfWork, actor: Actor, plan_id: int) -> int:
    """Somebody else than its author has it carried out: it holds from now on. Returns how many cases will be looked at."""
    require(actor, "deadline.run")
    row = find(work, plan_id, lock=True)
    if row.state != DRAFT:
        raise DeadlinePlanStarted(plan=plan_id)
    if row.created_by == actor.id:
        raise DeadlinePlannerCannotRun(plan=plan_id)
    concerned = names(work, row)
    if row.kind == RULE:
        shipped_rules.add(office, work, actor.id, _named(work, deadline_rules.rule_of(row.content)))
    else:
        _change_days(office, work, actor, row)
    work.session.flush()
    deadline_rules.forget(work)
    query = select(func.count(func.distinct(Deadline.case_id))).where(Deadline.met_at.is_(None))
    row.total = work.session.scalar(query.where(Deadline.rule.in_(concerned))) or 0
    row.state, row.started_by, row.started_at = RUNNING, actor.id, office.clock.now()
    _note(office, work, actor, row, cases=row.total, reason=row.reason)
    return row.total


def _named(work: UnitOfWork, rule: Rule) -> Rule:
    """With a version of its own: the shipped one, else the day from which it holds, and a number when that day has one already."""
    there = set(work.session.scalars(select(DeadlineRule.version).where(DeadlineRule.name == rule.name)))
    wanted = rule.version or rule.valid_from.isoformat()
    number, found = 1, wanted
    while found in there:
        number += 1
        found = f"{wanted} ({number})"
    return Rule(**{**vars(rule), "version": found})


def _change_days(office: Office, work: UnitOfWork, actor: Actor, row: DeadlinePlan) -> None:
    """Days that came or went meanwhile, by another plan, are as they should be already."""
    gone = [date.fromisoformat(day) for day in row.content["remove"]]
    work.session.execute(delete(ClosingDay).where(ClosingDay.closed_on.in_(gone)))
    there = set(work.session.scalars(select(ClosingDay.closed_on)))
    for each in row.content["add"]:
        closing = deadline_rules.closing_of(each)
        if closing.on not in there:
            work.session.add(shipped_rules.closing_row(office, closing, actor.id))


def find(reading: Reading, plan_id: int, *, lock: bool = False) -> DeadlinePlan:
    """A plan, locked for whoever is about to change it. Raises DeadlinePlanNotFound."""
    query = select(DeadlinePlan).where(DeadlinePlan.id == plan_id)
    row = reading.session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise DeadlinePlanNotFound(plan=plan_id)
    return row


def latest(reading: Reading, limit: int = 20) -> Sequence[DeadlinePlan]:
    """The plans, the newest first."""
    return list(reading.session.scalars(select(DeadlinePlan).order_by(DeadlinePlan.id.desc()).limit(limit)))


def drafts(reading: Reading) -> Sequence[DeadlinePlan]:
    """The plans that nobody carried out yet, the oldest first."""
    return list(
        reading.session.scalars(select(DeadlinePlan).where(DeadlinePlan.state == DRAFT).order_by(DeadlinePlan.id))
    )


def after(reading: Reading, row: DeadlinePlan) -> Rules:
    """The rules as they would be once the plan is carried out; afterwards, as they are."""
    rules = deadline_rules.in_force(reading).with_calendar(deadline_rules.calendar(reading))
    if row.state != DRAFT:
        return rules
    if row.kind == RULE:
        return rules.with_version(deadline_rules.rule_of(row.content))
    gone = {date.fromisoformat(day) for day in row.content["remove"]}
    stay = {each for each in rules.calendar.closings if each.on not in gone}
    coming: set[Closing] = {deadline_rules.closing_of(each) for each in row.content["add"]}
    return rules.with_calendar(Calendar(frozenset(stay | coming)))


def names(reading: Reading, row: DeadlinePlan) -> frozenset[str]:
    """The rules whose dates it may move: its own, or for closing days each that was ever counted in working days."""
    if row.kind == RULE:
        return frozenset({str(row.content["name"])})
    versions = deadline_rules.in_force(reading).versions
    return frozenset(name for name, found in versions.items() if any(rule.unit == WORKING_DAYS for rule in found))


def _note(office: Office, work: UnitOfWork, actor: Actor, row: DeadlinePlan, **more: object) -> None:
    data = {"plan": row.id, "kind": row.kind, "state": row.state, **more}
    event = Event("deadline_rules", "changed", office.clock.now(), actor.id, role_of(actor), data)
    office.log.append(work, STREAM, [event])
