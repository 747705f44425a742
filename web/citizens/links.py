"""Answering by a mailed link, without an account: an authority, or a complainant. The link is the key, and opens one question."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from identity.people import Actor
from storage.unit_of_work import Reading
from tasks import turn, worklist
from tasks.models import UserTask
from web.citizens import question
from web.context import Body, office_of

router = APIRouter(default_response_class=Response)


@router.get("/vraag/{secret}")
def question_page(request: Request, secret: str) -> Response:
    """The question; 404 with a sentence for a link that is wrong or too old."""
    return question.show(request, _by(request, secret))


@router.post("/vraag/{secret}")
def answer(request: Request, secret: str, body: Body) -> Response:
    """Answer, or keep a draft."""
    return question.submit(request, _by(request, secret), body)


@router.post("/vraag/{secret}/meer-tijd")
def more_time(request: Request, secret: str, body: Body) -> Response:
    """Ask more time to answer; the same page says that it was asked."""
    return question.ask_more_time(request, _by(request, secret), body, address=f"/vraag/{secret}")


def _by(request: Request, secret: str) -> question.Find:
    def find(reading: Reading) -> tuple[UserTask, Actor]:
        return worklist.by_link(reading, turn.hash_of(secret), office_of(request).clock.now())

    return find
