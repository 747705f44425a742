"""Complaints at the services themselves: how far each service is, for the ombudsman; and noting one, for a service's handler.

Working on a file goes by the pages of any file; which of them a handler sees, `tasks.sight` says.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from cases.deadlines import local_day
from forms.incoming import raw_answers
from forms.rendering import render as render_fields
from identity.permissions import require
from problems import Conflict, Forbidden, Invalid, Problem, Unavailable
from tasks import form_values
from tasks.at_services import first_line, openings
from tasks.at_services.first_line import PAGE
from tasks.forms_in_use import choices_of, form_in_use
from web.context import Body, FormBody, NotLoggedIn, RequestNotOurs, acting, looking
from web.kept import kept_page
from web.problems import status_of
from web.rendering import render

router = APIRouter(default_response_class=Response)
FARTHEST = 20  # a list nobody reads further; whoever looks for more asks one service


@router.get("/eerste-lijn")
def services_page(request: Request, dienst: str = "", blad: int = 1) -> Response:
    """Per service what is open and late; below it what is late, of all or of one service."""
    sheet = min(max(blad, 1), FARTHEST)
    with looking(request) as look:
        today = local_day(look.office.clock.now())
        services = first_line.services(look.reading, look.actor, today)
        late = first_line.late(look.reading, look.actor, today, service=dienst, after=(sheet - 1) * PAGE)
    chosen = next((each for each in services if each.key == dienst), None)
    return render(
        request,
        "first_line/services.html",
        services=services,
        chosen=chosen,
        service=dienst,
        late=late[:PAGE],
        sheet=sheet,
        has_more=len(late) > PAGE and sheet < FARTHEST,
        words={"first_line_ack_by": "ontvangstmelding of weigering", "first_line_handle_by": "antwoord"},
    )


@router.get("/eerste-lijn/openen")
def open_page(request: Request, dossier: str = "") -> Response:
    """Asks why somebody of the office has to look into a file of a service."""
    with looking(request) as look:
        require(look.actor, openings.OPEN)
    return _open_page(request, dossier, "", None)


def _open_page(request: Request, number: str, reason: str, refused: Problem | None) -> Response:
    return render(
        request,
        "first_line/open.html",
        status=status_of(refused) if refused else 200,
        number=number,
        reason=reason,
        refused=refused,
        days=openings.OPEN_FOR.days,
    )


@router.post("/eerste-lijn/openen")
def open_file(request: Request, body: Body) -> Response:
    """Open it; the reason stands in its history, for the service to read."""
    number, reason = body.text("number").strip()[:20], body.text("reason")
    try:
        with acting(request, body) as act:
            openings.open_file(act.office, act.work, act.actor, number, reason)
    except (Invalid, Conflict, openings.FileNotThere) as refused:
        return _open_page(request, number, reason, refused)
    return RedirectResponse(f"/dossiers/{quote(number)}", 303)


@router.get("/eerste-lijn/nieuw")
def note_page(request: Request) -> Response:
    """An empty note of a complaint that came in at the handler's service."""
    return _page(request, {}, None)


@router.post("/eerste-lijn/nieuw")
def note(request: Request, body: Body) -> Response:
    """Open the file; what was typed stays when something is missing."""
    try:
        with acting(request, body) as act:
            require(act.actor, first_line.RECEIVE)
            form, _ = form_in_use(act.work, first_line.FORM)
            answers = raw_answers(form, body.pairs)
            received = first_line.receive(act.office, act.work, act.actor, answers, body.files)
    except (Unavailable, NotLoggedIn, RequestNotOurs) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict, Forbidden) as refused:
        return _again(request, body, refused)
    return RedirectResponse(f"/dossiers/{received.number}", 303)


def _again(request: Request, body: FormBody, refused: Problem) -> Response:
    with looking(request) as look:
        require(look.actor, first_line.RECEIVE)
        form, _ = form_in_use(look.reading, first_line.FORM)
    return _page(request, raw_answers(form, body.pairs), refused, lost_files=bool(body.files))


def _page(
    request: Request, answers: Mapping[str, Any], refused: Problem | None, *, lost_files: bool = False
) -> Response:
    errors = {each["field"]: each["message"] for each in refused.errors} if isinstance(refused, Invalid) else {}
    with looking(request) as look:
        require(look.actor, first_line.RECEIVE)
        form, _ = form_in_use(look.reading, first_line.FORM)
        values = form_values.shown(look.office, form, answers)
        fields = render_fields(form, values, errors, codelists=choices_of(look.office))
        service = look.office.register.get(look.actor.authority_key)
    return render(
        request,
        "first_line/note.html",
        status=status_of(refused) if refused else 200,
        fields=fields,
        service=service.name if service else "",
        refused=refused.sentence if refused else "",
        lost_files=lost_files,
    )
