"""A choice should have a default flow: when no condition holds, the case would stop there with an incident."""

from collections.abc import Iterator

from engine.findings import WARNING, Finding
from engine.lint.diagram import Diagram, Node, Scope, is_activity
from engine.lint.place import place
from engine.lint.structure import MAY_CHOOSE
from engine.parsing.xml import bpmn, local

RULE = "default_flow"


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per choice without a default flow."""
    for scope in diagram.scopes:
        for node in scope.nodes.values():
            if _chooses(scope, node) and not node.get("default"):
                sentence = "Deze keuze heeft geen standaardpijl: klopt geen enkele voorwaarde, dan stopt het dossier. Kies een standaardpijl."
                yield Finding(place(node), RULE, WARNING, sentence)


def _chooses(scope: Scope, node: Node) -> bool:
    """Every way on has a condition."""
    flows = scope.out(node)
    conditional = bool(flows) and all(flow.find(bpmn("conditionExpression")) is not None for flow in flows)
    return conditional and (local(node) in MAY_CHOOSE or is_activity(node))
