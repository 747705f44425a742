"""The kinds of refusal, and the sentences they are told in. Standard library only; no HTTP here (web/problems.py has the only table).

Rooms subclass a kind; the docstring is the sentence a person reads, the keyword fields are data for programs:
`raise UserTaskAlreadyCompleted(user_task_id=7)`.
"""

from collections.abc import Iterable
from typing import ClassVar


class Sentence(str):
    """Text like any other, that still knows what it was made of, so that a page can say it in another language.

    `Sentence("Vul '%(label)s' in.", label="Uw naam")` is the Dutch text; `template` and `parts` are what it was made of. A part may
    be a sentence itself.
    """

    template: str
    parts: dict[str, str]

    def __new__(cls, template: str, **parts: object) -> "Sentence":
        made = super().__new__(cls, template % parts)
        made.template = template
        made.parts = {name: part if isinstance(part, str) else str(part) for name, part in parts.items()}
        return made

    @classmethod
    def joined(cls, sentences: Iterable[str]) -> "Sentence":
        """Several sentences after each other, each once."""
        parts = {f"part{number}": each for number, each in enumerate(dict.fromkeys(sentences))}
        return cls(" ".join(f"%({name})s" for name in parts), **parts)


class Problem(Exception):
    """Er ging iets mis."""

    kind: ClassVar[str] = "problem"

    def __init__(self, **fields: object) -> None:
        super().__init__(self.sentence)
        self.fields = fields

    @property
    def sentence(self) -> str:
        """The public sentence: the docstring of the class, on one line."""
        return " ".join((type(self).__doc__ or Problem.__doc__ or "").split())

    @property
    def code(self) -> str:
        """The stable name programs may rely on."""
        return type(self).__name__

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.fields.items())
        return f"{self.sentence} ({shown})" if shown else self.sentence


class Invalid(Problem):
    """Wat u stuurde, klopt niet. De fout staat erbij."""

    kind = "invalid"

    @property
    def errors(self) -> list[dict[str, str]]:
        """One entry per field: {"field": ..., "message": ...}."""
        found = self.fields.get("errors", [])
        return list(found) if isinstance(found, list | tuple) else []


class Forbidden(Problem):
    """Dit mag u niet doen."""

    kind = "forbidden"


class NotFound(Problem):
    """Dit bestaat niet, of u mag het niet zien."""

    kind = "not_found"


class Gone(NotFound):
    """Dit stond hier, maar is er niet meer."""

    kind = "gone"


class Conflict(Problem):
    """Dit kan nu niet, omdat er ondertussen iets veranderd is."""

    kind = "conflict"


class Unavailable(Problem):
    """Dit lukt nu even niet. Er is niets verloren; probeer het straks opnieuw."""

    kind = "unavailable"


class TooOften(Unavailable):
    """U doet dit te vaak na elkaar. Wacht even en probeer opnieuw."""

    kind = "too_often"
    after: ClassVar[int] = 3600  # seconds, after which it is worth trying again
