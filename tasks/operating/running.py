"""How the office runs, for its operations page: what waits in each queue and since when, which processes live, the last copy.

Whoever runs the system sees no case: numbers and moments only. Each question is one statement that an index answers. Refuses with
NotAllowed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from engine.models import Delivery, Job, PublishedMessage, Subscription
from history.log import Event
from history.models import EventRow
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import Reading, UnitOfWork
from tasks import turn
from tasks.accounts import STREAM
from tasks.models import Mail
from tasks.office import Office
from tasks.operating import presence

COPY = "copy"


@dataclass(frozen=True)
class Queue:
    """What waits of one kind: jobs, mail, timers, messages or signals. `ready` could be done now, `oldest_at` since when."""

    kind: str
    ready: int
    running: int
    dead: int
    oldest_at: datetime | None


@dataclass(frozen=True)
class Running:
    """The queues, the processes of the last hour, and when a copy of everything was last made; None when nobody ever noted one."""

    queues: list[Queue]
    processes: list[presence.Alive]
    last_copy_at: datetime | None


def of(office: Office, reading: Reading, actor: Actor) -> Running:
    """How the office runs now."""
    require(actor, "operations.read")
    now = office.clock.now()
    return Running(list(_queues(reading, now)), presence.of(reading, now), last_copy_at(reading))


def _queues(reading: Reading, now: datetime) -> Iterable[Queue]:
    yield _queue(
        reading, "jobs", Job, Job.run_at, Job.state.in_(("ready", "running", "dead")), now, Job.state == "running"
    )
    is_claimed = Mail.claim.is_not(None) & (Mail.state == "waiting")
    yield _queue(reading, "mail", Mail, Mail.next_at, Mail.state.in_(("waiting", "dead")), now, is_claimed)
    due = (Subscription.kind == "timer", Subscription.due_at <= now)
    yield _waiting(reading, "timers", func.min(Subscription.due_at), *due)
    fresh = (PublishedMessage.state == "waiting", PublishedMessage.is_tried.is_(False))
    yield _waiting(reading, "messages", func.min(PublishedMessage.published_at), *fresh)
    yield _waiting(reading, "signals", func.min(Delivery.created_at), Delivery.state == "waiting")


def _queue(
    reading: Reading,
    kind: str,
    row: Any,
    at: Any,
    living: ColumnElement[bool],
    now: datetime,
    busy: ColumnElement[bool],
) -> Queue:
    """One with states. What rests until later counts for nothing: it waits for nobody."""
    is_ready = row.state.in_(("ready", "waiting")) & ~busy & (at <= now)

    def counted(which: ColumnElement[bool]) -> Any:
        return func.sum(case((which, 1), else_=0))

    columns = (counted(is_ready), counted(busy), counted(row.state == "dead"), func.min(case((is_ready, at))))
    ready, running, dead, oldest = reading.session.execute(select(*columns).where(living)).one()
    return Queue(kind, int(ready or 0), int(running or 0), int(dead or 0), oldest)


def _waiting(reading: Reading, kind: str, oldest: Any, *conditions: ColumnElement[bool]) -> Queue:
    count, since = reading.session.execute(select(func.count(), oldest).where(*conditions)).one()
    return Queue(kind, count, 0, 0, since)


def copied(office: Office, work: UnitOfWork, actor: Actor) -> None:
    """Note that a copy of everything was made: people see when the last one was, and that everything left the house once more."""
    event = Event(COPY, "sent", office.clock.now(), actor.id, turn.role_of(actor), {})
    office.log.append(work, STREAM, [event])


def last_copy_at(reading: Reading) -> datetime | None:
    """When the last copy was noted."""
    query = select(EventRow.at).where(EventRow.stream == STREAM, EventRow.activity == COPY)
    return reading.session.scalar(query.order_by(EventRow.seq.desc()).limit(1))
