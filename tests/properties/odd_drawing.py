"""Small diagrams drawn at random, as odd as somebody could draw them, and not in blocks: plain data, and the same as BPMN.

What can be told apart only by its moment has none: every event that comes from outside is a message named after its element.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.conformance.bpmn import drawing as bpmn

TASK, AUTO, XOR, AND, OR, BY_EVENT, CATCH = "task", "auto", "xor", "and", "or", "by_event", "catch"
LINK, THROW, START, END, SUB, TRANSACTION, CALL = "link", "throw", "start", "end", "sub", "transaction", "call"
LINKED, HANDLER, EVENT_SUB = "linked", "handler", "event_sub"
ACTIVITIES = frozenset({TASK, AUTO, SUB, TRANSACTION, CALL})
HOLDERS = frozenset({SUB, TRANSACTION, CALL, EVENT_SUB})
GATEWAYS = {XOR: bpmn.xor, AND: bpmn.parallel, OR: bpmn.inclusive, BY_EVENT: bpmn.by_event}
NOTHING, MESSAGE, ERROR, ESCALATION = "", "message", "error", "escalation"
COMPENSATE, CANCEL, TERMINATE = "compensate", "cancel", "terminate"
PARALLEL, SEQUENTIAL, LOOP = "parallel", "sequential", "loop"


@dataclass(frozen=True)
class Event:
    """What is thrown or waited for; `code` None is any."""

    kind: str = NOTHING
    code: str | None = None


@dataclass(frozen=True)
class Flow:
    """`truth` is its condition, which is the same all the time; None: it has none."""

    id: str
    source: str
    target: str
    truth: bool | None = None


@dataclass(frozen=True)
class Edge:
    """An event on the border of an activity; one of compensation leads to the handler of the same name."""

    id: str
    event: Event
    is_interrupting: bool = True


@dataclass
class Node:
    id: str
    kind: str
    event: Event = Event()
    is_interrupting: bool = True  # of an event subprocess
    inside: Drawn | None = None
    edges: list[Edge] = field(default_factory=list)
    repeats: str = ""
    times: int = 1
    default: str | None = None


@dataclass
class Drawn:
    """The inside of a process, a subprocess or an event subprocess."""

    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)

    def __deepcopy__(self, memo: object) -> Drawn:
        return self  # never written to once it is drawn

    def out(self, source: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.source == source]

    def into(self, target: str) -> list[Flow]:
        return [flow for flow in self.flows if flow.target == target]

    def scopes(self) -> Iterator[Drawn]:
        """This one, and all inside it."""
        yield self
        for node in self.nodes.values():
            if node.inside is not None:
                yield from node.inside.scopes()


class Pen:
    """Draws at random; a smaller number of `parts` gives a smaller diagram."""

    def __init__(self, pick: Random) -> None:
        self.pick = pick
        self.count = 0

    def process(self) -> Drawn:
        return self.scope(depth=2, parts=self.pick.randint(2, 6))

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}_{self.count}"

    def scope(self, depth: int, parts: int, *, holder: str = "") -> Drawn:
        found = Drawn()
        kinds = [TASK] * 6 + [AUTO, XOR, XOR, AND, AND, OR, OR, CATCH, THROW, LINK, BY_EVENT]
        kinds += [SUB, SUB, SUB, TRANSACTION, TRANSACTION, CALL] if depth else []
        if holder == EVENT_SUB or self.pick.random() < 0.85:
            self._add(found, START)
        for _ in range(parts):
            self._node(found, self.pick.choice(kinds), depth)
        for _ in range(self.pick.randint(1, 2)):
            self._add(found, END).event = self._thrown(holder)
        self._flows(found)
        if depth and holder != EVENT_SUB and self.pick.random() < 0.25:
            self._listener(found, depth)
        return found

    def _add(self, drawn: Drawn, kind: str) -> Node:
        node = Node(self.name(kind), kind)
        drawn.nodes[node.id] = node
        return node

    def _node(self, drawn: Drawn, kind: str, depth: int) -> None:
        node = self._add(drawn, kind)
        if kind in HOLDERS:
            node.inside = self.scope(depth - 1, self.pick.randint(1, 3), holder=kind)
        if kind == THROW:
            node.event = self.pick.choice(
                [Event(), Event(ESCALATION, self._code()), Event(COMPENSATE), Event(COMPENSATE)]
            )
        if kind in ACTIVITIES - {AUTO} and self.pick.random() < 0.2:
            node.repeats, node.times = self.pick.choice([PARALLEL, SEQUENTIAL, LOOP]), self.pick.randint(1, 2)
        if kind == LINK:
            self._add(drawn, LINKED).event = Event(LINK, node.id)
        if kind == BY_EVENT:
            for _ in range(2):
                event = self._add(drawn, CATCH)
                drawn.flows.append(Flow(self.name("f"), node.id, event.id))
        if kind in ACTIVITIES:
            self._edges(node)
        if kind in (TASK, AUTO) and not node.repeats and self.pick.random() < 0.2:
            handler = self._add(drawn, HANDLER)
            node.edges.append(Edge(self.name("undo"), Event(COMPENSATE, handler.id)))

    def _code(self) -> str:
        return self.pick.choice(["A", "B"])

    def _thrown(self, holder: str) -> Event:
        thrown = [Event()] * 5 + [Event(TERMINATE), Event(ERROR, self._code()), Event(ESCALATION, self._code())]
        thrown += [Event(COMPENSATE)] + [Event(CANCEL)] * 5 * (holder == TRANSACTION)
        return self.pick.choice(thrown)

    def _edges(self, node: Node) -> None:
        caught = [Event(MESSAGE), Event(MESSAGE)]
        if node.inside is not None:
            caught += [Event(kind, code) for kind in (ERROR, ESCALATION) for code in ("A", None)] * 2
        for event in self.pick.sample(caught, self.pick.choice([0, 0, 1, 1, 2])):
            is_interrupting = event.kind == ERROR or self.pick.random() < 0.6
            node.edges.append(Edge(self.name("edge"), event, is_interrupting))
        if node.kind == TRANSACTION and self.pick.random() < 0.8:
            node.edges.append(Edge(self.name("edge"), Event(CANCEL)))

    def _listener(self, drawn: Drawn, depth: int) -> None:
        node = self._add(drawn, EVENT_SUB)
        node.event = self.pick.choice([Event(MESSAGE), Event(MESSAGE), Event(ERROR, "A"), Event(ESCALATION, None)])
        node.is_interrupting = node.event.kind == ERROR or self.pick.random() < 0.5
        node.inside = self.scope(0, self.pick.randint(1, 2), holder=EVENT_SUB)

    # -- flows --------------------------------------------------------------------------------------------------------

    def _flows(self, drawn: Drawn) -> None:
        """Most elements are led to from before and lead on; some lead back, and some nowhere."""
        taken = {flow.target for flow in drawn.flows}
        order = [node for node in drawn.nodes.values() if node.kind != HANDLER and node.id not in taken]
        events = [drawn.nodes[name] for name in sorted(taken)]
        sources = [(node.id, at) for at, node in enumerate(order) if node.kind not in (END, LINK, BY_EVENT)]
        sources += [(node.id, 0) for node in events]
        sources += [(e.id, at) for at, node in enumerate(order) for e in node.edges if e.event.kind != COMPENSATE]
        targets = [(node.id, at) for at, node in enumerate(order) if node.kind not in (START, LINKED)]
        for target, at in targets:
            before = [name for name, place in sources if place < at]
            if before and self.pick.random() < 0.95:
                self._flow(drawn, self.pick.choice(before[-3:]), target)
        for source, at in sources:
            on = [name for name, place in targets if place > at]
            back = [name for name, place in targets if 0 < place <= at]
            if on and not drawn.out(source) and self.pick.random() < 0.9:
                self._flow(drawn, source, self.pick.choice(back if back and self.pick.random() < 0.15 else on))
        if targets and sources and self.pick.random() < 0.5:
            self._flow(drawn, self.pick.choice(sources)[0], self.pick.choice(targets)[0])
        self._conditions(drawn)

    def _flow(self, drawn: Drawn, source: str, target: str) -> None:
        drawn.flows.append(Flow(self.name("f"), source, target))

    def _conditions(self, drawn: Drawn) -> None:
        for node in drawn.nodes.values():
            out = drawn.out(node.id)
            chooses = node.kind in (XOR, OR) and len(out) > 1
            if not chooses and not (node.kind in ACTIVITIES and len(out) > 1 and self.pick.random() < 0.3):
                continue
            default = self.pick.choice(out) if self.pick.random() < 0.8 else None
            node.default = default.id if default else None
            for flow in out:
                if flow is not default:
                    truth = self.pick.random() < 0.5
                    drawn.flows[drawn.flows.index(flow)] = Flow(flow.id, flow.source, flow.target, truth)


class Ink:
    """The same as BPMN."""

    def __init__(self) -> None:
        self.called: list[str] = []

    def files(self, drawn: Drawn) -> list[str]:
        """What is called comes first."""
        own = bpmn.process(self._scope(drawn))
        return [*self.called, own]

    def _scope(self, drawn: Drawn) -> str:
        parts = [self._node(node) for node in drawn.nodes.values()]
        parts += [self._edge(node, edge) for node in drawn.nodes.values() for edge in node.edges]
        return "".join([*parts, *(self._flow(flow) for flow in drawn.flows)])

    def _node(self, node: Node) -> str:
        again = {PARALLEL: bpmn.times(str(node.times)), LOOP: bpmn.loop(maximum=node.times)}
        again[SEQUENTIAL] = bpmn.times(str(node.times), sequential=True)
        inner = [again[node.repeats]] if node.repeats else []
        if node.kind in GATEWAYS:
            return GATEWAYS[node.kind](node.id).replace(">", f' default="{node.default}">' if node.default else ">", 1)
        if node.kind == EVENT_SUB:
            return self._listener(node)
        if node.inside is not None:
            return self._holder(node, inner, node.default)
        if node.kind == TASK:
            return bpmn.user(node.id, *inner, default=node.default)
        if node.kind == HANDLER:
            return bpmn.user(node.id, isForCompensation=True)
        if node.kind == AUTO:
            return bpmn.does(node.id, default=node.default)
        return self._event(node)

    def _holder(self, node: Node, inner: list[str], default: str | None) -> str:
        assert node.inside is not None
        inside = self._scope(node.inside)
        if node.kind == CALL:
            self.called.append(bpmn.process(inside, key=f"p_{node.id}"))
            return bpmn.call(node.id, f"p_{node.id}", *inner, default=default)
        tag = {SUB: "subProcess", TRANSACTION: "transaction"}[node.kind]
        return bpmn.el(tag, node.id, inside, *inner, default=default)

    def _listener(self, node: Node) -> str:
        """Its start is the event it waits for."""
        assert node.inside is not None
        begin = next(each for each in node.inside.nodes.values() if each.kind == START)
        inside = self._scope(node.inside)
        plain = bpmn.start(begin.id)
        heard = bpmn.start(begin.id, _thrown(node.event, begin.id), interrupting=node.is_interrupting)
        return bpmn.event_sub(node.id, inside.replace(plain, heard))

    def _event(self, node: Node) -> str:
        if node.kind == START:
            return bpmn.start(node.id)
        if node.kind == CATCH:
            return bpmn.catch(node.id, bpmn.message(node.id))
        if node.kind == LINK:
            return bpmn.throw(node.id, bpmn.link(node.id))
        if node.kind == LINKED:
            return bpmn.catch(node.id, bpmn.link(str(node.event.code)))
        made = bpmn.end if node.kind == END else bpmn.throw
        return made(node.id, *([_thrown(node.event, node.id)] if node.event.kind else []))

    def _edge(self, node: Node, edge: Edge) -> str:
        handler, event = edge.event.code, edge.event
        if event.kind == COMPENSATE:
            tie = f'<association id="{edge.id}_tie" sourceRef="{edge.id}" targetRef="{handler}" associationDirection="One"/>'
            return bpmn.boundary(edge.id, node.id, bpmn.compensate()) + tie
        interrupting = None if event.kind in (ERROR, CANCEL) else edge.is_interrupting
        return bpmn.boundary(edge.id, node.id, _thrown(event, edge.id), interrupting=interrupting)

    def _flow(self, flow: Flow) -> str:
        said = "" if flow.truth is None else f"<conditionExpression>={str(flow.truth).lower()}</conditionExpression>"
        return f'<sequenceFlow id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}">{said}</sequenceFlow>'


def _thrown(event: Event, element_id: str) -> str:
    said = {
        MESSAGE: bpmn.message(element_id),
        ERROR: bpmn.error(event.code),
        ESCALATION: bpmn.escalation(event.code),
        COMPENSATE: bpmn.compensate(),
        CANCEL: bpmn.CANCEL,
        TERMINATE: bpmn.TERMINATE,
    }
    return said[event.kind]
