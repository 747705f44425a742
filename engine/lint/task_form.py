"""A user task needs a form: without one nobody can say what was decided there."""

from collections.abc import Iterator

from engine.findings import ERROR, WARNING, Finding
from engine.lint.diagram import Diagram
from engine.lint.place import place

RULE = "task_form"


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per user task without a form; only a warning while a diagram is tried outside the office."""
    severity = WARNING if diagram.known.is_foreign else ERROR
    for node in diagram.user_tasks:
        if not diagram.extensions(node).form_key:
            yield Finding(place(node), RULE, severity, "Deze taak heeft geen formulier. Kies er een bij 'Formulier'.")
