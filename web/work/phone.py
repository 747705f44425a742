"""Noting a complaint by telephone: one screen, kept while one types, earlier cases of the same name beside it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from forms.incoming import raw_answers
from forms.rendering import render as render_fields
from forms.schema import Form
from identity.permissions import require
from problems import Conflict, Forbidden, Invalid, Problem, Unavailable
from tasks import form_values, intake, turn, worklist
from tasks.case_file import case_list, case_view, looks, public_status
from tasks.case_file.case_list import CaseItem
from tasks.citizens import drafts, phone
from tasks.forms_in_use import choices_of, form_in_use
from web.context import Body, FormBody, Look, NotLoggedIn, RequestNotOurs, acting, looking
from web.dates import moment
from web.kept import kept_page, told_to_script
from web.problems import status_of
from web.rendering import render
from web.security import keep_cookie

router = APIRouter(default_response_class=Response)
COOKIE, HERE = "ombudsflow_phone", "/telefoon"
SECRET_LENGTH = 43


@router.get("/telefoon")
def phone_page(request: Request, verder: str = "") -> Response:
    """An empty note; `?verder=1` goes on with the one that was kept last."""
    kept = request.cookies.get(COOKIE, "")
    with looking(request) as look:
        require(look.actor, "complaint.receive")
        draft = drafts.find(look.office, look.reading, kept) if kept else None
        form, _ = form_in_use(look.reading, intake.PHONE_FORM)
        goes_on = bool(verder) and draft is not None
        answers = dict(draft.answers) if draft is not None and goes_on else {}
        return _page(
            request,
            look,
            form,
            answers,
            secret=kept if goes_on else turn.new_secret()[0],
            kept_at=moment(draft.saved_at) if draft is not None and not goes_on else "",
        )


def _page(
    request: Request,
    look: Look,
    form: Form,
    answers: dict[str, Any],
    *,
    secret: str,
    kept_at: str = "",
    refused: Problem | None = None,
    lost_files: bool = False,
) -> Response:
    errors = {each["field"]: each["message"] for each in refused.errors} if isinstance(refused, Invalid) else {}
    return render(
        request,
        "phone/form.html",
        status=status_of(refused) if refused else 200,
        fields=_fields(look, form, answers, errors),
        same=_same(look, answers),
        secret=secret,
        kept_at=kept_at,
        refused=refused.sentence if refused else "",
        lost_files=lost_files,
    )


def _fields(look: Look, form: Form, answers: dict[str, Any], errors: dict[str, str]) -> str:
    values = form_values.shown(look.office, form, answers)
    return render_fields(form, values, errors, codelists=choices_of(look.office))


def _same(look: Look, answers: dict[str, Any]) -> list[CaseItem]:
    """Cases with the same name: before a second one is opened about the same matter."""
    name = str(answers.get("complainant_name") or "")
    return case_list.found(look.reading, look.actor, name) if len(name) > 2 else []


@router.post("/telefoon")
def phone_submit(request: Request, body: Body) -> Response:
    """Open the case, once; the buttons inside the form only keep the note."""
    if "_save" in body.fields:
        return keep_note(request, body)
    try:
        with acting(request, body) as act:
            form, _ = form_in_use(act.work, intake.PHONE_FORM)
            answers = raw_answers(form, body.pairs)
            sent = phone.send(act.office, act.work, act.actor, _secret(body), answers, body.files)
    except (Unavailable, NotLoggedIn, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict, Forbidden) as refused:
        return _again(request, body, refused)
    answer = RedirectResponse(f"/telefoon/{sent.number}", 303)
    answer.delete_cookie(COOKIE, path=HERE)
    return answer


@router.post("/telefoon/concept")
def keep_note(request: Request, body: Body) -> Response:
    """Keep the note; a page asks it by itself now and then (JSON), a person with the button."""
    is_script = "application/json" in request.headers.get("accept", "")
    try:
        with acting(request, body) as act:
            form, _ = form_in_use(act.work, intake.PHONE_FORM)
            answers = raw_answers(form, body.pairs)
            secret = _secret(body)
            phone.keep(act.office, act.work, act.actor, secret, answers)
            look = Look(act.office, act.work, act.actor)
            fields, same = _fields(look, form, answers, {}), _same(look, answers)
    except (Invalid, Conflict, Forbidden, Unavailable) as refused:
        if is_script:
            return told_to_script(refused)
        return (
            kept_page(request, body, refused)
            if isinstance(refused, Unavailable | NotLoggedIn | RequestNotOurs)
            else _again(request, body, refused)
        )
    hints = [
        {"number": each.number, "subject": each.subject, "name": each.complainant, "closed": bool(each.closed_at)}
        for each in same
    ]
    at = moment(act.office.clock.now()).rpartition(" ")[2]
    answer: Response = (
        JSONResponse({"message": f"Nota bewaard om {at}", "fields": str(fields), "same": hints})
        if is_script
        else RedirectResponse("/telefoon?verder=1", 303)
    )
    keep_cookie(request, answer, COOKIE, secret, path=HERE)
    return answer


def _secret(body: FormBody) -> str:
    """The secret of the note. One we did not make is not used: the secret of the case's page follows from it."""
    posted = body.text("_note")
    return posted if len(posted) == SECRET_LENGTH else turn.new_secret()[0]


def _again(request: Request, body: FormBody, refused: Problem) -> Response:
    with looking(request) as look:
        require(look.actor, "complaint.receive")
        form, _ = form_in_use(look.reading, intake.PHONE_FORM)
        answers = raw_answers(form, body.pairs)
        return _page(request, look, form, answers, secret=_secret(body), refused=refused, lost_files=bool(body.files))


@router.get("/telefoon/{number}")
def phone_done(request: Request, number: str) -> Response:
    """What to tell the caller: the number, what happens next, and how they will hear from us."""
    with looking(request) as look:
        require(look.actor, "complaint.receive")
        case = case_view.find(look.reading, look.actor, number)
        looks.keep(look.office, look.reading, look.actor, case.id)
        status = public_status.of(look.office, look.reading, case)
        mine = [each for each in worklist.open_of_case(look.reading, case.id) if each.role in look.actor.roles]
    return render(request, "phone/done.html", case=case, public=status, tasks=mine)
