"""What every answer of the API is made of, and the shape of a refusal.

The shapes are a contract of their own, so that a page may change without breaking a program: `LetterView` is a letter as
a page shows it, `LetterShape` as it goes over the wire. They are filled from the rooms' own view dataclasses by attribute name. Instants are RFC 3339 in UTC, days are ISO dates, sizes bytes.
"""

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """Built from attributes; nothing that is not described."""

    model_config = ConfigDict(from_attributes=True, extra="forbid", frozen=True)


class Problem(Shape):
    """A refusal (RFC 9457). `title` is stable and for programs, `detail` is a Dutch sentence for people; more fields may follow."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str
    title: str
    status: int
    detail: str
    errors: list["FieldError"] = []


class FieldError(Shape):
    """What is wrong at one field or element."""

    model_config = ConfigDict(extra="allow", frozen=True)

    field: str
    message: str


class Labelled(Shape):
    """A value and the words people read for it."""

    value: str
    words: str
