"""The worklist and the outbox: what waits for a person, and what waits for the post."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from identity.roles import EXTERNAL_ROLES
from storage.base import Base, BigId, JsonText, UtcDateTime
from storage.private import PrivateJson, PrivateRow, PrivateText

_OPEN: dict[str, Any] = {"postgresql_where": text("closed_at IS NULL"), "sqlite_where": text("closed_at IS NULL")}


class UserTask(PrivateRow, Base):
    """A user task that waits, or waited, for a person (WS-HumanTask). The token in the engine is the truth; this is its view.

    `about` tells which one it is, where it is done several times.
    """

    __tablename__ = "user_task"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token_id: Mapped[str] = mapped_column(String(64))
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    element_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(300))
    about: Mapped[str | None] = mapped_column(PrivateText(300))
    form_key: Mapped[str | None] = mapped_column(String(200))
    form_version: Mapped[int | None]
    role: Mapped[str] = mapped_column(String(60))
    assignee: Mapped[str | None] = mapped_column(String(80))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    follow_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    priority: Mapped[int] = mapped_column(default=50)
    inputs: Mapped[dict[str, object]] = mapped_column(PrivateJson, default=dict)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[str | None] = mapped_column(String(80))
    version: Mapped[int] = mapped_column(default=1)
    draft: Mapped[dict[str, object] | None] = mapped_column(PrivateJson)
    draft_by: Mapped[str | None] = mapped_column(String(80))
    office_draft: Mapped[dict[str, object] | None] = mapped_column(PrivateJson)
    office_draft_by: Mapped[str | None] = mapped_column(String(80))
    link_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    authority_key: Mapped[str | None] = mapped_column(String(100))
    # Ids of people who did what is looked at again here, with spaces between; None when anybody of the role may take it.
    not_by: Mapped[str | None] = mapped_column(Text)

    @property
    def has_staff_draft(self) -> bool:
        """True when somebody at the office kept a draft; a half answer behind a link is not theirs to know of."""
        return (self.office_draft if self.role in EXTERNAL_ROLES else self.draft) is not None

    __table_args__ = (
        UniqueConstraint("instance_id", "token_id"),
        # What is open is little among all that was ever done: its indexes hold nothing else.
        Index("ix_user_task_open_role", "role", "assignee", "due_at", **_OPEN),
        Index("ix_user_task_open_assignee", "assignee", "due_at", **_OPEN),
        # One that answers a list or a count by itself, whatever it is narrowed or ordered by.
        Index("ix_user_task_open", "due_at", "id", "role", "assignee", "case_id", "opened_at", "name", **_OPEN),
        Index("ix_user_task_case", "case_id", "closed_at"),
    )


class OpenChoice(Base):
    """A part of a diagram in which somebody may choose what is done next: an ad-hoc subprocess that is open.

    The token in the engine is the truth, also of what may be chosen; this row says in which case, and for whom. It goes when the
    choice is over: the history keeps what was chosen. No role is every role that handles cases.
    """

    __tablename__ = "open_choice"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token_id: Mapped[str] = mapped_column(String(64))
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    element_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(300))
    role: Mapped[str] = mapped_column(String(60), default="")
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("instance_id", "token_id"), Index("ix_open_choice_role", "role", "opened_at"))


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
        CheckConstraint("kind IN ('process', 'decision', 'form', 'letter')", name="kind"),
    )


class DecisionScenarios(Base):
    """The scenario tests of a decision (`engine.dmn.scenarios`): one set, for whichever version is made next."""

    __tablename__ = "decision_scenarios"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    revision: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MigrationPlan(Base):
    """How the running cases of one version of a diagram go to another. `mapping` is what a person chose: old element id to new.

    Who changed it last is its author; somebody else carries it out.
    """

    __tablename__ = "migration_plan"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    source_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    target_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    mapping: Mapped[dict[str, str]] = mapped_column(JsonText, default=dict)
    takes_decisions: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="draft")
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[str | None] = mapped_column(String(80))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by: Mapped[str | None] = mapped_column(String(80))

    __table_args__ = (
        CheckConstraint("state IN ('draft', 'running', 'done', 'undoing', 'undone')", name="state"),
        Index("ix_migration_plan_state", "state"),
        Index("ix_migration_plan_key", "key", "id"),
    )


class CaseMigration(PrivateRow, Base):
    """One running process in a plan: what became of it, why it stayed, and how it was before, for as long as it can go back."""

    __tablename__ = "case_migration"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("migration_plan.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    case_id: Mapped[int | None] = mapped_column(BigId)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    why: Mapped[str | None] = mapped_column(PrivateText)
    former: Mapped[dict[str, Any] | None] = mapped_column(PrivateJson)
    version_after: Mapped[int | None]
    moved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("plan_id", "instance_id"),
        CheckConstraint("state IN ('waiting', 'moved', 'stayed', 'undoing', 'undone', 'kept')", name="state"),
        Index("ix_case_migration_plan_id_state", "plan_id", "state", "id"),
    )


class DeadlinePlan(Base):
    """A change of a deadline rule or of the closing days: what it would move is shown before somebody else has it carried out.

    `content` is the new version of the rule, or the days that come and go. `cursor` is the last case that was looked at; `found` is
    how many dates moved in this round, and the plan is over when a round found none.
    """

    __tablename__ = "deadline_plan"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]] = mapped_column(JsonText)
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(10), default="draft")
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[str | None] = mapped_column(String(80))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cursor: Mapped[int] = mapped_column(BigInteger, default=0)
    found: Mapped[int] = mapped_column(default=0)
    looked: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("kind IN ('rule', 'closing_days')", name="kind"),
        CheckConstraint("state IN ('draft', 'running', 'done')", name="state"),
        Index("ix_deadline_plan_state", "state"),
    )


class DeadlineShift(Base):
    """A date that a plan moved; `why` when the case could not take it, and then nothing moved."""

    __tablename__ = "deadline_shift"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("deadline_plan.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    rule: Mapped[str] = mapped_column(String(80), default="")
    old_on: Mapped[date | None] = mapped_column(Date)
    new_on: Mapped[date | None] = mapped_column(Date)
    why: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_deadline_shift_plan_id", "plan_id", "id"),)


class Mail(Base):
    """A mail in the outbox: written in the turn's transaction, delivered afterwards, at least once, under one Message-ID.

    While somebody sends it, `claim` is theirs and `next_at` the end of their lease. `given_up` is what people decided not to send.
    """

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
    claim: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'dead', 'given_up')", name="state"),
        Index("ix_mail_state_next_at", "state", "next_at"),
        Index("ix_mail_case_id", "case_id"),
        Index("ix_mail_letter_id", "letter_id"),
    )


class FirstLineReport(Base):
    """That a service was asked for the yearly figures of its own complaint handling, and the file in which it answers."""

    __tablename__ = "first_line_report"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    year: Mapped[int]
    authority_key: Mapped[str] = mapped_column(String(100))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    asked_by: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (UniqueConstraint("year", "authority_key"),)


class NetworkMember(Base):
    """What a member of the network of complaint handlers tells colleagues about themselves; `calendar_hash` is of the link to their feed."""

    __tablename__ = "network_member"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    job_title: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    calendar_hash: Mapped[str | None] = mapped_column(String(64), unique=True)


class Meeting(Base):
    """A meeting of the network. One that is called off stays, so that calendars hear of it."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(300))
    agenda: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(80))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    called_off_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Attendance(Base):
    """Whether a member comes to a meeting, as they said last."""

    __tablename__ = "attendance"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    is_coming: Mapped[bool]
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Contribution(Base):
    """What a member wrote for the others: a good practice, a question, or an answer to one (`about_id`). Taken away is not destroyed."""

    __tablename__ = "contribution"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    about_id: Mapped[int | None] = mapped_column(ForeignKey("contribution.id"), index=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by: Mapped[str | None] = mapped_column(String(80))

    __table_args__ = (
        CheckConstraint("kind IN ('practice', 'question', 'answer')", name="kind"),
        CheckConstraint("(kind = 'answer') = (about_id IS NOT NULL)", name="about"),
        Index("ix_contribution_kind", "kind", "id"),
    )


class LiveProcess(Base):
    """A process that works for this office, and when it last said so (`tasks.operating.presence`)."""

    __tablename__ = "live_process"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    host: Mapped[str] = mapped_column(String(100))
    pid: Mapped[int]
    version: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IdempotencyKey(Base):
    """A writing call a program named, and what it was answered. Kept for two days. `answer` is sealed with the caller's secret."""

    __tablename__ = "idempotency_key"

    actor_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    status: Mapped[int | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
