"""The evidence register of a case: what is known, from whom, since when, who may see it and who was told.

In: a piece of evidence, or that a party was told of one. Out: its row. Refuses with EvidenceNotForParties.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from cases.models import Document
from cases.treatment_models import Disclosure, Evidence
from problems import Conflict
from storage.unit_of_work import Reading, UnitOfWork

OPEN, INTERNAL, CONFIDENTIAL = "open", "internal", "confidential"
PARTIES = ("complainant", "authority")


class EvidenceNotForParties(Conflict):
    """Dit stuk is niet voor de partijen bestemd. Deel het niet mee, of laat de bron eerst toestemmen en noteer het opnieuw."""


def add(
    work: UnitOfWork,
    case_id: int,
    *,
    kind: str,
    source: str,
    obtained_on: date,
    description: str,
    confidentiality: str,
    by: str,
    at: datetime,
    document: Document | None = None,
    address: str | None = None,
) -> Evidence:
    """Put one piece in the register, under the next number. The digest is that of the file, or of the description when there is none.

    `address` is where whoever said it may read it again.
    """
    last = select(func.max(Evidence.number)).where(Evidence.case_id == case_id)
    row = Evidence(
        case_id=case_id,
        number=(work.session.scalar(last) or 0) + 1,
        kind=kind,
        source=source[:300],
        obtained_on=obtained_on,
        description=description,
        confidentiality=confidentiality,
        document_id=document.id if document else None,
        digest=document.digest if document else hashlib.sha256(description.encode()).hexdigest(),
        address=address,
        added_by=by,
        added_at=at,
    )
    work.session.add(row)
    work.session.flush()
    return row


def numbered(reading: Reading, case_id: int, number: int) -> Evidence:
    """The piece with this number; every caller has it from the register itself."""
    return reading.session.scalars(select(Evidence).where(Evidence.case_id == case_id, Evidence.number == number)).one()


def confirm(row: Evidence, text: str, on: date, alike: Sequence[str] = ()) -> bool:
    """Note that whoever said it read it again on this day. Gives whether they mended it; their text then stands beside the first.

    `alike` are other forms in which the first text was shown: white space apart, those are no correction.
    """
    row.confirmed_on = on
    same = {" ".join(each.split()) for each in (row.description, *alike)}
    row.correction = None if " ".join(text.split()) in same else text
    return row.correction is not None


def disclose(work: UnitOfWork, row: Evidence, party: str, on: date, *, by: str, at: datetime) -> Disclosure:
    """Note that a party was told. Only what is open to both may be told; noting the same twice changes nothing."""
    if row.confidentiality != OPEN:
        raise EvidenceNotForParties(number=row.number)
    told = select(Disclosure).where(Disclosure.evidence_id == row.id, Disclosure.party == party)
    known = work.session.scalar(told)
    if known is not None:
        return known
    made = Disclosure(evidence_id=row.id, party=party, disclosed_on=on, noted_by=by, noted_at=at)
    work.session.add(made)
    work.session.flush()
    return made


def of_case(reading: Reading, case_id: int) -> list[tuple[Evidence, Sequence[Disclosure]]]:
    """The register of a case by number, each with whom it was told to. Two statements."""
    rows = list(reading.session.scalars(select(Evidence).where(Evidence.case_id == case_id).order_by(Evidence.number)))
    query = select(Disclosure).join(Evidence, Evidence.id == Disclosure.evidence_id).where(Evidence.case_id == case_id)
    told: dict[int, list[Disclosure]] = {}
    for each in reading.session.scalars(query.order_by(Disclosure.id)):
        told.setdefault(each.evidence_id, []).append(each)
    return [(row, told.get(row.id, [])) for row in rows]


def unregistered(reading: Reading, case_id: int, user_task_ids: Sequence[int]) -> list[Document]:
    """The documents that came with these user tasks and do not stand in the register yet."""
    known = select(Evidence.document_id).where(Evidence.case_id == case_id, Evidence.document_id.isnot(None))
    query = select(Document).where(
        Document.case_id == case_id, Document.user_task_id.in_(user_task_ids), Document.id.not_in(known)
    )
    return list(reading.session.scalars(query.order_by(Document.id)))
