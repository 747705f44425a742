"""Delivering what was sent: one signal or one message to one receiver, which is one turn.

Order: signals before messages, the oldest first. The receiver is an instance that waits, or a process that starts. A signal whose receiver
somebody is busy with stays on its way: waiting for that turn, which may move the signal to another token, each would wait for the other.
A delivery that fails raises NotDelivered, which names it: the driver passes it by, so that it never holds up the others.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine import deliveries, locks, messages
from engine.models import Delivery, PublishedMessage, Subscription
from engine.step import Step
from storage.unit_of_work import Reading, UnitOfWork

Receive = Callable[[UnitOfWork, Subscription, Mapping[str, Any], int | None], Step | None]


@dataclass(frozen=True)
class Sent:
    """What was on its way: a `signal`'s delivery or a published `message`, by its number."""

    kind: str
    number: int
    name: str = field(default="", compare=False)


@dataclass(frozen=True)
class Delivered:
    """What arrived, and what the engine did with it."""

    sent: Sent
    step: Step


class NotDelivered(Exception):
    """The receiver of this could not be moved; the cause says why."""

    def __init__(self, sent: Sent) -> None:
        super().__init__(f"{sent.kind} {sent.number}")
        self.sent = sent


def has_work(reading: Reading) -> bool:
    """True when something may be on its way: a signal, a new message, or a new receiver to look for one."""
    new_message = PublishedMessage.state == "waiting", PublishedMessage.is_tried.is_(False)
    new_receiver = Subscription.kind == "message", Subscription.is_tried.is_(False)
    asked = (
        select(Delivery.id).where(Delivery.state == "waiting"),
        select(PublishedMessage.id).where(*new_message),
        select(Subscription.id).where(*new_receiver),
    )
    return any(reading.session.scalar(query.limit(1)) is not None for query in asked)


def deliver_next(work: UnitOfWork, now: datetime, receive: Receive, passed: Collection[Sent] = ()) -> Delivered | None:
    """Deliver the next that is on its way; None when nothing is. `receive` moves the receiver, None when it no longer waits.

    Raises NotDelivered; give what it names as `passed` in the next call.
    """
    return _signal(work, receive, passed) or _message(work, now, receive, passed)


def _numbers(passed: Collection[Sent], kind: str) -> list[int]:
    return [sent.number for sent in passed if sent.kind == kind]


def _signal(work: UnitOfWork, receive: Receive, passed: Collection[Sent]) -> Delivered | None:
    left, busy = _numbers(passed, "signal"), list[int]()
    while (found := deliveries.next_delivery(work, left, busy)) is not None:
        delivery, wait = found
        if delivery.instance_id is not None and not locks.hold_at_once(work, delivery.instance_id):
            busy.append(delivery.instance_id)
            continue
        sent = Sent("signal", delivery.id, delivery.name)
        try:
            step = None if wait is None else receive(work, wait, delivery.variables, delivery.case_id)
        except Exception as problem:
            raise NotDelivered(sent) from problem
        if step is None and deliveries.is_suspended(work, delivery):
            left.append(delivery.id)  # suspended while we waited for its lock: it gets this when it is resumed
            continue
        deliveries.settle(work, delivery, was_received=step is not None)
        if step is not None:
            return Delivered(sent, step)
    return None


def _message(work: UnitOfWork, now: datetime, receive: Receive, passed: Collection[Sent]) -> Delivered | None:
    refused: set[tuple[int, int]] = set()
    while (match := messages.next_match(work, now, _numbers(passed, "message"))) is not None:
        sent, receiver = Sent("message", match.message.id, match.message.name), match.receiver
        try:
            if (sent.number, receiver.id) in refused:
                raise StaleWait(receiver.id)
            step = receive(work, receiver, match.message.variables, match.message.case_id)
        except Exception as problem:
            raise NotDelivered(sent) from problem
        if step is not None:
            messages.receive(work, match)
            return Delivered(sent, step)
        refused.add((sent.number, receiver.id))  # it went on while we waited for its lock: now its row is gone
    return None


class StaleWait(Exception):
    """A row says that a token waits, and it does not. Never in a whole database."""
