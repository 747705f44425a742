"""A user task: its form beside the file in short; take it, give it, keep a draft, finish it.

What somebody typed is never lost: a refusal shows the same page with every answer, whatever the reason (a wrong answer 422,
a colleague who was first 409, a busy database 503).
"""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from forms.incoming import raw_answers, with_row_buttons
from forms.rendering import render as render_fields
from forms.schema import Form
from identity.permissions import allows
from identity.roles import EXTERNAL_ROLES, INTAKE
from problems import Conflict, Forbidden, Invalid, Problem, Unavailable
from tasks import completion, form_values, worklist
from tasks.case_file import looks, task_view
from tasks.citizens import more_time, on_behalf
from tasks.errors import DraftElsewhere, DraftOfOther, UserTaskAlreadyCompleted, UserTaskNotFound
from tasks.forms_in_use import choices_of, form_version
from tasks.letters import foreseen
from web.account import safe_path
from web.case_file.beside import suggested
from web.context import Act, Body, FormBody, NotLoggedIn, RequestNotOurs, acting, looking
from web.dates import moment
from web.kept import kept_page, told_to_script
from web.problems import status_of
from web.rendering import render
from web.text import number_of

router = APIRouter(default_response_class=Response)
# The page that says so is a fresh one already: nobody has to load it again, as RequestNotOurs asks.
STILL_THERE = "Deze bladzijde was te oud. Wat u invulde, staat er nog: kijk het na en druk opnieuw op de knop."
LAPSED = "Deze taak is ondertussen vervallen: ze is niet meer nodig. Wat u typte, staat hieronder nog."
# Who was told so may keep theirs after all: their page knows now what it would replace.
OTHER_DRAFT = (DraftOfOther, DraftElsewhere)


@router.get("/taken/{user_task_id}")
def user_task_page(request: Request, user_task_id: int, bewaard: str = "") -> Response:
    """The form beside the file; for a task that is finished: what came of it and what to do next."""
    return _page(request, user_task_id, is_saved=bool(bewaard))


@router.post("/taken/{user_task_id}")
def user_task_submit(request: Request, user_task_id: int, body: Body) -> Response:
    """Finish the task; the buttons inside the form (another row, keep as draft, what would leave) finish nothing."""
    if any(name in body.fields for name in ("_add", "_remove", "_save", "_beside")):
        return keep_draft(request, user_task_id, body)
    if "_preview" in body.fields:
        return _preview(request, user_task_id, body)
    try:
        with acting(request, body) as act:
            completion.complete(
                act.office,
                act.work,
                act.actor,
                user_task_id,
                lambda form: raw_answers(form, body.pairs),
                version=number_of(body.text("_version")),
                files=body.files,
                came=_came(body),
            )
    except (Unavailable, NotLoggedIn) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict, Forbidden) as refused:
        return _refused(request, user_task_id, body, refused)
    return RedirectResponse(f"/taken/{user_task_id}", 303)


@router.post("/taken/{user_task_id}/concept")
def keep_draft(request: Request, user_task_id: int, body: Body) -> Response:
    """Keep what is typed. A page asks it by itself now and then (JSON), a person with the button."""
    is_script = "application/json" in request.headers.get("accept", "")
    try:
        with acting(request, body) as act:
            told = _keep(act, user_task_id, body)
    except (Invalid, Conflict, Forbidden, Unavailable) as refused:
        if is_script:
            return told_to_script(refused)
        if isinstance(refused, Unavailable | NotLoggedIn):
            return kept_page(request, body, refused)
        return _refused(request, user_task_id, body, refused)
    there = f"/naast/{quote(other, safe='')}" if (other := body.text("_beside")) else "?bewaard=1"
    return JSONResponse(told) if is_script else RedirectResponse(f"/taken/{user_task_id}{there}", 303)


def _preview(request: Request, user_task_id: int, body: FormBody) -> Response:
    """The page again, with the letters that would leave if the task were finished as it is filled in now."""
    try:
        with acting(request, body) as act:
            office, actor = act.office, act.actor
        said, version = (lambda form: raw_answers(form, body.pairs)), number_of(body.text("_version"))
        letters = foreseen.of(office, actor, user_task_id, said, version=version, came=_came(body))
    except (Unavailable, NotLoggedIn) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict, Forbidden) as refused:
        return _refused(request, user_task_id, body, refused)
    return _page(request, user_task_id, body=body, letters=letters)


def _came(body: FormBody) -> dict[str, str] | None:
    """How and when the answer of somebody else came; None on the page of a task for oneself."""
    names = [name for name in on_behalf.NAMES if name in body.fields]
    return {name: body.text(name) for name in names} or None


def _keep(act: Act, user_task_id: int, body: FormBody) -> dict[str, str]:
    """Store the draft; answers what the page needs to go on: the time, the fields as they are now, the draft's mark."""
    row = worklist.get(act.work, act.actor, user_task_id)
    form = form_version(act.work, row.form_key or "", row.form_version)
    if worklist.may_answer_for(act.actor, row):
        form = on_behalf.with_how_it_came(form, needs_proof=bool(row.inputs.get(on_behalf.PROOF)))
    raw = raw_answers(form, body.pairs)
    raw = with_row_buttons(form, raw, body.pairs) or raw
    seen = body.text("_seen") if "_seen" in body.fields else None
    mark = completion.save_draft(act.office, act.work, act.actor, user_task_id, raw, seen=seen)
    values = form_values.shown(act.office, form, raw, row.inputs)
    fields = render_fields(form, values, codelists=choices_of(act.office), context=row.inputs)
    at = moment(act.office.clock.now()).rpartition(" ")[2]
    return {"message": f"Concept bewaard om {at}", "fields": str(fields), "mark": mark}


