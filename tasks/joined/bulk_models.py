"""The same message to many cases: what is asked once by a person, and where it stands in each case."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId, JsonText, UtcDateTime


class BulkMessage(Base):
    """One message for every case that belongs with `case_id`. `answers` is what its form was told; who asked is who acts in each case."""

    __tablename__ = "bulk_message"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    message: Mapped[str] = mapped_column(String(80))
    answers: Mapped[dict[str, Any]] = mapped_column(JsonText)
    person: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(60))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "ix_bulk_message_running",
            "id",
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )


class BulkRecipient(Base):
    """A case the message goes to: `waiting` until its own turn, which takes it and marks it in one transaction. `why` when it stayed."""

    __tablename__ = "bulk_recipient"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    bulk_id: Mapped[int] = mapped_column(ForeignKey("bulk_message.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    why: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("bulk_id", "case_id"),
        CheckConstraint("state IN ('waiting', 'done', 'stayed')", name="state"),
        Index("ix_bulk_recipient_state", "bulk_id", "state", "id"),
    )
