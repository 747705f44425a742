"""Two tasks of the same people with the same name: in a worklist nobody can tell them apart."""

from collections.abc import Iterator

from engine.findings import WARNING, Finding
from engine.lint.diagram import Diagram
from engine.lint.place import place

RULE = "duplicate_name"


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per user task whose name an earlier one for the same role has."""
    seen: dict[tuple[str, str | None], str] = {}
    for node in diagram.user_tasks:
        name = " ".join((node.get("name") or "").lower().split())
        first = seen.setdefault((name, diagram.extensions(node).candidate_groups), str(node.get("id")))
        if name and first != node.get("id"):
            sentence = f"'{node.get('name')}' heet ook '{first}'. Geef elke taak een eigen naam."
            yield Finding(place(node), RULE, WARNING, sentence)
