"""To whom each letter goes, as the diagrams in use say: letters with one subject are told apart by it. Only reads."""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from engine import definitions
from engine.parsing import xml
from storage.unit_of_work import Reading

READERS = {
    "complainant": "de klager",
    "authority": "de dienst",
    "head_of_authority": "de leiding van de dienst",
    "other_body": "een andere ombudsdienst",
    "minister": "de minister",
    "parliament": "het parlement",
}


def of_letters(reading: Reading) -> Mapping[str, str]:
    """The readers of each letter in words, by its key; a letter that no diagram in use sends is not among them."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in definitions.in_use(reading, "process"):
        for key, to in _sent(row.content):
            found[key].add(READERS.get(to, to))
    return {key: " en ".join(sorted(readers)) for key, readers in found.items()}


@lru_cache(maxsize=256)
def _sent(content: bytes) -> frozenset[tuple[str, str]]:
    """Each letter a diagram sends, and to whom; content never changes."""
    headers = (
        {str(each.get("key")): str(each.get("value")) for each in block}
        for block in xml.parse(content).iter(xml.zeebe("taskHeaders"))
    )
    return frozenset((told["template"], told["to"]) for told in headers if {"template", "to"} <= told.keys())
