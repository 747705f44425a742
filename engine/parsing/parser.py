"""From checked BPMN to SpiffWorkflow specs of our own classes.

`engine.publishing` has already refused whatever is outside the support table, so nothing unknown reaches this file.
The library's parser reads a chain by recursion and drops what it does not know; ours reads the list of elements, then the flows.
"""

from collections import defaultdict
from functools import lru_cache
from typing import Any

from lxml import etree

from engine.elements.activities import (
    DecisionTask,
    ManualTask,
    ReceiveTask,
    ScriptTask,
    SendTask,
    ServiceTask,
    UserTask,
)
from engine.elements.base import Element, Flow
from engine.elements.events import (
    COMPENSATION,
    LINK,
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    Event,
    StartEvent,
    ThrowEvent,
)
from engine.elements.gateways import EventGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from engine.elements.subprocesses import AdHoc, CallActivity, Compensate, EventScope, Scope, Transaction, Undo
from engine.parsing import dialect, repetition, triggers, xml
from engine.parsing.reach import sources_of
from engine.parsing.scope_spec import Beginning, ScopeSpec
from engine.parsing.xml import bpmn, local

SIMPLE: dict[str, type[Element]] = {
    "startEvent": StartEvent,
    "endEvent": EndEvent,
    "intermediateCatchEvent": CatchEvent,
    "intermediateThrowEvent": ThrowEvent,
    "boundaryEvent": BoundaryEvent,
    "userTask": UserTask,
    "serviceTask": ServiceTask,
    "scriptTask": ScriptTask,
    "businessRuleTask": DecisionTask,
    "manualTask": ManualTask,
    "task": ManualTask,
    "sendTask": SendTask,
    "receiveTask": ReceiveTask,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway,
    "eventBasedGateway": EventGateway,
}
INSIDES = {"subProcess": Scope, "transaction": Transaction, "adHocSubProcess": AdHoc}
GLOBAL_TASKS = {
    "globalUserTask": "userTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
    "globalManualTask": "manualTask",
    "globalTask": "task",
}


def process_ids(root: etree._Element) -> list[str]:
    """The processes a file holds, in its order: executable processes, and tasks that other diagrams call."""
    found = [e for e in root if isinstance(e.tag, str)]
    return [
        str(e.get("id"))
        for e in found
        if (local(e) == "process" and e.get("isExecutable") == "true") or local(e) in GLOBAL_TASKS
    ]


@lru_cache(maxsize=256)
def parsed(content: bytes, key: str) -> tuple[ScopeSpec, dict[str, ScopeSpec]]:
    """The specs of one process of a file. Nothing writes to a spec once it is parsed."""
    return parse_process(xml.parse(content), key)


def parse_process(root: etree._Element, process_id: str | None = None) -> tuple[ScopeSpec, dict[str, ScopeSpec]]:
    """The spec of a process (by default the file's first), and those of its embedded subprocesses by `process/id`.

    An instance holds the scopes of several diagrams together, and two diagrams may use the same id: hence the prefix.
    """
    wanted = process_id or process_ids(root)[0]
    node = next(e for e in root if isinstance(e.tag, str) and e.get("id") == wanted)
    reader = _Reader(wanted, root)
    if local(node) in GLOBAL_TASKS:
        return reader.task_alone(node), reader.scopes
    return reader.scope(wanted, node), reader.scopes


