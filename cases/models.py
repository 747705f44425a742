"""The complaint and its file: facts, never flow. What waits, and for whom, is the token's to say."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import KEPT_BY_DATABASE, Base, BigId, JsonText, UtcDateTime
from storage.private import PrivateJson, PrivateRow, PrivateText

_OPEN: dict[str, Any] = {"postgresql_where": text("closed_at IS NULL"), "sqlite_where": text("closed_at IS NULL")}
_ASSESSED: dict[str, Any] = {
    "postgresql_where": text("assessed_theme IS NOT NULL"),
    "sqlite_where": text("assessed_theme IS NOT NULL"),
}
_FIRST_LINE = text("closed_at IS NULL AND matter = 'first_line'")
_OPEN_FIRST_LINE: dict[str, Any] = {"postgresql_where": _FIRST_LINE, "sqlite_where": _FIRST_LINE}


class Case(PrivateRow, Base):
    """The office's file on a complaint, with its number. Outcome fields stay empty until a decision fills them."""

    __tablename__ = "case"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    matter: Mapped[str] = mapped_column(String(40), default="complaint")
    channel: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5), default="nl")
    subject: Mapped[str] = mapped_column(PrivateText(300))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Destroyed: what is left is the number, the figures and the proof (`Erasure`).
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    instance_id: Mapped[int | None] = mapped_column(BigId, index=True)
    complainant_name: Mapped[str] = mapped_column(PrivateText(200), default="")
    name_withheld: Mapped[bool] = mapped_column(default=False)
    authority_key: Mapped[str | None] = mapped_column(String(100))
    authority_name: Mapped[str] = mapped_column(PrivateText(200), default="")
    is_urgent: Mapped[bool] = mapped_column(default=False)
    admissibility: Mapped[str | None] = mapped_column(String(40))
    refusal_ground: Mapped[str | None] = mapped_column(String(60))
    closure_reason: Mapped[str | None] = mapped_column(String(40))
    # The theme it had when something was found in it, empty when it had none; None until then. What like cases are found by.
    assessed_theme: Mapped[str | None] = mapped_column(String(60))
    # Lower-case words of number, subject, name and authority: what the search looks in.
    search_text: Mapped[str] = mapped_column(PrivateText, default="")
    # The same as PostgreSQL searches it: a trigger keeps it, nobody writes it. On SQLite it stays empty.
    search_words: Mapped[object | None] = mapped_column(
        TSVECTOR().with_variant(Text(), "sqlite"), deferred=True, info={KEPT_BY_DATABASE: True}
    )

    def private_case(self) -> int | None:
        return self.id

    def is_case(self) -> bool:
        return True

    # Every order of the list, so that a page is a walk along an index; and the open ones, which are few among many, apart.
    __table_args__ = (
        Index("ix_case_received_at_id", "received_at", "id"),
        Index("ix_case_closed_at_id", "closed_at", "id"),
        Index("ix_case_subject_id", "subject", "id"),
        Index("ix_case_authority_name_id", "authority_name", "id"),
        Index("ix_case_complainant_name_id", "complainant_name", "id"),
        Index("ix_case_authority_key_id", "authority_key", "id"),
        Index("ix_case_open", "id", "authority_key", "authority_name", "matter", **_OPEN),
        Index("ix_case_open_authority", "authority_key", "authority_name", **_OPEN),
        Index("ix_case_open_first_line", "authority_key", "id", **_OPEN_FIRST_LINE),
        Index("ix_case_assessed", "id", **_ASSESSED),
        Index("ix_case_assessed_authority", "authority_key", "id", **_ASSESSED),
        Index("ix_case_assessed_theme", "assessed_theme", "id", **_ASSESSED),
        Index("ix_case_urgent", "id", postgresql_where=text("is_urgent IS true"), sqlite_where=text("is_urgent IS 1")),
        Index("ix_case_number_prefix", "number", postgresql_ops={"number": "varchar_pattern_ops"}),
        Index("ix_case_words", "search_words", postgresql_using="gin"),
        Index("ix_case_open_words", "search_words", postgresql_using="gin", **_OPEN),
    )


class Party(PrivateRow, Base):
    """A person or organisation on the file: complainant, representative, authority_contact."""

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(PrivateText(200), default="")
    email: Mapped[str | None] = mapped_column(PrivateText(320), index=True)
    phone: Mapped[str | None] = mapped_column(PrivateText(60))
    address: Mapped[str | None] = mapped_column(PrivateText(500))
    authority_key: Mapped[str | None] = mapped_column(String(100))


class Fact(PrivateRow, Base):
    """Something the file knows, under a dotted name. A new value is a new row; the old one stays, closed."""

    __tablename__ = "fact"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    name: Mapped[str] = mapped_column(String(120))
    value: Mapped[object | None] = mapped_column(PrivateJson)
    is_personal: Mapped[bool] = mapped_column(default=False)
    known_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_fact_case_name", "case_id", "name", "replaced_at"),)


class Grievance(PrivateRow, Base):
    """One point against one authority, with its own competence, first line, finding, remedy and norms.

    `is_main` marks the one that the whole case follows; the others may be handled with it or go apart.
    """

    __tablename__ = "grievance"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    number: Mapped[int]
    authority_key: Mapped[str | None] = mapped_column(String(100))
    authority_name: Mapped[str] = mapped_column(PrivateText(200), default="")
    summary: Mapped[str] = mapped_column(PrivateText, default="")
    is_main: Mapped[bool] = mapped_column(default=False)
    matter: Mapped[str] = mapped_column(String(40), default="complaint")
    body: Mapped[str | None] = mapped_column(String(20))
    transfer: Mapped[str | None] = mapped_column(String(20))
    first_line_gate: Mapped[str | None] = mapped_column(String(20))
    gate_reason: Mapped[str | None] = mapped_column(String(60))
    finding: Mapped[str | None] = mapped_column(String(40))
    remedy: Mapped[str | None] = mapped_column(String(40))
    norms: Mapped[list[int]] = mapped_column(JsonText, default=list)
    reasoning: Mapped[str] = mapped_column(PrivateText, default="")
    codelist_version: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (UniqueConstraint("case_id", "number"),)


