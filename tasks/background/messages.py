"""Messages and signals that programs outside send: kept in the sender's turn, delivered in turns of their own.

In: who sends, a name, a key, variables. Out: the number of the message, or how many wait for the signal. The office's history tells
who sent what, never what was in it nor for whom (a key may be a name); the receiver's history tells that it came.
A message that people tell the office about a case has a form, and goes by that way only: there its answers are checked.
Refuses with NotAllowed, MessageHasForm, MessageAlreadySeen, MessageNotUsable, VariablesNotUsable.
"""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from engine import definitions, deliveries, delivering, messages
from engine.delivering import Delivered, NotDelivered, Sent
from engine.values import dump
from history.log import Event
from identity.people import Actor, system
from identity.permissions import require
from problems import Conflict
from storage import watching
from storage.unit_of_work import UnitOfWork
from tasks import given, turn
from tasks.accounts import STREAM
from tasks.background import arrivals
from tasks.office import Office
from tasks.turn import role_of

MOST_AT_ONCE = 500
_NEVER = threading.Event()
_log = watching.logger("ombudsflow.messages")
BY_OFFICE = "system:messages"
SEND_MESSAGE, SEND_SIGNAL, TELL = "message.send", "signal.send", "condition.tell"


class MessageHasForm(Conflict):
    """Dit bericht hoort bij een dossier en heeft een formulier. Stuur het met de antwoorden naar het dossier zelf."""


def send(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    name: str,
    key: str,
    variables: Mapping[str, Any],
    *,
    time_to_live: timedelta = timedelta(0),
    message_id: str | None = None,
) -> int:
    """Send a message to whoever waits for this name and key, or starts with it; gives its number."""
    require(actor, SEND_MESSAGE)
    if definitions.latest(work, "form", name) is not None:
        raise MessageHasForm(message=name)
    now = office.clock.now()
    number = messages.publish(
        work, name, key, given.variables(variables), now=now, ttl=time_to_live, message_id=message_id
    )
    told = {"message": name, "number": number, "message_id": message_id}
    office.log.append(work, STREAM, [Event("message", "sent", now, actor.id, role_of(actor), told)])
    return number


def send_signal(office: Office, work: UnitOfWork, actor: Actor, name: str, variables: Mapping[str, Any]) -> int:
    """Send a signal to everyone who waits for it now, or starts with it; gives how many."""
    require(actor, SEND_SIGNAL)
    now = office.clock.now()
    count = deliveries.broadcast(work, name, given.variables(variables), now=now)
    told = {"signal": name, "receivers": count}
    office.log.append(work, STREAM, [Event("signal", "sent", now, actor.id, role_of(actor), told)])
    return count


def tell(office: Office, work: UnitOfWork, actor: Actor, variables: Mapping[str, Any]) -> int:
    """Tell what is the case now: each process in use whose start condition is true for it starts. Gives how many."""
    require(actor, TELL)
    now, given_now = office.clock.now(), given.variables(variables)
    waits = office.engine.holding(work, dump(given_now))
    told = {"conditions": len(waits)}
    office.log.append(work, STREAM, [Event("condition", "sent", now, actor.id, role_of(actor), told)])
    for wait in waits:
        step = arrivals.take(office, work, wait, dump(given_now), None)
        if step is not None:
            arrived = Event("condition", "received", now, BY_OFFICE, "", {"condition": wait.element_id})
            turn.apply(office, work, system("messages"), step, first=[arrived])
    return len(waits)


def deliver(office: Office, stopping: threading.Event = _NEVER) -> int:
    """Deliver what is on its way, each in a unit of work of its own; returns how much arrived. What fails is passed by, and tried again
    at the next tick. A diagram that answers itself for ever never holds up the clock: what is left goes on at the next tick too.
    Once `stopping` is set, no more are begun.
    """
    with office.database.reading() as reading:
        if not delivering.has_work(reading):
            return 0
    arrived, passed = 0, list[Sent]()
    while arrived + len(passed) < MOST_AT_ONCE and not stopping.is_set():
        sent: Sent | None = None
        try:
            with (
                watching.watched(request=watching.new_id()) as made,
                office.precedence.background(),
                office.database.work() as work,
            ):
                found = delivering.deliver_next(work, office.clock.now(), _take(office), passed)
                if found is None:
                    break
                sent = found.sent
                _settle(office, work, found)
                told = {"kind": found.sent.kind, "message": found.sent.number}
            _log.info("delivered", **told, **made.cost)
            arrived += 1
        except NotDelivered as problem:
            _log.exception("not delivered", kind=problem.sent.kind, message=problem.sent.number)
            passed.append(problem.sent)
        except Exception:  # one broken case must not keep another's messages
            if sent is None:
                raise
            _log.exception("not delivered", kind=sent.kind, message=sent.number)
            passed.append(sent)
    return arrived


def clear_away(office: Office) -> int:
    """Let go of messages whose time is over; returns how many."""
    now = office.clock.now()
    with office.database.reading() as reading:
        if not messages.has_expired(reading, now):
            return 0
    with office.database.work() as work:
        return messages.expire(work, now)


def forget_old(office: Office) -> int:
    """Remove what was delivered or over long ago; returns how much."""
    now = office.clock.now()
    with office.database.reading() as reading:
        if not (messages.has_old(reading, now) or deliveries.has_old(reading, now)):
            return 0
    with office.database.work() as work:
        return messages.forget_old(work, now) + deliveries.forget_old(work, now)


def _take(office: Office) -> delivering.Receive:
    return lambda work, wait, variables, case_id: arrivals.take(office, work, wait, variables, case_id)


def _settle(office: Office, work: UnitOfWork, found: Delivered) -> None:
    told = {found.sent.kind: found.sent.name, "number": found.sent.number}
    arrived = Event(found.sent.kind, "received", office.clock.now(), BY_OFFICE, "", told)
    turn.apply(office, work, system("messages"), found.step, first=[arrived])
