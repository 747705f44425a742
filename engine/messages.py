"""Messages between senders and instances: published, kept for a while, delivered to exactly one receiver, expired.

A receiver is an instance that waits for the name and key, the one that waits longest, of whatever process and version; when there is
none, a process in use that starts with a message of that name. A message that nobody awaits stays until its time is over, and the
oldest goes first; each is offered at least once, also with no time to live.
However much waits, a delivery costs the same: a message looks for receivers when it is new, a receiver looks for messages when it is
new, both by index, and is then marked as tried. Of two that pass each other, whichever is committed last finds the other.
Rows are locked in the order message, instance; no turn goes the other way.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.errors import MessageAlreadySeen, MessageNotUsable
from engine.models import ProcessInstance, PublishedMessage, Subscription
from engine.values import dump
from storage.unit_of_work import Reading, UnitOfWork

LONGEST = 200
BATCH = 500
GRACE, KEPT = timedelta(days=1), timedelta(days=30)
_TABLE: Any = PublishedMessage.__table__
_ONCE_ON_SQLITE = sqlite.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)
_ONCE_ON_POSTGRESQL = postgresql.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.id)


@dataclass(frozen=True)
class Match:
    """A message, locked, and who may receive it now; the engine still looks whether that token waits."""

    message: PublishedMessage
    receiver: Subscription


def publish(
    work: UnitOfWork,
    name: str,
    key: str,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    ttl: timedelta = timedelta(0),
    message_id: str | None = None,
    case_id: int | None = None,
) -> int:
    """Send a message; `ttl` is how long it waits for a receiver. Gives its number.

    Raises MessageAlreadySeen when this name, key and message id came before, MessageNotUsable.
    """
    row: dict[str, Any] = {"name": name, "key": key, "message_id": message_id, "case_id": case_id}
    _check(row, ttl)
    row |= {"variables": dump(dict(variables)), "published_at": now, "expires_at": now + ttl}
    row |= {"state": "waiting", "is_tried": False}
    is_sqlite = work.session.get_bind().dialect.name == "sqlite"
    number: int | None = work.session.scalar(_ONCE_ON_SQLITE if is_sqlite else _ONCE_ON_POSTGRESQL, row)
    if number is None:
        raise MessageAlreadySeen(name=name, key=key, message_id=message_id)
    return number


def is_seen(work: UnitOfWork, name: str, key: str, message_id: str) -> bool:
    """Whether a message with this name, key and id came before."""
    query = select(PublishedMessage.id).where(PublishedMessage.name == name, PublishedMessage.key == key)
    return work.session.scalar(query.where(PublishedMessage.message_id == message_id)) is not None


def _check(row: Mapping[str, Any], ttl: timedelta) -> None:
    errors = [
        {"field": field, "message": f"Dit is langer dan {LONGEST} tekens."}
        for field in ("name", "key", "message_id")
        if len(row[field] or "") > LONGEST
    ]
    if not row["name"]:
        errors.append({"field": "name", "message": "Een bericht heeft een naam nodig."})
    if not timedelta(0) <= ttl <= timedelta(days=36525):
        errors.append({"field": "time_to_live", "message": "Kies een duur van nul tot honderd jaar."})
    if errors:
        raise MessageNotUsable(errors=errors)


def next_match(work: UnitOfWork, now: datetime, passed: Collection[int] = ()) -> Match | None:
    """A message that somebody can receive now. None when there is none; then everything new was tried.

    `passed` are messages to leave alone: their receiver could not take them just now.
    """
    match = _of_new_message(work, now, passed)
    if match is None and _offer_again(work, now):
        match = _of_new_message(work, now, passed)
    return match or _of_new_receiver(work, now, passed)


def receive(work: UnitOfWork, match: Match) -> None:
    """The message has its receiver; what it carried now lives there, and only its id is remembered."""
    match.message.state, match.message.variables = "received", {}
    work.session.flush()


def has_expired(reading: Reading, now: datetime) -> bool:
    """True when `expire` would let go of something."""
    return reading.session.scalar(select(PublishedMessage.id).where(*_over(now)).limit(1)) is not None


def expire(work: UnitOfWork, now: datetime) -> int:
    """Let go of messages whose time is over; returns how many. Only their ids are remembered."""
    over = update(PublishedMessage).where(*_over(now)).values(state="expired", variables={})
    result = work.session.execute(over, execution_options={"synchronize_session": False})
    return int(result.rowcount)  # type: ignore[attr-defined]


def _over(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Offered in vain; or not even that, because its receiver cannot be moved: then a day later, when somebody had time to mend it."""
    tried = or_(PublishedMessage.is_tried.is_(True), PublishedMessage.expires_at <= now - GRACE)
    return PublishedMessage.state == "waiting", PublishedMessage.expires_at <= now, tried


