"""The register of recommendations: what was asked of whom, what they answered, and whether it was done.

The steps of the diagram fill a row (`tasks.handlers.recommendations`); nothing is public until the ombudsman approved a text without names.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId, UtcDateTime

SILENT = "silent"  # the answer that never came
OPEN, DONE, PARTLY_DONE, NOT_DONE = "open", "done", "partly_done", "not_done"
PRIORITIES = ("high", "normal", "low")


class Recommendation(Base):
    """One recommendation. `text`, `answer_reason` and `evidence` are the file's and go with it; `public_*` is what was approved."""

    __tablename__ = "recommendation"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    priority: Mapped[str] = mapped_column(String(20), default="normal")
    authority_key: Mapped[str | None] = mapped_column(String(100))
    addressee: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    issued_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    answer: Mapped[str | None] = mapped_column(String(20))
    answer_reason: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(20), default=OPEN)
    evidence: Mapped[str] = mapped_column(Text, default="")
    checked_on: Mapped[date | None] = mapped_column(Date)
    next_check_on: Mapped[date | None] = mapped_column(Date)
    to_minister_on: Mapped[date | None] = mapped_column(Date)
    to_parliament_on: Mapped[date | None] = mapped_column(Date)
    language: Mapped[str] = mapped_column(String(5), default="nl")
    public_title: Mapped[str] = mapped_column(String(200), default="")
    public_text: Mapped[str] = mapped_column(Text, default="")
    public_follow_up: Mapped[str] = mapped_column(Text, default="")
    approved_by: Mapped[str | None] = mapped_column(String(80))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("kind IN ('individual', 'general', 'regulation')", name="kind"),
        CheckConstraint("status IN ('open', 'done', 'partly_done', 'not_done')", name="status"),
        Index("ix_recommendation_issued_on_id", "issued_on", "id"),
    )

    @property
    def number(self) -> str:
        """Its name in the register. It says nothing of the case it comes from."""
        return f"A{self.year}-{self.id}"


class RecommendationSource(Base):
    """Another case the recommendation rests on, beside the one it was made in."""

    __tablename__ = "recommendation_source"

    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True, index=True)
