"""Running the office: figures first, then what cannot go on and what waits for the post, each with a button to try again."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from problems import Conflict, Invalid, Problem
from tasks import operations
from tasks.definition_words import load as load_words
from web.context import Body, acting, looking
from web.problems import status_of
from web.rendering import render
from web.text import AfterKey

router = APIRouter(default_response_class=Response)
STATES = {"wacht": operations.WAITING, "mislukt": operations.DEAD, "verstuurd": operations.SENT}


@router.get("/beheer")
def overview(request: Request) -> Response:
    """How the office runs now; each number is a link to its list."""
    with looking(request) as look:
        figures = operations.figures(look.office, look.reading, look.actor)
        has_mail_server = bool(look.office.settings.smtp_host)
    return render(request, "operations/overview.html", figures=figures, has_mail_server=has_mail_server, tab="")


@router.get("/beheer/vastgelopen")
def stuck(request: Request, na: AfterKey = 0) -> Response:
    """Steps that cannot go on, with the reason."""
    return _stuck(request, na)


def _stuck(request: Request, after: int = 0, refused: Problem | None = None, typed: Any = None) -> Response:
    with looking(request) as look:
        lines, following = operations.incidents(look.reading, look.actor, load_words(look.reading), after)
    return render(
        request,
        "operations/incidents.html",
        status=status_of(refused) if refused else 200,
        lines=lines,
        next=following,
        refused=refused,
        typed=typed or {"id": 0, "name": "", "value": ""},
        tab="vastgelopen",
    )


@router.post("/beheer/vastgelopen/{incident_id}")
def retry(request: Request, incident_id: int, body: Body) -> Response:
    """Try again, perhaps with one variable mended."""
    try:
        with acting(request, body) as act:
            name, value = body.text("name"), body.text("value")
            operations.retry(act.office, act.work, act.actor, incident_id, name, value)
    except (Invalid, Conflict) as refused:
        typed = {"id": incident_id, "name": body.text("name"), "value": body.text("value")}
        return _stuck(request, 0, refused, typed)
    return RedirectResponse("/beheer/vastgelopen", 303)


@router.get("/beheer/mail")
def outbox(request: Request, stand: str = "wacht", na: AfterKey = 0) -> Response:
    """The outbox: what waits, what failed for good, what left."""
    state = STATES.get(stand, operations.WAITING)
    with looking(request) as look:
        is_demo = look.office.settings.is_demo
        lines, following = operations.mails(look.reading, look.actor, state, na, is_demo)
        has_mail_server = bool(look.office.settings.smtp_host)
    return render(
        request,
        "operations/mail.html",
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
    chosen = [int(each) for each in body.fields.get("mail_id", []) if each.isdecimal() and len(each) < 18]
    with acting(request, body) as act:
        operations.send_again(act.office, act.work, act.actor, chosen)
    return RedirectResponse("/beheer/mail", 303)
