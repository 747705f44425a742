"""The shapes of complaints and cases."""

from datetime import date, datetime
from typing import Any

from pydantic import Field

from web.api.shapes import Labelled, Shape


class Received(Shape):
    """The new case. `secret` opens the complainant's own page; it is given here once and never again."""

    number: str
    secret: str


class CaseLine(Shape):
    """A case in a list."""

    number: str
    subject: str
    complainant: str
    is_name_withheld: bool
    authority: str
    is_urgent: bool
    received_at: datetime
    closed_at: datetime | None


class CasePage(Shape):
    """A page of cases, the newest first; `next` is the `after` of the following page.

    `total` is exact up to 1000; `is_more` says that there are more than that.
    """

    items: list[CaseLine]
    total: int
    is_more: bool
    next: int | None


class CaseHead(CaseLine):
    """The head of a case."""

    matter: str
    channel: str
    language: str
    authority_key: str | None
    outcome: list[Labelled] = Field(description="The outcome fields that are filled: their name and what was decided.")


class FactShape(Shape):
    """Something the file knows."""

    name: str
    label: str
    value: Any
    words: str
    is_personal: bool
    known_at: datetime


class PartyShape(Shape):
    """Somebody on the file."""

    role: str
    name: str
    email: str | None
    phone: str | None
    address: str | None


class GrievanceShape(Shape):
    """One point against one authority, with its own finding, remedy and norms."""

    number: int
    authority: str
    summary: str
    finding: str | None
    finding_words: str
    remedy: str | None
    remedy_words: str
    norms: list[Labelled]
    reasoning: str
    codelist_version: str | None


class LetterShape(Shape):
    """A letter as it was written. `mail` is waiting, sent, dead or given_up; empty when it goes by post."""

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


class DocumentShape(Shape):
    """A file on the case. Its bytes: GET /cases/{number}/documents/{id}."""

    id: int
    name: str
    media_type: str
    size: int
    added_by: str
    added_at: datetime


class DeadlineShape(Shape):
    """A date by which something must have happened, with the sentence that explains it."""

    name: str
    label: str
    from_on: date
    due_on: date
    explanation: str
    legal_source: str
    met_at: datetime | None
    pauses_for: list[str]
    state: str


class PauseShape(Shape):
    """A period in which the clocks that pause for this kind stood still."""

    kind: str
    reason: str
    from_on: date
    to_on: date | None


class MessageShape(Shape):
    """A message on the file."""

    sender: str
    about: str
    text: str
    sent_at: datetime


class OpenUserTask(Shape):
    """A user task that waits."""

    id: int
    name: str
    about: str = Field(description="Which one it is, where it is done several times: `3 van 5: De Lijn`.")
    element_id: str
    role: str
    assignee: str | None
    due_at: datetime | None
    opened_at: datetime
    has_draft: bool
    version: int


class IncidentShape(Shape):
    """Where the case cannot go on, and why."""

    id: int
    element_id: str
    reason: str
    opened_at: datetime


class CaseShape(Shape):
    """The whole file."""

    case: CaseHead
    facts: list[FactShape]
    parties: list[PartyShape]
    grievances: list[GrievanceShape]
    letters: list[LetterShape]
    documents: list[DocumentShape]
    deadlines: list[DeadlineShape]
    pauses: list[PauseShape]
    messages: list[MessageShape]
    open_user_tasks: list[OpenUserTask]
    incidents: list[IncidentShape]


class Delivered(Shape):
    """A message was kept. `moved` is false when the diagram did not wait for it: plain information on the file."""

    number: str
    message: str
    moved: bool


class StepOffered(Shape):
    """A step that may be chosen; how often it is under way now, and how often it waits its turn."""

    element_id: str
    name: str
    under_way: int
    queued: int


class ChoiceShape(Shape):
    """A part of the diagram in which somebody chooses what is done. `is_mine`: the caller's role may choose here."""

    id: int
    element_id: str
    name: str
    role: str = Field(description="The role whose choice it is; empty for every role that handles cases.")
    is_sequential: bool
    is_mine: bool
    version: int
    steps: list[StepOffered]


class ChoicePage(Shape):
    """The choices of a case."""

    items: list[ChoiceShape]


class Chosen(Shape):
    """The steps that begin, or wait their turn."""

    number: str
    steps: list[str]
