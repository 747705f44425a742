"""The pages of the reports house for who reports a breach: the form, the code, and the mailbox it opens. Nobody logs in.

There is no address with a secret in it: the code is posted, and a cookie of half an hour keeps the mailbox open, so that neither the history
of a browser nor a Referer gives anything away. Nothing is kept before the report is sent.
"""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from cases.models import Case
from forms.incoming import raw_answers
from forms.rendering import render as render_fields
from identity.people import Actor
from identity.permissions import require
from problems import Conflict, Forbidden, Invalid, NotFound, Problem, TooOften, Unavailable
from storage.unit_of_work import Reading
from tasks import inbox, worklist
from tasks.citizens import complainant
from tasks.forms_in_use import choices_of, form_in_use
from tasks.models import UserTask
from tasks.reports_house import mailbox, taking_over
from web import papers
from web.citizens import question
from web.context import Body, FormBody, Look, RequestNotOurs, acting, looking, office_of, posting, visiting
from web.kept import kept_page
from web.problems import headers_of, status_of
from web.rendering import language_of, render, translator
from web.security import keep_cookie

router = APIRouter(default_response_class=Response)
FORM, CODE, BOX, DESK = "/melding", "/melding/code", "/melding/postbus", "/noteren"
CODE_COOKIE, BOX_COOKIE = "ombudsflow_code", "ombudsflow_postbus"
HALF_AN_HOUR = 1800  # seconds


class MailboxClosed(NotFound):
    """Uw postbus is gesloten. Open ze opnieuw met uw code."""


@router.get("/")
def front_page(request: Request) -> Response:
    """What one can report, and the two doors."""
    with visiting(request):
        return render(request, "reports/home.html")


@router.get(FORM)
def form_page(request: Request) -> Response:
    """The form. The code is made now, so that sending twice makes one report."""
    with visiting(request) as look:
        answer = _form(request, look, own=True)
    set_cookie(request, answer, CODE_COOKIE, request.cookies.get(CODE_COOKIE) or mailbox.new_code())
    return answer


@router.post(FORM)
def send(request: Request, body: Body) -> Response:
    """Take the report; refused, the form comes back with every answer."""
    code = request.cookies.get(CODE_COOKIE) or mailbox.new_code()
    try:
        with posting(request, body) as act:
            form, _ = form_in_use(act.work, act.office.house.own_form)
            mailbox.report(act.office, act.work, code, raw_answers(form, body.pairs), body.files)
    except TooOften as refused:
        with visiting(request) as look:
            return _form(request, look, own=True, body=body, refused=refused)
    except (Unavailable, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict, Forbidden) as refused:
        with visiting(request) as look:
            return _form(request, look, own=True, body=body, refused=refused)
    answer = RedirectResponse(CODE, 303)
    set_cookie(request, answer, CODE_COOKIE, code)
    return answer


@router.get(CODE)
def code_page(request: Request) -> Response:
    """The code, for as long as the mailbox was not opened with it in this browser."""
    with visiting(request) as look:
        code = request.cookies.get(CODE_COOKIE, "")
        if _opened(request, look.reading, code) is None:
            return RedirectResponse(BOX, 303)
        return render(request, "reports/code.html", code=mailbox.in_groups(code), box=BOX)


def _opened(request: Request, reading: Reading, typed: str) -> str | None:
    """The secret of the mailbox that a code opens, None when it opens none. Raises TooManyCodes."""
    office, guesses = office_of(request), request.app.state.guesses
    now = office.clock.now()
    try:
        secret = mailbox.secret_of(office, typed)
    except mailbox.CodeUnknown:
        return None  # it cannot be one, so nothing was tried
    guesses.require_room(now)
    if mailbox.is_known(reading, secret):
        return secret
    guesses.note(now)
    return None


def _form(
    request: Request, look: Look, *, own: bool, body: FormBody | None = None, refused: Problem | None = None
) -> Response:
    """The form of who reports themselves, or that of an officer who notes it."""
    house = look.office.house
    form, _ = form_in_use(look.reading, house.own_form if own else house.desk_form)
    # Who reads the page in French is likely to want our messages in French too; they may choose another.
    at_first = {each.key: language_of(request) for each in form.inputs() if each.fact == "complaint.language"}
    values: dict[str, Any] = raw_answers(form, body.pairs) if body else dict(at_first)
    errors = {each["field"]: each["message"] for each in refused.errors} if isinstance(refused, Invalid) else {}
    fields = render_fields(
        form, values, errors, codelists=choices_of(look.office), translate=translator(language_of(request))
    )
    return render(
        request,
        "reports/form.html" if own else "reports/desk.html",
        handed_over=[] if own else taking_over.without_code(look.reading),
        status=status_of(refused) if refused else 200,
        headers=headers_of(refused) if refused else None,
        fields=fields,
        errors=errors,
        refused=refused.sentence if refused else "",
        lost_files=bool(body and body.files),
    )


@router.get(BOX)
def box(request: Request) -> Response:
    """The mailbox; or, when it is closed, its door."""
    with visiting(request) as look:
        if not mailbox.is_known(look.reading, request.cookies.get(BOX_COOKIE, "")):
            return render(request, "reports/door.html", refused="", link_refused="")
        return _box(request, look)


