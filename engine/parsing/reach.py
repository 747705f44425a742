"""From where a token can still reach a flow: what an inclusive join must know (BPMN 2.0.2, 13.4.3)."""

from collections import defaultdict
from typing import Any


def sources_of(spec: Any, join: Any, *, over_boundaries: bool) -> dict[str, frozenset[str]]:
    """For each incoming flow of the join: every element from which a path leads to it without passing the join itself.

    With `over_boundaries` a boundary event is reached from its activity: it may still happen.
    """
    before: dict[str, set[str]] = defaultdict(set)
    into: dict[str, str] = {}
    for element in spec.elements.values():
        for flow in element.flows:
            before[flow.target].add(element.name)
            if flow.target == join.name and flow.id is not None:
                into[flow.id] = element.name
        for boundary in element.boundaries if over_boundaries else ():
            before[boundary].add(element.name)
    return {flow: _backwards(before, start, join.name) for flow, start in into.items()}


def _backwards(before: dict[str, set[str]], start: str, join: str) -> frozenset[str]:
    found: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name in found or name == join:
            continue
        found.add(name)
        todo += before[name]
    return frozenset(name.partition("#")[0] for name in found)
