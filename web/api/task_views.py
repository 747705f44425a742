"""The shapes of the worklist, its user tasks and their forms."""

from datetime import datetime
from typing import Any

from pydantic import Field

from web.api.shapes import Labelled, Shape


class WorklistItem(Shape):
    """One line of the worklist."""

    id: int
    case_number: str
    name: str
    about: str = Field(description="Which one it is, where it is done several times: `3 van 5: De Lijn`.")
    role: str
    subject: str
    complainant: str
    authority: str
    assignee: str | None
    due_at: datetime | None
    opened_at: datetime
    is_urgent: bool
    has_draft: bool
    version: int


class WorklistPage(Shape):
    """A page of the worklist; `next` is the `after` of the following page. `overdue` and `today` count within the filter."""

    items: list[WorklistItem]
    total: int
    overdue: int
    today: int
    next: str | None


class FieldShape(Shape):
    """One field of a form. A conditional field shows, and takes an answer, depending on the other answers."""

    key: str
    type: str
    label: str
    description: str
    is_required: bool
    is_readonly: bool
    is_conditional: bool
    choices: list[Labelled]
    fields: list["FieldShape"] = Field(description="The fields of each row, for a list.")


class FormShape(Shape):
    """A form: what may be answered. Answers are an object of field key to value; a list takes an array of such objects."""

    key: str
    name: str
    fields: list[FieldShape]


class UserTaskShape(Shape):
    """A user task with what is needed to complete it. `version` is also its ETag."""

    id: int
    case_number: str
    element_id: str
    name: str
    about: str
    role: str
    assignee: str | None
    due_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    version: int
    inputs: dict[str, Any]
    draft: dict[str, Any] | None
    draft_on_behalf: dict[str, str] | None = Field(
        description="How and when the answer came, in a draft of what a complainant or an authority answered."
    )
    form: FormShape | None


class UserTaskState(Shape):
    """Who has a user task now."""

    id: int
    assignee: str | None
    version: int
    has_draft: bool


class CompletedShape(Shape):
    """What completing brought about. `outcome` is active, completed, terminated or incident: with an incident the answers are
    kept and the case waits for somebody to mend the diagram."""

    case_number: str
    outcome: str
    next_user_task_id: int | None


class ForAuthority(Shape):
    """What an authority may know of the case; a withheld name is in none of it."""

    number: str
    subject: str
    complainant: str
    narrative: str
    desired_outcome: str


class Paper(Shape):
    """A letter to the holder of the link."""

    subject: str
    body: str
    written_at: datetime


class LinkShape(Shape):
    """What the holder of a secret link is asked, and what they may know beside it. `state` is open, answered (by them),
    noted (by the office: the answer came another way) or overtaken (by something else in the case)."""

    number: str
    name: str
    role: str
    state: str
    due_at: datetime | None
    closed_at: datetime | None
    version: int
    inputs: dict[str, Any]
    about: ForAuthority | None = Field(description="For an authority: the case, as far as it may know it.")
    letters: list[Paper]
    files: list[str] = Field(description="The names of the files they sent.")
    form: FormShape | None


class Answered(Shape):
    """The answer of a link holder is on the file."""

    case_number: str
