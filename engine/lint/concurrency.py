"""Branches that run beside each other should write different variables: else the last write counts, whichever that is.

Only what the file names is compared (scripts, decisions, output mappings); an answer in a form is the form's business.
"""

from collections.abc import Iterator
from itertools import combinations

from engine.findings import WARNING, Finding
from engine.lint.diagram import Diagram, Node, Scope, is_activity
from engine.lint.place import place
from engine.parsing.xml import bpmn, local
from engine.support import ACTIVITIES

RULE = "concurrency"
MOST_STEPS = 200_000  # of walking through branches, so that no file keeps a server busy


def check(diagram: Diagram) -> Iterator[Finding]:
    """One finding per pair of branches that write the same variable."""
    for scope in diagram.scopes:
        splits = [node for node in scope.nodes.values() if _splits(scope, node)]
        if sum(len(scope.out(node)) ** 2 for node in splits) * len(scope.nodes) > MOST_STEPS * 10:
            sentence = (
                "Dit (deel)proces splitst te vaak om na te gaan of takken dezelfde variabele zetten. Splits het op."
            )
            yield Finding(place(scope.element), RULE, WARNING, sentence)
            continue
        for node in splits:
            yield from _split(diagram, scope, node)


def _splits(scope: Scope, node: Node) -> bool:
    """Several branches may run on from here at the same time."""
    simultaneous = local(node) in ("parallelGateway", "inclusiveGateway") or is_activity(node)
    return simultaneous and len(scope.out(node)) > 1


def _split(diagram: Diagram, scope: Scope, node: Node) -> Iterator[Finding]:
    here = node.get("id") or ""
    branches = [_reached(scope, flow.get("targetRef") or "", here) for flow in scope.out(node)]
    last = frozenset(element_id for element_id in scope.nodes if _ends_the_rest(scope, element_id))
    for left, right in combinations(branches, 2):
        for name, (element_id, other) in _both_write(diagram, scope, left - right, right - left, last).items():
            sentence = (
                f"'{element_id}' en '{other}' lopen tegelijk en zetten allebei de variabele '{name}'; wie het laatst "
                "klaar is, telt. Gebruik twee namen, of zet de stappen na elkaar."
            )
            yield Finding(element_id or place(node), RULE, WARNING, sentence)


def _both_write(
    diagram: Diagram, scope: Scope, left: frozenset[str], right: frozenset[str], last: frozenset[str]
) -> dict[str, tuple[str, str]]:
    """Variable to the two elements that write it. Of two that each end all the rest, only one is ever completed."""
    found: dict[str, tuple[str, str]] = {}
    for mine, theirs in ((left, right - last), (left - last, right)):
        beside = _written(diagram, scope, theirs)
        for name, element_id in _written(diagram, scope, mine).items():
            other = next((o for n, o in beside.items() if _overlap(name, n)), None)
            if other is not None:
                found.setdefault(name, (element_id, other))
    return found


def _ends_the_rest(scope: Scope, element_id: str) -> bool:
    """A user task after which, whatever is chosen, all of its (sub)process ends in the same turn."""
    element = scope.nodes[element_id]
    if local(element) != "userTask" or element.find(bpmn("multiInstanceLoopCharacteristics")) is not None:
        return False
    todo, seen = [element], {element_id}
    while todo:
        following = [scope.nodes[flow.get("targetRef") or ""] for flow in scope.out(todo.pop())]
        for node in following:
            if node.get("id") in seen or not (local(node) == "exclusiveGateway" or _ends_all(node)):
                return False
            if not _ends_all(node):
                todo.append(node)
                seen.add(node.get("id") or "")
        if not following:
            return False
    return True


def _ends_all(node: Node) -> bool:
    ending = (bpmn("terminateEventDefinition"), bpmn("errorEventDefinition"))
    return local(node) == "endEvent" and any(node.find(each) is not None for each in ending)


def _reached(scope: Scope, start: str, stop: str) -> frozenset[str]:
    """Everything a branch can reach before it comes back at its own split; an activity leads to its boundary events too."""
    seen: set[str] = {stop}
    todo = [start]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += [flow.get("targetRef") or "" for flow in scope.outgoing.get(here, [])]
            todo += [event.get("id") or "" for event in scope.boundaries.get(here, [])]
    return frozenset(seen - {stop})


def _written(diagram: Diagram, scope: Scope, ids: frozenset[str]) -> dict[str, str]:
    """Variable to the element that writes it, for elements of a branch and everything inside them."""
    found: dict[str, str] = {}
    for element_id in sorted(ids):
        for element in scope.nodes[element_id].iter(*(bpmn(name) for name in sorted(ACTIVITIES))):
            extensions = diagram.extensions(element)
            names = [mapping.target for mapping in extensions.outputs]
            if not names and extensions.result_variable:
                names = [extensions.result_variable]
            found |= {name: element.get("id") or "" for name in names}
    return found


def _overlap(one: str, other: str) -> bool:
    """`a` and `a.b` are the same place; `a.b` and `a.c` are not."""
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")
