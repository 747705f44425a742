"""From checked BPMN to SpiffWorkflow specs of our own classes.

`engine.publishing` has already refused whatever is outside the support table, so nothing unknown reaches this file.
Each definition is parsed by a parser of its own: two diagrams may use the same ids.
"""

from typing import Any, ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser

from engine.elements.activities import CallActivity, DecisionTask, EventScope, Scope, ScriptTask, ServiceTask, UserTask
from engine.elements.base import BoundarySplit
from engine.elements.events import (
    ERROR,
    MESSAGE,
    NONE,
    TERMINATE,
    TIMER,
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    StartEvent,
    Trigger,
)
from engine.elements.gateways import EventGateway, ExclusiveGateway, ParallelGateway
from engine.parsing import dialect
from engine.parsing.xml import bpmn, local, zeebe

SPLIT = ".BoundaryEventSplit"
TIMERS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


class ElementParser(TaskParser):  # type: ignore[misc]  # the library is untyped
    """Reads one flow node of our dialect and connects it."""

    def parse_extensions(self) -> dialect.Extensions:
        return dialect.read(self.node)

    def handles_multiple_outgoing(self) -> bool:
        return bool(issubclass(self.spec_class, ExclusiveGateway | ParallelGateway | EventGateway))

    def connect_outgoing(self, outgoing_task: Any, sequence_flow_node: Any, is_default: bool) -> None:
        self.task.connect(outgoing_task)
        self.task.flows[outgoing_task.name] = sequence_flow_node.get("id")

    def _add_boundary_event(self, children: list[Any]) -> BoundarySplit:
        split = BoundarySplit(self.spec, f"{self.bpmn_id}{SPLIT}", lane=self.task.lane)
        self.task.has_boundary = True
        split.connect(self.task)
        for node in children:
            split.connect(self.process_parser.parse_node(node))
        return split

    def trigger(self) -> Trigger:
        """The event definition inside this node; none when there is none."""
        for child in self.node:
            name = local(child) if isinstance(child.tag, str) else ""
            if name == "timerEventDefinition":
                timer = next(c for c in child if local(c) in TIMERS)
                return Trigger(TIMER, timer=TIMERS[local(timer)], value=(timer.text or "").strip())
            if name == "messageEventDefinition":
                return self._message(child.get("messageRef"))
            if name == "errorEventDefinition":
                return Trigger(ERROR, name=self._error_code(child.get("errorRef")))
            if name == "terminateEventDefinition":
                return Trigger(TERMINATE)
        return Trigger(NONE)

    def _root(self) -> etree._Element:
        root: etree._Element = self.node.getroottree().getroot()
        return root

    def _message(self, ref: str | None) -> Trigger:
        message = next(m for m in self._root().iterfind(bpmn("message")) if m.get("id") == ref)
        subscription = message.find(f"{bpmn('extensionElements')}/{zeebe('subscription')}")
        key = None if subscription is None else subscription.get("correlationKey")
        return Trigger(MESSAGE, name=message.get("name"), correlation_key=key)

    def _error_code(self, ref: str | None) -> str | None:
        error = next((e for e in self._root().iterfind(bpmn("error")) if e.get("id") == ref), None)
        return None if error is None else error.get("errorCode")


class ExclusiveParser(ElementParser):
    def connect_outgoing(self, outgoing_task: Any, sequence_flow_node: Any, is_default: bool) -> None:
        super().connect_outgoing(outgoing_task, sequence_flow_node, is_default)
        flow, condition = sequence_flow_node.get("id"), self.parse_condition(sequence_flow_node)
        if is_default or condition is None:
            self.task.default = (outgoing_task.name, flow)
        else:
            self.task.conditions.append((dialect.expression(condition), outgoing_task.name, flow))
            order = [f.get("id") for f in self.process_parser.get_outgoing_sequence_flows(self.bpmn_id)]
            self.task.conditions.sort(key=lambda item: order.index(item[2]))


class EventGatewayParser(ElementParser):
    def connect_outgoing(self, outgoing_task: Any, sequence_flow_node: Any, is_default: bool) -> None:
        super().connect_outgoing(outgoing_task, sequence_flow_node, is_default)
        outgoing_task.behind_gateway = True


