"""Gateways: exclusive, parallel, event-based (BPMN 2.0.2, 10.6)."""

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements.base import FLOW, RESULT, Element
from engine.elements.events import CatchEvent

CHOSEN = "chosen"


class ExclusiveGateway(Element):
    """The first flow whose condition is true, in the order of the file; else the default flow; else an incident."""

    kind = "exclusive_gateway"

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.conditions: list[tuple[str, str, str]] = []  # expression, successor, flow id
        self.default: tuple[str, str] | None = None  # successor, flow id

    def _run_hook(self, my_task: Task) -> bool:
        host = my_task.workflow.top_workflow.host
        for expression, target, flow in self.conditions:
            if host.is_true(my_task, expression):
                my_task.internal_data[CHOSEN] = [target, flow]
                return True
        if self.default is None:
            raise NoFlowPossible(self.bpmn_id)
        my_task.internal_data[CHOSEN] = list(self.default)
        return True

    def _on_complete_hook(self, my_task: Task) -> None:
        target, flow = my_task.internal_data.pop(CHOSEN)
        child = my_task._add_child(self._wf_spec.task_specs[target], TaskState.FUTURE)
        child.internal_data[FLOW] = flow


class NoFlowPossible(Exception):
    """Geen enkele voorwaarde klopt en er is geen standaardpijl."""

    def __str__(self) -> str:
        return f"Bij '{self.args[0]}' klopt geen enkele voorwaarde en er is geen standaardpijl."


class ParallelGateway(Element):
    """Waits for one token on each incoming flow and consumes exactly one of each; gives one to each outgoing flow.

    Excess tokens stay and wait for the next round, as the specification says.
    """

    kind = "parallel_gateway"

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.state == TaskState.CANCELLED:
            return False
        arrived: dict[str, Task] = {}
        for other in my_task.workflow.tasks.values():
            waits = other is my_task or (other.task_spec is self and other.state == TaskState.WAITING)
            if waits:
                arrived.setdefault(str(other.internal_data.get(FLOW)), other)
        if len(arrived) < len(self.inputs):
            my_task._set_state(TaskState.WAITING)
            return False
        arrived[str(my_task.internal_data.get(FLOW))] = my_task
        for other in arrived.values():
            if other is not my_task:
                other.cancel()
        return True


class EventGateway(Element):
    """Waits for the first of the events behind it; the host chooses by firing one."""

    kind = "event_based_gateway"

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.internal_data.get(CHOSEN):
            return True
        if my_task.state != TaskState.WAITING:
            my_task._set_state(TaskState.WAITING)
        return False

    def events(self) -> list[CatchEvent]:
        """The events that may happen, in the order of the file."""
        return [spec for spec in self.outputs if isinstance(spec, CatchEvent)]

    def successors(self, my_task: Task) -> list[Any]:
        return [self._wf_spec.task_specs[my_task.internal_data[CHOSEN]]]

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        for event in my_task.children:
            event.internal_data[RESULT] = my_task.internal_data.get(RESULT)