def _refused(request: Request, user_task_id: int, body: FormBody, refused: Problem) -> Response:
    return _page(request, user_task_id, body=body, refused=refused)


def _page(
    request: Request,
    user_task_id: int,
    *,
    body: FormBody | None = None,
    refused: Problem | None = None,
    is_saved: bool = False,
    letters: foreseen.Foreseen | None = None,
) -> Response:
    with looking(request) as look:
        row = worklist.get(look.reading, look.actor, user_task_id)
        looks.keep(look.office, look.reading, look.actor, row.case_id)
        view = task_view.of(look.office, look.reading, look.actor, row)
        is_intake = row.role == INTAKE and row.closed_at is None and view.may_complete
        asked = more_time.of(look.office, look.reading, row) if row.role in EXTERNAL_ROLES else None
        likenesses = suggested(look, row) if is_intake and allows(look.actor, "case.act") else []
    status = status_of(refused) if refused else 200
    if row.closed_at is not None and body is None:
        return render(request, "user_task/done.html", status=status, task=row, view=view)
    raw = raw_answers(view.form, body.pairs) if body and view.form else None
    values = (
        view.values if raw is None or view.form is None else form_values.shown(look.office, view.form, raw, row.inputs)
    )
    errors = {each["field"]: each["message"] for each in refused.errors} if isinstance(refused, Invalid) else {}
    return render(
        request,
        "user_task/page.html",
        status=status,
        task=row,
        view=view,
        fields=_fields(view.form, values, errors, row.inputs, request),
        refused=_told(refused, view) if refused else "",
        is_told_at_fields=bool(errors and view.form),
        lost_files=bool(body and body.files),
        is_saved=is_saved,
        foreseen=letters,
        likenesses=likenesses,
        more_time=asked,
        other_draft=isinstance(refused, OTHER_DRAFT),
        mark=body.text("_seen") if body and not isinstance(refused, OTHER_DRAFT) else view.draft_mark,
    )


def _told(refused: Problem, view: task_view.TaskView) -> str:
    """Why it is refused, as somebody with a filled-in page before them needs to hear it."""
    if isinstance(refused, RequestNotOurs):
        return STILL_THERE
    return LAPSED if isinstance(refused, UserTaskAlreadyCompleted) and view.is_lapsed else refused.sentence


def _fields(form: Form | None, values: dict[str, Any], errors: dict[str, str], context: Any, request: Request) -> str:
    if form is None:
        return ""
    office = request.app.state.office
    return str(render_fields(form, values, errors, codelists=choices_of(office), context=context))


@router.post("/taken/{user_task_id}/opnemen")
def claim(request: Request, user_task_id: int, body: Body) -> Response:
    """Take it; back to where one was. Whoever comes second sees the task, and who has it."""
    try:
        with acting(request, body) as act:
            completion.claim(act.office, act.work, act.actor, user_task_id)
    except Conflict as refused:
        return _page(request, user_task_id, refused=refused)
    return RedirectResponse(safe_path(body.text("_back"), f"/taken/{user_task_id}"), 303)


@router.post("/taken/{user_task_id}/teruggeven")
def release(request: Request, user_task_id: int, body: Body) -> Response:
    """Give it back to the role."""
    try:
        with acting(request, body) as act:
            completion.release(act.office, act.work, act.actor, user_task_id)
    except Conflict as refused:
        return _page(request, user_task_id, refused=refused)
    return RedirectResponse(safe_path(body.text("_back"), f"/taken/{user_task_id}"), 303)


@router.get("/taken/{user_task_id}/doorgeven")
def delegate_page(request: Request, user_task_id: int) -> Response:
    return _delegate_page(request, user_task_id, None)


def _delegate_page(request: Request, user_task_id: int, refused: Problem | None) -> Response:
    with looking(request) as look:
        row = worklist.get(look.reading, look.actor, user_task_id)
        if row.closed_at is not None:
            raise UserTaskNotFound(user_task_id=user_task_id)
        colleagues = [
            person
            for person in completion.who_may_take(look.reading, row)
            if f"person:{person.id}" not in (row.assignee, look.actor.id)
        ]
    sentence = refused.sentence if refused else ""
    return render(
        request,
        "user_task/delegate.html",
        status=status_of(refused) if refused else 200,
        task=row,
        colleagues=colleagues,
        refused=sentence,
    )


@router.post("/taken/{user_task_id}/doorgeven")
def delegate(request: Request, user_task_id: int, body: Body) -> Response:
    """Give it to a colleague of the role."""
    chosen = number_of(body.text("person_id")) or 0
    try:
        with acting(request, body) as act:
            completion.delegate(act.office, act.work, act.actor, user_task_id, chosen)
    except (Invalid, Conflict) as refused:
        return _delegate_page(request, user_task_id, refused)
    return RedirectResponse(f"/taken/{user_task_id}", 303)
