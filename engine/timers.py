"""Timers that are due: found by their index, taken together with their instance, never by waiting for it.

An instance that somebody is busy with is passed by, so timers wait for nobody and nothing can lock the other way round. Of one
instance the timer that is due longest comes first, whoever asks.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import and_, bindparam, or_, select, tuple_

from engine import locks
from engine.models import ProcessInstance, Subscription
from storage.unit_of_work import Reading, UnitOfWork


class Due(NamedTuple):
    """A timer that is due, of an instance, or of a definition that starts with it."""

    at: datetime
    id: int
    instance_id: int | None


FIRST = Due(datetime.min.replace(tzinfo=UTC), 0, None)
_place = tuple_(Subscription.due_at, Subscription.id)
_DUE = (
    select(Subscription.due_at, Subscription.id, Subscription.instance_id)
    .outerjoin(ProcessInstance, ProcessInstance.id == Subscription.instance_id)
    .where(
        Subscription.kind == "timer",
        Subscription.due_at <= bindparam("now"),
        _place > tuple_(bindparam("at", type_=Subscription.due_at.type), bindparam("last")),
        or_(Subscription.instance_id.is_(None), ProcessInstance.is_suspended.is_(False)),
    )
    .order_by(Subscription.due_at, Subscription.id)
    .limit(bindparam("most"))
)
# Found by its instance, never by the index of what is due: where statistics are of before all fell due, the database took that one, and
# passed by a hundred thousand timers to find each. `kind || ''` is what that index does not hold.
# Both rows are locked and passed by when somebody has them: a timer that fired a moment ago can never be seen as if it had not.
_TAKEN = (
    select(ProcessInstance, Subscription)
    .join(Subscription, Subscription.instance_id == ProcessInstance.id)
    .where(
        and_(ProcessInstance.id == bindparam("id"), ProcessInstance.is_suspended.is_(False)),
        and_(Subscription.kind + "" == "timer", Subscription.due_at <= bindparam("now")),
    )
    .order_by(Subscription.due_at, Subscription.id)
    .limit(1)
    .with_for_update(skip_locked=True)
    .execution_options(populate_existing=True)
)


def due(reading: Reading, now: datetime, after: Due, most: int) -> Sequence[Due]:
    """The next timers that are due behind a place in the order of due moment and number. Those of suspended instances wait."""
    rows = reading.session.execute(_DUE, {"now": now, "at": after.at, "last": after.id, "most": most})
    return [Due(at, number, instance_id) for at, number, instance_id in rows if at is not None]


def take(work: UnitOfWork, instance_id: int, now: datetime) -> Subscription | None:
    """Lock an instance with its timer that is due longest. None when none is (any more), or somebody is busy with it."""
    found = work.session.execute(_TAKEN, {"id": instance_id, "now": now}).first()
    if found is None:
        return None
    row, wait = found
    locks.came_locked(work, row)
    return wait
