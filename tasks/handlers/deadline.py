"""Jobs about time: start and meet deadlines, stop and start the clocks."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from cases import deadline_rules, deadlines
from cases.models import Deadline
from engine.step import JobContext
from tasks.deadlines import deadline_moves
from tasks.handlers.case_file import event
from tasks.office import Office
from tasks.turn import note

MORE_TIME = "er werd meer tijd gevraagd, en gegeven"


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


def extend(office: Office, context: JobContext) -> Mapping[str, Any]:
    """The open terms of rule `term` that end on `due_on` get more days, up to `new_on`; what hangs on them follows at the end of the turn.

    Returns the day on which they end now: working days end on one of these. Raises ValueError when none ends on that day.
    """
    term, old, new = (context.variables.get(name) for name in ("term", "due_on", "new_on"))
    if not (isinstance(term, str) and isinstance(old, date) and isinstance(new, date)):
        raise ValueError("Meer tijd geven kan niet: 'term', 'due_on' en 'new_on' zijn een termijn en twee dagen.")
    rules = deadline_rules.in_force(context.work)
    moved = deadlines.extend(context.work, rules, context.case_id, term, old, new)
    if not moved:
        raise ValueError(f"Er loopt geen termijn '{term}' tot {old:%d/%m/%Y} die later kan eindigen.")
    for each in moved:
        note(context.work, event(context, "deadline", "changed", **deadline_moves.told(each), reason=MORE_TIME))
    deadline_moves.remember(context.work, deadline_moves.given(context.work, context.case_id, moved))
    return {"new_on": moved[0].new_on}


def meet(office: Office, context: JobContext) -> Mapping[str, Any]:
    """The deadline of header `rule` is met."""
    has_been_met(context, context.headers["rule"])
    return {}


def has_been_met(context: JobContext, rule: str) -> None:
    """What had to happen by this deadline has happened."""
    deadlines.meet(context.work, context.case_id, rule, context.now)
    note(context.work, event(context, "deadline", "completed", name=rule))


def pause(office: Office, context: JobContext) -> Mapping[str, Any]:
    """The clocks that pause for header `kind` stand still, while any reason of that kind holds; header `reason` says which this is.

    With a kind, each pause is its own: `pause_id` tells `clock.resume` which one is over, however many wait for the same.
    """
    kind, reason = context.headers.get("kind", ""), context.headers.get("reason", "")
    if kind and kind not in deadline_rules.PAUSES:
        raise ValueError(f"Een klok staat niet stil voor '{kind}', wel voor {' of '.join(deadline_rules.PAUSES)}.")
    on = deadlines.local_day(context.now)
    made = deadlines.pause(context.work, context.case_id, reason, on, kind, is_own=bool(kind))
    note(context.work, event(context, "clock", "paused", reason=reason))
    deadline_moves.remember(context.work, deadline_moves.held(context.work, context.case_id))
    return {"pause_id": made.id} if kind else {}


def resume(office: Office, context: JobContext) -> Mapping[str, Any]:
    """The pause of input `pause_id` is over, else that of header `reason`; without either, all are.

    Clocks that nothing holds any more are counted again, and what hangs on their dates follows at the end of the turn.
    """
    reason = context.headers.get("reason", "")
    on = deadlines.local_day(context.now)
    rules = deadline_rules.in_force(context.work)
    pause_id = context.variables.get("pause_id")
    before = deadlines.held_kinds(context.work, context.case_id)
    days, moved = deadlines.resume(
        context.work, rules, context.case_id, on, reason, None if pause_id is None else int(pause_id)
    )
    held = deadlines.held_kinds(context.work, context.case_id)
    note(context.work, event(context, "clock", "resumed", days=days, reason=reason))
    for each in moved:
        note(context.work, event(context, "deadline", "changed", **deadline_moves.told(each)))
    going_on = deadline_moves.going_on(context.work, context.case_id, moved, before - held, held)
    deadline_moves.remember(context.work, going_on)
    return {}
