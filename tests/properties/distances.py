"""How far it is in the drawings from where a walk stands to an end nobody saw."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from heapq import heappop, heappush
from math import inf, log2

from lxml import etree

NAMES = {"b": "http://www.omg.org/spec/BPMN/20100524/MODEL", "z": "http://camunda.org/schema/zeebe/1.0"}
WEIGHT = 3  # of a choice that seldom falls that way, beside a step
Where = tuple[str, str]  # a diagram and an element in it
Edge = tuple[Where, Where, str | None]  # from, to, and by which flow
Step = tuple[str, str, str | None]  # the same within one diagram


class Distances:
    """Of the diagrams of a house. A flow that was seldom taken where walks passed often is long: what decides there was said before, and walks
    had better go on from further back."""

    def __init__(self, trees: Mapping[str, etree._ElementTree]) -> None:
        self._edges = {key: list(_edges(key, tree, trees)) for key, tree in trees.items()}
        self._called = {key: _called(key, trees) for key in trees}
        self._calls = [
            (str(call.get("id")), key, str(each.get("processId")))
            for key, tree in trees.items()
            for call in tree.iterfind(".//b:callActivity", NAMES)
            for each in call.iterfind(".//z:calledElement", NAMES)
        ]
        self._outs = {
            key: [(key, str(each.get("id"))) for each in tree.iterfind("b:process/b:endEvent", NAMES)]
            for key, tree in trees.items()
        }
        self._steps: dict[str, dict[Where, float]] = {}
        self._exits: dict[str, dict[Where, float]] = {}

    def measure(self, ends: Collection[Where], passed: Mapping[Where, int], taken: Mapping[Where, int]) -> None:
        """As walks went so far: how often elements were passed, and flows taken."""
        lengths = {key: [_length(edge, passed, taken) for edge in edges] for key, edges in self._edges.items()}
        for key, called in self._called.items():
            self._steps[key] = _nearest(ends, (edge for each in called for edge in lengths[each]))
            self._exits[key] = _nearest(self._outs[key], lengths[key])

    def to_go(self, process: str, active: Collection[str], element: str) -> float:
        """From an element in an instance of a process, to the nearest end: straight, or over the activities that called where it is."""
        calls = [call for call in self._calls if call[0] in active]
        inside = {process, *(called for _, _, called in calls)}
        return min(self._from(process, calls, (key, element)) for key in inside)

    def _from(self, process: str, calls: list[tuple[str, str, str]], at: Where) -> float:
        found, key = self._steps[process].get(at, inf), at[0]
        if key == process or at not in self._exits[key]:
            return found
        around = [(where, call) for call, where, called in calls if called == key]
        return min([found, *(self._exits[key][at] + self._from(process, calls, each) for each in around)])


def _length(edge: Edge, passed: Mapping[Where, int], taken: Mapping[Where, int]) -> tuple[Where, Where, float]:
    before, after, flow = edge
    seldom = log2((1 + passed[before]) / (1 + taken[before[0], flow])) if flow else 0.0
    return before, after, 1 + WEIGHT * max(0.0, seldom)


def _nearest(ends: Collection[Where], edges: Iterable[tuple[Where, Where, float]]) -> dict[Where, float]:
    leading: dict[Where, list[tuple[Where, float]]] = {}
    for before, after, length in edges:
        leading.setdefault(after, []).append((before, length))
    found: dict[Where, float] = {}
    edge = [(0.0, end) for end in sorted(ends)]
    while edge:
        steps, element = heappop(edge)
        if element not in found:
            found[element] = steps
            for before, length in leading.get(element, ()):
                heappush(edge, (steps + length, before))
    return found


def _called(key: str, trees: Mapping[str, etree._ElementTree]) -> list[str]:
    """A diagram and those it calls, and those they call: what can happen in an instance of it."""
    found = [key]
    for each in found:
        called = (str(e.get("processId")) for e in trees[each].iterfind(".//z:calledElement", NAMES))
        found += [other for other in dict.fromkeys(called) if other not in found]
    return found


def _edges(key: str, tree: etree._ElementTree, trees: Mapping[str, etree._ElementTree]) -> Iterator[Edge]:
    """What can follow what: flows, links, events at the border of an activity, into and out of a subprocess, and into what a call calls. Back
    from there goes only who was called from there: `to_go` knows who was."""
    for before, after, flow in _within(tree):
        yield (key, before), (key, after), flow
    for call in tree.iterfind(".//b:callActivity", NAMES):
        for each in call.iterfind(".//z:calledElement", NAMES):
            called = str(each.get("processId"))
            starts = trees[called].iterfind("b:process/b:startEvent", NAMES)
            yield from (((key, str(call.get("id"))), (called, str(start.get("id"))), None) for start in starts)


def _within(tree: etree._ElementTree) -> Iterator[Step]:
    for flow in tree.iterfind(".//b:sequenceFlow", NAMES):
        yield str(flow.get("sourceRef")), str(flow.get("targetRef")), str(flow.get("id"))
    for event in tree.iterfind(".//b:boundaryEvent", NAMES):
        yield str(event.get("attachedToRef")), str(event.get("id")), None
    for inside in (*tree.iterfind(".//b:subProcess", NAMES), *tree.iterfind(".//b:adHocSubProcess", NAMES)):
        yield from _inside(inside)
    yield from _linked(tree)


def _inside(scope: etree._Element) -> Iterator[Step]:
    """Into a subprocess where no flow leads to, and out of it from where none goes on;
    one that an event begins, can begin as long as what is around it runs."""
    outside, around = scope.getparent(), str(scope.get("id"))
    flows = scope.findall("b:sequenceFlow", NAMES)
    sources, targets = ({each.get(end) for each in flows} for end in ("sourceRef", "targetRef"))
    for element in scope.iterfind("*[@id]"):
        name = str(element.get("id"))
        if name not in targets and not element.tag.endswith("}boundaryEvent"):
            yield around, name, None
        if name not in sources:
            yield name, around, None
    if scope.get("triggeredByEvent") == "true" and outside is not None:
        yield from ((str(each.get("id")), around, None) for each in outside.iterfind("b:startEvent", NAMES))


def _linked(tree: etree._ElementTree) -> Iterator[Step]:
    """From where a link is thrown, or an error leaves, to where it is caught."""
    for tag, other, kind, name in (
        ("intermediateThrowEvent", "intermediateCatchEvent", "linkEventDefinition", "name"),
        ("endEvent", "boundaryEvent", "errorEventDefinition", "errorRef"),
        ("endEvent", "startEvent", "errorEventDefinition", "errorRef"),
    ):
        caught = [
            (str(each.get("id")), definition.get(name))
            for each in tree.iterfind(f".//b:{other}", NAMES)
            for definition in each.iterfind(f"b:{kind}", NAMES)
        ]
        for event in tree.iterfind(f".//b:{tag}", NAMES):
            for definition in event.iterfind(f"b:{kind}", NAMES):
                yield from (
                    (str(event.get("id")), catcher, None) for catcher, said in caught if said == definition.get(name)
                )
