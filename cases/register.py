"""The register of authorities and bodies: who is meant when a citizen writes "de lijn", and who may deal with it.

Data, not code: `workflows/register/*.json`, each entry with key, name, aliases, level, body, source and valid_from.
"""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

# The key of the office itself among the bodies.
OFFICE = "VO"


@dataclass(frozen=True)
class Authority:
    """A public body that complaints are about. `body` is the ombudsman (key) competent for it."""

    key: str
    name: str
    level: str
    body: str
    aliases: tuple[str, ...] = ()
    email: str = ""
    appeal: str = ""
    source: str = ""
    valid_from: str = ""


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
        """Read every file of a folder."""
        files = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]
        entries = [entry for file in files for entry in file["authorities"]]
        return cls(tuple(Authority(**{**entry, "aliases": tuple(entry.get("aliases", ()))}) for entry in entries))

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

    def first(self, texts: list[str]) -> Authority | None:
        """The best match over several names a citizen gave; the earlier name wins a tie."""
        best: Match | None = None
        for text in texts:
            for match in self.find(text, limit=1):
                if best is None or match.score > best.score:
                    best = match
        return best.authority if best else None


def normal(text: str) -> str:
    """Lower case, no accents, single spaces, letters and digits only."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def _score(words: str, authority: Authority) -> float:
    best = 0.0
    for name in (authority.name, *authority.aliases):
        known = normal(name)
        if not known:
            continue
        if known == words:
            return 1.0
        if re.search(rf"\b{re.escape(known)}\b", words):
            best = max(best, 0.6 + min(len(known) / 100, 0.3))
        elif len(words) >= 3 and known.startswith(words):
            best = max(best, 0.5)
        elif len(words) >= 4 and words in known:
            best = max(best, 0.4)
    return best
