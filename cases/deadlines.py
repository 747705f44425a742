"""Deadlines: dates by which something must have happened, each with the sentence that explains it.

Every date is counted (`cases.counting`) from the rule that held on the day the term counts from, the office's calendar and the days
on which the clock stood still. It is counted again, never moved, when one of these changes: `recount` is the only place.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update

from cases.calendars import ZONE, Calendar, local_day
from cases.counting import Reckoning, Stop, Term, days_between, merged, reckon
from cases.deadline_rules import COMPLAINANT, COURT_CASE, Rule, Rules, UnknownRule, load
from cases.explaining import FOR_INFORMATION, explain
from cases.models import ClockPause, Deadline
from problems import Conflict
from storage.unit_of_work import Reading, UnitOfWork

__all__ = [
    "ZONE",
    "AnotherPause",
    "Calendar",
    "Moved",
    "Rule",
    "Rules",
    "UnknownRule",
    "counted",
    "extend",
    "held_kinds",
    "is_held",
    "kind_of",
    "load",
    "local_day",
    "meet",
    "meet_all",
    "of_case",
    "pause",
    "recount",
    "resume",
    "start",
    "stops_of",
]


class AnotherPause(Conflict):
    """De klok staat stil om een andere reden. Gebruik dezelfde woorden als bij het stilzetten, of laat de reden leeg."""


@dataclass(frozen=True)
class Moved:
    """A deadline whose date is another one now."""

    name: str
    rule: str
    grievance: int | None
    old_on: date
    new_on: date
    explanation: str


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

    `value` is how many days somebody gave instead of the rule's own. `taken` are the names there, for whoever knows them; it
    gets the new one too.
    """
    rule = rules.get(rule_name, from_on)
    names = taken
    if names is None:
        there = select(Deadline.name).where(Deadline.case_id == case_id, _belongs(grievance))
        names = set(work.session.scalars(there))
    row = Deadline(
        case_id=case_id,
        name=_free(rule.name, names),
        rule=rule.name,
        from_on=from_on,
        started_at=at,
        grievance=grievance,
        value=value,
    )
    names.add(row.name)
    # A term that counts from an earlier day may have had its clock stopped meanwhile.
    stops = stops_of(work, case_id) if rule.pauses_for and from_on < local_day(at) else []
    _write(row, *counted(rules, rule.name, from_on, value, stops))
    work.session.add(row)
    return row


def _free(name: str, taken: set[str]) -> str:
    number = 1
    while (found := name if number == 1 else f"{name}_{number}") in taken:
        number += 1
    return found


def _belongs(grievance: int | None) -> ColumnElement[bool]:
    return Deadline.grievance.is_(None) if grievance is None else Deadline.grievance == grievance


def _term(rule: Rule, from_on: date, value: int | None, more: int) -> Term:
    return Term(rule.value if value is None else value, rule.unit, from_on, more)


def counted(
    rules: Rules, name: str, from_on: date, value: int | None, stops: Sequence[Stop] = (), more: int = 0
) -> tuple[Rule, Reckoning]:
    """What the date of a term is under these rules, `more` days given on top, and the rule it comes from. Raises UnknownRule."""
    rule = rules.get(name, from_on)
    mine = [stop for stop in stops if stop.kind in rule.pauses_for]
    return rule, reckon(_term(rule, from_on, value, more), rules.calendar, mine)


def _write(row: Deadline, rule: Rule, reckoning: Reckoning) -> None:
    row.rule_version, row.legal_source, row.pauses_for = rule.version, rule.source, list(rule.pauses_for)
    row.due_on, row.reckoning, row.explanation = reckoning.due_on, reckoning.as_data(), explain(reckoning)


def recount(
    work: UnitOfWork,
    rules: Rules,
    case_id: int,
    names: frozenset[str] | None = None,
    *,
    freed: Collection[str] | None = None,
) -> list[Moved]:
    """Count the open deadlines of a case again: of these rules, of those whose clock goes on now that these kinds are over, or all.

    Returns those that moved. Doing it twice changes nothing the second time.
    """
    query = select(Deadline).where(Deadline.case_id == case_id, Deadline.met_at.is_(None)).order_by(Deadline.id)
    if names is not None:
        query = query.where(Deadline.rule.in_(names))
    rows = list(work.session.scalars(query))
    if freed is not None:
        rows = goes_on(rows, freed, held_kinds(work, case_id))
    return _counted_again(work, rules, case_id, rows)


def extend(work: UnitOfWork, rules: Rules, case_id: int, rule_name: str, old_on: date, new_on: date) -> list[Moved]:
    """Give the open terms of a rule that end on one day more days, so that they end on a later one; those of working days end on
    the last of these. Returns those that moved.
    """
    there = select(Deadline).where(Deadline.case_id == case_id, Deadline.rule == rule_name, Deadline.met_at.is_(None))
    rows = list(work.session.scalars(there.where(Deadline.due_on == old_on).order_by(Deadline.id)))
    for row in rows:
        unit = rules.get(rule_name, row.from_on).unit
        row.more += days_between(unit, rules.calendar, old_on, new_on)
    return _counted_again(work, rules, case_id, rows)


