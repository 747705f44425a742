"""The record of a mediation, as a tab of the case: proposals, positions, contacts and notes; in confidence for who may read it."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.models import Case
from tasks import inbox
from tasks.case_file import case_view
from tasks.citizens import on_behalf
from tasks.studio.definition_words import Words
from tasks.treatment import mediation
from web.case_file.case_tab import FormTab
from web.context import Act, Body, Look

router = APIRouter(default_response_class=Response)
PAGE = "/dossiers/{number}/bemiddeling"
FIELDS = ("kind", "party", "happened_on", "text", "confidential")


def _load(look: Look, case: Case, _words: Words, names: dict[str, str]) -> dict[str, Any]:
    record = mediation.of_case(look.office, look.reading, look.actor, case.id)
    return {
        "record": record,
        "kinds": mediation.KINDS,
        "parties": mediation.PARTIES,
        "proposers": mediation.PROPOSERS,
        "states": mediation.STATES,
        "may_propose": mediation.PROPOSED in inbox.expected(look.reading, case),
        "came_as": on_behalf.CAME_AS,
        "day_of": date.fromisoformat,
        "documents": {each.id: each.name for each in case_view.documents(look.reading, case.id, names)},
        "names": names,
    }


TAB = FormTab("bemiddeling", FIELDS, _load)


@router.get(PAGE)
def record(request: Request, number: str) -> Response:
    """The record, and the form to write in it."""
    return TAB.page(request, number)


@router.post(PAGE)
def write(request: Request, number: str, body: Body) -> Response:
    """Write a line."""

    def command(act: Act, case: Case) -> None:
        mediation.keep(act.office, act.work, act.actor, case, {name: body.text(name) for name in FIELDS})

    return TAB.write(request, number, body, command)
