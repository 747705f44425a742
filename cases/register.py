"""The register of authorities and bodies: who is meant when a citizen writes "de lijn", and who may deal with it.

Data, not code: `workflows/register/*.json`, each entry with key, name, aliases, level, body, source and valid_from.
"""

import json
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

from cases.folding import normal

# The key of the office itself among the bodies.
OFFICE = "VO"
SHORT, LONG, SLIP, KIND_GIVES_WAY = 3, 6, 0.85, 0.25


@dataclass(frozen=True)
class Authority:
    """A public body that complaints are about. `body` is the ombudsman (key) competent for it.

    `about` is one line for citizens: what it does. `is_kind` marks an entry for many of a kind, for when the citizen's own is not in the register by name.
    `language` is the one it works in. `has_first_line` is false for who owes no yearly figures of complaints it handled itself.
    """

    key: str
    name: str
    level: str
    body: str
    aliases: tuple[str, ...] = ()
    email: str = ""
    appeal: str = ""
    source: str = ""
    valid_from: str = ""
    is_kind: bool = False
    about: str = ""
    language: str = "nl"
    has_first_line: bool = True


@dataclass(frozen=True)
class Match:
    """An authority, and how sure we are: 1 is a full name."""

    authority: Authority
    score: float


@dataclass(frozen=True)
class Register:
    """All entries."""

    authorities: tuple[Authority, ...] = field(default=())

    @classmethod
    def load(cls, folder: Path) -> "Register":
        """Read every file of a folder, and in `about/nl.json` what citizens read about each authority."""
        files = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]
        words = folder / "about" / "nl.json"
        about = json.loads(words.read_text(encoding="utf-8")) if words.exists() else {}
        entries = [
            {**entry, "about": about.get(entry["key"], ""), "aliases": tuple(entry.get("aliases", ()))}
            for file in files
            for entry in file["authorities"]
        ]
        return cls(tuple(Authority(**entry) for entry in entries))

    def get(self, key: str | None) -> Authority | None:
        return next((a for a in self.authorities if a.key == key), None)

    def find(self, text: str, limit: int = 8) -> list[Match]:
        """Authorities a text may mean, best first; nothing when nothing resembles."""
        words = normal(text)
        if not words:
            return []
        scored = [Match(authority, _score(words, authority)) for authority in self.authorities]
        kept = [match for match in scored if match.score > 0]
        return sorted(kept, key=lambda match: (-match.score, match.authority.name))[:limit]

    def local(self, text: str) -> Authority | None:
        """The local authority whose municipality a text names, when the register knows it by name."""
        words = f" {normal(text)} "
        named = [a for a in self.authorities if a.level == "local" and not a.is_kind]
        return next((a for a in named if f" {normal(a.name).partition(' ')[2]} " in words), None)


def _score(words: str, authority: Authority) -> float:
    """How well a text names an authority: its whole name 1, a name within the text by its length, a slip of the pen less.

    A kind of authority ("woonmaatschappij") gives way to one that is named itself.
    """
    best = max((_likeness(words, known) for known in known_names(authority)), default=0.0)
    return best - KIND_GIVES_WAY if authority.is_kind and 0 < best < 1 else best


@lru_cache(maxsize=1024)
def known_names(authority: Authority) -> tuple[str, ...]:
    """Its name and aliases, as `normal` writes them."""
    return tuple(known for name in (authority.name, *authority.aliases) if (known := normal(name)))


@lru_cache(
    maxsize=16_384
)  # twenty texts: people name the same few services all day, and the same text is looked up at several steps
def _likeness(words: str, known: str) -> float:
    if known == words:
        return 1.0
    if f" {known} " in f" {words} ":
        return 0.6 + min(len(known) / 100, 0.3)
    tight, tight_known = words.replace(" ", ""), known.replace(" ", "")
    if tight == tight_known:
        return 0.95
    if len(known) >= LONG and any(word.startswith(known) for word in words.split()):
        return 0.5 + min(len(known) / 100, 0.3)  # a plural, a compound
    if len(words) >= SHORT and known.startswith(words):
        return 0.5
    if len(tight) >= LONG and abs(len(tight) - len(tight_known)) <= 2:
        ratio = SequenceMatcher(None, tight, tight_known).ratio()
        if ratio >= SLIP:
            return 0.4 + (ratio - SLIP)
    return 0.4 if len(words) >= 4 and words in known else 0.0
