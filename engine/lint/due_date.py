"""A user task should say when it must be done: what has no date is done last."""

from collections.abc import Iterator

from engine.findings import WARNING, Finding
from engine.lint.diagram import Diagram
from engine.lint.place import place

RULE = "due_date"


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per user task without a due date."""
    for node in diagram.user_tasks:
        if not diagram.extensions(node).due_date:
            yield Finding(
                place(node), RULE, WARNING, "Deze taak heeft geen uiterste datum. Vul ze in bij 'Uiterste datum'."
            )
