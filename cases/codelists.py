"""Code lists: what may be chosen, as versioned data (`workflows/codelists/*.json`), each value with its Dutch label.

Those that stand in letters have words in the other languages too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Code:
    """One value."""

    value: str
    label: str
    source: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CodeList:
    """One list in one version; the version is kept with what was chosen from it."""

    name: str
    version: str
    codes: tuple[Code, ...]

    def label(self, value: object) -> str:
        """The Dutch words of a value, or the value itself."""
        return self.words(value, "nl")

    def words(self, value: object, language: str) -> str:
        """The words of a value in a language, else the Dutch ones, else the value itself."""
        found = next((code for code in self.codes if code.value == str(value)), None)
        return found.labels.get(language, found.label) if found else str(value)


@lru_cache(maxsize=4)
def load(folder: Path) -> Mapping[str, CodeList]:
    """Every list by name. Two files of one name: the later version counts."""
    found: dict[str, CodeList] = {}
    for file in sorted(folder.glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        codes = tuple(
            Code(str(c["value"]), c["label"], c.get("source", ""), c.get("labels", {})) for c in content["codes"]
        )
        made = CodeList(content["name"], str(content["version"]), codes)
        if made.name not in found or found[made.name].version < made.version:
            found[made.name] = made
    return found