class Document(PrivateRow, Base):
    """A file on the case. The bytes lie under their own digest outside the database."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    name: Mapped[str] = mapped_column(PrivateText(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    source: Mapped[str] = mapped_column(String(40))
    user_task_id: Mapped[int | None] = mapped_column(BigId)
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # What opens the bytes in a sealed house (`cases.documents`); None where they lie open.
    file_key: Mapped[str | None] = mapped_column(PrivateText)


class Letter(PrivateRow, Base):
    """A letter as it was written. `to_role` decides who may read it."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    template: Mapped[str] = mapped_column(String(40))
    to_role: Mapped[str] = mapped_column(String(40))
    to_name: Mapped[str] = mapped_column(PrivateText(200), default="")
    to_address: Mapped[str | None] = mapped_column(PrivateText(320))
    language: Mapped[str] = mapped_column(String(5), default="nl")
    subject: Mapped[str] = mapped_column(PrivateText(300))
    body: Mapped[str] = mapped_column(PrivateText)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Message(PrivateRow, Base):
    """A message on the file: from the complainant or the authority to the office, or back."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    sender: Mapped[str] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(PrivateText)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Deadline(Base):
    """A date by which something must have happened, with the sentence that explains it."""

    __tablename__ = "deadline"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    name: Mapped[str] = mapped_column(String(80))
    rule: Mapped[str] = mapped_column(String(80))
    rule_version: Mapped[str] = mapped_column(String(40), default="")
    from_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    explanation: Mapped[str] = mapped_column(Text)
    legal_source: Mapped[str] = mapped_column(String(300), default="")
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    met_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What its clock stands still for (`deadline_rules.PAUSES`), as its rule says.
    pauses_for: Mapped[list[str]] = mapped_column(JsonText, default=list)
    # The number of the grievance it belongs to, when it is not the whole case's.
    grievance: Mapped[int | None]
    # How many days somebody gave for this one; None is the rule's own value.
    value: Mapped[int | None]
    # How many days were given on top, to whoever asked for more time: working days where its rule counts those.
    more: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # `cases.counting.Reckoning`: what the explanation is written from, in any language. None before it was kept.
    reckoning: Mapped[dict[str, Any] | None] = mapped_column(JsonText)

    __table_args__ = (
        Index("ix_deadline_case_name", "case_id", "name"),
        Index("ix_deadline_open", "met_at", "due_on"),
        Index("ix_deadline_rule", "rule", "met_at", "case_id"),
    )


class DeadlineRule(Base):
    """One version of how a term is counted. Rows are only added: a date in a file keeps the version it came from."""

    __tablename__ = "deadline_rule"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(200))
    value: Mapped[int]
    unit: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(300))
    version: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date] = mapped_column(Date)
    counts_from: Mapped[str] = mapped_column(String(80))
    pauses_for: Mapped[list[str]] = mapped_column(JsonText)
    is_verified: Mapped[bool]
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        UniqueConstraint("name", "version"),
        CheckConstraint("value > 0", name="value"),
        CheckConstraint("unit IN ('calendar_days', 'working_days', 'months')", name="unit"),
    )


class ClosingDay(Base):
    """A day on which the office is closed; of every year from then on when `is_yearly`."""

    __tablename__ = "closing_day"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    closed_on: Mapped[date] = mapped_column(Date, unique=True)
    name: Mapped[str] = mapped_column(String(120))
    is_yearly: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(300), default="")
    added_by: Mapped[str] = mapped_column(String(80))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClockPause(Base):
    """A period in which those clocks of the case stand still that pause for this kind of thing."""

    __tablename__ = "clock_pause"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(200))
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date | None] = mapped_column(Date)


class LegalHold(PrivateRow, Base):
    """A reason to keep a case, whatever the rules say, until somebody lifts it."""

    __tablename__ = "legal_hold"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    reason: Mapped[str] = mapped_column(PrivateText(500))
    placed_by: Mapped[str] = mapped_column(String(80))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_by: Mapped[str | None] = mapped_column(String(80))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Erasure(Base):
    """Proof that a case was destroyed: by whom, when, by which rule, and which key was thrown away (its digest).

    The chain of the case stays, with hashes that still fit; `seq` and `hash` are its last event before the key went.
    """

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), unique=True)
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_by: Mapped[str] = mapped_column(String(80))
    ground: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str] = mapped_column(String(300))
    documents: Mapped[int]
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    key_digest: Mapped[str] = mapped_column(String(64))


class CaseNumber(Base):
    """The last number given out in a year: the row lock makes numbers gapless."""

    __tablename__ = "case_number"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]

    __table_args__ = (CheckConstraint("last >= 0", name="last_not_negative"),)


class ComplaintDraft(Base):
    """A complaint somebody is still writing, found again by its secret link. Removed when sent, or after thirty days."""

    __tablename__ = "complaint_draft"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    answers: Mapped[dict[str, object]] = mapped_column(JsonText)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class DraftFile(Base):
    """A file that goes with a complaint somebody is still writing; it moves to the case when the complaint is sent."""

    __tablename__ = "complaint_draft_file"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("complaint_draft.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
