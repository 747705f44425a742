"""Two flows out of a step both go on: nearly always a choice was meant, and a gateway says which."""

from collections.abc import Iterator

from engine.findings import WARNING, Finding
from engine.lint.diagram import Diagram
from engine.lint.place import place
from engine.parsing.xml import bpmn, local

RULE = "implicit_split"


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per element other than a gateway from which several flows always go on."""
    for scope in diagram.scopes:
        for node in scope.nodes.values():
            always = [
                flow
                for flow in scope.out(node)
                if flow.find(bpmn("conditionExpression")) is None and flow.get("id") != node.get("default")
            ]
            if len(always) > 1 and not local(node).endswith("Gateway"):
                sentence = f"Hier vertrekken {len(always)} pijlen, en ze worden alle tegelijk gevolgd. Teken een poort die zegt wat u bedoelt."
                yield Finding(place(node), RULE, WARNING, sentence)
