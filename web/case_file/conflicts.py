"""A conflict of interest in a case: declared by whoever has it, or by the ombudsman for a colleague, and lifted with a reason."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.models import Case
from tasks import sight
from tasks.studio.definition_words import Words
from tasks.treatment import conflicts
from web.case_file.case_tab import FormTab
from web.context import Act, Body, Look
from web.text import number_of

router = APIRouter(default_response_class=Response)
PAGE = "/dossiers/{number}/belangenconflict"


def _load(look: Look, case: Case, _words: Words, _names: dict[str, str]) -> dict[str, Any]:
    may_others = sight.permits(look.actor, case)(conflicts.of_others(case))
    return {
        "declared": conflicts.of_case(look.reading, look.actor, case.id),
        "may_others": may_others,
        "colleagues": conflicts.colleagues(look.reading, look.actor, case.id) if may_others else [],
    }


TAB = FormTab("belangenconflict", ("reason", "person_id", "lift"), _load)


@router.get(PAGE)
def conflict_page(request: Request, number: str) -> Response:
    """What was declared in this case, and the form to declare one."""
    return TAB.page(request, number)


@router.post(PAGE)
def change(request: Request, number: str, body: Body) -> Response:
    """Declare one, or lift one. Whoever declared their own has no way back into the case, so they go to the list."""
    lifted, reason, named = body.text("lift"), body.text("reason"), body.text("person_id")
    person = (number_of(named) or 0) if named else None  # nobody has 0

    def command(act: Act, case: Case) -> str | None:
        if lifted:
            conflicts.lift(act.office, act.work, act.actor, case, number_of(lifted) or 0, reason)
        else:
            conflicts.declare(act.office, act.work, act.actor, case, reason, person)
        return "/dossiers?gemeld=ja" if not lifted and person is None else None

    return TAB.write(request, number, body, command)
