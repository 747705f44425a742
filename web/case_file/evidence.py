"""The register of evidence of a case, as a tab: what is known, from whom, who may see it, and who was told."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from cases.models import Case
from tasks.case_file import case_view
from tasks.studio.definition_words import Words
from tasks.treatment import evidence_register, minutes_versions
from web.case_file.case_tab import FormTab
from web.context import Act, Body, Look
from web.text import number_of

router = APIRouter(default_response_class=Response)
PAGE = "/dossiers/{number}/bewijs"
FIELDS = ("kind", "source", "obtained_on", "description", "confidentiality", "document_id")


def _load(look: Look, case: Case, _words: Words, names: dict[str, str]) -> dict[str, Any]:
    return {
        "evidence": evidence_register.of_case(look.reading, look.actor, case.id),
        "documents": case_view.documents(look.reading, case.id, names),
        "kinds": evidence_register.KINDS,
        "classes": evidence_register.CLASSES,
        "minutes": minutes_versions.of_case(look.office, look.reading, case.id, names),
    }


TAB = FormTab("bewijs", FIELDS, _load)


@router.get(PAGE)
def register(request: Request, number: str) -> Response:
    """The register, and the form to add to it."""
    return TAB.page(request, number)


@router.post(PAGE)
def change(request: Request, number: str, body: Body) -> Response:
    """Add a piece, or note that a party was told of one."""

    def command(act: Act, case: Case) -> None:
        if party := body.text("party"):
            told = number_of(body.text("told")) or 0
            evidence_register.disclose(act.office, act.work, act.actor, case, told, party)
        else:
            given = {name: body.text(name) for name in FIELDS}
            evidence_register.keep(act.office, act.work, act.actor, case, given)

    return TAB.write(request, number, body, command)
