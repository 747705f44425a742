"""The register of bodies: who deals with complaints about what, as data with a source and the day somebody last checked it.

`workflows/register/bodies/*.json`. Which body is competent is not here: that is the decision `competence`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

DUTCH = "nl"


@dataclass(frozen=True)
class Body:
    """An ombudsman, or another place to go. `name` and `about` are by language; `about` completes "it deals with complaints about …".

    `first` is "ask" when people must have asked the service itself before, "direct" when they may come at once. `checked_on` is the
    day on which somebody compared this with the source; None is never. `language` is the one it works in.
    """

    key: str
    name: Mapping[str, str]
    about: Mapping[str, str]
    first: str
    website: str
    is_network_member: bool
    valid_from: date
    valid_to: date | None
    source: str
    checked_on: date | None
    language: str = DUTCH

    def name_in(self, language: str) -> str:
        return self.name.get(language) or self.name[DUTCH]

    def about_in(self, language: str) -> str:
        return self.about.get(language) or self.about[DUTCH]

    def exists_on(self, day: date) -> bool:
        """True when the body could be addressed that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@lru_cache(maxsize=4)
def load(folder: Path) -> Mapping[str, Body]:
    """Every body by key."""
    rows = [
        row for file in sorted(folder.glob("*.json")) for row in json.loads(file.read_text(encoding="utf-8"))["bodies"]
    ]
    return {row["key"]: Body(**{**row, **_days(row)}) for row in rows}


def _days(row: Mapping[str, str | None]) -> dict[str, date | None]:
    given = {name: row[name] for name in ("valid_from", "valid_to", "checked_on")}
    return {name: date.fromisoformat(day) if day else None for name, day in given.items()}
