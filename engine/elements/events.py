"""Events: start, catch (timer, message), boundary, end (none, terminate, error).

An event that waits is fired by the host at exactly one token; nothing is routed by name inside the library.
"""

from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent as LibraryStartEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements.base import FIRED, Element, host_of, is_listening

NONE, TIMER, MESSAGE, ERROR, TERMINATE = "none", "timer", "message", "error", "terminate"


@dataclass(frozen=True)
class Trigger:
    """What an event definition says. `timer` is date, duration or cycle; `name` a message name or an error code."""

    kind: str = NONE
    name: str | None = None
    timer: str | None = None
    value: str | None = None
    correlation_key: str | None = None


class StartEvent(Element, LibraryStartEvent):  # type: ignore[misc]
    """A start event; only an event subprocess's has a trigger. (The library finds start events by their base class.)"""

    kind = "start_event"

    def __init__(
        self, wf_spec: Any, bpmn_id: str, trigger: Trigger, is_interrupting: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition=None, **kwargs)
        self.trigger = trigger
        self.is_interrupting = is_interrupting


class CatchEvent(Element):
    """An intermediate event that waits for its trigger."""

    kind = "intermediate_event"

    def __init__(self, wf_spec: Any, bpmn_id: str, trigger: Trigger, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.trigger = trigger
        self.behind_gateway = False

    def _update_hook(self, my_task: Task) -> bool:
        if self.behind_gateway or my_task.internal_data.get(FIRED):
            return True
        if my_task.state != TaskState.WAITING:
            my_task._set_state(TaskState.WAITING)
        return False

    def _run_hook(self, my_task: Task) -> bool:
        done: bool = my_task.workflow.top_workflow.host.take_result(my_task)
        return done


class BoundaryEvent(CatchEvent):
    """An event on the border of an activity. Interrupting: it stops the activity at once. Otherwise: it listens again."""

    kind = "boundary_event"
    is_boundary = True

    def __init__(self, wf_spec: Any, bpmn_id: str, trigger: Trigger, is_interrupting: bool, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, trigger, **kwargs)
        self.is_interrupting = is_interrupting

    def _run_hook(self, my_task: Task) -> bool:
        my_task.workflow.top_workflow.host.take_result(my_task)
        host = host_of(my_task)
        if self.is_interrupting:
            for sibling in my_task.parent.children:
                if sibling is host or (sibling is not my_task and is_listening(sibling)):
                    sibling.cancel()
        elif self.trigger.kind == MESSAGE and host is not None:
            again = my_task.parent._add_child(self, TaskState.FUTURE)
            self._update(again)
        return True


class EndEvent(Element):
    """An end. Terminate stops everything in its scope; an error is handed to the host, which looks for its catcher."""

    kind = "end_event"

    def __init__(self, wf_spec: Any, bpmn_id: str, trigger: Trigger, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.trigger = trigger

    def _run_hook(self, my_task: Task) -> bool | None:
        if self.trigger.kind == ERROR:
            my_task.workflow.top_workflow.host.throw_error(my_task, self.trigger.name)
            return None
        if self.trigger.kind == TERMINATE:
            for other in list(my_task.workflow.tasks.values()):
                if other is not my_task and other.has_state(TaskState.NOT_FINISHED_MASK):
                    other.cancel()
        return True
