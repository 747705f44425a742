"""What all elements share: no look-ahead, tokens that know the flow they took, and boundary events.

SpiffWorkflow predicts the tasks that lie ahead; with parallel blocks in sequence that tree explodes, and joins then count
what never happened. Our elements predict nothing: an element creates its successors at the moment it completes.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import BpmnSpecMixin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.parsing.dialect import Extensions

FLOW = "flow"
LOCAL = "local"
FIRED = "fired"
INCIDENT = "incident"
RESULT = "result"

UNFINISHED = TaskState.FUTURE | TaskState.WAITING | TaskState.READY | TaskState.STARTED


class Element(BpmnSpecMixin):  # type: ignore[misc]  # the library is untyped
    """A flow node. `flows` gives the id of the sequence flow to each successor."""

    kind = "element"
    has_boundary = False
    is_boundary = False
    is_listener = False

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.flows: dict[str, str] = {}
        self.extensions = Extensions()

    def _predict(self, my_task: Task, *_args: Any, **_kwargs: Any) -> None:
        """Nothing lies ahead until it is there."""

    def _update_hook(self, my_task: Task) -> bool:
        """Variables live in scopes, not in tokens, so there is nothing to inherit."""
        return True

    def successors(self, my_task: Task) -> list[Any]:
        """The specs that get a token when this one completes."""
        return list(self.outputs)

    def _on_complete_hook(self, my_task: Task) -> None:
        if self.has_boundary:
            cancel_waiting_boundaries(my_task)
        for spec in self.successors(my_task):
            child = my_task._add_child(spec, TaskState.FUTURE)
            child.internal_data[FLOW] = self.flows.get(spec.name)

    def _run_hook(self, my_task: Task) -> bool | None:
        return True

    def _on_cancel(self, my_task: Task) -> None:
        """Cancelled tokens leave no listener behind."""


class BoundarySplit(Element):
    """Stands before an activity with boundary events: gives a token to the activity and arms each event."""

    kind = "internal"

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.bpmn_id = None

    def _on_complete_hook(self, my_task: Task) -> None:
        super()._on_complete_hook(my_task)
        for child in my_task.children:
            child.internal_data[FLOW] = my_task.internal_data.get(FLOW) if child.task_spec.has_boundary else None


def cancel_waiting_boundaries(host: Task) -> None:
    """The activity is over: its boundary events listen no longer."""
    for sibling in host.parent.children:
        if is_listening(sibling):
            sibling.cancel()


def is_listening(task: Task) -> bool:
    """True for a boundary event that may still happen."""
    return bool(task.state == TaskState.WAITING and task.task_spec.is_boundary)


def host_of(boundary: Task) -> Task | None:
    """The activity a boundary event is attached to, while it is unfinished."""
    for sibling in boundary.parent.children:
        if sibling.task_spec.has_boundary and sibling.has_state(UNFINISHED):
            return sibling
    return None


def boundaries_of(host: Task) -> list[Task]:
    """The boundary events that listen on an activity, in the order of the diagram."""
    if not host.task_spec.has_boundary:
        return []
    return [sibling for sibling in host.parent.children if is_listening(sibling)]
