"""Messages and signals from programs outside, to whatever process waits for them or starts with them."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from tasks.background import messages
from web.api.asked import Asked
from web.api.described import WRITES, refusals, takes
from web.api.frame import PREFIX, change
from web.api.sent import Call
from web.api.shapes import Shape
from web.context import Act

router = APIRouter(prefix=PREFIX, tags=["messages"])
LONGEST_WAIT = 10 * 366 * 86_400


class NewMessage(Asked):
    """A message for one receiver. It waits `time_to_live` seconds when nobody waits for it yet. With a `message_id` it is taken once."""

    name: str = Field(min_length=1, max_length=200)
    key: str = Field(
        default="", max_length=200, description="The correlation key; empty for a process that starts with it."
    )
    variables: dict[str, object] = Field(default_factory=dict, max_length=200)
    time_to_live: int = Field(default=0, ge=0, le=LONGEST_WAIT)
    message_id: str | None = Field(default=None, min_length=1, max_length=200)


class NewSignal(Asked):
    """A signal for everyone who waits for it now."""

    name: str = Field(min_length=1, max_length=200)
    variables: dict[str, object] = Field(default_factory=dict, max_length=200)


class NewState(Asked):
    """What is the case now, as variables by name."""

    variables: dict[str, object] = Field(min_length=1, max_length=200)


class MessageSent(Shape):
    """The message is kept, and delivered at once to who waits for it."""

    id: int


class SignalSent(Shape):
    """The signal is on its way."""

    receivers: int = Field(description="How many instances wait for it or processes start with it.")


class ConditionsTold(Shape):
    """What it brought about."""

    started: int = Field(description="How many processes started because their condition is true now.")


@router.post(
    "/messages",
    status_code=201,
    response_model=MessageSent,
    responses=refusals(WRITES),
    openapi_extra=takes(NewMessage),
)
def send_message(request: Request, sent: Call) -> Response:
    """Send a message to the one that waits for its name and key. The same name, key and message id are refused a second time."""

    def turn(act: Act) -> MessageSent:
        asked = sent.as_a(NewMessage)
        number = messages.send(
            act.office,
            act.work,
            act.actor,
            asked.name,
            asked.key,
            asked.variables,
            time_to_live=timedelta(seconds=asked.time_to_live),
            message_id=asked.message_id,
        )
        return MessageSent(id=number)

    return change(request, sent, messages.SEND_MESSAGE, turn, status=201)


@router.post(
    "/signals",
    status_code=201,
    response_model=SignalSent,
    responses=refusals(WRITES),
    openapi_extra=takes(NewSignal),
)
def send_signal(request: Request, sent: Call) -> Response:
    """Send a signal to everyone who waits for its name. Who begins to wait later does not get it."""

    def turn(act: Act) -> SignalSent:
        asked = sent.as_a(NewSignal)
        return SignalSent(receivers=messages.send_signal(act.office, act.work, act.actor, asked.name, asked.variables))

    return change(request, sent, messages.SEND_SIGNAL, turn, status=201)


@router.post(
    "/conditions",
    status_code=201,
    response_model=ConditionsTold,
    responses=refusals(WRITES),
    openapi_extra=takes(NewState),
)
def tell_conditions(request: Request, sent: Call) -> Response:
    """Tell what is the case now. Every process in use that starts by a condition, and whose condition is true for it, starts at once."""

    def turn(act: Act) -> ConditionsTold:
        asked = sent.as_a(NewState)
        return ConditionsTold(started=messages.tell(act.office, act.work, act.actor, asked.variables))

    return change(request, sent, messages.TELL, turn, status=201)
