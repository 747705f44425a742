"""The shapes of history, definitions, decisions and tokens."""

from datetime import datetime
from typing import Any, Literal

from web.api.shapes import Shape

# -- history --------------------------------------------------------------------------------------------------------


class EventShape(Shape):
    """One event of a case's history. `personal` is empty once the case's key is destroyed."""

    seq: int
    at: datetime
    activity: str
    transition: str
    resource: str
    role: str
    data: dict[str, Any]
    personal: dict[str, Any]
    hash: str
    is_erased: bool


class HistoryPage(Shape):
    """Events in order; `next` is the `after` of the following page."""

    number: str
    events: list[EventShape]
    next: int | None


class VerdictShape(Shape):
    """What a walk over the chain found."""

    number: str
    ok: bool
    events: int
    first_bad_seq: int | None
    reason: str


# -- definitions and decisions --------------------------------------------------------------------------------------


class DefinitionShape(Shape):
    """One version of a diagram, decision, form or letter."""

    id: int
    kind: Literal["process", "decision", "form", "letter"]
    key: str
    version: int
    name: str
    state: Literal["draft", "active", "retired"]
    digest: str
    created_by: str
    created_at: datetime
    activated_by: str | None
    activated_at: datetime | None


class DefinitionList(Shape):
    """The newest version of each definition, or all versions of one."""

    items: list[DefinitionShape]


class FindingShape(Shape):
    """What checking found at one element."""

    element_id: str
    rule: str
    severity: Literal["error", "warning"]
    sentence: str
    docs: str


class PublishedShape(Shape):
    """The draft that was made, or the version that already had this content; with its warnings."""

    definition: DefinitionShape
    findings: list[FindingShape]


class MatchedRow(Shape):
    """A row of a decision table that fired."""

    decision: str
    rule: str
    row: int
    notes: list[str]


class StepTaken(Shape):
    """One of the decisions that were taken, in order: what went in and what came out."""

    decision: str
    inputs: dict[str, Any]
    value: Any


class DecisionTaken(Shape):
    """The answer of a decision, and why. Nothing was kept."""

    key: str
    version: int
    value: Any
    inputs: dict[str, Any]
    matched: list[MatchedRow]
    warnings: list[str]
    decisions: list[StepTaken]


# -- tokens ---------------------------------------------------------------------------------------------------------


class TokenShape(Shape):
    """A token of a program; never its secret."""

    id: int
    name: str
    roles: list[str]
    created_by: str
    created_at: datetime
    revoked_at: datetime | None


class TokenList(Shape):
    """Every token ever issued."""

    items: list[TokenShape]


class TokenIssued(Shape):
    """A new token. `secret` is given here once and never again."""

    name: str
    roles: list[str]
    secret: str


class TokenRevoked(Shape):
    """The token no longer opens anything."""

    id: int


# -- running the system ---------------------------------------------------------------------------------------------


class IncidentLine(Shape):
    """A step that cannot go on: a number, a step and a reason, and nothing of the file."""

    id: int
    case_number: str
    step: str
    reason: str
    opened_at: datetime


class IncidentPage(Shape):
    """What is not mended yet, the oldest first; `next` is the `after` of the following page."""

    items: list[IncidentLine]
    next: int | None


class Retried(Shape):
    """What trying again brought about: active, completed, terminated, or incident again."""

    outcome: str


class MailLine(Shape):
    """A mail in the outbox; its address is masked."""

    id: int
    case_number: str
    to: str
    state: str
    attempts: int
    next_at: datetime
    created_at: datetime
    last_error: str


class MailPage(Shape):
    """The outbox in one state, the oldest first; `next` is the `after` of the following page."""

    items: list[MailLine]
    next: int | None


class MailGivenUp(Shape):
    """The mail will not be sent."""

    id: int


class MailAgain(Shape):
    """The mail is tried again at the next tick."""

    id: int
