"""Stepping in on a case by hand: the first click shows what would happen, the second does it."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from problems import Conflict, Invalid, Problem
from tasks.case_file import case_view, looks
from tasks.operating import mending
from tasks.studio.definition_words import load as load_words
from tasks.treatment import intervening
from web.context import Body, FormBody, acting, looking
from web.problems import status_of
from web.rendering import render

router = APIRouter(default_response_class=Response)
PAGE = "/dossiers/{number}/ingrijpen"
WORDS = {
    intervening.SKIP: "Deze stap overslaan",
    intervening.REDO: "Een stap opnieuw doen",
    intervening.GO: "Naar een andere stap gaan",
}


@router.get(PAGE)
def intervene_page(request: Request, number: str) -> Response:
    """Where the case stands, and what can be done about it."""
    return _page(request, number, FormBody(), None)


def _page(
    request: Request, number: str, typed: FormBody, refused: Problem | None, plan: intervening.Planned | None = None
) -> Response:
    with looking(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        stands = intervening.of_case(look.office, look.reading, look.actor, case, load_words(look.reading))
        looks.keep(look.office, look.reading, look.actor, case.id)
        summary = case_view.summary(look.office, case)
    return render(
        request,
        "case/intervene.html",
        status=status_of(refused) if refused else 200,
        summary=summary,
        stands=stands,
        ways=WORDS,
        typed={name: typed.text(name) for name in ("token", "way", "target", "reason")},
        refused=refused,
        plan=plan,
    )


@router.post(PAGE)
def intervene(request: Request, number: str, body: Body) -> Response:
    """Show what would happen; with `sure`, do it."""
    asked = {"token_id": body.text("token"), "way": body.text("way"), "target": body.text("target")}
    try:
        if not body.text("sure"):
            with looking(request) as look:
                case, words = case_view.find(look.reading, look.actor, number), load_words(look.reading)
                plan = intervening.planned(look.office, look.reading, look.actor, case, words, **asked)
                mending.with_reason(body.text("reason"))
            return _page(request, number, body, None, plan)
        with acting(request, body) as act:
            case, words = case_view.find(act.work, act.actor, number), load_words(act.work)
            reason = body.text("reason")
            intervening.carry_out(act.office, act.work, act.actor, case, words, reason=reason, **asked)
    except (Invalid, Conflict) as refused:
        return _page(request, number, body, refused)
    return RedirectResponse(f"/dossiers/{number}/verloop", 303)
