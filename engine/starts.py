"""What starts a process from outside: a message, a signal, a moment or a condition, one row for each while a version is in use.

Taking a version into use writes its rows and removes those of the version before it. A due moment starts one instance, however many
servers keep the clock: its row is locked, moved to its next due moment, and the instance started, in one turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

import feel
from engine import cycles
from engine.errors import StartMomentNotUsable
from engine.lengths import BadTimer
from engine.models import Definition, Subscription
from storage.unit_of_work import Reading, UnitOfWork

_TABLE: Any = Subscription.__table__
_DUE = (
    select(Subscription)
    .where(
        Subscription.id == bindparam("id"),
        Subscription.definition_id.is_not(None),
        Subscription.due_at <= bindparam("now"),
    )
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class ProcessStart:
    """A trigger of a start event: `name` of its message or signal, `timer_text` when it is a timer (ISO 8601, cron, or `=FEEL`)."""

    element_id: str
    kind: str
    name: str | None = None
    timer_text: str | None = None
    position: int = 0


def of(spec: Any) -> list[ProcessStart]:
    """What a parsed process listens to before it runs."""
    return [
        ProcessStart(
            element_id=each.element_id,
            kind=each.trigger.kind,
            name=each.trigger.name if each.trigger.kind in ("message", "signal") else None,
            timer_text=each.trigger.value if each.trigger.kind == "timer" else None,
            position=each.position,
        )
        for each in spec.starts
    ]


def sync(work: UnitOfWork, definition: Definition, starts: Sequence[ProcessStart], now: datetime) -> None:
    """This version listens from now on, and no other version of its process. Raises StartMomentNotUsable."""
    versions = select(Definition.id).where(Definition.kind == definition.kind, Definition.key == definition.key)
    work.session.execute(
        delete(Subscription)
        .where(Subscription.definition_id.in_(versions))
        .execution_options(synchronize_session=False)
    )
    rows = [_row(definition.id, start, now) for start in starts]
    if rows:
        work.session.execute(insert(_TABLE), rows)


def _row(definition_id: int, start: ProcessStart, now: datetime) -> dict[str, Any]:
    try:
        armed = armed_at(start.timer_text or "", now) if start.kind == "timer" else None
    except (BadTimer, feel.FeelError) as problem:
        raise StartMomentNotUsable(errors=[{"field": start.element_id, "message": str(problem)}]) from problem
    return {
        "definition_id": definition_id,
        "element_id": start.element_id,
        "position": start.position,
        "kind": start.kind,
        "name": start.name,
        "due_at": armed.due_at if armed else None,
        "repeat": armed.rest if armed else None,
    }


def armed_at(text: str, now: datetime) -> cycles.Armed:
    """When a start timer is due first. There are no variables yet, so its expression may only use the moment itself.

    Raises BadTimer, FeelError.
    """
    value = feel.compile(text[1:]).evaluate({}, now) if text.startswith("=") else text
    if value is None:
        raise BadTimer(f"'{text}' geeft geen datum of duur.")
    return cycles.arm(value, now)


def take_due(work: UnitOfWork, subscription_id: int, now: datetime) -> Subscription | None:
    """Take the due moment of a start timer, for one turn only, and set the next. None when it is not due (any more)."""
    row = work.session.scalar(_DUE, {"id": subscription_id, "now": now})
    if row is None or row.due_at is None:
        return None
    following = cycles.rearm(row.repeat, row.due_at, now)
    if following is None:
        work.session.delete(row)
    else:
        row.due_at, row.repeat = following.due_at, following.rest
    work.session.flush()
    return row


def conditional(reading: Reading) -> list[Subscription]:
    """The start conditions of the versions in use, in the order in which they were taken into use."""
    query = select(Subscription).where(Subscription.kind == "condition", Subscription.definition_id.is_not(None))
    return list(reading.session.scalars(query.order_by(Subscription.id)))
