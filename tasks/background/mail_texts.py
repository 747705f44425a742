"""Mails that are no letters of a case: a question with its link, a link to go on later, a new link. In the reader's language.

Templates are plain text in workflows/mails: the first line is the subject, `{office}` is a place. Dutch when there is none in the
reader's language. What each form asks, in a few words, is in `asked.json`.
"""

import json
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


def asked(form_key: str | None, language: str) -> str:
    """What a question asks, in a few words for a subject; a form that nobody named has the general words."""
    known = _asked()
    words = known.get(form_key or "", known[""])
    return words.get(language, words["nl"])


@lru_cache(maxsize=1)
def _asked() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((FOLDER / "asked.json").read_text(encoding="utf-8"))
    return found


@lru_cache(maxsize=64)
def _template(name: str, language: str) -> str:
    own = FOLDER / f"{name}.{language}.txt"
    return (own if own.exists() else FOLDER / f"{name}.nl.txt").read_text(encoding="utf-8")
