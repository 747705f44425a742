"""The register of evidence of a case, as a tab: what is known, from whom, who may see it, and who was told."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from cases.models import Case
from problems import Conflict, Invalid, Problem, Unavailable
from tasks import case_view, evidence_register
from tasks.definition_words import Words
from web.case_tab import show
from web.context import Body, FormBody, Look, NotLoggedIn, acting
from web.kept import kept_page

router = APIRouter(default_response_class=Response)
PAGE = "/dossiers/{number}/bewijs"
FIELDS = ("kind", "source", "obtained_on", "description", "confidentiality", "document_id")


@router.get(PAGE)
def register(request: Request, number: str) -> Response:
    """The register, and the form to add to it."""
    return _page(request, number, FormBody(), None)


def _page(request: Request, number: str, typed: FormBody, refused: Problem | None) -> Response:
    def load(look: Look, case: Case, _words: Words, names: dict[str, str]) -> dict[str, Any]:
        return {
            "evidence": evidence_register.of_case(look.reading, look.actor, case.id),
            "documents": case_view.documents(look.reading, case.id, names),
            "kinds": evidence_register.KINDS,
            "classes": evidence_register.CLASSES,
            "typed": {name: typed.text(name) for name in FIELDS},
            "wrong": {each["field"] for each in refused.errors} if isinstance(refused, Invalid) else set(),
        }

    return show(request, number, "bewijs", load, refused)


@router.post(PAGE)
def change(request: Request, number: str, body: Body) -> Response:
    """Add a piece, or note that a party was told of one."""
    told, party = body.text("told"), body.text("party")
    try:
        with acting(request, body) as act:
            case = case_view.find(act.work, act.actor, number)
            if party:
                known = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else 0
                evidence_register.disclose(act.office, act.work, act.actor, case, known, party)
            else:
                given = {name: body.text(name) for name in FIELDS}
                evidence_register.keep(act.office, act.work, act.actor, case, given)
    except (Unavailable, NotLoggedIn) as refused:
        return kept_page(request, body, refused)
    except (Invalid, Conflict, evidence_register.EvidenceNotFound) as refused:
        return _page(request, number, body, refused)
    return RedirectResponse(f"/dossiers/{number}/bewijs", 303)
