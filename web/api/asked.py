"""The shapes of what a program may send. A field that is not described is refused, so that a typing error never passes unseen."""

from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

ROW_LIMIT = 2**63 - 1
RowId = Annotated[int, Path(ge=1, le=ROW_LIMIT)]
CaseNumber = Annotated[str, Path(max_length=20, description="For example 2026-0412.")]
Name = Annotated[str, Path(max_length=100)]
Secret = Annotated[str, Path(max_length=100, description="The last part of the link in the mail.")]


class Asked(BaseModel):
    """Nothing that is not described."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Answers(Asked):
    """Answers to a form, by field key. In multipart/form-data: the part `answers` holds this object, each part `files` a file."""

    answers: dict[str, Any]


class Completion(Answers):
    """Answers to a user task. `version` is the one the answers are based on (or the If-Match header)."""

    version: int | None = Field(default=None, ge=0, le=ROW_LIMIT)


class OnBehalf(Asked):
    """How and when the answer of a complainant or an authority came, for staff who notes it. The first two are needed."""

    channel: str = Field(max_length=20, description="post, phone, email or visit")
    received_on: str = Field(max_length=20, description="The day it came, for example 2026-11-12.")
    no_document: str = Field(
        default="",
        max_length=2000,
        description="Where the user task has the input proof_on_paper and no file comes with the answer: why there is none.",
    )


class StaffCompletion(Completion):
    """Answers to a user task; `on_behalf` only for one of a complainant or an authority."""

    on_behalf: OnBehalf | None = None


class Draft(Answers):
    """Half-filled answers, kept as they are."""


class StaffDraft(Draft):
    """Half-filled answers; `on_behalf` only for a user task of a complainant or an authority."""

    on_behalf: OnBehalf | None = None


class Delegation(Asked):
    """To whom a user task goes."""

    person_id: int = Field(ge=1, le=ROW_LIMIT)


class ChosenSteps(Asked):
    """Steps of a choice, by element id; a step named twice is done twice. `version` is that of the choice they are based on."""

    steps: list[Annotated[str, Field(max_length=200)]] = Field(min_length=1, max_length=50)
    version: int | None = Field(default=None, ge=0, le=ROW_LIMIT)


class Nothing(Asked):
    """No body, or an empty object."""


class DecisionContext(Asked):
    """The inputs of a decision, by name. Dates as ISO text count as dates."""

    inputs: dict[str, Any]


class Mending(Asked):
    """One variable to mend before trying again, or none. `value` is a FEEL literal: 3, "tekst", true, null."""

    variable: str = Field(default="", max_length=200)
    value: str = Field(default="", max_length=2000)


class NewToken(Asked):
    """A token for a program."""

    name: str = Field(min_length=1, max_length=200)
    roles: list[str] = Field(min_length=1, max_length=10)


DefinitionKind = Literal["process", "decision", "form", "letter"]
