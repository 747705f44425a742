"""The front page: what the office does, and two doors, one to complain and one to follow a case."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from web.account import home_of
from web.context import ANONYMOUS, visiting
from web.rendering import render

router = APIRouter(default_response_class=Response)


@router.get("/")
def front_page(request: Request, gewist: int = 0) -> Response:
    """For everyone; who is logged in also sees the way to their work."""
    with visiting(request) as look:
        actor = look.actor
    work = "" if actor is ANONYMOUS else home_of(sorted(actor.roles))
    return render(request, "home/home.html", is_wiped=bool(gewist), work=work)
