"""What changed in a text from one version to the next, word by word, for people who read both. Pure."""

import re
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

# Longer texts are shown as they are: comparing takes time that grows with the square of their words.
MOST_WORDS = 8_000


class Part(NamedTuple):
    """Some words after each other: as they were in both, new, or gone."""

    kind: Literal["same", "new", "gone"]
    text: str


def changes(before: str, after: str) -> list[Part]:
    """The later text with what is new in it, and what is gone where it stood."""
    old, new = (re.findall(r"\S+\s*|\s+", text) for text in (before, after))
    if len(old) + len(new) > MOST_WORDS:
        return [Part("same", after)]
    found: list[Part] = []
    for kind, from_old, to_old, from_new, to_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[from_old:to_old]), "".join(new[from_new:to_new])
        if kind == "equal":
            found.append(Part("same", came))
            continue
        found += [part for part in (Part("gone", gone), Part("new", came)) if part.text]
    return found
