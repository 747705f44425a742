"""The register of evidence of a case, kept by hand: what came in outside the steps of a diagram, and who was told of what.

In: who, the case, what they wrote. Out: the rows, and for pages the register in words. Refuses with NotAllowed, EvidenceNotAccepted,
EvidenceNotFound, EvidenceNotForParties.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cases import evidence
from cases.calendars import day_typed
from cases.deadlines import local_day
from cases.models import Case, Document
from cases.treatment_models import Evidence
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Invalid, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn
from tasks.office import Office

READ, KEEP = "evidence.read", "evidence.keep"
LONGEST_SOURCE, LONGEST = 300, 20_000
KINDS = {
    "document": "Stuk",
    "site_visit": "Plaatsbezoek",
    "hearing": "Gesprek of hoorzitting",
    "expert_report": "Verslag van een deskundige",
    "answer": "Antwoord van de dienst",
    "other": "Ander",
}
CLASSES = {
    evidence.OPEN: "beide partijen mogen dit zien",
    evidence.INTERNAL: "alleen de ombudsdienst",
    evidence.CONFIDENTIAL: "vertrouwelijk",
}
PARTIES = {"complainant": "de klager", "authority": "de dienst"}


class EvidenceNotAccepted(Invalid):
    """Niet alles is juist ingevuld. Verbeter de velden hieronder."""


class EvidenceNotFound(NotFound):
    """Dit bewijsstuk bestaat niet in dit dossier."""


@dataclass(frozen=True)
class EvidenceView:
    """A piece of evidence in words. `told` are the parties that know of it, each with the day; `untold` may still be told."""

    id: int
    number: int
    kind: str
    source: str
    obtained_on: date
    description: str
    confidentiality: str
    confidentiality_words: str
    document_id: int | None
    digest: str
    told: tuple[tuple[str, date], ...]
    untold: tuple[tuple[str, str], ...]


def of_case(reading: Reading, actor: Actor, case_id: int) -> list[EvidenceView]:
    """The register by number. Two statements."""
    require(actor, READ)
    return [
        _view(row, {each.party: each.disclosed_on for each in told}) for row, told in evidence.of_case(reading, case_id)
    ]


def _view(row: Evidence, told: Mapping[str, date]) -> EvidenceView:
    may_tell = row.confidentiality == evidence.OPEN
    return EvidenceView(
        id=row.id,
        number=row.number,
        kind=KINDS.get(row.kind, row.kind),
        source=row.source,
        obtained_on=row.obtained_on,
        description=row.description,
        confidentiality=row.confidentiality,
        confidentiality_words=CLASSES[row.confidentiality],
        document_id=row.document_id,
        digest=row.digest or "",
        told=tuple((PARTIES[party], on) for party, on in told.items()),
        untold=tuple((key, words) for key, words in PARTIES.items() if may_tell and key not in told),
    )


def keep(office: Office, work: UnitOfWork, actor: Actor, case: Case, given: Mapping[str, str]) -> Evidence:
    """Put one piece in the register: kind, source, obtained_on (ISO), description, confidentiality, and document_id of this case or nothing."""
    sight.require(actor, KEEP, case)
    now = office.clock.now()
    on, document = day_typed(given.get("obtained_on", "")), _document(work, case, given.get("document_id", ""))
    errors = _wrong(given, on, local_day(now), document)
    if errors or on is None:
        raise EvidenceNotAccepted(errors=errors)
    row = evidence.add(
        work,
        case.id,
        kind=given["kind"],
        source=given["source"].strip(),
        obtained_on=on,
        description=given["description"].strip(),
        confidentiality=given["confidentiality"],
        by=actor.id,
        at=now,
        document=document,
    )
    told = {"number": row.number, "kind": row.kind, "confidentiality": row.confidentiality, "digest": row.digest}
    turn.finish(office, work, case.id, Event("evidence", "received", now, actor.id, turn.role_of(actor), told))
    return row


def _wrong(given: Mapping[str, str], on: date | None, today: date, document: Document | None) -> list[dict[str, str]]:
    checks = {
        "kind": (given.get("kind") in KINDS, "Kies wat het is."),
        "source": (0 < len(given.get("source", "").strip()) <= LONGEST_SOURCE, "Schrijf van wie of waar het komt."),
        "obtained_on": (on is not None and on <= today, "Schrijf de dag waarop u het kreeg, ten laatste vandaag."),
        "description": (0 < len(given.get("description", "").strip()) <= LONGEST, "Schrijf wat het bewijst."),
        "confidentiality": (given.get("confidentiality") in CLASSES, "Kies wie dit mag zien."),
        "document_id": (not given.get("document_id") or document is not None, "Kies een stuk van dit dossier."),
    }
    return [{"field": field, "message": message} for field, (is_right, message) in checks.items() if not is_right]


def _document(reading: Reading, case: Case, text: str) -> Document | None:
    row = reading.session.get(Document, int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
    return row if row is not None and row.case_id == case.id else None


def disclose(office: Office, work: UnitOfWork, actor: Actor, case: Case, evidence_id: int, party: str) -> None:
    """Note that a party was told today."""
    sight.require(actor, KEEP, case)
    row = work.session.get(Evidence, evidence_id)
    if row is None or row.case_id != case.id or party not in PARTIES:
        raise EvidenceNotFound(evidence_id=evidence_id)
    now = office.clock.now()
    evidence.disclose(work, row, party, local_day(now), by=actor.id, at=now)
    told = {"number": row.number, "party": party}
    turn.finish(office, work, case.id, Event("evidence", "disclosed", now, actor.id, turn.role_of(actor), told))
