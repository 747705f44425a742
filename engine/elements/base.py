"""What all elements share: tokens in a flat registry, the flow a token took, boundary events, and the choice of what comes next.

SpiffWorkflow keeps a tree of tasks and predicts what lies ahead; with parallel blocks in sequence that tree explodes, joins count
what never happened, and a case stops at depth 1000. Here a scope holds its living tokens side by side: an element places its
successors at the moment it completes, and what is over is taken out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.defaults import BpmnSpecMixin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.parsing.dialect import Extensions

# What a token remembers, by name, in its stored state.
FLOW = "flow"  # the sequence flow it came along
LOCAL = "local"  # its input mappings
EACH = "each"  # the variables of one instance of a repeated activity
FIRED = "fired"  # its event has happened
INCIDENT = "incident"  # why it cannot go on
RESULT = "result"  # what came from outside, until it is taken
WORKED = "worked"  # its own work is done; only the way on is to be chosen
HOST = "host"  # the activity a boundary event listens on
BODY = "body"  # the repeated activity an instance belongs to
UNDOES = "undoes"  # the compensation a handler works for
TAKEN = "taken"  # the flows it leaves by; never stored, since a token that leaves is over

UNFINISHED = TaskState.FUTURE | TaskState.WAITING | TaskState.READY | TaskState.STARTED
INTERNAL = "#"  # stands in the name of every spec that the diagram does not show


@dataclass(frozen=True)
class Flow:
    """A way on: the sequence flow's id (None for a link), where it leads, and its condition."""

    id: str | None
    target: str
    condition: str | None = None


class NoFlowPossible(Exception):
    """Geen enkele voorwaarde klopt en er is geen standaardpijl."""

    def __str__(self) -> str:
        return f"Bij '{self.args[0]}' klopt geen enkele voorwaarde en er is geen standaardpijl."


class Token(Task):  # type: ignore[misc]  # the library is untyped
    """A token; tells the run of its turn about every change of state."""

    _state: int

    def _set_state(self, value: int) -> None:
        before = self._state
        if value == before:
            return
        self._state = value
        host = self.workflow.top_workflow.host
        if host is not None:
            host.state_changed(self, before)

    def run(self) -> None:
        """One step of its element. What the element threw may have ended this very token."""
        is_done = self.task_spec._run(self)
        if self.has_state(TaskState.FINISHED_MASK):
            return
        if is_done:
            self.complete()
        else:
            self._set_state(TaskState.STARTED)

    def cancel(self) -> None:
        if not self.has_state(TaskState.FINISHED_MASK):
            self._set_state(TaskState.CANCELLED)
            self.task_spec._on_cancel(self)


