"""What no token ever reaches: drawn, and never done."""

from collections.abc import Iterator

from engine.findings import WARNING, Finding
from engine.lint.diagram import Diagram, Node, Scope, is_activity, is_handler, is_link
from engine.lint.place import place
from engine.parsing.xml import bpmn
from engine.support_events import definitions_of

RULE = "unreachable"


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per element that nothing leads to."""
    for scope in diagram.scopes:
        reached = _reached(scope)
        for name, node in scope.nodes.items():
            if name not in reached:
                yield Finding(
                    place(node), RULE, WARNING, "Dit element wordt nooit bereikt. Verbind het, of verwijder het."
                )


def _reached(scope: Scope) -> set[str]:
    links = {
        definitions_of(node)[0].get("name"): str(node.get("id"))
        for node in scope.nodes.values()
        if is_link(node, "intermediateCatchEvent")
    }
    undone = {str(a.get("sourceRef")): str(a.get("targetRef")) for a in scope.element.iterfind(bpmn("association"))}
    seen: set[str] = set()
    todo = [name for name, node in scope.nodes.items() if _begins(scope, node)]
    while todo:
        name = todo.pop()
        if name in seen or name not in scope.nodes:
            continue
        seen.add(name)
        todo += [str(flow.get("targetRef")) for flow in scope.outgoing.get(name, [])]
        todo += [str(event.get("id")) for event in scope.boundaries.get(name, [])]
        node = scope.nodes[name]
        if is_link(node, "intermediateThrowEvent"):
            todo.append(links.get(definitions_of(node)[0].get("name"), ""))
        if node.tag == bpmn("boundaryEvent") and is_handler(scope.nodes.get(undone.get(name, ""), node)):
            todo.append(undone[name])
    return seen


def _begins(scope: Scope, node: Node) -> bool:
    """A start, an event subprocess, or a step of an ad-hoc subprocess that a person may choose."""
    if scope.is_ad_hoc:
        return is_activity(node) and scope.stands_alone(node)
    return node in scope.begins or node.get("triggeredByEvent") == "true"
