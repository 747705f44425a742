"""Whoever waits for others should also wait for the clock: an answer that never comes must not keep a case for ever."""

from collections.abc import Iterator

from engine.findings import WARNING, Finding
from engine.lint.diagram import Diagram, Node, Scope
from engine.lint.place import place
from engine.parsing.xml import bpmn, local
from engine.support_events import definitions_of

RULE = "wait_without_timer"
TIMER = "timerEventDefinition"
FOR_OTHERS = frozenset({"messageEventDefinition", "signalEventDefinition", "conditionalEventDefinition"})


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per place that waits for others and for no moment."""
    timed = {scope.element: _is_timed(scope) for scope in diagram.scopes}
    for scope in diagram.scopes:
        if any(timed.get(around, False) for around in (scope.element, *scope.element.iterancestors())):
            continue
        for node in scope.nodes.values():
            if _waits(scope, node) and not _has_timer(scope, node):
                sentence = "Hier kan het dossier voor altijd wachten. Teken er een termijn bij: op de rand, of naast de gebeurtenis."
                yield Finding(place(node), RULE, WARNING, sentence)


def _is_timed(scope: Scope) -> bool:
    """A clock runs over everything in the scope: on its edge, or in an event subprocess inside it."""
    around = scope.element.getparent()
    edges = (
        []
        if around is None
        else [e for e in around.iterfind(bpmn("boundaryEvent")) if e.get("attachedToRef") == scope.element.get("id")]
    )
    listeners = [node for node in scope.nodes.values() if node.get("triggeredByEvent") == "true"]
    starts = [start for node in listeners for start in node.iterfind(bpmn("startEvent"))]
    return any(_is_timer(event) for event in (*edges, *starts))


def _waits(scope: Scope, node: Node) -> bool:
    kind = local(node)
    if kind in ("receiveTask", "intermediateCatchEvent"):
        behind = any(local(scope.nodes[str(f.get("sourceRef"))]) == "eventBasedGateway" for f in scope.into(node))
        found = {local(definition) for definition in definitions_of(node)}
        is_start = node.get("instantiate") == "true"
        return not behind and not is_start and (kind == "receiveTask" or bool(found & FOR_OTHERS))
    return kind == "eventBasedGateway" and node.get("instantiate") != "true"


def _has_timer(scope: Scope, node: Node) -> bool:
    beside = scope.boundaries.get(str(node.get("id")), [])
    if local(node) == "eventBasedGateway":
        beside = [scope.target(flow) for flow in scope.out(node)]
    return any(_is_timer(event) for event in (node, *beside))


def _is_timer(event: Node) -> bool:
    return any(local(definition) == TIMER for definition in definitions_of(event))
