"""The frame of every API call: who calls, may they, one transaction, one answer.

`reading` is for calls that only look. `change` is for calls that write: it keeps the Idempotency-Key in the transaction of the
effect, commits, and only then answers; what cannot be done because it was done before, is answered as then. Every answer is one of the described shapes (`web.api.shapes`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

from identity.people import Actor
from identity.permissions import require
from problems import Problem
from storage.unit_of_work import UnitOfWork
from tasks import idempotency
from tasks.office import Office
from web.api.sent import Sent
from web.context import Act, Look, office_of
from web.credentials import caller, require_bearer

PREFIX = "/api/v1"
KEY_HEADER = "idempotency-key"
JSON = "application/json"
Identify = Callable[[UnitOfWork], Actor]
Turn = Callable[[Act], BaseModel]


def answer(view: BaseModel, status: int = 200, **headers: str) -> Response:
    """A described shape as the body of an answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(view.model_dump_json(), status, named, JSON)


@contextmanager
def reading(request: Request, action: str) -> Iterator[Look]:
    """A call that looks. Raises TokenRefused, NotAllowed."""
    office = office_of(request)
    with office.database.reading() as opened:
        actor = caller(request, opened)
        require(actor, action)
        yield Look(office, opened, actor)


@contextmanager
def reading_case(request: Request) -> Iterator[Look]:
    """A call that looks at one case: who may not see cases is told that there is none, by `tasks.case_file.case_view.find`."""
    office = office_of(request)
    with office.database.reading() as opened:
        yield Look(office, opened, caller(request, opened))


def change(request: Request, sent: Sent, action: str, turn: Turn, *, status: int = 200) -> Response:
    """A call of a program that writes. Raises TokenRefused, NotAllowed, and what the turn refuses."""

    def identify(work: UnitOfWork) -> Actor:
        actor = caller(request, work)
        require(actor, action)
        return actor

    return change_as(request, sent, require_bearer(request), identify, turn, status=status)


def change_as(
    request: Request, sent: Sent, secret: str, identify: Identify, turn: Turn, *, status: int = 200
) -> Response:
    """A call that writes, by whoever `secret` is of."""
    office, name = office_of(request), request.headers.get(KEY_HEADER)
    fingerprint = (
        "" if name is None else sent.fingerprint(request.method, request.scope["path"], str(request.query_params))
    )
    key: idempotency.Key | None = None
    try:
        with office.database.work() as work:
            actor = identify(work)
            if name is not None:
                key = idempotency.Key(actor.id, name, fingerprint, secret)
                idempotency.check(key)
            body = turn(Act(office, work, actor)).model_dump_json().encode()
            if key is not None:
                idempotency.keep(work, key, office.clock.now(), status, body)
    except Problem:  # a call that was done before meets what it left: a conflict, or nothing there any more
        replayed = None if key is None else _earlier(office, key)
        if replayed is None:
            raise
        return replayed
    return Response(body, status, media_type=JSON)


def _earlier(office: Office, key: idempotency.Key) -> Response | None:
    with office.database.reading() as reading:
        known = idempotency.earlier(reading, key)
    return None if known is None else Response(known.body, known.status, {"Idempotent-Replayed": "true"}, JSON)
