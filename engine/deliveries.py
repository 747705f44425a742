"""Signals: who waits when one is sent gets it, each in a turn of its own; who waits later does not.

Sending writes a row per receiver in the sender's own turn, with one statement however many they are.
A receiver that went on meanwhile is passed by; one that is suspended gets it when it is resumed. An event that does not interrupt
listens again under a new token: what was on its way to the old one goes to the new.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, literal, or_, select, update

from engine.models import Delivery, ProcessInstance, Subscription
from engine.values import dump
from storage.base import JsonText, UtcDateTime
from storage.unit_of_work import Reading, UnitOfWork

KEPT = timedelta(days=7)
_COLUMNS = ["subscription_id", "instance_id", "definition_id", "token_id", "element_id"]
_COLUMNS += ["name", "variables", "case_id", "created_at", "state"]


def broadcast(
    work: UnitOfWork,
    name: str,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    case_id: int | None = None,
    sender: int | None = None,
) -> int:
    """Send a signal to every instance that waits for it and every process in use that starts with it; returns to how many.

    `sender` is the instance that sends it: there it was received in the sender's own turn.
    """
    receivers = select(
        Subscription.id,
        Subscription.instance_id,
        Subscription.definition_id,
        Subscription.token_id,
        Subscription.element_id,
        literal(name),
        literal(dump(dict(variables)), JsonText),
        literal(case_id),
        literal(now, UtcDateTime),
        literal("waiting"),
    ).where(Subscription.kind == "signal", Subscription.name == name)
    if sender is not None:
        receivers = receivers.where(Subscription.instance_id.is_distinct_from(sender))
    in_order = receivers.order_by(Subscription.id + 0)  # a plain id would tempt SQLite to read the whole table by it
    sent = insert(Delivery).from_select(_COLUMNS, in_order, include_defaults=False)
    result = work.session.execute(sent, execution_options={"preserve_rowcount": True})
    return int(result.rowcount)  # type: ignore[attr-defined]


def next_delivery(
    work: UnitOfWork, passed: Collection[int] = (), busy: Collection[int] = ()
) -> tuple[Delivery, Subscription | None] | None:
    """The oldest delivery to be made, locked, and the wait it is for: None when that is over.

    `passed` are left alone, and so is all that is on its way to the instances `busy`.
    """
    query = (
        select(Delivery)
        .outerjoin(ProcessInstance, ProcessInstance.id == Delivery.instance_id)
        .where(
            Delivery.state == "waiting",
            or_(
                Delivery.instance_id.is_(None),
                ProcessInstance.is_suspended.is_(False),
                ProcessInstance.ended_at.is_not(None),
            ),
        )
        .order_by(Delivery.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Delivery)
        .execution_options(populate_existing=True)
    )
    if passed:
        query = query.where(Delivery.id.not_in(passed))
    if busy:
        query = query.where(or_(Delivery.instance_id.is_(None), Delivery.instance_id.not_in(busy)))
    found = work.session.scalar(query)
    return None if found is None else (found, _wait_of(work, found))


def _wait_of(work: UnitOfWork, delivery: Delivery) -> Subscription | None:
    if delivery.instance_id is None:
        return work.session.get(Subscription, delivery.subscription_id)
    return work.session.scalar(
        select(Subscription).where(
            Subscription.instance_id == delivery.instance_id,
            Subscription.token_id == delivery.token_id,
            Subscription.element_id == delivery.element_id,
            Subscription.kind == "signal",
            Subscription.name == delivery.name,
        )
    )


def pass_on(work: UnitOfWork, instance_id: int, heirs: Sequence[tuple[str, str]]) -> None:
    """Events listened again: what was on its way to the one token is now on its way to the other. In the order in which it happened."""
    for before, after in heirs:
        moved = update(Delivery).where(
            Delivery.instance_id == instance_id, Delivery.token_id == before, Delivery.state == "waiting"
        )
        work.session.execute(moved.values(token_id=after))


def is_suspended(work: UnitOfWork, delivery: Delivery) -> bool:
    """Whether the receiver may not be moved now, as the database knows it at this moment."""
    asleep = select(ProcessInstance.is_suspended).where(
        ProcessInstance.id == delivery.instance_id, ProcessInstance.ended_at.is_(None)
    )
    return bool(work.session.scalar(asleep))


def settle(work: UnitOfWork, delivery: Delivery, *, was_received: bool) -> None:
    """The delivery is over; what it carried lives on in its receiver only."""
    delivery.state, delivery.variables = ("done" if was_received else "gone"), {}
    work.session.flush()


def forget_old(work: UnitOfWork, now: datetime) -> int:
    """Remove deliveries that were over a week ago; returns how many."""
    old = delete(Delivery).where(*_forgettable(now))
    return int(work.session.execute(old, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]


def has_old(reading: Reading, now: datetime) -> bool:
    """True when `forget_old` would remove something."""
    return reading.session.scalar(select(Delivery.id).where(*_forgettable(now)).limit(1)) is not None


def _forgettable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Delivery.state.in_(("done", "gone")), Delivery.created_at < now - KEPT
