"""Messages and signals that programs outside send: kept in the sender's turn, delivered in turns of their own.

In: who sends, a name, a key, variables. Out: the number of the message, or how many wait for the signal. The office's history tells
who sent what, never what was in it nor for whom (a key may be a name); the receiver's history tells that it came.
A message that people tell the office about a case has a form, and goes by that way only: there its answers are checked.
Refuses with NotAllowed, MessageHasForm, MessageAlreadySeen, MessageNotUsable, VariablesNotUsable.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from engine import definitions, deliveries, messages
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Conflict
from storage.unit_of_work import UnitOfWork
from tasks import given
from tasks.accounts import STREAM
from tasks.office import Office
from tasks.turn import role_of

SEND_MESSAGE, SEND_SIGNAL = "message.send", "signal.send"


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
