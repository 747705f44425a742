"""What the engine keeps: definitions, instances with their token state, what waits, messages, jobs, incidents."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, BigId, JsonText, UtcDateTime
from storage.private import PrivateJson, PrivateRow, PrivateText


class Definition(Base):
    """A process, decision or form in one version. Content never changes; only the state moves: draft, active, retired.

    Several processes of one file are several definitions with the same content. `bindings` (key to definition id) is fixed when
    the version is taken into use: what it calls "as it was at deployment", or by a version tag.
    """

    __tablename__ = "definition"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(200))
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(300), default="")
    content: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    activated_by: Mapped[str | None] = mapped_column(String(80))
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version_tag: Mapped[str | None] = mapped_column(String(200))
    bindings: Mapped[dict[str, int] | None] = mapped_column(JsonText)

    __table_args__ = (
        UniqueConstraint("kind", "key", "version"),
        Index("ix_definition_kind_key_state", "kind", "key", "state"),
        CheckConstraint("kind IN ('process', 'decision', 'form', 'letter')", name="kind"),
        CheckConstraint("state IN ('draft', 'active', 'retired')", name="state"),
    )


def _where(condition: str) -> dict[str, Any]:
    """An index over few of many rows, on either database."""
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


class ProcessInstance(PrivateRow, Base):
    """One running process. `state` is the compact token state; `called` and `decisions` fix the versions it runs on.

    `decisions` is None for what started before decisions were fixed: it asks the version in use.
    """

    __tablename__ = "process_instance"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(BigId, index=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), index=True)
    called: Mapped[dict[str, int]] = mapped_column(JsonText, default=dict)
    decisions: Mapped[dict[str, int] | None] = mapped_column(JsonText)
    outcome: Mapped[str] = mapped_column(String(12), default="active")
    is_suspended: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(PrivateText)
    codec_version: Mapped[int]
    library_version: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  # SQLAlchemy reads this as configuration
    __table_args__ = (
        CheckConstraint("outcome IN ('active', 'completed', 'terminated', 'incident')", name="outcome"),
        Index("ix_process_instance_running", "definition_id", "id", **_where("ended_at IS NULL")),
        Index(
            "ix_process_instance_suspended",
            "id",
            postgresql_where=text("is_suspended IS true"),
            sqlite_where=text("is_suspended IS 1"),
        ),
    )


class Subscription(Base):
    """Something an element waits for: a timer that falls due, a message by name and key, a signal by name, a condition.

    It belongs to a token of an instance, or to a definition in use: then what arrives starts a new instance. `position` counts the
    triggers of one element. `repeat` is what is left of a cycle. `is_tried` tells that no buffered message fitted when we looked.
    """

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    definition_id: Mapped[int | None] = mapped_column(ForeignKey("definition.id"))
    token_id: Mapped[str] = mapped_column(String(64), default="")
    element_id: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str | None] = mapped_column(String(200))
    key: Mapped[str | None] = mapped_column(String(200))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    repeat: Mapped[str | None] = mapped_column(Text)
    is_tried: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("instance_id", "token_id", "element_id", "position"),
        UniqueConstraint("definition_id", "element_id", "position"),
        Index("ix_subscription_kind_due_at_id", "kind", "due_at", "id"),
        Index("ix_subscription_kind_name_key", "kind", "name", "key"),
        Index("ix_subscription_kind_is_tried", "kind", "is_tried"),
        CheckConstraint("kind IN ('timer', 'message', 'signal', 'condition')", name="kind"),
        CheckConstraint("(instance_id IS NULL) <> (definition_id IS NULL)", name="belongs_to_one"),
    )


class PublishedMessage(PrivateRow, Base):
    """A message sent, for exactly one receiver: kept until someone receives it or its time is over. No key is the empty text.

    Its row stays afterwards, without its variables, so that a message id seen before is refused. `is_tried` tells that nobody
    waited for it when we looked.
    """

    __tablename__ = "published_message"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(200), default="")
    variables: Mapped[dict[str, Any]] = mapped_column(PrivateJson, default=dict)
    case_id: Mapped[int | None] = mapped_column(BigId)
    message_id: Mapped[str | None] = mapped_column(String(200))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    is_tried: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("name", "key", "message_id"),
        Index("ix_published_message_state_name_key", "state", "name", "key"),
        Index("ix_published_message_state_expires_at", "state", "expires_at"),
        Index("ix_published_message_state_is_tried", "state", "is_tried"),
        CheckConstraint("state IN ('waiting', 'received', 'expired')", name="state"),
    )


class Delivery(PrivateRow, Base):
    """A signal on its way to one who waited for it when it was sent; each is a turn of its own."""

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subscription_id: Mapped[int] = mapped_column(BigInteger)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    definition_id: Mapped[int | None] = mapped_column(ForeignKey("definition.id"))
    token_id: Mapped[str] = mapped_column(String(64), default="")
    element_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    variables: Mapped[dict[str, Any]] = mapped_column(PrivateJson, default=dict)
    case_id: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(10), default="waiting")

    __table_args__ = (
        Index("ix_delivery_state_id", "state", "id"),
        Index("ix_delivery_instance_id_token_id", "instance_id", "token_id"),
        CheckConstraint("state IN ('waiting', 'done', 'gone')", name="state"),
    )


class Job(PrivateRow, Base):
    """Work outside the turn: a service task that waits for its handler. Claimed with a lease and a fencing token.

    `worker` is the program outside that has it, or had it last when it did it.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    token_id: Mapped[str] = mapped_column(String(64))
    element_id: Mapped[str] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="ready")
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    retries: Mapped[int] = mapped_column(default=3)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    claim: Mapped[str | None] = mapped_column(String(64))
    worker: Mapped[str | None] = mapped_column(String(80))
    last_error: Mapped[str | None] = mapped_column(PrivateText)

    __table_args__ = (
        Index("ix_job_state_run_at", "state", "run_at"),
        Index("ix_job_type_state_run_at", "type", "state", "run_at"),
        CheckConstraint("state IN ('ready', 'running', 'done', 'dead', 'cancelled')", name="state"),
    )


class Incident(PrivateRow, Base):
    """A token that cannot go on until somebody mends something."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(BigId, index=True)
    token_id: Mapped[str] = mapped_column(String(64))
    element_id: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(PrivateText)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    resolved_by: Mapped[str | None] = mapped_column(String(80))
