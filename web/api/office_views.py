"""The shapes of history, definitions, decisions and tokens."""

from datetime import datetime
from typing import Any, Literal

from web.api.shapes import View

# -- history --------------------------------------------------------------------------------------------------------


class EventView(View):
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


class HistoryPage(View):
    """Events in order; `next` is the `after` of the following page."""

    number: str
    events: list[EventView]
    next: int | None


class VerdictView(View):
    """What a walk over the chain found."""

    number: str
    ok: bool
    events: int
    first_bad_seq: int | None
    reason: str


# -- definitions and decisions --------------------------------------------------------------------------------------


class DefinitionView(View):
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


class DefinitionList(View):
    """The newest version of each definition, or all versions of one."""

    items: list[DefinitionView]


class FindingView(View):
    """What checking found at one element."""

    element_id: str
    rule: str
    severity: Literal["error", "warning"]
    sentence: str
    docs: str


class PublishedView(View):
    """The draft that was made, or the version that already had this content; with its warnings."""

    definition: DefinitionView
    findings: list[FindingView]


class MatchedRow(View):
    """A row of a decision table that fired."""

    decision: str
    rule: str
    row: int
    notes: list[str]


class StepTaken(View):
    """One of the decisions that were taken, in order: what went in and what came out."""

    decision: str
    inputs: dict[str, Any]
    value: Any


class DecisionTaken(View):
    """The answer of a decision, and why. Nothing was kept."""

    key: str
    version: int
    value: Any
    inputs: dict[str, Any]
    matched: list[MatchedRow]
    warnings: list[str]
    decisions: list[StepTaken]


# -- tokens ---------------------------------------------------------------------------------------------------------


class TokenView(View):
    """A token of a program; never its secret."""

    id: int
    name: str
    roles: list[str]
    created_by: str
    created_at: datetime
    revoked_at: datetime | None


class TokenList(View):
    """Every token ever issued."""

    items: list[TokenView]


class TokenIssued(View):
    """A new token. `secret` is given here once and never again."""

    name: str
    roles: list[str]
    secret: str


class TokenRevoked(View):
    """The token no longer opens anything."""

    id: int


# -- running the system ---------------------------------------------------------------------------------------------


class IncidentLine(View):
    """A step that cannot go on: a number, a step and a reason, and nothing of the file."""

    id: int
    case_number: str
    step: str
    reason: str
    opened_at: datetime


class IncidentPage(View):
    """What is not mended yet, the oldest first; `next` is the `after` of the following page."""

    items: list[IncidentLine]
    next: int | None


class Retried(View):
    """What trying again brought about: active, completed, terminated, or incident again."""

    outcome: str


class MailLine(View):
    """A mail in the outbox; its address is masked."""

    id: int
    case_number: str
    to: str
    state: str
    attempts: int
    next_at: datetime
    created_at: datetime
    last_error: str


class MailPage(View):
    """The outbox in one state, the oldest first; `next` is the `after` of the following page."""

    items: list[MailLine]
    next: int | None


class MailGivenUp(View):
    """The mail will not be sent."""

    id: int


class MailAgain(View):
    """The mail is tried again at the next tick."""

    id: int
