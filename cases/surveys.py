"""What complainants and services thought of us: who was asked, and apart from that, what was answered.

An answer holds no case, no moment and no name, so that nobody can lay the two beside each other.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId, JsonText, UtcDateTime

COMPLAINANT, AUTHORITY = "complainant", "authority"
SIDES = (COMPLAINANT, AUTHORITY)
OPEN, ANSWERED, DECLINED = "open", "answered", "declined"


class SurveyInvitation(Base):
    """A question to one side of a closed case, found by its secret link. It can be answered, or declined, once."""

    __tablename__ = "survey_invitation"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    side: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5), default="nl")
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    year: Mapped[int] = mapped_column(index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(20), default=OPEN)

    __table_args__ = (
        CheckConstraint("side IN ('complainant', 'authority')", name="side"),
        CheckConstraint("state IN ('open', 'answered', 'declined')", name="state"),
    )


class SurveyAnswer(Base):
    """What one of them answered. Its key is chance, for the order of rows would tell who it was."""

    __tablename__ = "survey_answer"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    side: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    answers: Mapped[dict[str, Any]] = mapped_column(JsonText)

    __table_args__ = (
        CheckConstraint("side IN ('complainant', 'authority')", name="side"),
        Index("ix_survey_answer_year", "year", "side"),
    )
