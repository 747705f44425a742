"""Cases that are alike and ended differently: a list of pairs, and one case beside those like it, where somebody says why."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from identity import people
from problems import Conflict, Invalid, Problem
from tasks.case_file import case_view, looks
from tasks.reporting import consistency
from web.context import Body, FormBody, acting, looking
from web.problems import status_of
from web.rendering import render
from web.reporting.public_words import codes_in
from web.text import AfterKey

router = APIRouter(default_response_class=Response)
PAGE = "/vergelijken"
MOST_BESIDE = 25


@router.get(PAGE)
def pairs(request: Request, alles: int = 0, na: AfterKey = 0) -> Response:
    """What stands out: of each case as much as the list of cases tells."""
    with looking(request) as look:
        page = consistency.page(look.office, look.reading, look.actor, is_open=not alles, after=na)
        code = codes_in(look.office, "nl")
    return render(request, "consistency/pairs.html", page=page, code=code, alles=alles, after=na)


@router.get(f"{PAGE}/{{number}}")
def one(request: Request, number: str, met: str = "") -> Response:
    """One case beside those that are like it; the one it is to be laid beside (`met`) comes first."""
    return _one(request, number, FormBody(), None, met)


def _one(request: Request, number: str, typed: FormBody, refused: Problem | None, first: str) -> Response:
    with looking(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        mine, beside = consistency.of_case(look.office, look.reading, look.actor, case)
        beside = sorted(beside, key=lambda pair: pair.other.number != first)[:MOST_BESIDE]
        for shown in (case.id, *(pair.other.case_id for pair in beside)):
            looks.keep(look.office, look.reading, look.actor, shown, "comparison")
        names, code = people.names(look.reading), codes_in(look.office, "nl")
    return render(
        request,
        "consistency/one.html",
        status=status_of(refused) if refused else 200,
        number=number,
        mine=mine,
        beside=beside,
        names=names,
        code=code,
        refused=refused,
        typed={name: typed.text(name) for name in ("other", "reason")},
    )


@router.post(f"{PAGE}/{{number}}")
def note(request: Request, number: str, body: Body) -> Response:
    """Keep why it and another case differ."""
    try:
        with acting(request, body) as act:
            consistency.note(act.office, act.work, act.actor, number, body.text("other"), body.text("reason"))
    except (Invalid, Conflict) as refused:
        return _one(request, number, body, refused, body.text("other"))
    return RedirectResponse(f"{PAGE}/{number}?{urlencode({'met': body.text('other')})}", 303)
