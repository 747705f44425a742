"""Tokens of programs, for the administrator."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from identity import sessions
from tasks import accounts
from web.api import office_views as views
from web.api.asked import NewToken, RowId
from web.api.described import READS, WRITES, refusals, takes
from web.api.frame import PREFIX, answer, change, reading
from web.api.sent import Call
from web.context import Act

router = APIRouter(prefix=PREFIX, tags=["tokens"])


@router.get("/tokens", response_model=views.TokenList, responses=refusals(READS))
def list_tokens(request: Request) -> Response:
    """Every token ever issued, the oldest first."""
    with reading(request, "people.manage") as look:
        items = [views.TokenShape.model_validate(row) for row in sessions.tokens(look.reading)]
    return answer(views.TokenList(items=items))


@router.post(
    "/tokens",
    status_code=201,
    response_model=views.TokenIssued,
    responses=refusals(WRITES),
    openapi_extra=takes(NewToken),
)
def issue_token(request: Request, sent: Call) -> Response:
    """A new token for a program."""

    def turn(act: Act) -> views.TokenIssued:
        asked = sent.as_a(NewToken)
        secret = accounts.issue_token(act.office, act.work, act.actor, name=asked.name, roles=asked.roles)
        return views.TokenIssued(name=asked.name, roles=sorted(set(asked.roles)), secret=secret)

    return change(request, sent, "people.manage", turn, status=201)


@router.delete(
    "/tokens/{token_id}", response_model=views.TokenRevoked, responses=refusals(WRITES), openapi_extra=takes()
)
def revoke_token(request: Request, sent: Call, token_id: RowId) -> Response:
    """Refuse a token from the next call on."""

    def turn(act: Act) -> views.TokenRevoked:
        accounts.revoke_token(act.office, act.work, act.actor, token_id)
        return views.TokenRevoked(id=token_id)

    return change(request, sent, "people.manage", turn)
