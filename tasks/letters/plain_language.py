"""Plain language (B1): what makes a text hard to read, as remarks and never as a refusal.

Long sentences are counted; words that people trip over are data, per language with a simpler word (`workflows/letters/plain_words.json`).
"""

import json
import re
from collections.abc import Mapping
from functools import cache

from tasks.office import WORKFLOWS

MOST_WORDS = 25  # of a sentence; ISO 24495-1 and the guidance on B1 Dutch advise 10 to 20 on average
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_WORD = re.compile(r"[\w'’{}-]+")


@cache
def hard_words() -> Mapping[str, Mapping[str, str]]:
    """Per language: the word and what may stand in its place."""
    found: Mapping[str, Mapping[str, str]] = json.loads(
        (WORKFLOWS / "letters" / "plain_words.json").read_text(encoding="utf-8")
    )
    return found


def remarks(text: str, language: str) -> list[str]:
    """One sentence per remark: the long sentences first, then the hard words, each once."""
    found = []
    for sentence in _SENTENCE.findall(text):
        count = len(_WORD.findall(sentence))
        if count > MOST_WORDS:
            start = " ".join(sentence.split()[:6])
            found.append(f"“{start} …” telt {count} woorden. Maak er twee zinnen van.")
    lowered = f" {' '.join(_WORD.findall(text.lower()))} "
    for word, simpler in hard_words().get(language, {}).items():
        if f" {word} " in lowered:
            found.append(f"“{word}” is een moeilijk woord. Liever: {simpler}.")
    return found