@router.post(BOX)
def open_box(request: Request, body: Body) -> Response:
    """The code opens the mailbox; from then on this browser does not know the code any more."""
    try:
        with posting(request, body) as act:
            secret = _opened(request, act.work, body.text("code"))
    except TooOften as refused:
        return _door(request, refused)
    if secret is None:
        return _door(request, mailbox.CodeUnknown())
    answer = RedirectResponse(BOX, 303)
    answer.delete_cookie(CODE_COOKIE, path=FORM)
    set_cookie(request, answer, BOX_COOKIE, secret)
    return answer


def _door(request: Request, refused: Problem) -> Response:
    return render(
        request,
        "reports/door.html",
        status=status_of(refused),
        headers=headers_of(refused),
        refused=refused.sentence,
        link_refused="",
    )


@router.post(f"{BOX}/sluiten")
def close_box(request: Request, body: Body) -> Response:
    with posting(request, body):
        answer = RedirectResponse("/", 303)
    for name in (BOX_COOKIE, CODE_COOKIE):
        answer.delete_cookie(name, path=FORM)
    return answer


@router.post(f"{BOX}/bericht")
def write(request: Request, body: Body) -> Response:
    """A message of the reporter, with or without documents."""
    try:
        with posting(request, body) as act:
            case, holder = _holder(request, act.work)
            form, _ = form_in_use(act.work, inbox.INFORMATION)
            answers = raw_answers(form, body.pairs)
            inbox.deliver(act.office, act.work, holder, case.id, inbox.INFORMATION, answers, files=body.files)
    except TooOften as refused:
        with visiting(request) as look:
            return _box(request, look, body=body, refused=refused)
    except (Unavailable, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict, Forbidden) as refused:
        with visiting(request) as look:
            return _box(request, look, body=body, refused=refused)
    return RedirectResponse(BOX, 303)


@router.get(f"{BOX}/vraag/{{user_task_id}}")
def question_page(request: Request, user_task_id: int) -> Response:
    """A question of the house, answered from the mailbox."""
    return question.show(request, _asked(request, user_task_id), back=BOX)


@router.post(f"{BOX}/vraag/{{user_task_id}}")
def answer_question(request: Request, user_task_id: int, body: Body) -> Response:
    return question.submit(request, _asked(request, user_task_id), body, back=BOX)


@router.get(f"{BOX}/stuk/{{document_id}}")
def document(request: Request, document_id: int) -> Response:
    """A document the reporter sent, as an attachment."""
    with visiting(request) as look:
        case, _ = _holder(request, look.reading)
        row = complainant.document(look.reading, case, document_id)
        return papers.attachment(look.office.documents, row)


def _box(request: Request, look: Look, *, body: FormBody | None = None, refused: Problem | None = None) -> Response:
    case, _ = _holder(request, look.reading)
    request.state.language = case.language
    page = complainant.page(look.office, look.reading, case)
    form, _ = form_in_use(look.reading, inbox.INFORMATION)
    values: dict[str, Any] = raw_answers(form, body.pairs) if body else {}
    errors = {each["field"]: each["message"] for each in refused.errors} if isinstance(refused, Invalid) else {}
    return render(
        request,
        "reports/mailbox.html",
        status=status_of(refused) if refused else 200,
        headers=headers_of(refused) if refused else None,
        page=page,
        said=mailbox.conversation(page),
        fields=render_fields(
            form, values, errors, codelists=choices_of(look.office), translate=translator(language_of(request))
        ),
        refused=refused.sentence if refused else "",
        errors=errors,
        lost_files=bool(body and body.files),
        box=BOX,
    )


def _holder(request: Request, reading: Reading) -> tuple[Case, Actor]:
    """The case of the mailbox that is open in this browser, and its reporter. Raises MailboxClosed."""
    try:
        return complainant.find(reading, request.cookies.get(BOX_COOKIE, ""))
    except complainant.CasePageNotFound:
        raise MailboxClosed from None


def _asked(request: Request, user_task_id: int) -> question.Find:
    def find(reading: Reading) -> tuple[UserTask, Actor]:
        _, holder = _holder(request, reading)
        return worklist.get(reading, holder, user_task_id), holder

    return find


def set_cookie(request: Request, answer: Response, name: str, value: str) -> None:
    """A cookie of half an hour, for the pages of who reports only."""
    keep_cookie(request, answer, name, value, path=FORM, seconds=HALF_AN_HOUR, samesite="strict")


@router.get(DESK)
def desk(request: Request) -> Response:
    """An officer notes what somebody tells."""
    with looking(request) as look:
        require(look.actor, "complaint.receive")
        return _form(request, look, own=False)


@router.post(DESK)
def note(request: Request, body: Body) -> Response:
    """Keep the report, and show the code that the officer hands to the reporter: it is nowhere else."""
    code = mailbox.new_code()
    try:
        with acting(request, body) as act:
            form, _ = form_in_use(act.work, act.office.house.desk_form)
            mailbox.report(act.office, act.work, code, raw_answers(form, body.pairs), body.files, by=act.actor)
    except (Unavailable, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict) as refused:
        with looking(request) as look:
            return _form(request, look, own=False, body=body, refused=refused)
    return render(request, "reports/code.html", code=mailbox.in_groups(code), box="")


@router.post(f"{DESK}/code")
def give_code(request: Request, body: Body) -> Response:
    """The code of a report that came by the office, for a reporter who has no page there. Once."""
    with acting(request, body) as act:
        code = taking_over.code_by_officer(act.office, act.work, act.actor, body.text("number"))
    return render(request, "reports/code.html", code=mailbox.in_groups(code), box="")
