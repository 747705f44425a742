"""Running the office: figures first, then what waits for the post, with a button to send it again."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from identity.permissions import require
from problems import Invalid, Problem
from tasks.operating import operations, running, skipping
from web.context import Body, FormBody, acting, looking
from web.operating.ticked import some_ticked, ticked
from web.problems import status_of
from web.rendering import render
from web.text import AfterKey

router = APIRouter(default_response_class=Response)
BOX = "mail_id"
STATES = {
    "wacht": operations.WAITING,
    "mislukt": operations.DEAD,
    "opgegeven": operations.GIVEN_UP,
    "verstuurd": operations.SENT,
}


@router.get("/beheer")
def overview(request: Request) -> Response:
    """How the office runs now; each number is a link to its list."""
    with looking(request) as look:
        figures = operations.figures(look.office, look.reading, look.actor)
        now_running = running.of(look.office, look.reading, look.actor)
        has_mail_server = bool(look.office.settings.smtp_host)
    return render(
        request,
        "operations/overview.html",
        figures=figures,
        running=now_running,
        has_mail_server=has_mail_server,
        tab="",
    )


@router.get("/beheer/opdrachten")
def jobs(request: Request) -> Response:
    """Jobs outside the turn by type, and who does them: the system, a worker outside, or nobody."""
    with looking(request) as look:
        lines = operations.job_types(look.office, look.reading, look.actor)
    return render(request, "operations/jobs.html", lines=lines, tab="opdrachten")


@router.get("/beheer/mail")
def outbox(request: Request, stand: str = "wacht", na: AfterKey = 0) -> Response:
    """The outbox: what waits, what failed for good, what left."""
    return _outbox(request, stand, na)


def _outbox(
    request: Request, stand: str, na: int, refused: Problem | None = None, kept: FormBody | None = None
) -> Response:
    with looking(request) as look:
        is_demo, state = look.office.settings.is_demo, STATES.get(stand, operations.WAITING)
        lines, following = operations.mails(look.reading, look.actor, state, na, is_demo)
        has_mail_server = bool(look.office.settings.smtp_host)
    return render(
        request,
        "operations/mail.html",
        status=status_of(refused) if refused else 200,
        refused=refused,
        chosen=None if kept is None else ticked(kept, BOX),
        reason="" if kept is None else kept.text("reason"),
        lines=lines,
        next=following,
        state=state,
        states=STATES,
        has_mail_server=has_mail_server,
        tab="mail",
    )


@router.post("/beheer/mail")
def send_again(request: Request, body: Body) -> Response:
    """Send the chosen mails again."""
    try:
        with acting(request, body) as act:
            require(act.actor, "incident.resolve")
            operations.send_again(act.office, act.work, act.actor, some_ticked(body, BOX))
    except Invalid as refused:
        return _outbox(request, body.text("stand"), 0, refused, body)
    return RedirectResponse("/beheer/mail", 303)


@router.post("/beheer/mail/opgeven")
def give_up(request: Request, body: Body) -> Response:
    """The chosen mails will not be sent; the reason stays with their cases."""
    try:
        with acting(request, body) as act:
            require(act.actor, "mail.give_up")
            skipping.give_up(act.office, act.work, act.actor, some_ticked(body, BOX), body.text("reason"))
    except Invalid as refused:
        return _outbox(request, body.text("stand"), 0, refused, body)
    return RedirectResponse("/beheer/mail?stand=opgegeven", 303)
