"""A change that one person plans and a second carries out: what its pages in the studio have in common.

Both kinds, taking cases along to another version and changing terms, show who made the plan and who had it carried out, and show the
same page again, with the sentence, when something is refused.
"""

from collections.abc import Callable
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from identity import people
from problems import Invalid, Problem
from web.context import Act, FormBody, Look, acting
from web.problems import status_of
from web.studio.studio_views import name_of


class Planned(Protocol):
    """The row of a plan, as far as its page says who did what."""

    @property
    def created_by(self) -> str: ...
    @property
    def started_by(self) -> str | None: ...


def frame(look: Look, row: Planned, refused: Problem | None) -> dict[str, Any]:
    """What every page of a plan shows, whatever is planned."""
    names = people.names(look.reading)
    return {
        "status": status_of(refused) if refused else 200,
        "refused": refused,
        "made_by": name_of(names, row.created_by),
        "run_by": name_of(names, row.started_by),
        "is_own": row.created_by == look.actor.id,
    }


def done_or_again(
    request: Request, body: FormBody, command: Callable[[Act], str], again: Callable[[Problem], Response]
) -> Response:
    """Carry out a command, and go to the address it gives; or the page `again`, with what was refused.

    Who may not be here at all gets the usual answer, not that page.
    """
    try:
        with acting(request, body) as act:
            there = command(act)
    except Problem as refused:
        if status_of(refused) in (401, 403, 404) and not isinstance(refused, Invalid):
            raise
        return again(refused)
    return RedirectResponse(there, 303)
