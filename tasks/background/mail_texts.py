"""Mails that are no letters of a case: a question with its link, a link to go on later, a new link. In the reader's language.

Templates are plain text in workflows/mails: the first line is the subject, `{name}` is a place. Dutch when there is none in the
reader's language.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from tasks.office import WORKFLOWS

FOLDER = WORKFLOWS / "mails"


@dataclass(frozen=True)
class Text:
    """A mail as it will be sent."""

    subject: str
    body: str


def text(template: str, language: str, /, **places: str) -> Text:
    """The mail of a template. A place that nobody fills is a programming error (KeyError)."""
    filled = re.sub(r"\{(\w+)\}", lambda match: places[match[1]], _template(template, language))
    subject, _, body = filled.partition("\n")
    return Text(subject, body)


@lru_cache(maxsize=64)
def _template(name: str, language: str) -> str:
    own = FOLDER / f"{name}.{language}.txt"
    return (own if own.exists() else FOLDER / f"{name}.nl.txt").read_text(encoding="utf-8")
