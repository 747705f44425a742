"""A conflict of interest in a case: declared by whoever has it, or by the ombudsman for a colleague, and lifted with a reason."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from identity.permissions import allows
from problems import Conflict, Invalid, Problem
from tasks import case_view, conflicts, looks
from web.context import Body, FormBody, acting, looking
from web.problems import status_of
from web.rendering import render

router = APIRouter(default_response_class=Response)
PAGE = "/dossiers/{number}/belangenconflict"


@router.get(PAGE)
def conflict_page(request: Request, number: str) -> Response:
    """What was declared in this case, and the form to declare one."""
    return _page(request, number, FormBody(), None)


def _page(request: Request, number: str, typed: FormBody, refused: Problem | None) -> Response:
    with looking(request) as look:
        case = case_view.find(look.reading, look.actor, number)
        looks.keep(look.office, look.reading, look.actor, case.id)
        summary = case_view.summary(look.office, case)
        declared = conflicts.of_case(look.reading, look.actor, case.id)
        may_others = allows(look.actor, conflicts.of_others(case))
        colleagues = conflicts.colleagues(look.reading, look.actor, case.id) if may_others else []
    return render(
        request,
        "case/conflict.html",
        status=status_of(refused) if refused else 200,
        summary=summary,
        declared=declared,
        may_others=may_others,
        colleagues=colleagues,
        refused=refused,
        typed={name: typed.text(name) for name in ("reason", "person_id", "lift")},
    )


@router.post(PAGE)
def change(request: Request, number: str, body: Body) -> Response:
    """Declare one, or lift one. Whoever declared their own has no way back into the case, so they go to the list."""
    person, lifted = _number(body.text("person_id")), body.text("lift")
    try:
        with acting(request, body) as act:
            case = case_view.find(act.work, act.actor, number)
            if lifted:
                conflicts.lift(act.office, act.work, act.actor, case, _number(lifted) or 0, body.text("reason"))
            else:
                conflicts.declare(act.office, act.work, act.actor, case, body.text("reason"), person)
            is_out = not lifted and person is None
    except (Invalid, Conflict, conflicts.ConflictNotFound) as refused:
        return _page(request, number, body, refused)
    return RedirectResponse("/dossiers" if is_out else f"/dossiers/{number}/belangenconflict", 303)


def _number(text: str) -> int | None:
    """The number of a row; None when nothing was chosen."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