class _Reader:
    """Reads one process."""

    def __init__(self, process_id: str, root: etree._Element) -> None:
        self.process_id = process_id
        self.scopes: dict[str, ScopeSpec] = {}
        self.lanes = _lanes(root)

    def task_alone(self, node: etree._Element) -> ScopeSpec:
        """A global task: a process of one step."""
        spec = ScopeSpec(self.process_id)
        task = SIMPLE[GLOBAL_TASKS[local(node)]](spec, self.process_id, bpmn_name=node.get("name"))
        task.extensions = dialect.read(node)
        spec.firsts = [task]
        return spec

    def scope(self, name: str, node: etree._Element) -> ScopeSpec:
        """One scope with all that stands in it."""
        spec = ScopeSpec(name)
        nodes = {
            str(child.get("id")): child
            for child in node
            if isinstance(child.tag, str)
            and (local(child) in SIMPLE or local(child) in INSIDES or local(child) == "callActivity")
        }
        for child in nodes.values():
            self._element(spec, child)
        self._connect(spec, node, nodes)
        Compensate(spec, "#compensate").bpmn_id = None
        spec.declared = tuple(str(d.get("name") or d.get("id")) for d in node.iterfind(bpmn("dataObject")))
        spec.firsts, spec.starts = _beginnings(spec, nodes)
        joins = [e for e in spec.elements.values() if isinstance(e, InclusiveGateway) and len(e.incoming) > 1]
        spec.inclusive_joins = joins
        for join in joins:
            join.sources = sources_of(spec, join, over_boundaries=True)
            join.surely = sources_of(spec, join, over_boundaries=False)
        return spec

    # -- elements -----------------------------------------------------------------------------------------------------

    def _element(self, spec: ScopeSpec, node: etree._Element) -> None:
        made = self._made(spec, node)
        made.bpmn_name, made.lane = node.get("name"), self.lanes.get(str(node.get("id")))
        made.extensions = dialect.read(node)
        made.start_quantity = int(node.get("startQuantity") or 1)
        made.completion_quantity = int(node.get("completionQuantity") or 1)
        if isinstance(made, Event) and not isinstance(made, EventScope):
            made.triggers = (
                (triggers.message(node),) if isinstance(made, SendTask | ReceiveTask) else triggers.read(node)
            )
            made.needs_all = node.get("parallelMultiple") == "true"
            made.is_interrupting = node.get("cancelActivity" if made.is_boundary else "isInterrupting") != "false"
        if isinstance(made, EventGateway):
            made.is_parallel = node.get("eventGatewayType") == "Parallel"
        repetition.read(spec, node, made)

    def _made(self, spec: ScopeSpec, node: etree._Element) -> Any:
        name, element_id = local(node), str(node.get("id"))
        if name in SIMPLE:
            return SIMPLE[name](spec, element_id)
        if name == "callActivity":
            return CallActivity(spec, element_id, dialect.called_by(node))
        inside = f"{self.process_id}/{element_id}"
        self.scopes[inside] = self.scope(inside, node)
        if node.get("triggeredByEvent") == "true":
            return self._event_scope(spec, element_id, inside)
        Undo(spec, f"{element_id}#undo", inside).bpmn_id = None
        made = INSIDES[name](spec, element_id, inside)
        if isinstance(made, AdHoc):
            _ad_hoc(made, node)
        return made

    def _event_scope(self, spec: ScopeSpec, element_id: str, inside: str) -> EventScope:
        made = EventScope(spec, element_id, inside)
        start = next(e for e in self.scopes[inside].elements.values() if isinstance(e, StartEvent))
        made.triggers, made.needs_all = start.triggers, start.needs_all
        made.is_interrupting, made.start_id = start.is_interrupting, start.name
        made.event_outputs = start.extensions.outputs
        return made

    # -- what leads where -----------------------------------------------------------------------------------------------

    def _connect(self, spec: ScopeSpec, node: etree._Element, nodes: dict[str, etree._Element]) -> None:
        for flow in node.iterfind(bpmn("sequenceFlow")):
            source, target = spec.by_id(str(flow.get("sourceRef"))), spec.by_id(str(flow.get("targetRef")))
            condition = flow.find(bpmn("conditionExpression"))
            text = (condition.text or "").strip() if condition is not None else ""
            source.flows.append(Flow(flow.get("id"), target.name, dialect.bare(text)))
            target.incoming.append(str(flow.get("id")))
        for element_id, child in nodes.items():
            made = spec.by_id(element_id)
            made.default = child.get("default")
            if isinstance(made, ExclusiveGateway) and made.default is None:
                made.default = next((flow.id for flow in made.flows if flow.condition is None), None)
        _link(spec)
        self._attach(spec, node, nodes)

    def _attach(self, spec: ScopeSpec, node: etree._Element, nodes: dict[str, etree._Element]) -> None:
        """Boundary events to their activities; a compensation event by its association to the handler."""
        handlers = {a.get("sourceRef"): str(a.get("targetRef")) for a in node.iterfind(bpmn("association"))}
        for element_id, child in nodes.items():
            if local(child) != "boundaryEvent":
                continue
            activity, event = spec.by_id(str(child.get("attachedToRef"))), spec.elements[element_id]
            if event.triggers_of(COMPENSATION):
                activity.compensation = spec.by_id(handlers[element_id]).name
            else:
                activity.boundaries.append(element_id)


def _beginnings(spec: ScopeSpec, nodes: dict[str, etree._Element]) -> tuple[list[Any], list[Beginning]]:
    """Where a token goes when the scope starts, and what starts it by itself."""
    starts: list[Beginning] = []
    nones: list[Any] = []
    others: list[Any] = []
    has_start = False
    for element_id, node in nodes.items():
        made = spec.by_id(element_id)
        if isinstance(made, StartEvent):
            has_start = True
            starts += _beginning_of(made)
            nones += [made] if not made.triggers else []
        elif node.get("instantiate") == "true":
            has_start = True
            events = made.events() if isinstance(made, EventGateway) else [made]
            starts += [each for event in events for each in _beginning_of(event)]
        elif _may_begin(made, node):
            others.append(made)
    return nones if has_start else others, starts


def _beginning_of(event: Any) -> list[Beginning]:
    return [Beginning(event.name, position, trigger) for position, trigger in enumerate(event.triggers)]


def _may_begin(made: Any, node: etree._Element) -> bool:
    """True for what starts without being led to, in a scope without a start event (10.3.1)."""
    if made.incoming or made.is_boundary or made.is_listener or node.get("isForCompensation") == "true":
        return False
    return not (isinstance(made, CatchEvent) and made.triggers_of(LINK))


def _link(spec: ScopeSpec) -> None:
    """A link throws its token to the catch of the same name: a sequence flow that is not drawn."""
    catches: dict[str | None, list[Any]] = defaultdict(list)
    for element in spec.elements.values():
        if isinstance(element, CatchEvent):
            for trigger in element.triggers_of(LINK):
                catches[trigger.name].append(element)
    for element in spec.elements.values():
        if isinstance(element, ThrowEvent):
            for trigger in element.triggers_of(LINK):
                element.flows += [Flow(None, catch.name) for catch in catches[trigger.name]]


def _ad_hoc(made: AdHoc, node: etree._Element) -> None:
    condition = node.find(bpmn("completionCondition"))
    text = (condition.text or "").strip() if condition is not None else ""
    made.completion_condition = dialect.bare(text)
    made.is_sequential = node.get("ordering") == "Sequential"
    made.cancels_remaining = node.get("cancelRemainingInstances") != "false"
    made.active_elements = dialect.read(node).active_elements


def _lanes(root: etree._Element) -> dict[str, str]:
    """The lane each element stands in: the innermost, by its id: `lane_` and the role."""
    found: dict[str, str] = {}
    for lane in root.iter(bpmn("lane")):
        for ref in lane.iterfind(bpmn("flowNodeRef")):
            found[(ref.text or "").strip()] = str(lane.get("id")).removeprefix("lane_")
    return found
