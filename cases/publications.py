"""What the office makes public of a year and of single cases, and what it noted when two like cases ended differently.

A summary is a text of its own, in which nobody is named; a published report keeps its figures as they were on that day. Neither changes
when the files it came from do. What a handler notes about two cases is the file's, and goes with it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId, JsonText, UtcDateTime


class CaseSummary(Base):
    """A case told for anybody, published by a second person. With `goes_with_case` it goes when its case is destroyed."""

    __tablename__ = "case_summary"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    year: Mapped[int]
    language: Mapped[str] = mapped_column(String(5))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    authority_key: Mapped[str | None] = mapped_column(String(100), index=True)
    authority: Mapped[str] = mapped_column(String(200), default="")
    theme: Mapped[str | None] = mapped_column(String(60), index=True)
    finding: Mapped[str | None] = mapped_column(String(40))
    remedy: Mapped[str | None] = mapped_column(String(40))
    search_text: Mapped[str] = mapped_column(Text)
    goes_with_case: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def number(self) -> str:
        """Its name in public. It says nothing of the case it comes from."""
        return f"S{self.year}-{self.id}"


class CaseSummaryNorm(Base):
    """A norm that was violated in the case of a summary."""

    __tablename__ = "case_summary_norm"

    summary_id: Mapped[int] = mapped_column(ForeignKey("case_summary.id"), primary_key=True)
    norm: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)


class PublishedReport(Base):
    """The figures of a year as they were made public: small numbers are not in it. The newest of a year is the one that holds."""

    __tablename__ = "published_report"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    year: Mapped[int]
    definition: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64))
    # Why this year is published once more; empty the first time.
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    figures: Mapped[dict[str, Any]] = mapped_column(JsonText)
    published_by: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_published_report_year", "year", "id"),)


class ConsistencyNote(Base):
    """Why two cases that are alike rightly ended differently, or that one was wrong. A pair is written once, the lower number first."""

    __tablename__ = "consistency_note"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    noted_by: Mapped[str] = mapped_column(String(80))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("one_id", "other_id"),
        CheckConstraint("one_id < other_id", name="pair"),
    )
