"""Receiving a complaint: the start form's answers become a case, and its diagram starts."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tasks import intake
from web.api import case_views as views
from web.api.asked import Answers
from web.api.described import WRITES, refusals, takes
from web.api.frame import PREFIX, change
from web.api.sent import Call
from web.context import Act

router = APIRouter(prefix=PREFIX, tags=["complaints"])
StartForm = Annotated[
    Literal["complaint_received", "complaint_by_phone"], Query(description="Which form the answers are of.")
]


@router.post(
    "/complaints",
    status_code=201,
    response_model=views.Received,
    responses=refusals(WRITES),
    openapi_extra=takes(Answers, files=True),
)
def receive_complaint(request: Request, sent: Call, form: StartForm = "complaint_received") -> Response:
    """Hand in a complaint. Case, file, history and acknowledgement are there together, or none of them."""

    def turn(act: Act) -> views.Received:
        asked = sent.as_a(Answers)
        made = intake.receive(act.office, act.work, act.actor, asked.answers, sent.files, form_key=form)
        return views.Received(number=made.number, secret=made.secret)

    return change(request, sent, "complaint.receive", turn, status=201)
