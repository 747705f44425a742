"""Due timers: each fires once, in a turn of its own instance. Due moments are indexed rows, never found by loading instances.

Refuses nothing: a timer that cannot fire stays due, and operations show it as late.
"""

import logging
from datetime import UTC, datetime

from sqlalchemy import or_, select

from engine import starts
from engine.models import ProcessInstance, Subscription
from engine.step import Step
from history.log import Event
from identity.people import system
from problems import Problem
from storage.unit_of_work import UnitOfWork
from tasks import arrivals, turn
from tasks.office import Office

BATCH = 200
_log = logging.getLogger("ombudsflow.clock")


def fire_due(office: Office) -> int:
    """Fire due timers, the earliest first, until a round finds none that can fire.

    A timer that cannot fire stays due (operations show it as late) and is passed by: it never holds up those behind it.
    """
    fired = 0
    while now_fired := _round(office):
        fired += now_fired
    return fired


def _round(office: Office) -> int:
    fired, after = 0, (datetime.min.replace(tzinfo=UTC), 0)
    while due := _due(office, after):
        fired += sum(_fire(office, subscription_id) for _, subscription_id in due)
        after = due[-1]
    return fired


def _due(office: Office, after: tuple[datetime, int]) -> list[tuple[datetime, int]]:
    """The next due timers behind a place in the order of due moment and id."""
    at, last = after
    query = (
        select(Subscription.due_at, Subscription.id)
        .outerjoin(ProcessInstance, ProcessInstance.id == Subscription.instance_id)
        .where(
            Subscription.kind == "timer",
            Subscription.due_at <= office.clock.now(),
            or_(Subscription.due_at > at, (Subscription.due_at == at) & (Subscription.id > last)),
            or_(Subscription.instance_id.is_(None), ProcessInstance.is_suspended.is_(False)),
        )
    )
    with office.database.reading() as reading:
        rows = reading.session.execute(query.order_by(Subscription.due_at, Subscription.id).limit(BATCH))
        return [(due_at, subscription_id) for due_at, subscription_id in rows if due_at is not None]


def _fire(office: Office, subscription_id: int) -> bool:
    try:
        with office.database.work() as work:
            step, is_start = _step(office, work, subscription_id)
            if step is None:
                return False
            came = Event(
                "timer", "received", office.clock.now(), "system:clock", "", {"begins": True} if is_start else {}
            )
            turn.apply(office, work, system("clock"), step, first=[came])
            return True
    except Problem as problem:
        _log.warning("timer %s not fired: %s", subscription_id, problem.code)
        return False
    except Exception:  # one broken case must not cost another its deadline
        _log.exception("timer %s not fired", subscription_id)
        return False


def _step(office: Office, work: UnitOfWork, subscription_id: int) -> tuple[Step | None, bool]:
    """What the timer moved, and whether it began something."""
    wait = work.session.get(Subscription, subscription_id)
    if wait is None or wait.definition_id is None:
        return office.engine.fire_timer(work, subscription_id), False
    taken = starts.take_due(work, subscription_id, office.clock.now())
    return None if taken is None else arrivals.take(office, work, taken, {}, None), True
