"""Jobs about time: start and meet deadlines, stop and start the clocks."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from cases import deadline_rules, deadlines
from cases.models import Deadline
from engine.step import JobContext
from tasks import deadline_moves
from tasks.handlers.case_file import event
from tasks.office import Office
from tasks.turn import note


def start(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Start the deadline of header `rule`; input `days` overrides the rule's value. Sets a variable with the rule's name."""
    given = context.variables.get("days")
    row = _start(office, context, context.headers["rule"], int(given) if given is not None else None)
    return {row.rule: row.due_on, "due_on": row.due_on}


def start_all(office: Office, context: JobContext) -> Mapping[str, Any]:
    """Start every deadline that input `rules` names (the answer of a decision table), each once in a case."""
    there = [row for row in deadlines.of_case(context.work, context.case_id) if row.grievance is None]
    known, taken = {row.rule for row in there}, {row.name for row in there}
    wanted = [str(name) for name in context.variables.get("rules") or []]
    rows = [_start(office, context, name, None, taken) for name in wanted if name not in known]
    return {row.rule: row.due_on for row in rows}


def _start(
    office: Office, context: JobContext, name: str, value: int | None, taken: set[str] | None = None
) -> Deadline:
    rules = deadline_rules.in_force(context.work)
    rule = rules.get(name)
    from_on = deadlines.local_day(context.now)
    if rule.counts_from != "today":
        counted = context.variables.get(rule.counts_from)
        if not isinstance(counted, date):
            raise ValueError(f"De termijn '{rule.label}' telt vanaf '{rule.counts_from}', en die datum is niet bekend.")
        from_on = counted
    row = deadlines.start(
        context.work,
        rules,
        context.case_id,
        name,
        from_on=from_on,
        at=context.now,
        value=value,
        taken=taken,
    )
    note(
        context.work,
        event(
            context, "deadline", "changed", name=row.name, due_on=row.due_on.isoformat(), explanation=row.explanation
        ),
    )
    return row


def meet(office: Office, context: JobContext) -> Mapping[str, Any]:
    """The deadline of header `rule` is met."""
    has_been_met(context, context.headers["rule"])
    return {}


def has_been_met(context: JobContext, rule: str) -> None:
    """What had to happen by this deadline has happened."""
    deadlines.meet(context.work, context.case_id, rule, context.now)
    note(context.work, event(context, "deadline", "completed", name=rule))


def pause(office: Office, context: JobContext) -> Mapping[str, Any]:
    """The case's pausable clocks stand still, while any reason holds; header `reason` says which this is."""
    reason = context.headers.get("reason", "")
    deadlines.pause(context.work, context.case_id, reason, deadlines.local_day(context.now))
    note(context.work, event(context, "clock", "paused", reason=reason))
    deadline_moves.remember(context.work, deadline_moves.held(context.work, context.case_id))
    return {}


def resume(office: Office, context: JobContext) -> Mapping[str, Any]:
    """The reason of header `reason` is over; without one, all are. When it was the last, the clocks go on.

    Open pausable deadlines are then counted again, and what hangs on their dates follows at the end of the turn.
    """
    reason = context.headers.get("reason", "")
    on = deadlines.local_day(context.now)
    rules = deadline_rules.in_force(context.work)
    days, moved = deadlines.resume(context.work, rules, context.case_id, on, reason)
    note(context.work, event(context, "clock", "resumed", days=days, reason=reason))
    for each in moved:
        note(context.work, event(context, "deadline", "changed", **deadline_moves.told(each)))
    if deadlines.paused_since(context.work, context.case_id) is None:
        deadline_moves.remember(context.work, deadline_moves.going_on(context.work, context.case_id, moved))
    return {}
