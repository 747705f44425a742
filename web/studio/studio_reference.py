"""What the editor asks for beside the file itself: the building blocks, and the explanation of each rule."""

import re
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from identity.permissions import require
from problems import NotFound
from tasks.studio import building_blocks
from web import markdown_page
from web.context import looking
from web.rendering import render

router = APIRouter(prefix="/studio", default_response_class=Response)
PAGES = Path(__file__).resolve().parents[2] / "docs" / "lint"
_RULE = re.compile(r"[a-z_]{1,40}")


class RuleUnknown(NotFound):
    """Over deze regel is er geen uitleg."""


@router.get("/sjablonen.json")
def element_templates(request: Request) -> Response:
    """The building blocks as element templates of the Camunda 8 dialect."""
    with looking(request) as look:
        require(look.actor, "studio.read")
        return JSONResponse(building_blocks.all_of(look.office, look.reading))


@router.get("/uitleg/{rule}")
def explanation(request: Request, rule: str) -> Response:
    """The page about a rule, as docs/lint has it."""
    file = PAGES / f"{rule}.md"
    with looking(request) as look:
        require(look.actor, "studio.read")
        if not _RULE.fullmatch(rule) or not file.is_file():
            raise RuleUnknown(rule=rule)
        title, _, text = file.read_text().partition("\n")
        return render(
            request, "studio/explanation.html", rule=rule, title=title.lstrip("# "), text=markdown_page.html(text)
        )
