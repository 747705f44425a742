"""The invalid twins: what publishing says to a diagram, and that it says it well."""

import re
from pathlib import Path

from engine import publishing
from engine.findings import ERROR, Finding
from engine.vocabulary import Vocabulary

ROOT = Path(__file__).resolve().parent.parent.parent
KNOWN = Vocabulary(
    forms=frozenset({"form"}),
    job_types=frozenset({"log", "fail"}),
    roles=frozenset({"case_handler"}),
    decisions=frozenset({"rule"}),
    processes=frozenset({"called"}),
)


def errors(content: bytes, kind: str = "process") -> list[Finding]:
    """The errors on a file; each must carry a Dutch sentence and a page that exists."""
    found = [f for f in publishing.check(kind, content, KNOWN) if f.severity == ERROR]
    for finding in found:
        assert finding.sentence[-1] == "."
        assert len(finding.sentence.split()) > 3
        assert (ROOT / finding.docs).is_file()
    return found


def refused_at(content: bytes, element_id: str, words: str, kind: str = "process") -> None:
    """The file is refused, at this element, with a sentence that holds these words (a pattern)."""
    found = errors(content, kind)
    assert any(f.element_id == element_id and re.search(words, f.sentence) for f in found), found
