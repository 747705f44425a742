"""A case that goes on from another: at a service whose complaint the office received, or at the office after a service handled it.

What was told and sent goes along, and each document says from which case it came. The other case stays as it was: each has its own
number, history and key. Only rows; nothing has begun yet in the new case.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cases.deadlines import local_day
from cases.models import Case, Document, Fact, Party
from cases.numbering import next_number
from cases.searching import search_words
from storage.unit_of_work import Reading, UnitOfWork

# Who complained and what they told; the rest of a file belongs to whoever kept it.
TOLD = ("complaint.", "complainant.")
# Where a fact of the new case says from which it came, and one of the old where it goes on.
CAME_FROM, GOES_ON = "case.came_from", "case.goes_on_in"


@dataclass(frozen=True)
class Told:
    """A fact as it stands, with whether it is personal."""

    name: str
    value: object
    is_personal: bool


def told(reading: Reading, case_id: int, prefixes: Iterable[str] = TOLD) -> list[Told]:
    """What the file knows now under these names."""
    query = select(Fact).where(Fact.case_id == case_id, Fact.replaced_at.is_(None)).order_by(Fact.id)
    wanted = tuple(prefixes)
    rows = reading.session.scalars(query)
    return [Told(row.name, row.value, row.is_personal) for row in rows if row.name.startswith(wanted)]


def open_from(
    work: UnitOfWork,
    old: Case,
    *,
    matter: str,
    facts: Iterable[Told],
    received_at: datetime,
    at: datetime,
    secret_hash: str,
    channel: str,
) -> Case:
    """A new case with these facts, the old one's complainant and its documents."""
    known = {each.name: each for each in [*facts, Told(CAME_FROM, old.number, False)]}
    case = Case(
        number=next_number(work, local_day(at).year),
        matter=matter,
        channel=channel,
        language=old.language,
        subject=old.subject,
        received_at=received_at,
        secret_hash=secret_hash,
        complainant_name=old.complainant_name,
        authority_key=old.authority_key,
        authority_name=old.authority_name,
    )
    case.search_text = search_words(case, {name: each.value for name, each in known.items()})
    work.session.add(case)
    work.session.flush()
    _keep(work, case.id, known, at)
    _take_along(work, old, case.id, at)
    return case


def _keep(work: UnitOfWork, case_id: int, known: Mapping[str, Told], at: datetime) -> None:
    work.session.add_all(
        Fact(case_id=case_id, name=each.name, value=each.value, is_personal=each.is_personal, known_at=at)
        for each in known.values()
    )


def _take_along(work: UnitOfWork, old: Case, case_id: int, at: datetime) -> None:
    parties = select(Party).where(Party.case_id == old.id, Party.role == "complainant").order_by(Party.id)
    for row in list(work.session.scalars(parties)):
        work.session.add(
            Party(case_id=case_id, role=row.role, name=row.name, email=row.email, phone=row.phone, address=row.address)
        )
    take_documents(work, old, case_id, at)


def take_documents(
    work: UnitOfWork, old: Case, case_id: int, at: datetime, wanted: Callable[[Document], bool] = lambda _: True
) -> int:
    """The documents of another case in this one too: the same bytes, and who added them there. Returns how many."""
    rows = [row for row in work.session.scalars(select(Document).where(Document.case_id == old.id)) if wanted(row)]
    mine = f"complainant:{case_id}"  # the same person, who sees on their page what they sent
    for row in sorted(rows, key=lambda each: each.id):
        work.session.add(
            Document(
                case_id=case_id,
                name=row.name,
                media_type=row.media_type,
                size=row.size,
                digest=row.digest,
                source=f"case:{old.number}",
                added_by=mine if row.added_by == f"complainant:{old.id}" else row.added_by,
                added_at=at,
            )
        )
    return len(rows)
