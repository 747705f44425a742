"""Which variables an element sets and reads, as far as the file says. What a form, a job, a decision or a message brings, it does not.

Every rule on variables reads them here, so that they agree on what is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import feel
from engine.lint import feel_sites
from engine.lint.diagram import Diagram, Node, Scope
from engine.lint.feel_sites import compiled
from engine.parsing.xml import bpmn, local, zeebe

# Given by the engine itself: to an activity that repeats, and to every case.
GIVEN = frozenset(
    {
        "case_id",
        "loopCounter",
        "numberOfInstances",
        "numberOfActiveInstances",
        "numberOfCompletedInstances",
        "numberOfTerminatedInstances",
    }
)
# Read whatever they like of the variables they can see.
READS_ALL = frozenset({"userTask", "serviceTask", "sendTask", "businessRuleTask", "callActivity"})
# Bring variables the file does not name.
BRINGS = frozenset({"userTask", "serviceTask", "sendTask", "callActivity", "receiveTask"})
_BRINGING_EVENTS = frozenset(
    {"messageEventDefinition", "signalEventDefinition", "errorEventDefinition", "escalationEventDefinition"}
)


@dataclass
class Use:
    """Variable to the elements that set it, and to those that read it, in the order of the file."""

    sets: dict[str, list[Node]] = field(default_factory=dict)
    reads: dict[str, list[Node]] = field(default_factory=dict)
    local: set[str] = field(default_factory=set)


def use_of(diagram: Diagram) -> Use:
    """What the whole file sets and reads."""
    found = Use()
    for site in feel_sites.sites(diagram):
        for name in names_in(site.feel):
            found.reads.setdefault(name, []).append(site.at)
    for node in diagram.nodes:
        for name in set_by(diagram, node):
            found.sets.setdefault(name, []).append(node)
        for name in made_for(diagram, node):
            found.sets.setdefault(name, []).append(node)
            found.local.add(name)
    return found


def set_by(diagram: Diagram, node: Node) -> Iterator[str]:
    """What stays after the element: outputs, or else its result; what a repetition gathers."""
    extensions = diagram.extensions(node)
    if extensions.outputs:
        yield from (mapping.target.split(".")[0] for mapping in extensions.outputs)
    if extensions.result_variable:
        yield extensions.result_variable
    many = _many(node)
    if many is not None and many.get("outputCollection"):
        yield str(many.get("outputCollection"))


def made_for(diagram: Diagram, node: Node) -> Iterator[str]:
    """What is there for the element alone: its inputs, and the part of the list it works on."""
    yield from (mapping.target.split(".")[0] for mapping in diagram.extensions(node).inputs)
    many = _many(node)
    if many is not None and many.get("inputElement"):
        yield str(many.get("inputElement"))


def brings_unknown(node: Node) -> bool:
    """After this element there may be variables that the file does not name."""
    if local(node) in BRINGS or node.find(f"{bpmn('extensionElements')}/{zeebe('taskDefinition')}") is not None:
        return True
    return any(local(child) in _BRINGING_EVENTS for child in node)


def reads_all(node: Node) -> bool:
    """The element may read any variable: its form, its job, its decision or the diagram it calls is not in the file."""
    return local(node) in READS_ALL or node.find(f"{bpmn('extensionElements')}/{zeebe('taskDefinition')}") is not None


def leading_to(scope: Scope, names: list[str]) -> set[str]:
    """Every element of a scope after which one of these may run, boundary events included."""
    before: dict[str, list[str]] = {}
    for flow in scope.flows:
        before.setdefault(str(flow.get("targetRef")), []).append(str(flow.get("sourceRef")))
    for host, events in scope.boundaries.items():
        for event in events:
            before.setdefault(str(event.get("id")), []).append(host)
    found: set[str] = set()
    todo = list(names)
    while todo:
        for name in before.get(todo.pop(), ()):
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


@lru_cache(maxsize=8192)  # whoever checks a diagram decides how many there are
def names_in(text: str | None) -> frozenset[str]:
    """The variables an expression mentions; none in plain text or in what cannot be read."""
    try:
        return frozenset() if text is None else compiled(text).names
    except feel.FeelError:
        return frozenset()


def _many(node: Node) -> Node | None:
    path = f"{bpmn('multiInstanceLoopCharacteristics')}/{bpmn('extensionElements')}/{zeebe('loopCharacteristics')}"
    return node.find(path)