class Element(BpmnSpecMixin):  # type: ignore[misc]  # the library is untyped
    """A flow node. `flows` are its ways on, in the order of the file."""

    kind = "element"
    is_boundary = False
    is_listener = False
    is_join = False

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.flows: list[Flow] = []
        self.incoming: list[str] = []
        self.default: str | None = None
        self.extensions: Extensions = Extensions()
        self.boundaries: list[str] = []
        self.compensation: str | None = None  # the handler that undoes this activity
        self.body: str | None = None  # the repeated activity this is one instance of
        self.start_quantity = 1
        self.completion_quantity = 1

    # -- what the library calls ---------------------------------------------------------------------------------------

    def _predict(self, my_task: Task, *_args: Any, **_kwargs: Any) -> None:
        """Nothing lies ahead until it is there."""

    def _update(self, my_task: Task) -> None:
        if not my_task.has_state(TaskState.FINISHED_MASK) and self._update_hook(my_task):
            my_task._ready()

    def _update_hook(self, my_task: Task) -> bool:
        return self.start_quantity == 1 or self._gather(my_task)

    def _gather(self, my_task: Task) -> bool:
        """Wait for as many tokens as the start quantity asks (BPMN 2.0.2, 10.3); the last one takes the others with it."""
        waiting = [t for t in my_task.workflow.tasks.values() if t.task_spec is self and t.state == TaskState.WAITING]
        if len(waiting) + 1 < self.start_quantity:
            my_task._set_state(TaskState.WAITING)
            return False
        for other in waiting[: self.start_quantity - 1]:
            other.cancel()
        return True

    def _on_ready(self, my_task: Task) -> None:
        for name in self.boundaries:
            run_of(my_task).place(my_task.workflow, self._wf_spec.task_specs[name], notes={HOST: my_task.id.hex})

    def _run(self, my_task: Task) -> bool | None:
        notes = my_task.internal_data
        if not notes.get(WORKED):
            if not self.work(my_task) or my_task.has_state(TaskState.FINISHED_MASK):
                return None
            if self.body is not None:
                run_of(my_task).take_instance(my_task)
            notes[WORKED] = True
        notes[TAKEN] = self.taken(my_task)
        return True

    def _on_complete(self, my_task: Task) -> None:
        run = run_of(my_task)
        for listener in boundaries_of(my_task):
            listener.cancel()
        for flow in my_task.internal_data.pop(TAKEN, ()):
            for _ in range(self.completion_quantity):
                notes = self.notes_of_next(my_task)
                run.place(my_task.workflow, self._wf_spec.task_specs[flow.target], flow=flow.id, notes=notes)
        run.completed(my_task)

    def _on_cancel(self, my_task: Task) -> None:
        for listener in boundaries_of(my_task):
            listener.cancel()

    # -- what each kind of element says ---------------------------------------------------------------------------------

    def work(self, my_task: Task) -> bool | None:
        """The element's own work. True: done; None: it waits, STARTED."""
        return True

    def notes_of_next(self, my_task: Task) -> dict[str, Any]:
        """What the tokens that follow know from the start."""
        return {}

    def taken(self, my_task: Task) -> list[Flow]:
        """The flows a token leaves by: those without a condition or whose condition is true, else the default (13.3.1)."""
        run = run_of(my_task)
        others = [flow for flow in self.flows if flow.id != self.default or flow.id is None]
        chosen = [flow for flow in others if flow.condition is None or run.is_true(my_task, flow.condition)]
        if chosen or not self.flows:
            return chosen
        return [self.default_flow()]

    def default_flow(self) -> Flow:
        """Raises NoFlowPossible."""
        for flow in self.flows:
            if flow.id is not None and flow.id == self.default:
                return flow
        raise NoFlowPossible(shown_id(self))


def run_of(task: Task) -> Any:
    """The run of this turn, which gives elements variables, handlers and decisions."""
    return task.workflow.top_workflow.host


def shown_id(spec: Any) -> str:
    """The id of the element in the diagram, also for what stands behind it."""
    return str(spec.name).partition(INTERNAL)[0]


def is_listening(task: Task) -> bool:
    """True for a boundary event or event subprocess that may still happen."""
    return bool(task.state == TaskState.WAITING and (task.task_spec.is_boundary or task.task_spec.is_listener))


def boundaries_of(host: Task) -> list[Task]:
    """The boundary events that listen on an activity, in the order of the diagram."""
    if not host.task_spec.boundaries:
        return []
    wanted = host.id.hex
    return [t for t in list(host.workflow.tasks.values()) if t.internal_data.get(HOST) == wanted and is_listening(t)]


def listeners_of(workflow: Any) -> list[Task]:
    """The event subprocesses that listen in a scope, in the order of the diagram."""
    if not any(spec.is_listener for spec in workflow.spec.elements.values()):
        return []
    return [t for t in list(workflow.tasks.values()) if t.task_spec.is_listener and is_listening(t)]


def token(workflow: Any, token_id: str) -> Task | None:
    """The token of a scope with this id, while it lives."""
    found: Task | None = workflow.tasks.get(UUID(hex=token_id))
    return found


def climb(task: Task) -> Iterator[tuple[Task, list[Task]]]:
    """From a token outwards: each activity around it, and the events that listen there, nearest first.

    An activity's own boundary events, then the event subprocesses of its scope, then the activity that holds that scope.
    """
    level: Task | None = task
    while level is not None:
        yield level, boundaries_of(level)
        body = level.internal_data.get(BODY)
        if body is not None:
            level = token(level.workflow, body)
            continue
        beside = listeners_of(level.workflow)
        if level.task_spec.is_listener:  # what an event subprocess throws, it does not catch itself
            beside = [listener for listener in beside if listener.task_spec is not level.task_spec]
        yield level, beside
        level = host_of(level.workflow)


def host_of(workflow: Any) -> Task | None:
    """The activity that holds a scope; None for the process itself."""
    found: Task | None = workflow.host_task
    return found
