"""What people see in their worklist, in the history and on the drawing should have a name in ordinary words."""

from collections.abc import Iterator

from engine.findings import WARNING, Finding
from engine.lint.diagram import Diagram, Node, Scope, is_activity
from engine.lint.place import place
from engine.lint.structure import MAY_CHOOSE
from engine.parsing.xml import local

RULE = "missing_name"
NAMED_EVENTS = frozenset({"intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per step, choice or event on the way without a name."""
    for scope in diagram.scopes:
        for node in scope.nodes.values():
            if not (node.get("name") or "").strip() and _should_be_named(scope, node):
                sentence = (
                    "Dit element heeft geen naam. Geef het een naam in gewone woorden; bij een keuze is dat een vraag."
                )
                yield Finding(place(node), RULE, WARNING, sentence)


def _should_be_named(scope: Scope, node: Node) -> bool:
    return is_activity(node) or local(node) in NAMED_EVENTS or (local(node) in MAY_CHOOSE and len(scope.out(node)) > 1)
