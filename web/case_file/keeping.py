"""How long cases are kept: what may be destroyed now, holds, the proofs of what was destroyed, and a complainant's own data.

Destroying is for good, so it is asked twice: the first click shows what would go, the second does it, one turn per case.
"""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from identity import people
from identity.permissions import require
from problems import Forbidden, Problem
from tasks import page_keys
from tasks.case_file import looks
from tasks.case_file.case_view import find
from tasks.retention import erasing, keeping, subject_access
from tasks.retention.erasing import GROUNDS, REQUEST, TERM
from tasks.retention.keeping import PAGE
from web.context import Body, acting, looking
from web.problems import status_of
from web.rendering import render
from web.text import AfterKey, number_of

router = APIRouter(default_response_class=Response)
LIST = "/bewaring"
SORT = "closed_at"


@router.get(LIST)
def due(request: Request, na: str = "", vernietigd: AfterKey = 0) -> Response:
    """Cases whose time is over."""
    return _list(request, na=na, erased=vernietigd)


def _list(
    request: Request, *, na: str = "", erased: int = 0, asked: Sequence[str] = (), refused: Problem | None = None
) -> Response:
    with looking(request) as look:
        key = page_keys.decoded(na or None, SORT, (SORT,))
        rows = keeping.due(look.office, look.reading, look.actor, key)
    more = page_keys.encoded(SORT, rows[PAGE - 1].closed_at, rows[PAGE - 1].id) if len(rows) > PAGE else ""
    return render(
        request,
        "keeping/due.html",
        status=status_of(refused) if refused else 200,
        rows=rows[:PAGE],
        next=more,
        asked=list(asked),
        refused=refused,
        erased=erased,
    )


@router.post(f"{LIST}/vernietigen")
def destroy(request: Request, body: Body) -> Response:
    """First ask, then destroy: each case in a turn of its own, so that what was done stays done."""
    numbers = body.fields.get("number", [])
    if not body.text("sure"):
        with looking(request) as look:
            require(look.actor, "retention.erase")
        return _list(request, asked=numbers) if numbers else RedirectResponse(LIST, 303)
    done = 0
    for number in numbers:
        try:
            with acting(request, body) as act:
                erasing.erase(act.office, act.work, act.actor, number, TERM)
        except Problem as problem:
            return _list(request, erased=done, refused=problem)
        done += 1
    return RedirectResponse(f"{LIST}?vernietigd={done}", 303)


@router.get(f"{LIST}/bewijzen")
def proofs(request: Request, na: AfterKey = 0) -> Response:
    """What was destroyed, with what proves it."""
    with looking(request) as look:
        rows = keeping.proofs(look.reading, look.actor, na)
        names = people.names(look.reading)
    more = rows[PAGE - 1][0].id if len(rows) > PAGE else 0
    return render(request, "keeping/proofs.html", rows=rows[:PAGE], next=more, names=names, grounds=GROUNDS)


@router.get("/dossiers/{number}/bewaring")
def of_case(request: Request, number: str) -> Response:
    """How long this case is kept, and why."""
    return _case(request, number)


def _case(request: Request, number: str, refused: Problem | None = None, is_asked: bool = False) -> Response:
    with looking(request) as look:
        kept = keeping.of_case(look.office, look.reading, look.actor, number)
        looks.keep(look.office, look.reading, look.actor, find(look.reading, look.actor, number).id)
        names = people.names(look.reading)
    return render(
        request,
        "keeping/case.html",
        status=status_of(refused) if refused else 200,
        kept=kept,
        names=names,
        refused=refused,
        is_asked=is_asked,
        grounds=GROUNDS,
    )


@router.post("/dossiers/{number}/bewaring")
def change(request: Request, number: str, body: Body) -> Response:
    """Place a hold, lift one, or destroy the case because its complainant asks (asked twice)."""
    what = body.text("what")
    if what == "erase" and not body.text("sure"):
        with looking(request) as look:
            require(look.actor, "retention.erase")
        return _case(request, number, is_asked=True)
    try:
        with acting(request, body) as act:
            if what == "lift":
                keeping.lift(act.office, act.work, act.actor, number, number_of(body.text("hold")) or 0)
            elif what == "erase":
                erasing.erase(act.office, act.work, act.actor, number, REQUEST)
            else:
                keeping.hold(act.office, act.work, act.actor, number, body.text("reason"))
    except Forbidden:
        raise
    except Problem as problem:
        return _case(request, number, refused=problem)
    return RedirectResponse(f"/dossiers/{number}/bewaring", 303)


@router.get("/dossiers/{number}/gegevens")
def own_data(request: Request, number: str) -> Response:
    """Everything of the complainant in this case, to give to them."""
    with looking(request) as look:
        content = subject_access.package(look.office, look.reading, look.actor, number)
        looks.keep(look.office, look.reading, look.actor, find(look.reading, look.actor, number).id, "export:subject")
    headers = {"Content-Disposition": f'attachment; filename="gegevens-{number}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)
