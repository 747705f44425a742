"""Ways through the drawings that walks found, so that later walks go on from where earlier ones came."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from lxml import etree

NAMES = {"b": "http://www.omg.org/spec/BPMN/20100524/MODEL", "z": "http://camunda.org/schema/zeebe/1.0"}

RENEWED = 0.3


@dataclass(frozen=True)
class Trail:
    """What was done in a walk: of its start the dice, and of each step the element, the kind of waiting and the dice."""

    process: str
    dice: int
    steps: tuple[tuple[str, str, int], ...] = ()

    def and_then(self, element: str, kind: str, dice: int) -> "Trail":
        """A step further."""
        return Trail(self.process, self.dice, (*self.steps, (element, kind, dice)))


class Trails:
    """A way that was found to each element, from each diagram that a walk began with; now and then a newer one takes its place, since what was
    answered on the way may rule out an end."""

    def __init__(self, trees: Mapping[str, etree._ElementTree], pick: Random) -> None:
        self._pick = pick
        self._before: dict[str, set[str]] = {}
        for before, after in _edges(trees):
            self._before.setdefault(after, set()).add(before)
        self._found: dict[tuple[str, str], Trail] = {}
        self._followed = Counter[tuple[str, str]]()

    def keep(self, trail: Trail, reached: Iterable[str]) -> None:
        """What a trail came to just now."""
        for element in reached:
            place = trail.process, element
            if place not in self._found or self._pick.random() < RENEWED:
                self._found[place] = trail

    def towards(self, ends: Collection[str]) -> Trail | None:
        """A trail to near one of the ends: the nearer the likelier, and less so when it was followed often."""
        steps = self._steps_to(ends)
        places = [place for place in self._found if place[1] in steps]
        if not places:
            return None
        weights = [1 / ((1 + steps[place[1]]) ** 2 * (1 + self._followed[place])) for place in places]
        [place] = self._pick.choices(places, weights)
        self._followed[place] += 1
        return self._found[place]

    def _steps_to(self, ends: Collection[str]) -> dict[str, int]:
        """How far an element is from the nearest of the ends, for all that lead there."""
        steps, edge = dict.fromkeys(ends, 0), list(ends)
        while edge:
            element = edge.pop(0)
            for before in sorted(self._before.get(element, set()) - steps.keys()):
                steps[before] = steps[element] + 1
                edge.append(before)
        return steps


def _edges(trees: Mapping[str, etree._ElementTree]) -> Iterator[tuple[str, str]]:
    """What can follow what: flows, events at the border of an activity, what lies in a subprocess, and what a call calls."""
    for tree in trees.values():
        for flow in tree.iterfind(".//b:sequenceFlow", NAMES):
            yield str(flow.get("sourceRef")), str(flow.get("targetRef"))
        for event in tree.iterfind(".//b:boundaryEvent", NAMES):
            yield str(event.get("attachedToRef")), str(event.get("id"))
        for inside in (*tree.iterfind(".//b:subProcess", NAMES), *tree.iterfind(".//b:adHocSubProcess", NAMES)):
            outside = inside.getparent()
            first = str(inside.get("id"))
            for element in inside.iterfind("*[@id]"):
                yield first, str(element.get("id"))
            if inside.get("triggeredByEvent") == "true" and outside is not None:
                yield from ((str(each.get("id")), first) for each in outside.iterfind("b:startEvent", NAMES))
        for call in tree.iterfind(".//b:callActivity", NAMES):
            for called in call.iterfind(".//z:calledElement", NAMES):
                yield from _call(call, trees[str(called.get("processId"))])


def _call(call: etree._Element, called: etree._ElementTree) -> Iterator[tuple[str, str]]:
    caller = str(call.get("id"))
    yield from ((caller, str(each.get("id"))) for each in called.iterfind("b:process/b:startEvent", NAMES))
    yield from ((str(each.get("id")), caller) for each in called.iterfind("b:process/b:endEvent", NAMES))
