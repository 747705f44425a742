"""A diagram as the rules read it: its executable processes, and in each scope the nodes and the flows between them.

Read once per check, so that no rule walks the whole file for every element: a check stays linear in the size of the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from engine.parsing import dialect
from engine.parsing.xml import bpmn, local
from engine.support import ACTIVITIES, FLOW_NODES, SCOPES
from engine.support_events import kind_of
from engine.vocabulary import Vocabulary

Node = etree._Element


@dataclass
class Scope:
    """A process or subprocess: what stands directly in it."""

    element: Node
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Node] = field(default_factory=list)
    outgoing: dict[str, list[Node]] = field(default_factory=dict)
    incoming: dict[str, list[Node]] = field(default_factory=dict)
    boundaries: dict[str, list[Node]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.element.get("id") or ""

    @property
    def is_event_scope(self) -> bool:
        return self.element.get("triggeredByEvent") == "true"

    @property
    def is_ad_hoc(self) -> bool:
        return local(self.element) == "adHocSubProcess"

    def out(self, node: Node) -> list[Node]:
        """The flows that leave a node."""
        return self.outgoing.get(node.get("id") or "", [])

    def into(self, node: Node) -> list[Node]:
        """The flows that come to a node."""
        return self.incoming.get(node.get("id") or "", [])

    def target(self, flow: Node) -> Node:
        return self.nodes[flow.get("targetRef") or ""]

    def named(self, tag: str) -> list[Node]:
        """The nodes of one kind, in the order of the file."""
        return [node for node in self.nodes.values() if local(node) == tag]

    @cached_property
    def begins(self) -> list[Node]:
        """Where a token stands first: the starts, and what starts a process by itself; without any, everything that no flow leads to (BPMN 2.0.2, 13.3.4)."""
        starts = [*self.named("startEvent"), *(n for n in self.nodes.values() if n.get("instantiate") == "true")]
        return starts or [node for node in self.nodes.values() if self.stands_alone(node)]

    def stands_alone(self, node: Node) -> bool:
        """No flow leads here, and nothing else wakes it."""
        if self.into(node) or local(node) in ("boundaryEvent", "startEvent") or is_handler(node):
            return False
        return node.get("triggeredByEvent") != "true" and not is_link(node, "intermediateCatchEvent")


@dataclass(frozen=True)
class Diagram:
    """A file, the names it may use, and its scopes, outer ones first."""

    root: Node
    known: Vocabulary
    processes: tuple[Node, ...]
    scopes: tuple[Scope, ...]

    @cached_property
    def nodes(self) -> list[Node]:
        """Every flow node of every executable process."""
        return [node for scope in self.scopes for node in scope.nodes.values()]

    @cached_property
    def scope_of(self) -> dict[Node, Scope]:
        """Flow node to the scope it stands in."""
        return {node: scope for scope in self.scopes for node in scope.nodes.values()}

    @cached_property
    def user_tasks(self) -> list[Node]:
        """The work of people, also when it stands outside a process to be called."""
        outside = [element for element in self.root if local(element) == "globalUserTask"]
        return [*(node for node in self.nodes if local(node) == "userTask"), *outside]

    @cached_property
    def lanes(self) -> dict[str, Node]:
        """Flow node to the innermost lane it stands in."""
        found: dict[str, Node] = {}
        for lane in self.root.iter(bpmn("lane")):  # a lane comes before the lanes inside it
            found |= {(ref.text or "").strip(): lane for ref in lane.iterfind(bpmn("flowNodeRef"))}
        return found

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """Everything in the file that has an id."""
        return {str(e.get("id")): e for e in self.root.iter("*") if e.get("id")}

    def referred(self, tag: str, element_id: str | None) -> Node | None:
        """The root element of this kind with this id: a message, an error, a signal. A prefix in the reference is passed over."""
        found = self.by_id.get((element_id or "").split(":")[-1])
        return found if found is not None and found.tag == bpmn(tag) else None

    @cached_property
    def _calls(self) -> dict[str, list[str]]:
        """Which process of the file calls which."""
        found: dict[str, list[str]] = {}
        for process in self.processes:
            calls = process.iter(bpmn("callActivity"))
            found[str(process.get("id"))] = [dialect.called_by(call) for call in calls]
        return found

    def called_from(self, key: str) -> set[str]:
        """Everything a process of the file calls, over others too."""
        seen: set[str] = set()
        todo = list(self._calls.get(key, ()))
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += self._calls.get(name, ())
        return seen

    @cached_property
    def sites(self) -> list[Any]:
        """What feel_sites found, once it was asked."""
        return []

    @cached_property
    def _extensions(self) -> dict[Node, dialect.Extensions]:
        return {}

    def extensions(self, node: Node) -> dialect.Extensions:
        """What the dialect says about a node, read once."""
        if node not in self._extensions:
            self._extensions[node] = dialect.read(node)
        return self._extensions[node]


def read(root: Node, known: Vocabulary) -> Diagram:
    """The diagram of a file that passed the gate."""
    processes = tuple(p for p in root.iterfind(bpmn("process")) if p.get("isExecutable") == "true")
    return Diagram(root, known, processes, tuple(s for process in processes for s in _scopes(process)))


def _scopes(process: Node) -> Iterator[Scope]:
    todo = [process]
    while todo:
        scope = _scope(todo.pop(0))
        yield scope
        todo += [node for node in scope.nodes.values() if local(node) in SCOPES]


def _scope(element: Node) -> Scope:
    scope = Scope(element)
    for child in element:
        name = local(child)
        if name in FLOW_NODES:
            scope.nodes[child.get("id") or ""] = child
            if name == "boundaryEvent":
                scope.boundaries.setdefault(child.get("attachedToRef") or "", []).append(child)
        elif name == "sequenceFlow":
            scope.flows.append(child)
            scope.outgoing.setdefault(child.get("sourceRef") or "", []).append(child)
            scope.incoming.setdefault(child.get("targetRef") or "", []).append(child)
    return scope


def is_handler(node: Node) -> bool:
    """An activity that undoes another, and runs only when that is asked."""
    return node.get("isForCompensation") == "true"


def is_activity(node: Node) -> bool:
    return local(node) in ACTIVITIES


def is_link(node: Node, tag: str) -> bool:
    """One end of a link: a throw jumps, a catch is where it arrives."""
    return local(node) == tag and kind_of(node) == "linkEventDefinition"


def named(node: Node) -> str:
    """The name for people, else the id."""
    return f"'{node.get('name') or node.get('id')}'"
