"""Cases that are alike and ended differently: a list of pairs, and one case beside those like it, where somebody says why."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from identity import people
from problems import Conflict, Invalid, Problem
from tasks.case_file import case_view, looks
from tasks.reporting import consistency
from web.context import Body, FormBody, acting, looking
from web.problems import status_of
from web.rendering import render
from web.reporting.public_words import codes_in

router = APIRouter(default_response_class=Response)
PAGE = "/vergelijken"
Start = Annotated[int, Query(ge=0, le=consistency.LOOKED_AT**2)]


@router.get(PAGE)
def pairs(request: Request, alles: int = 0, na: Start = 0) -> Response:
    """What stands out: of each case as much as the list of cases tells."""
    with looking(request) as look:
        page = consistency.page(look.office, look.reading, look.actor, is_open=not alles, start=na)
        code = codes_in(look.office, "nl")
    return render(request, "consistency/pairs.html", page=page, code=code, alles=alles, after=na)


@router.get(f"{PAGE}/{{number}}")
def one(request: Request, number: str) -> Response:
    """One case beside those that are like it."""
    return _one(request, number, FormBody(), None)


def _one(request: Request, number: str, typed: FormBody, refused: Problem | None) -> Response:
    with looking(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        mine, beside = consistency.of_case(look.office, look.reading, look.actor, case)
        beside = beside[: consistency.PAGE]
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
        return _one(request, number, body, refused)
    return RedirectResponse(f"{PAGE}/{number}", 303)
