"""Ids are words of small letters with underscores: they come so into the history, the reports and the exports."""

import re
from collections.abc import Iterator

from engine.findings import WARNING, Finding
from engine.lint.diagram import Diagram
from engine.lint.place import place

RULE = "snake_case"
_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per process or flow node with another kind of id."""
    for node in (*diagram.processes, *diagram.nodes):
        if not _ID.fullmatch(node.get("id") or ""):
            sentence = f"De id '{node.get('id')}' leest moeilijk in de geschiedenis. Gebruik kleine letters en liggende streepjes."
            yield Finding(place(node), RULE, WARNING, sentence)
