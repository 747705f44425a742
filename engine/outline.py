"""What a diagram holds, as far as it matters to a case that moves from one version to another.

In: the file of a version. Out: its elements with their kind, place and what they listen to, and the ids of its arrows.
Read from the file and not from the parsed spec: the plan is about what people drew, and names it with their words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from engine.differences_words import ELEMENT_WORDS
from engine.parsing import xml
from engine.parsing.xml import bpmn, local, zeebe

BOUNDARY = "boundaryEvent"
# Elements that hold elements of their own.
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_NODES = ("Event", "Gateway", "Task", "Process", "Activity")
_OTHER_NODES = frozenset({"task", "transaction"})
_LOOPS = {"standardLoopCharacteristics": "loop", "multiInstanceLoopCharacteristics": "parallel"}


@dataclass(frozen=True)
class Node:
    """An element a case can be at. `scope` is the subprocess it stands in, empty for the process itself.

    `events` are the kinds it listens to or throws; `repeats` is empty, parallel, sequential or loop; `work` is the job type or
    the process it calls; `host` is the activity an event on the edge hangs on.
    """

    id: str
    name: str
    kind: str
    scope: str
    events: tuple[str, ...] = ()
    repeats: str = ""
    work: str = ""
    host: str = ""
    is_event_scope: bool = False

    @property
    def is_listener(self) -> bool:
        """True for what only listens beside the case: it comes and goes with what it belongs to."""
        return self.kind == BOUNDARY or self.is_event_scope

    @property
    def words(self) -> str:
        """The element for a reader: its kind and its name."""
        return f"{ELEMENT_WORDS.get(self.kind, self.kind)} ‘{self.name or self.id}’"


@dataclass(frozen=True)
class Outline:
    """One process of a file: its elements by id, in the order of the file, and the ids of its arrows."""

    key: str
    nodes: Mapping[str, Node]
    flows: frozenset[str]

    @property
    def ids(self) -> frozenset[str]:
        """Everything a history may name."""
        return frozenset(self.nodes) | self.flows


@lru_cache(maxsize=64)
def outline(content: bytes, key: str) -> Outline:
    """The process `key` of a file. Raises XmlRefused."""
    root = xml.parse(content)
    process = next((each for each in root if each.get("id") == key), root)
    inside = [each for each in process.iter() if isinstance(each.tag, str)]
    nodes = {node.id: node for node in map(_node, inside) if node is not None}
    flows = frozenset(each.get("id") or "" for each in inside if each.tag == bpmn("sequenceFlow"))
    return Outline(key, nodes, flows)


def _node(element: etree._Element) -> Node | None:
    kind, element_id = local(element), element.get("id")
    is_node = xml.namespace(element) == xml.BPMN and (kind.endswith(_NODES) or kind in _OTHER_NODES)
    if not element_id or not is_node or (kind.endswith("Process") and kind not in SCOPES):
        return None
    parent = element.getparent()
    is_inside = parent is not None and local(parent) in SCOPES
    return Node(
        id=element_id,
        name=" ".join((element.get("name") or "").split()),
        kind=kind,
        scope=(parent.get("id") or "") if parent is not None and is_inside else "",
        events=tuple(sorted(_events(element))),
        repeats=_repeats(element),
        work=_work(element),
        host=element.get("attachedToRef") or "",
        is_event_scope=element.get("triggeredByEvent") == "true",
    )


def _events(element: etree._Element) -> Iterator[str]:
    for child in element:
        if isinstance(child.tag, str) and local(child).endswith("EventDefinition"):
            yield local(child).removesuffix("EventDefinition")
    if element.get("triggeredByEvent") == "true":
        for start in element.iterfind(bpmn("startEvent")):
            yield from _events(start)


def _repeats(element: etree._Element) -> str:
    for child in element:
        found = _LOOPS.get(local(child)) if isinstance(child.tag, str) else None
        if found:
            return "sequential" if child.get("isSequential") == "true" else found
    return ""


def _work(element: etree._Element) -> str:
    """The job type or the called process; only what is the element's own."""
    extensions = element.find(bpmn("extensionElements"))
    if extensions is None:
        return ""
    asked, called = extensions.find(zeebe("taskDefinition")), extensions.find(zeebe("calledElement"))
    if asked is not None:
        return asked.get("type") or ""
    return (called.get("processId") or "") if called is not None else ""


def after(content: bytes, element_id: str) -> str | None:
    """The element to which the only arrow out of an element leads; None where none leads out, or where there is a choice."""
    arrows = [each for each in xml.parse(content).iter(bpmn("sequenceFlow")) if each.get("sourceRef") == element_id]
    return arrows[0].get("targetRef") if len(arrows) == 1 else None