class StartParser(ElementParser):
    def create_task(self) -> Any:
        interrupting = self.node.get("isInterrupting", "true") != "false"
        task = StartEvent(self.spec, self.bpmn_id, self.trigger(), interrupting, **self.bpmn_attributes)
        self.spec.start.connect(task)
        return task


class EventParser(ElementParser):
    def create_task(self) -> Any:
        return self.spec_class(self.spec, self.bpmn_id, trigger=self.trigger(), **self.bpmn_attributes)


class BoundaryParser(ElementParser):
    def create_task(self) -> Any:
        interrupting = self.node.get("cancelActivity", "true") != "false"
        return BoundaryEvent(self.spec, self.bpmn_id, self.trigger(), interrupting, **self.bpmn_attributes)


class ScopeParser(ElementParser):
    def create_task(self) -> Any:
        parser = self.process_parser.parser
        parser.create_parser(self.node, filename=self.filename, lane=self.lane)
        if self.node.get("triggeredByEvent") != "true":
            return Scope(self.spec, self.bpmn_id, subworkflow_spec=self.bpmn_id, **self.bpmn_attributes)
        spec = EventScope(self.spec, self.bpmn_id, subworkflow_spec=self.bpmn_id, **self.bpmn_attributes)
        (start,) = parser.get_spec(self.bpmn_id).bpmn_start_events
        spec.trigger, spec.is_interrupting, spec.start_id = start.trigger, start.is_interrupting, start.name
        return spec


class CallParser(ElementParser):
    def create_task(self) -> Any:
        called = dialect.read(self.node).called_process or ""
        return CallActivity(self.spec, self.bpmn_id, subworkflow_spec=called, **self.bpmn_attributes)


class Parser(BpmnParser):  # type: ignore[misc]
    """Knows the elements of the support table and no others."""

    PARSER_CLASSES: ClassVar[dict[str, Any]] = {}
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        bpmn("startEvent"): (StartParser, StartEvent),
        bpmn("endEvent"): (EventParser, EndEvent),
        bpmn("userTask"): (ElementParser, UserTask),
        bpmn("serviceTask"): (ElementParser, ServiceTask),
        bpmn("scriptTask"): (ElementParser, ScriptTask),
        bpmn("businessRuleTask"): (ElementParser, DecisionTask),
        bpmn("subProcess"): (ScopeParser, Scope),
        bpmn("callActivity"): (CallParser, CallActivity),
        bpmn("exclusiveGateway"): (ExclusiveParser, ExclusiveGateway),
        bpmn("parallelGateway"): (ElementParser, ParallelGateway),
        bpmn("eventBasedGateway"): (EventGatewayParser, EventGateway),
        bpmn("intermediateCatchEvent"): (EventParser, CatchEvent),
        bpmn("boundaryEvent"): (BoundaryParser, BoundaryEvent),
    }

    def _find_dependencies(self, process: Any) -> None:
        """Called processes are bound by the engine, not by the library."""

    def _add_messages(self, bpmn: Any) -> None:
        """Messages are read where they are used."""

    def get_subprocess_specs(
        self, name: str, specs: Any = None, require_call_activity_specs: bool = False
    ) -> dict[str, Any]:
        """Specs of the embedded subprocesses, however deep; called processes are added by the engine."""
        used: dict[str, Any] = {} if specs is None else specs
        for spec in self.get_spec(name).task_specs.values():
            if isinstance(spec, Scope) and not spec.is_call and spec.spec not in used:
                used[spec.spec] = self.get_spec(spec.spec)
                self.get_subprocess_specs(spec.spec, used)
        return used


def parse_process(root: etree._Element) -> tuple[Any, dict[str, Any]]:
    """The spec of the file's one executable process, and the specs of its embedded subprocesses by `process/id`.

    An instance holds the scopes of several diagrams together, and two diagrams may use the same id: hence the prefix.
    """
    parser = Parser()
    parser.add_bpmn_xml(root)
    (process_id,) = parser.get_process_ids()
    process, scopes = parser.get_spec(process_id), parser.get_subprocess_specs(process_id)
    for spec in (spec for scope in (process, *scopes.values()) for spec in scope.task_specs.values()):
        if isinstance(spec, Scope) and not spec.is_call:
            spec.spec = f"{process_id}/{spec.spec}"
    return process, {f"{process_id}/{scope_id}": scope for scope_id, scope in scopes.items()}
