"""Gateways: exclusive, parallel, inclusive, event-based (BPMN 2.0.2, 10.6 and 13.4)."""

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements.base import FIRED, FLOW, RESULT, UNFINISHED, Element, Flow, is_listening, run_of, shown_id

CHOSEN = "chosen"
RELEASED = "released"


class ExclusiveGateway(Element):
    """The first flow whose condition is true, in the order of the file; else the default flow; else an incident."""

    kind = "exclusive_gateway"

    def taken(self, my_task: Task) -> list[Flow]:
        run = run_of(my_task)
        for flow in self.flows:
            if flow.condition is not None and flow.id != self.default and run.is_true(my_task, flow.condition):
                return [flow]
        return [self.default_flow()] if self.flows else []


class ParallelGateway(Element):
    """Waits for one token on each incoming flow and consumes exactly one of each; gives one to each outgoing flow.

    Excess tokens stay and wait for the next round, as the specification says.
    """

    kind = "parallel_gateway"
    is_join = True

    def _update_hook(self, my_task: Task) -> bool:
        arrived = arrivals(self, my_task)
        if len(arrived) < len(self.incoming):
            my_task._set_state(TaskState.WAITING)
            return False
        consume(my_task, arrived)
        return True

    def taken(self, my_task: Task) -> list[Flow]:
        return list(self.flows)


class InclusiveGateway(Element):
    """Splits over every flow whose condition is true; joins when no token can still arrive at a flow that has none (13.4.3)."""

    kind = "inclusive_gateway"
    is_join = True

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        # Per incoming flow: the elements from which it can be reached, with boundary events that may still happen, and without.
        self.sources: dict[str, frozenset[str]] = {}
        self.surely: dict[str, frozenset[str]] = {}

    def _update_hook(self, my_task: Task) -> bool:
        if len(self.incoming) < 2 or my_task.internal_data.get(RELEASED):
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def release(self, workflow: Any) -> bool:
        """Let a join go on when its time has come. Asked when nothing else in the case can move by itself."""
        waiting = [t for t in workflow.tasks.values() if t.task_spec is self and t.state == TaskState.WAITING]
        if not waiting:
            return False
        arrived = arrivals(self, waiting[0])
        if not self._nothing_comes(workflow, arrived):
            return False
        consume(waiting[0], arrived)
        waiting[0].internal_data[RELEASED] = True
        self._update(waiting[0])
        return True

    def _nothing_comes(self, workflow: Any, arrived: Iterable[str]) -> bool:
        taken = set(arrived)
        empty = [flow for flow in self.incoming if flow not in taken]
        for other in workflow.tasks.values():
            if other.task_spec is self or not other.has_state(UNFINISHED) or is_listening(other):
                continue
            place = shown_id(other.task_spec)
            may_fill = any(place in self.sources[flow] for flow in empty)
            if may_fill and not any(place in self.surely[flow] for flow in taken):
                return False
        return True


class EventGateway(Element):
    """Waits for the first of the events behind it; the run chooses by firing one."""

    kind = "event_based_gateway"
    is_parallel = False  # an instantiating gateway whose events must all happen, in any order

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.internal_data.get(CHOSEN):
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def events(self) -> list[Any]:
        """The events that may happen, in the order of the file."""
        return [self._wf_spec.task_specs[flow.target] for flow in self.flows]

    def taken(self, my_task: Task) -> list[Flow]:
        return [flow for flow in self.flows if flow.target == my_task.internal_data[CHOSEN]]

    def notes_of_next(self, my_task: Task) -> dict[str, Any]:
        return {FIRED: True, RESULT: my_task.internal_data.get(RESULT)}


def arrivals(spec: Element, my_task: Task) -> dict[str, Task]:
    """The tokens a join would consume: the oldest on each incoming flow."""
    found: dict[str, Task] = {}
    for other in my_task.workflow.tasks.values():
        if other is my_task or (other.task_spec is spec and other.state == TaskState.WAITING):
            found.setdefault(str(other.internal_data.get(FLOW)), other)
    return found


def consume(my_task: Task, arrived: dict[str, Task]) -> None:
    """The join fires with this token: the others it took along are gone."""
    arrived[str(my_task.internal_data.get(FLOW))] = my_task
    for other in arrived.values():
        if other is not my_task:
            other.cancel()
