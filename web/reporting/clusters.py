"""Early warning: which services get strikingly many complaints now, and an inquiry that begins from there."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from problems import Problem
from tasks.joined import clusters
from web.context import Body, acting, looking
from web.problems import status_of
from web.rendering import render

router = APIRouter(default_response_class=Response)
PAGE = "/signalen"


@router.get(PAGE)
def signals(request: Request) -> Response:
    """What stands out."""
    return _page(request)


def _page(request: Request, refused: Problem | None = None) -> Response:
    with looking(request) as look:
        found = clusters.found(look.office, look.reading, look.actor)
    status = status_of(refused) if refused else 200
    return render(request, "report/signals.html", status=status, found=found, refused=refused)


@router.post(PAGE)
def inquire(request: Request, body: Body) -> Response:
    """Begin an inquiry, and go to its file."""
    try:
        with acting(request, body) as act:
            number = clusters.inquire(act.office, act.work, act.actor, body.text("service"), body.text("theme"))
    except clusters.InquiryIsOpen as problem:
        return _page(request, problem)
    return RedirectResponse(f"/dossiers/{number}", 303)
