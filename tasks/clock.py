"""What time brings: due timers, messages and signals on their way, jobs outside the turn, mail. Each in a unit of work of its own.

The tick only wakes; due moments are indexed rows, never found by loading instances. Refuses nothing: what fails is kept,
tried again later, and in the end becomes an incident.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import or_, select

from engine import starts
from engine.models import ProcessInstance, Subscription
from engine.step import Step
from history.log import Event
from identity.people import system
from problems import Problem
from storage.unit_of_work import UnitOfWork
from tasks import arrivals, errands, messages, turn
from tasks.office import Office

BATCH = 200
_log = logging.getLogger("ombudsflow.clock")


def tick(office: Office) -> int:
    """Do everything that is due; returns how much was done. What breaks in one kind of work never holds up the others."""
    return sum(apart(work, office) for work in KINDS)


def tick_within(office: Office) -> int:
    """What stays inside the office: timers, messages, signals. In a server it never waits for what leaves the house."""
    return sum(apart(work, office) for work in WITHIN)


def apart(work: Callable[[Office], int], office: Office) -> int:
    """One kind of work by itself; when it breaks, the others and the next tick never notice."""
    try:
        return work(office)
    except Exception:  # a database that is away, a full disk: the next tick tries again, and the log says what happened
        _log.exception("%s stopped half-way; the next tick goes on", getattr(work, "__name__", work))
        return 0


def fire_timers(office: Office) -> int:
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


WITHIN = (fire_timers, messages.deliver, messages.clear_away)
# Messages after what may send them; what is delivered may again bring jobs, and these may send.
KINDS = (fire_timers, messages.deliver, errands.do_jobs, messages.deliver, messages.clear_away, errands.do_mail)