def _counted_again(work: UnitOfWork, rules: Rules, case_id: int, rows: Sequence[Deadline]) -> list[Moved]:
    stops = stops_of(work, case_id) if rows else []
    moved = []
    for row in rows:
        rule, reckoning = counted(rules, row.rule, row.from_on, row.value, stops, row.more)
        old = row.due_on
        _write(row, rule, reckoning)
        if old != row.due_on:
            moved.append(Moved(row.name, row.rule, row.grievance, old, row.due_on, row.explanation))
    return moved


def meet(work: UnitOfWork, case_id: int, rule_name: str, at: datetime, *, grievance: int | None = None) -> None:
    """What had to happen has happened, for the case or for one grievance."""
    work.session.execute(
        update(Deadline)
        .where(Deadline.case_id == case_id, Deadline.rule == rule_name, _belongs(grievance), Deadline.met_at.is_(None))
        .values(met_at=at)
    )


def meet_all(work: UnitOfWork, case_id: int, at: datetime) -> None:
    """The case is over: nothing is due any more."""
    work.session.execute(
        update(Deadline).where(Deadline.case_id == case_id, Deadline.met_at.is_(None)).values(met_at=at)
    )


def kind_of(reason: str) -> str:
    """What a pause is, of a diagram that says its reason alone: as before there were kinds, what is not the complainant's is the court's."""
    return COMPLAINANT if reason == FOR_INFORMATION else COURT_CASE


def pause(work: UnitOfWork, case_id: int, reason: str, on: date, kind: str = "", *, is_own: bool = False) -> ClockPause:
    """The clocks that pause for this kind stand still from this day; they do while any reason of that kind holds.

    Two pauses for one reason are one, unless each is its own: then each must end by itself.
    """
    kind = kind or kind_of(reason)
    there = None if is_own else next((row for row in _open(work, case_id) if row.reason == reason), None)
    if there is not None:
        return there
    made = ClockPause(case_id=case_id, kind=kind, reason=reason, from_on=on)
    work.session.add(made)
    work.session.flush()
    return made


def resume(
    work: UnitOfWork, rules: Rules, case_id: int, on: date, reason: str = "", pause_id: int | None = None
) -> tuple[int, list[Moved]]:
    """A reason, or one pause, is over (without either: all are). When it was the last of its kind, the clocks that pause for no
    other go on, and are counted again.

    Returns the days on which they stood still, 0 while another pause still holds them, and what moved.
    Raises AnotherPause when the clocks stand still, but not for this reason.
    """
    there = _open(work, case_id)
    ended = [row for row in there if (reason in ("", row.reason) if pause_id is None else row.id == pause_id)]
    for row in ended:
        row.to_on = max(on, row.from_on)
    if there and not ended and pause_id is None:
        raise AnotherPause(reason=reason, open=[row.reason for row in there])
    freed = {row.kind for row in ended} - {row.kind for row in there if row not in ended}
    if not freed:
        return 0, []
    work.session.flush()
    began = min(row.from_on for row in ended if row.kind in freed)
    stops = merged((stop for stop in stops_of(work, case_id) if stop.kind in freed), date.min)
    days = next((stop.days for stop in stops if stop.from_on <= began <= stop.to_on), 0)
    return days, recount(work, rules, case_id, freed=freed)


def _open(reading: Reading, case_id: int) -> Sequence[ClockPause]:
    query = select(ClockPause).where(ClockPause.case_id == case_id, ClockPause.to_on.is_(None))
    return list(reading.session.scalars(query.order_by(ClockPause.id)))


def held_kinds(reading: Reading, case_id: int) -> frozenset[str]:
    """The kinds of pauses that hold now; none when all clocks run."""
    return frozenset(row.kind for row in _open(reading, case_id))


def is_held(row: Deadline, kinds: Collection[str]) -> bool:
    """Whether a clock stands still while these kinds of pauses hold."""
    return any(kind in kinds for kind in row.pauses_for)


def goes_on(rows: Sequence[Deadline], freed: Collection[str], held: Collection[str]) -> list[Deadline]:
    """Of these, the deadlines that stood still for what is over, and for nothing that still holds."""
    return [row for row in rows if is_held(row, freed) and not is_held(row, held)]


def stops_of(reading: Reading, case_id: int) -> list[Stop]:
    """The periods in which clocks stood still, those that are over; overlaps and all."""
    query = select(ClockPause).where(ClockPause.case_id == case_id, ClockPause.to_on.is_not(None))
    return [
        Stop(row.from_on, row.to_on, (row.reason,), row.kind)
        for row in reading.session.scalars(query)
        if row.to_on is not None
    ]


def of_case(reading: Reading, case_id: int) -> Sequence[Deadline]:
    """All deadlines of a case, the open ones by date first."""
    query = select(Deadline).where(Deadline.case_id == case_id)
    return list(reading.session.scalars(query.order_by(Deadline.met_at.isnot(None), Deadline.due_on, Deadline.id)))
