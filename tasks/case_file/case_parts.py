"""The parts of a case as the office's own people see it: plain values, for pages and the API. `tasks.case_file.case_view` fills them."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Summary:
    """The head of the file. `outcome` are the four outcome fields that are filled, as (label, words)."""

    id: int
    number: str
    subject: str
    matter: str
    channel: str
    language: str
    complainant: str
    is_name_withheld: bool
    authority_key: str | None
    authority: str
    is_urgent: bool
    received_at: datetime
    closed_at: datetime | None
    erased_at: datetime | None
    outcome: list[tuple[str, str]]
    is_about_the_office: bool = False


@dataclass(frozen=True)
class PartyView:
    """Somebody on the file. `role` is complainant, representative or authority_contact."""

    role: str
    name: str
    email: str | None
    phone: str | None
    address: str | None


@dataclass(frozen=True)
class FactView:
    """Something the file knows: `words` is the value as people read it, `value` as it is stored."""

    name: str
    label: str
    value: object
    words: str
    is_personal: bool
    known_at: datetime


@dataclass(frozen=True)
class GrievanceView:
    """One point against one authority. `norms` are (number, words)."""

    number: int
    authority: str
    summary: str
    finding: str | None
    finding_words: str
    remedy: str | None
    remedy_words: str
    norms: list[tuple[str, str]]
    reasoning: str
    codelist_version: str | None


@dataclass(frozen=True)
class LetterView:
    """A letter as it was written. `mail` is waiting, sent, dead or given_up, or empty when it goes by post."""

    id: int
    template: str
    subject: str
    body: str
    to_role: str
    to_name: str
    to_address: str | None
    written_at: datetime
    mail: str
    mail_error: str | None


@dataclass(frozen=True)
class DocumentView:
    """A file on the case; size in bytes."""

    id: int
    name: str
    media_type: str
    size: int
    added_by: str
    added_at: datetime


@dataclass(frozen=True)
class DeadlineView:
    """A date by which something must have happened. `state` is met, late, paused or open."""

    name: str
    label: str
    from_on: date
    due_on: date
    explanation: str
    legal_source: str
    met_at: datetime | None
    pauses_for: list[str]
    state: str


@dataclass(frozen=True)
class PauseView:
    """A period in which the clocks that pause for this kind stood still; `to_on` is None while they do."""

    kind: str
    reason: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True)
class MessageView:
    """A message on the file."""

    sender: str
    about: str
    text: str
    sent_at: datetime


@dataclass(frozen=True)
class OpenTaskView:
    """A user task that waits. `assignee_name` is empty when nobody took it; `about` unless it is done several times."""

    id: int
    name: str
    about: str
    element_id: str
    role: str
    assignee: str | None
    assignee_name: str
    due_at: datetime | None
    opened_at: datetime
    has_draft: bool
    version: int


@dataclass(frozen=True)
class IncidentView:
    """Where the case cannot go on, and why."""

    id: int
    element_id: str
    reason: str
    opened_at: datetime


@dataclass(frozen=True)
class DecisionView:
    """A decision table that was asked: answers and inputs as (label, words), rows as (number from 1, notes)."""

    decision: str
    name: str
    version: int
    at: datetime
    answers: list[tuple[str, str]]
    inputs: list[tuple[str, str]]
    rows: list[tuple[int, list[str]]]


@dataclass(frozen=True)
class CaseView:
    """The whole file."""

    summary: Summary
    facts: list[FactView]
    parties: list[PartyView]
    grievances: list[GrievanceView]
    letters: list[LetterView]
    documents: list[DocumentView]
    deadlines: list[DeadlineView]
    pauses: list[PauseView]
    messages: list[MessageView]
    open_tasks: list[OpenTaskView]
    incidents: list[IncidentView]
