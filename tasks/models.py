"""The worklist and the outbox: what waits for a person, and what waits for the post."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from identity.roles import EXTERNAL_ROLES
from storage.base import Base, BigId, JsonText, UtcDateTime


class UserTask(Base):
    """A user task that waits, or waited, for a person (WS-HumanTask). The token in the engine is the truth; this is its view."""

    __tablename__ = "user_task"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token_id: Mapped[str] = mapped_column(String(64))
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    element_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(300))
    form_key: Mapped[str | None] = mapped_column(String(200))
    form_version: Mapped[int | None]
    role: Mapped[str] = mapped_column(String(60))
    assignee: Mapped[str | None] = mapped_column(String(80))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    priority: Mapped[int] = mapped_column(default=50)
    inputs: Mapped[dict[str, object]] = mapped_column(JsonText, default=dict)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(default=1)
    draft: Mapped[dict[str, object] | None] = mapped_column(JsonText)
    draft_by: Mapped[str | None] = mapped_column(String(80))
    office_draft: Mapped[dict[str, object] | None] = mapped_column(JsonText)
    office_draft_by: Mapped[str | None] = mapped_column(String(80))
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    authority_key: Mapped[str | None] = mapped_column(String(100))

    @property
    def has_staff_draft(self) -> bool:
        """True when somebody at the office kept a draft; a half answer behind a link is not theirs to know of."""
        return (self.office_draft if self.role in EXTERNAL_ROLES else self.draft) is not None

    __table_args__ = (
        UniqueConstraint("instance_id", "token_id"),
        Index("ix_user_task_open_role", "closed_at", "role", "due_at"),
        Index("ix_user_task_open_assignee", "assignee", "closed_at"),
        Index("ix_user_task_case", "case_id", "closed_at"),
    )


class WorkingCopy(Base):
    """A diagram, decision or form that somebody is changing: theirs alone, published by nobody yet."""

    __tablename__ = "working_copy"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(200))
    person: Mapped[str] = mapped_column(String(80))
    based_on: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("person", "kind", "key"),
        CheckConstraint("kind IN ('process', 'decision', 'form')", name="kind"),
    )


class Mail(Base):
    """A mail in the outbox: written in the turn's transaction, delivered afterwards, at least once, under one Message-ID."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letter.id"))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    to_address: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'dead')", name="state"),
        Index("ix_mail_state_next_at", "state", "next_at"),
        Index("ix_mail_case_id", "case_id"),
    )


class IdempotencyKey(Base):
    """A writing call a program named, and what it was answered. Kept for two days. `answer` is sealed with the caller's secret."""

    __tablename__ = "idempotency_key"

    actor_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
