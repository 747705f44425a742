"""Answering by a secret link: what a complainant or an authority is asked, without an account. The link is the credential.

Its holder sees what is addressed to them and nothing else of the case; a withheld name is in no answer.
"""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.models import Case
from identity.people import Actor
from storage.unit_of_work import Reading, UnitOfWork
from tasks import completion, worklist
from tasks.case_file import looks
from tasks.citizens import question
from tasks.models import UserTask
from tasks.turn import hash_of
from web.api import task_views as views
from web.api.asked import Completion, Draft, Secret
from web.api.described import refusals, takes
from web.api.forms import form_view
from web.api.frame import PREFIX, Identify, answer, change_as
from web.api.sent import OpenCall
from web.context import Act, office_of

router = APIRouter(prefix=PREFIX, tags=["links"])
REFUSALS = (404, 409, 413, 415, 422, 503)


def _asked(opened: Reading, secret: str, request: Request) -> tuple[UserTask, Actor]:
    return worklist.by_link(opened, hash_of(secret), office_of(request).clock.now())


@router.get("/links/{secret}", response_model=views.LinkShape, responses=refusals((404, 409, 422, 503)))
def read_link(request: Request, secret: Secret) -> Response:
    """What is asked, and what its holder may know beside it. The look is recorded."""
    office = office_of(request)
    with office.database.reading() as opened:
        row, holder = _asked(opened, secret, request)
        looks.keep(office, opened, holder, row.case_id, f"question:{row.id}")
        seen = question.of(office, opened, row, holder)
        view = views.LinkShape(
            number=seen.number,
            name=seen.name,
            role=seen.role,
            state=seen.state,
            due_at=seen.due_at,
            closed_at=seen.closed_at,
            version=seen.version,
            inputs=dict(seen.inputs),
            about=None if seen.seen is None else views.ForAuthority.model_validate(seen.seen),
            letters=[views.Paper.model_validate(letter) for letter in seen.letters],
            files=list(seen.files),
            form=form_view(office, opened, row.form_key, row.form_version) if row.form_key else None,
        )
    return answer(view, etag=f'"{view.version}"')


@router.put(
    "/links/{secret}/draft", response_model=views.Answered, responses=refusals(REFUSALS), openapi_extra=takes(Draft)
)
def keep_link_draft(request: Request, sent: OpenCall, secret: Secret) -> Response:
    """Keep half-filled answers."""

    def turn(act: Act) -> views.Answered:
        asked = sent.as_a(Draft)
        row, _ = _asked(act.work, secret, request)
        completion.save_draft(act.office, act.work, act.actor, row.id, asked.answers)
        return views.Answered(case_number=act.work.session.get_one(Case, row.case_id).number)

    return change_as(request, sent, secret, _holder(request, secret), turn)


@router.post(
    "/links/{secret}/complete",
    response_model=views.Answered,
    responses=refusals(REFUSALS),
    openapi_extra=takes(Completion, files=True),
)
def complete_link(request: Request, sent: OpenCall, secret: Secret) -> Response:
    """Answer what is asked; once."""

    def turn(act: Act) -> views.Answered:
        asked = sent.as_a(Completion)
        row, _ = _asked(act.work, secret, request)
        completion.complete(
            act.office, act.work, act.actor, row.id, asked.answers, version=asked.version, files=sent.files
        )
        return views.Answered(case_number=act.work.session.get_one(Case, row.case_id).number)

    return change_as(request, sent, secret, _holder(request, secret), turn)


def _holder(request: Request, secret: str) -> Identify:
    def identify(work: UnitOfWork) -> Actor:
        return _asked(work, secret, request)[1]

    return identify
