"""How to begin: a short page for each role one has, as docs/aan-de-slag has it, and the keys. Reachable from every page."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup

from web import markdown_page
from web.context import looking
from web.rendering import render

router = APIRouter(default_response_class=Response)
PAGES = Path(__file__).resolve().parent.parent / "docs" / "aan-de-slag"


@router.get("/hulp")
def first_steps(request: Request) -> Response:
    """For whoever is logged in: what their own roles do, and with which keys it goes quicker."""
    with looking(request) as look:
        roles = sorted(look.actor.roles)
    return render(request, "account/first_steps.html", pages=[_page(role) for role in roles])


def _page(role: str) -> tuple[str, Markup]:
    """The title, and what stands under it."""
    title, _, text = (PAGES / f"{role}.md").read_text().partition("\n")
    return title.removeprefix("# "), markdown_page.html(text, level=3)
