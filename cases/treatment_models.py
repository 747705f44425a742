"""What the treatment of a complaint adds to its file: evidence, the record of a mediation, and who must stay out of it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId, JsonText, UtcDateTime


class Evidence(Base):
    """One piece of evidence, numbered in its case: where it came from, when, what it says, and who may come to know it.

    `confidentiality` is open (both parties may have it), internal (the office only) or confidential (its source does not want
    the other party to see it). `digest` is that of the file, when there is one: it proves which bytes were meant.
    Minutes are read again by whoever was heard, at `address`: on `confirmed_on`, with the text as they mended it in `correction`.
    """

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(300))
    obtained_on: Mapped[date] = mapped_column(Date)
    description: Mapped[str] = mapped_column(Text)
    confidentiality: Mapped[str] = mapped_column(String(20))
    document_id: Mapped[int | None] = mapped_column(BigId)
    digest: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str | None] = mapped_column(String(320))
    correction: Mapped[str | None] = mapped_column(Text)
    confirmed_on: Mapped[date | None] = mapped_column(Date)
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("confidentiality IN ('open', 'internal', 'confidential')", name="confidentiality"),
    )


class Disclosure(Base):
    """That a party was told of a piece of evidence: who, on which day, noted by whom."""

    __tablename__ = "evidence_disclosure"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
    party: Mapped[str] = mapped_column(String(20))
    disclosed_on: Mapped[date] = mapped_column(Date)
    noted_by: Mapped[str] = mapped_column(String(80))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (CheckConstraint("party IN ('complainant', 'authority')", name="party"),)


class MediationNote(Base):
    """A line of the record of a mediation: a position, a contact, or a note. What is confidential stays with who mediates."""

    __tablename__ = "mediation_note"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    party: Mapped[str] = mapped_column(String(20), default="")
    happened_on: Mapped[date] = mapped_column(Date)
    text: Mapped[str] = mapped_column(Text)
    is_confidential: Mapped[bool] = mapped_column(default=False)
    noted_by: Mapped[str] = mapped_column(String(80))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("kind IN ('position', 'contact', 'note')", name="kind"),
        CheckConstraint("party IN ('', 'complainant', 'authority')", name="party"),
    )


class MediationProposal(Base):
    """One version of what the parties of a mediation may agree on: whose it is, until when it stands, and who accepted it when.

    `state` is open, agreed, countered (another version took its place), refused or lapsed. Agreed needs both acceptances: the
    database refuses it otherwise. `on_paper` tells by party how an answer that staff noted came, and what shows it (`on_behalf`).
    """

    __tablename__ = "mediation_proposal"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    number: Mapped[int]
    proposed_by: Mapped[str] = mapped_column(String(20))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)
    due_in_days: Mapped[int]
    stands_until: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(20), default="open")
    complainant_accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    authority_accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    promise_due_on: Mapped[date | None] = mapped_column(Date)
    on_paper: Mapped[dict[str, Any] | None] = mapped_column(JsonText)

    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("proposed_by IN ('complainant', 'authority', 'mediator')", name="proposed_by"),
        CheckConstraint("state IN ('open', 'agreed', 'countered', 'refused', 'lapsed')", name="state"),
        CheckConstraint(
            "state <> 'agreed' OR (complainant_accepted_at IS NOT NULL AND authority_accepted_at IS NOT NULL)",
            name="agreed_by_both",
        ),
    )


class ConflictOfInterest(Base):
    """Somebody who may not come near a case, and why. It stays when it is lifted: that has a reason of its own."""

    __tablename__ = "conflict_of_interest"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    person: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(String(500))
    declared_by: Mapped[str] = mapped_column(String(80))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(String(80))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifted_because: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        Index("ix_conflict_of_interest_person", "person", "lifted_at", "case_id"),
        Index("ix_conflict_of_interest_case", "case_id"),
    )
