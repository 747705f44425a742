"""The worklist and its user tasks: read, claim, release, delegate, keep a draft, complete (WS-HumanTask)."""

import re
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from cases.models import Case
from problems import Invalid
from tasks import completion, worklist
from tasks.case_file import looks
from tasks.citizens import on_behalf
from tasks.models import UserTask
from web.api import task_views as views
from web.api.asked import Delegation, Nothing, OnBehalf, RowId, StaffCompletion, StaffDraft
from web.api.described import READS, WRITES, refusals, takes
from web.api.forms import form_view
from web.api.frame import PREFIX, answer, change, reading
from web.api.sent import Call
from web.context import Act, Look

router = APIRouter(prefix=PREFIX, tags=["user tasks"])
Text = Annotated[str, Query(max_length=200)]
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=40, include_in_schema=False)]


class IfMatchNotUsable(Invalid):
    """If-Match moet de ETag van de taak zijn, bijvoorbeeld "3"."""


@router.get("/worklist", response_model=views.WorklistPage, responses=refusals(READS))
def read_worklist(
    request: Request,
    view: Annotated[Literal["mine", "roles", "all"], Query(description="Whose user tasks.")] = "roles",
    query: Text = "",
    due: Literal["", "late", "today"] = "",
    role: Text = "",
    authority: Text = "",
    after: Annotated[str | None, Query(max_length=400, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """Open user tasks, the most pressing first."""
    filters = worklist.Filters(query, due, role, authority)
    with reading(request, "worklist.read") as look:
        now = look.office.clock.now()
        page = worklist.page(look.reading, look.actor, view, now=now, filters=filters, after=after, limit=limit)
    items = [views.WorklistItem.model_validate(item) for item in page.items]
    return answer(
        views.WorklistPage(items=items, total=page.total, overdue=page.overdue, today=page.today, next=page.next)
    )


@router.get("/user-tasks/{user_task_id}", response_model=views.UserTaskShape, responses=refusals(READS))
def read_user_task(request: Request, user_task_id: RowId) -> Response:
    """A user task with its form, what the diagram gives it, and its draft. The look is recorded in the case's history."""
    with reading(request, "user_task.read") as look:
        row = worklist.get(look.reading, look.actor, user_task_id)
        looks.keep(look.office, look.reading, look.actor, row.case_id)
        view = _view(look, row)
    return answer(view, etag=f'"{view.version}"')


def _view(look: Look, row: UserTask) -> views.UserTaskShape:
    answers, came = on_behalf.apart(on_behalf.draft_of(row, look.actor).answers)
    return views.UserTaskShape(
        id=row.id,
        case_number=look.reading.session.get_one(Case, row.case_id).number,
        element_id=row.element_id,
        name=row.name,
        about=row.about or "",
        role=row.role,
        assignee=row.assignee,
        due_at=row.due_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        version=row.version,
        inputs=row.inputs,
        draft=answers,
        draft_on_behalf=came,
        form=form_view(look.office, look.reading, row.form_key, row.form_version) if row.form_key else None,
    )


def _state(row: UserTask) -> views.UserTaskState:
    return views.UserTaskState(id=row.id, assignee=row.assignee, version=row.version, has_draft=row.has_staff_draft)


@router.post(
    "/user-tasks/{user_task_id}/claim",
    response_model=views.UserTaskState,
    responses=refusals(WRITES),
    openapi_extra=takes(Nothing),
)
def claim_user_task(request: Request, sent: Call, user_task_id: RowId) -> Response:
    """Take a user task upon oneself."""

    def turn(act: Act) -> views.UserTaskState:
        sent.as_a(Nothing)
        return _state(completion.claim(act.office, act.work, act.actor, user_task_id))

    return change(request, sent, "user_task.claim", turn)


@router.post(
    "/user-tasks/{user_task_id}/release",
    response_model=views.UserTaskState,
    responses=refusals(WRITES),
    openapi_extra=takes(Nothing),
)
def release_user_task(request: Request, sent: Call, user_task_id: RowId) -> Response:
    """Give a claimed user task back to its role."""

    def turn(act: Act) -> views.UserTaskState:
        sent.as_a(Nothing)
        return _state(completion.release(act.office, act.work, act.actor, user_task_id))

    return change(request, sent, "user_task.release", turn)


@router.post(
    "/user-tasks/{user_task_id}/delegate",
    response_model=views.UserTaskState,
    responses=refusals(WRITES),
    openapi_extra=takes(Delegation),
)
def delegate_user_task(request: Request, sent: Call, user_task_id: RowId) -> Response:
    """Give a user task to a colleague who holds its role."""

    def turn(act: Act) -> views.UserTaskState:
        asked = sent.as_a(Delegation)
        return _state(completion.delegate(act.office, act.work, act.actor, user_task_id, asked.person_id))

    return change(request, sent, "user_task.delegate", turn)


@router.put(
    "/user-tasks/{user_task_id}/draft",
    response_model=views.UserTaskState,
    responses=refusals(WRITES),
    openapi_extra=takes(StaffDraft),
)
def keep_draft(request: Request, sent: Call, user_task_id: RowId) -> Response:
    """Keep half-filled answers. They are not checked, and no fact of the case until the user task is completed.

    What staff keeps for a complainant or an authority, and what those keep behind their link, are two drafts.
    """

    def turn(act: Act) -> views.UserTaskState:
        asked = sent.as_a(StaffDraft)
        answers = {**asked.answers, **(_came(asked.on_behalf) or {})}
        completion.save_draft(act.office, act.work, act.actor, user_task_id, answers)
        return _state(worklist.get(act.work, act.actor, user_task_id))

    return change(request, sent, "user_task.complete", turn)


@router.post(
    "/user-tasks/{user_task_id}/complete",
    response_model=views.CompletedShape,
    responses=refusals(WRITES),
    openapi_extra=takes(StaffCompletion, files=True, if_match=True),
)
def complete_user_task(request: Request, sent: Call, user_task_id: RowId, if_match: IfMatch = None) -> Response:
    """Complete a user task with answers to its form; the case moves on to its next wait before this is answered.

    A complainant or an authority may answer by post or telephone: with `on_behalf` whoever may do so notes it (action `user_task.on_behalf`).
    """

    def turn(act: Act) -> views.CompletedShape:
        asked, version = sent.as_a(StaffCompletion), seen_version(if_match)
        seen = asked.version if version is None else version
        made = completion.complete(
            act.office,
            act.work,
            act.actor,
            user_task_id,
            asked.answers,
            version=seen,
            files=sent.files,
            came=_came(asked.on_behalf),
        )
        return views.CompletedShape(
            case_number=made.case_number,
            outcome=made.step.outcome,
            next_user_task_id=made.next_user_task_id,
        )

    return change(request, sent, "user_task.complete", turn)


def _came(told: OnBehalf | None) -> dict[str, str] | None:
    return None if told is None else on_behalf.named(told.channel, told.received_on, told.no_document)


def seen_version(if_match: str | None) -> int | None:
    """The version in an If-Match header. Raises IfMatchNotUsable."""
    if if_match is None:
        return None
    found = re.fullmatch(r'\s*"(\d{1,18})"\s*', if_match)
    if found is None:
        raise IfMatchNotUsable(errors=[{"field": "If-Match", "message": IfMatchNotUsable().sentence}])
    return int(found[1])
