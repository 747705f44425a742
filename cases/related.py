"""Which cases belong together: one that leads, and those that were joined to it or merged into it.

A row says since when, until when, and why it ended; rows are never taken away, so that both files tell what they were to each other.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from problems import Conflict, Invalid
from storage.base import Base, BigId, UtcDateTime

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
