"""The token game of one scope, without its data: every choice may go every way. Soundness is searched in it.

A marking says how many tokens stand on each flow, the way in included. An activity is one move, with a move of its own for each boundary event.
Nodes do not compete for tokens, so it is enough to try all moves of one node at a time, whichever. An inclusive join can move when
nothing may still come to it (BPMN 2.0.2, 13.4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, combinations

from engine.lint.diagram import Node, Scope, is_activity, is_link
from engine.parsing.xml import bpmn, local
from engine.support_events import NONE, definitions_of, kind_of

Marking = frozenset[tuple[str, int]]
ENDS_ALL = frozenset({"terminateEventDefinition", "errorEventDefinition", "cancelEventDefinition"})
BEGIN = "^"  # before the id of a node: where its first token stands, on no flow of the file
MOST_WAYS = 4  # of an inclusive split: above it every flow alone, and all together


@dataclass(frozen=True)
class Move:
    """What a node may do: take one token from each of `takes`, put one on each of `puts`.

    `doubt` counts the decisions on data it rests on: an exclusive choice is one, a mixture of inclusive ones is more.
    """

    node: str
    takes: tuple[str, ...]
    puts: tuple[str, ...]
    doubt: int = 0
    ends_all: bool = False


class TokenGame:
    """The moves of one scope."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.target = {str(f.get("id")): str(f.get("targetRef")) for f in scope.flows}
        self._into = {name: tuple(str(f.get("id")) for f in scope.incoming.get(name, [])) for name in scope.nodes}
        for node in scope.begins:
            name = str(node.get("id"))
            self.target[BEGIN + name] = name
            self._into[name] = (BEGIN + name,)
        self._links = {
            str(definitions_of(node)[0].get("name")): str(node.get("id"))
            for node in scope.nodes.values()
            if is_link(node, "intermediateCatchEvent")
        }
        self._ways: dict[str, list[Move]] = {}
        self._reach: dict[str, frozenset[str]] = {}
        self.looked = 0  # at flows, to know whether a join may open: whoever searches counts it and sets it back

    # -- beginning ----------------------------------------------------------------------------------------------------

    def beginnings(self) -> Iterator[Marking]:
        """The markings a run may begin with. An event starts alone; plain starts, and all that has no start, together."""
        together = []
        for node in self.scope.begins:
            if (local(node) == "startEvent" and kind_of(node) != NONE) or node.get("instantiate") == "true":
                yield marking((BEGIN + str(node.get("id")),))
            else:
                together.append(BEGIN + str(node.get("id")))
        if together:
            yield marking(tuple(together))

    # -- moving -------------------------------------------------------------------------------------------------------

    def moves(self, at: Marking) -> Iterator[tuple[str, list[Move]]]:
        """Each node that can move now, with all its moves."""
        standing = dict(at)
        nodes = {self.target[flow] for flow in standing}
        joins = []
        for name in nodes:
            if self._is_inclusive_join(name):
                joins.append(name)
            elif self._is_parallel_join(name):
                if all(flow in standing for flow in self._into[name]):
                    yield name, self._moves_of(name, self._into[name])
            else:
                flow = next(flow for flow in self._into[name] if flow in standing)
                yield name, self._moves_of(name, (flow,))
        yield from self._joins(standing, joins)

    def _joins(self, standing: dict[str, int], joins: list[str]) -> Iterator[tuple[str, list[Move]]]:
        for name in joins:
            self.looked += len(standing) * len(self._into[name])
            here = tuple(flow for flow in self._into[name] if flow in standing)
            if not any(self._may_still_come(name, flow, here) for flow in standing if flow not in here):
                yield name, self._moves_of(name, here)

    def stops_all(self, name: str) -> bool:
        """True for an end after which nothing in the scope moves: tried last, so that what stands beside it is seen."""
        node = self.scope.nodes[name]
        return local(node) == "endEvent" and kind_of(node) in ENDS_ALL

    def _may_still_come(self, join: str, flow: str, here: tuple[str, ...]) -> bool:
        """A token on this flow can reach an empty way into the join, and none that holds a token already."""
        empty = [way for way in self._into[join] if way not in here]
        return any(flow in self._leading_to(join, way) for way in empty) and not any(
            flow in self._leading_to(join, way) for way in here
        )

    def _leading_to(self, join: str, way: str) -> frozenset[str]:
        """The flows from which a token can come to this way into the join, without passing the join."""
        if way not in self._reach:
            found: set[str] = set()
            todo = [way]
            while todo:
                flow = todo.pop()
                if flow not in found:
                    found.add(flow)
                    todo += [before for before in self._before.get(flow, ()) if self.target[before] != join]
            self._reach[way] = frozenset(found)
        return self._reach[way]

    @cached_property
    def _before(self) -> dict[str, list[str]]:
        """Flow to the flows that lead to it over one node."""
        found: dict[str, list[str]] = {}
        for name in self.scope.nodes:
            for move in self._moves_of(name, ()):
                for flow in move.puts:
                    found.setdefault(flow, []).extend(self._into[name])
        return found

    def _moves_of(self, name: str, takes: tuple[str, ...]) -> list[Move]:
        if name not in self._ways:
            node = self.scope.nodes[name]
            ends = local(node) == "endEvent" and kind_of(node) in ENDS_ALL
            self._ways[name] = [Move(name, (), puts, doubt, ends) for puts, doubt in self._puts(node)]
        return [Move(name, takes, way.puts, way.doubt, way.ends_all) for way in self._ways[name]]

    def _puts(self, node: Node) -> Iterator[tuple[tuple[str, ...], int]]:
        """The ways a node may leave tokens, each with the decisions on data it rests on."""
        kind, out = local(node), self._all(node)
        if is_link(node, "intermediateThrowEvent"):
            yield self._all(self.scope.nodes[self._links[definitions_of(node)[0].get("name") or ""]]), 0
        elif kind == "exclusiveGateway" and out:
            yield from (((flow,), int(len(out) > 1)) for flow in out)
        elif kind == "eventBasedGateway" and node.get("eventGatewayType") != "Parallel":
            yield from (((flow,), 0) for flow in out)
        elif kind == "inclusiveGateway" and len(out) > 1:
            yield from ((way, 2 if len(way) < len(out) else 1) for way in _subsets(out))
        elif is_activity(node):
            yield from self._activity(node, out)
        else:
            yield out, 0

    def _activity(self, node: Node, out: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
        ways = list(self._conditional(node, out))
        yield from ways
        for event in self.scope.boundaries.get(str(node.get("id")), []):
            flows = self._all(event)
            if kind_of(event) == "compensateEventDefinition":
                continue
            if event.get("cancelActivity") == "false":
                yield from (((*puts, *flows), doubt) for puts, doubt in ways)
            else:
                yield flows, 0

    def _conditional(self, node: Node, out: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
        """Flows without a condition are always taken, the others in every combination, the default when none of them is."""
        flows = {str(flow.get("id")): flow for flow in self.scope.out(node)}
        chosen = tuple(f for f in out if flows[f].find(bpmn("conditionExpression")) is not None)
        always = tuple(f for f in out if f not in chosen and f != node.get("default"))
        if not chosen:
            yield out, 0
            return
        yield from (((*always, *way), 2) for way in _subsets(chosen))
        yield (*always, *(f for f in out if f == node.get("default"))), 1

    def _all(self, node: Node) -> tuple[str, ...]:
        return tuple(str(flow.get("id")) for flow in self.scope.out(node))

    def _is_parallel_join(self, name: str) -> bool:
        return local(self.scope.nodes[name]) == "parallelGateway"

    def _is_inclusive_join(self, name: str) -> bool:
        return local(self.scope.nodes[name]) == "inclusiveGateway" and len(self._into[name]) > 1


def marking(flows: tuple[str, ...]) -> Marking:
    """A marking with one token on each of the flows."""
    counts: dict[str, int] = {}
    for flow in flows:
        counts[flow] = counts.get(flow, 0) + 1
    return frozenset(counts.items())


def after(at: Marking, move: Move) -> Marking:
    """The marking after a move."""
    if move.ends_all:
        return frozenset()
    counts = dict(at)
    for flow in move.takes:
        counts[flow] -= 1
        if not counts[flow]:
            del counts[flow]
    for flow in move.puts:
        counts[flow] = counts.get(flow, 0) + 1
    return frozenset(counts.items())


def _subsets(flows: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The ways to choose one or more."""
    if len(flows) > MOST_WAYS:
        yield from ((flow,) for flow in flows)
        yield flows
    else:
        yield from chain.from_iterable(combinations(flows, size) for size in range(1, len(flows) + 1))
