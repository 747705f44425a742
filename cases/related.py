"""Which cases belong together: one that leads, and those that were joined to it or merged into it.

A row says since when, until when, and why it ended; rows are never taken away, so that both files tell what they were to each other.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import Case
from problems import Conflict, Invalid
from storage.base import Base, BigId, UtcDateTime
from storage.unit_of_work import Reading, UnitOfWork

JOINED, MERGED = "joined", "merged"


class RelatedCase(Base):
    """A case that follows another: `joined`, it waits for the outcome of the other; `merged`, it is the same complaint of the same person."""

    __tablename__ = "related_case"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    leading_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    kind: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("kind IN ('joined', 'merged')", name="kind"),
        Index(
            "ix_related_case_now",
            "case_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
            sqlite_where=text("until IS NULL"),
        ),
        Index("ix_related_case_leading_id", "leading_id", "kind", "id"),
    )


class LeadingCaseUnknown(Invalid):
    """Dit dossier bestaat niet. Kijk het nummer na."""


class CannotLeadItself(Conflict):
    """Een dossier kan niet bij zichzelf gevoegd worden. Vul het nummer van een ander dossier in."""


class FollowsAlready(Conflict):
    """Het andere dossier hoort zelf al bij een dossier. Vul het nummer in van het dossier dat de leiding heeft."""


class LeadsAlready(Conflict):
    """Bij dit dossier horen zelf andere dossiers. Neem die eerst weg, of maak van dit dossier het hoofddossier."""


class LeadingCaseClosed(Conflict):
    """Het andere dossier is afgesloten. Een nieuw dossier kan er niet meer bij gevoegd worden."""


def leading_of(reading: Reading, case_id: int) -> RelatedCase | None:
    """What this case belongs to now, or None."""
    return reading.session.scalar(
        select(RelatedCase).where(RelatedCase.case_id == case_id, RelatedCase.until.is_(None))
    )


def is_leading(reading: Reading, case_id: int) -> bool:
    """True when a case that is open waits for this one."""
    waiting = following(case_id, JOINED).where(Case.closed_at.is_(None)).limit(1)
    return reading.session.execute(waiting).first() is not None


def following(leading_id: int, kind: str) -> Select[RelatedCase, Case]:
    """The statement for the cases that belong to this one now, in the order in which they came."""
    return (
        select(RelatedCase, Case)
        .join(Case, Case.id == RelatedCase.case_id)
        .where(RelatedCase.leading_id == leading_id, RelatedCase.kind == kind, RelatedCase.until.is_(None))
        .order_by(RelatedCase.id)
    )


def require_leading(reading: Reading, case_id: int, leading: Case | None, kind: str) -> Case:
    """The case that may lead this one. Raises LeadingCaseUnknown, CannotLeadItself, LeadingCaseClosed, FollowsAlready, LeadsAlready.

    Two steps deep would leave nobody sure who waits for whom, so a case that leads cannot follow and one that follows cannot lead.
    """
    if leading is None:
        raise LeadingCaseUnknown(case_id=case_id)
    if leading.id == case_id:
        raise CannotLeadItself(case_id=case_id)
    require_free_to_lead(reading, leading)
    if is_leading(reading, case_id):
        raise LeadsAlready(case_id=case_id, kind=kind)
    return leading


def require_free_to_lead(reading: Reading, leading: Case) -> None:
    """Refuse with LeadingCaseClosed or FollowsAlready when nothing can be joined to this case."""
    if leading.closed_at is not None:
        raise LeadingCaseClosed(number=leading.number)
    if leading_of(reading, leading.id) is not None:
        raise FollowsAlready(number=leading.number)


def begin(work: UnitOfWork, case_id: int, leading_id: int, kind: str, at: datetime) -> None:
    """From now on this case belongs to that one; done twice it is done once. Whatever it belonged to before is over."""
    now = leading_of(work, case_id)
    if now is not None and (now.leading_id, now.kind) == (leading_id, kind):
        return
    if now is not None:
        now.until = at
        work.session.flush()
    work.session.add(RelatedCase(case_id=case_id, leading_id=leading_id, kind=kind, since=at))
    work.session.flush()


def end(work: UnitOfWork, case_id: int, at: datetime) -> int | None:
    """This case belongs to no other any more. Returns the id of the case that led it, None when there was none."""
    now = leading_of(work, case_id)
    if now is None:
        return None
    now.until = at
    work.session.flush()
    return now.leading_id
