"""The record of a mediation, as a tab of the case: positions, contacts and notes, and what was said in confidence for who may read it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from cases.models import Case
from problems import Conflict, Invalid, Problem, Unavailable
from tasks import case_view, mediation
from tasks.definition_words import Words
from web.case_tab import show
from web.context import Body, FormBody, Look, NotLoggedIn, acting
from web.kept import kept_page

router = APIRouter(default_response_class=Response)
PAGE = "/dossiers/{number}/bemiddeling"
FIELDS = ("kind", "party", "happened_on", "text", "confidential")


@router.get(PAGE)
def record(request: Request, number: str) -> Response:
    """The record, and the form to write in it."""
    return _page(request, number, FormBody(), None)


def _page(request: Request, number: str, typed: FormBody, refused: Problem | None) -> Response:
    def load(look: Look, case: Case, _words: Words, _names: dict[str, str]) -> dict[str, Any]:
        return {
            "record": mediation.of_case(look.office, look.reading, look.actor, case.id),
            "kinds": mediation.KINDS,
            "parties": mediation.PARTIES,
            "typed": {name: typed.text(name) for name in FIELDS},
            "wrong": {each["field"] for each in refused.errors} if isinstance(refused, Invalid) else set(),
        }

    return show(request, number, "bemiddeling", load, refused)


@router.post(PAGE)
def write(request: Request, number: str, body: Body) -> Response:
    """Write a line."""
    try:
        with acting(request, body) as act:
            case = case_view.find(act.work, act.actor, number)
            mediation.keep(act.office, act.work, act.actor, case, {name: body.text(name) for name in FIELDS})
    except (Unavailable, NotLoggedIn) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict) as refused:
        return _page(request, number, body, refused)
    return RedirectResponse(f"/dossiers/{number}/bemiddeling", 303)