def forget_old(work: UnitOfWork, now: datetime) -> int:
    """Remove messages without an id that were over weeks ago; returns how many. Those with an id stay, to be known again."""
    old = delete(PublishedMessage).where(*_forgettable(now))
    return int(work.session.execute(old, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]


def has_old(reading: Reading, now: datetime) -> bool:
    """True when `forget_old` would remove something."""
    return reading.session.scalar(select(PublishedMessage.id).where(*_forgettable(now)).limit(1)) is not None


def _forgettable(now: datetime) -> tuple[ColumnElement[bool], ...]:
    ended = PublishedMessage.state.in_(("received", "expired"))
    return ended, PublishedMessage.expires_at < now - KEPT, PublishedMessage.message_id.is_(None)


def try_again(work: UnitOfWork, instance_id: int) -> None:
    """An instance that was suspended listens again: what was sent meanwhile and still waits may reach it."""
    work.session.execute(
        update(Subscription)
        .where(Subscription.instance_id == instance_id, Subscription.kind == "message")
        .values(is_tried=False)
    )


# -- a new message looks for a receiver ---------------------------------------------------------------------------------

_NEW_MESSAGE = (
    select(PublishedMessage)
    .where(PublishedMessage.state == "waiting", PublishedMessage.is_tried.is_(False))
    .order_by(PublishedMessage.id)
    .limit(1)
    .with_for_update(skip_locked=True)  # whoever holds it is delivering it
    .execution_options(populate_existing=True)
)
_IS_NEW = and_(Subscription.kind == "message", Subscription.is_tried.is_(False))
_LISTENS = and_(Subscription.kind == "message", Subscription.name == bindparam("name"))
_AWAKE = (
    select(Subscription)
    .join(ProcessInstance, ProcessInstance.id == Subscription.instance_id)
    .where(ProcessInstance.is_suspended.is_(False))
)
_WAITING = (
    _AWAKE.where(_LISTENS, Subscription.key == bindparam("key"))
    .order_by(Subscription.id)
    .limit(1)
    .execution_options(populate_existing=True)
)
_STARTING = (
    select(Subscription)
    .where(_LISTENS, Subscription.key.is_(None), Subscription.definition_id.is_not(None))
    .order_by(Subscription.id)
    .limit(1)
    .execution_options(populate_existing=True)
)


def _of_new_message(work: UnitOfWork, now: datetime, passed: Collection[int]) -> Match | None:
    query = _NEW_MESSAGE.where(PublishedMessage.id.not_in(passed)) if passed else _NEW_MESSAGE
    while (new := work.session.scalar(query)) is not None:
        names = {"name": new.name, "key": new.key}
        receiver = work.session.scalar(_WAITING, names) or work.session.scalar(_STARTING, names)
        if receiver is not None:
            same = _live(now, passed).where(PublishedMessage.key == new.key)
            return Match(_oldest(work, same, new.name) or new, receiver)
        new.is_tried = True
        work.session.flush()
    return None


def _offer_again(work: UnitOfWork, now: datetime) -> bool:
    """A process that newly starts with a message takes all that lie ready: to it they are new, whatever their key."""
    query = select(Subscription.id, Subscription.name).where(_IS_NEW, Subscription.definition_id.is_not(None))
    begun = work.session.execute(query).all()
    if begun:
        ready = update(PublishedMessage).where(
            PublishedMessage.state == "waiting",
            PublishedMessage.name.in_({row.name for row in begun}),
            PublishedMessage.expires_at > now,
        )
        work.session.execute(ready.values(is_tried=False), execution_options={"synchronize_session": False})
        _mark(work, [row.id for row in begun])
    return bool(begun)


# -- a new receiver looks for a message ---------------------------------------------------------------------------------


def _of_new_receiver(work: UnitOfWork, now: datetime, passed: Collection[int]) -> Match | None:
    query = select(Subscription.id, Subscription.instance_id).where(_IS_NEW, Subscription.instance_id.is_not(None))
    while seen := list(work.session.execute(query.order_by(Subscription.id).limit(BATCH))):
        match = _first(work, _live(now, passed), seen)
        if match is not None:
            return match
        _mark(work, [row.id for row in seen])
    return None


def _first(work: UnitOfWork, live: Select[Any], seen: list[Any]) -> Match | None:
    """The one of these that waits longest and for which a message lies ready."""
    fits = (PublishedMessage.name == Subscription.name, PublishedMessage.key == Subscription.key)
    query = _AWAKE.where(Subscription.id.in_([row.id for row in seen]), live.where(*fits).exists())
    while receiver := work.session.scalar(query.order_by(Subscription.id).limit(1)):
        message = _oldest(work, live.where(PublishedMessage.key == receiver.key), receiver.name or "")
        if message is not None:  # else another process took it while we waited for its lock
            # Whose instance is next to be locked, its rows we leave alone: a turn may hold it and want to delete them.
            before = [r.id for r in seen if r.id < receiver.id and r.instance_id != receiver.instance_id]
            _mark(work, before)
            return Match(message, receiver)
    return None


def _mark(work: UnitOfWork, ids: list[int]) -> None:
    if ids:
        tried = update(Subscription).where(Subscription.id.in_(ids)).values(is_tried=True)
        work.session.execute(tried, execution_options={"synchronize_session": False})


def _live(now: datetime, passed: Collection[int]) -> Select[Any]:
    """Messages that wait and whose time is not over; what was never offered yet may be late."""
    in_time = or_(PublishedMessage.expires_at > now, PublishedMessage.is_tried.is_(False))
    query = select(PublishedMessage).where(PublishedMessage.state == "waiting", in_time)
    return query.where(PublishedMessage.id.not_in(passed)) if passed else query


def _oldest(work: UnitOfWork, wanted: Select[Any], name: str) -> PublishedMessage | None:
    query = wanted.where(PublishedMessage.name == name).order_by(PublishedMessage.id).limit(1).with_for_update()
    found: PublishedMessage | None = work.session.scalar(query.execution_options(populate_existing=True))
    return found
