"""Branches that run beside each other must write different variables: which write came last would be chance.

Only what the file names is compared (scripts, decisions, output mappings); an answer in a form is the form's business.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations

from lxml import etree

from engine.findings import ERROR, Finding
from engine.lint.gate import place
from engine.parsing import dialect
from engine.parsing.xml import bpmn
from engine.support import ACTIVITIES

RULE = "concurrency"
Graph = Mapping[str, list[str]]


def check(root: etree._Element) -> Iterator[Finding]:
    """One finding per pair of branches of a parallel gateway that write the same variable."""
    for gateway in root.iter(bpmn("parallelGateway")):
        scope = gateway.getparent()
        if scope is not None:
            yield from _gateway(scope, gateway)


def _gateway(scope: etree._Element, gateway: etree._Element) -> Iterator[Finding]:
    here, graph = gateway.get("id") or "", _graph(scope)
    branches = [_reached(graph, start, here) for start in graph.get(here, [])]
    for left, right in combinations(branches, 2):
        for name, element_id in _written(scope, left - right).items():
            other = next((o for n, o in _written(scope, right - left).items() if _overlap(name, n)), None)
            if other is not None:
                sentence = (
                    f"'{element_id}' en '{other}' lopen tegelijk en zetten allebei de variabele '{name}'. "
                    "Gebruik twee namen, of zet de stappen na elkaar."
                )
                yield Finding(element_id or place(gateway), RULE, ERROR, sentence)


def _graph(scope: etree._Element) -> Graph:
    """Element to followers; an activity is also followed by its boundary events."""
    found: dict[str, list[str]] = {}
    for flow in scope.iterfind(bpmn("sequenceFlow")):
        found.setdefault(flow.get("sourceRef") or "", []).append(flow.get("targetRef") or "")
    for event in scope.iterfind(bpmn("boundaryEvent")):
        found.setdefault(event.get("attachedToRef") or "", []).append(event.get("id") or "")
    return found


def _reached(graph: Graph, start: str, stop: str) -> frozenset[str]:
    """Everything a branch can reach before it comes back at its own split."""
    seen: set[str] = {stop}
    todo = [start]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += graph.get(here, [])
    return frozenset(seen - {stop})


def _written(scope: etree._Element, ids: frozenset[str]) -> dict[str, str]:
    """Variable to the element that writes it, for elements of a branch and everything inside them."""
    found: dict[str, str] = {}
    for child in scope:
        if child.get("id") in ids:
            for element in child.iter(*(bpmn(name) for name in ACTIVITIES)):
                extensions = dialect.read(element)
                names = [mapping.target for mapping in extensions.outputs]
                if not names and extensions.result_variable:
                    names = [extensions.result_variable]
                found |= {name: element.get("id") or "" for name in names}
    return found


def _overlap(one: str, other: str) -> bool:
    """`a` and `a.b` are the same place; `a.b` and `a.c` are not."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
