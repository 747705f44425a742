"""Activities: user tasks, jobs, scripts, decisions, subprocesses and called processes.

Each asks the host (`engine.run.Run`) to do what needs variables, handlers or decisions. What goes wrong there parks the
token with an incident; it never surfaces in somebody else's completion.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask as LibrarySubWorkflowTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements.base import FIRED, Element
from engine.elements.events import MESSAGE, Trigger


class UserTask(Element):
    """Waits, READY, until a person completes it."""

    kind = "user_task"

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = True

    def _run_hook(self, my_task: Task) -> bool:
        done: bool = my_task.workflow.top_workflow.host.take_result(my_task)
        return done


class ServiceTask(Element):
    """Runs its handler in the turn, or waits STARTED for a job."""

    kind = "service_task"

    def _run_hook(self, my_task: Task) -> bool | None:
        done: bool | None = my_task.workflow.top_workflow.host.run_service(my_task)
        return done


class ScriptTask(Element):
    """Evaluates one FEEL expression and sets one variable."""

    kind = "script_task"

    def _run_hook(self, my_task: Task) -> bool | None:
        done: bool | None = my_task.workflow.top_workflow.host.run_script(my_task)
        return done


class DecisionTask(Element):
    """A business rule task: asks a decision table and keeps the record of it."""

    kind = "business_rule_task"

    def _run_hook(self, my_task: Task) -> bool | None:
        done: bool | None = my_task.workflow.top_workflow.host.run_decision(my_task)
        return done


class Scope(Element, LibrarySubWorkflowTask):  # type: ignore[misc]
    """An embedded subprocess or a called process: a workflow of its own under this token."""

    kind = "sub_process"
    is_call = False

    def __init__(self, wf_spec: Any, bpmn_id: str, subworkflow_spec: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, subworkflow_spec=subworkflow_spec, **kwargs)

    def _run_hook(self, my_task: Task) -> None:
        top = my_task.workflow.top_workflow
        inputs = top.host.inputs_of(my_task)  # first, so that nothing is half-open when a mapping fails
        self._make_room(my_task)
        inside = top.create_subprocess(my_task, self.spec)
        top.host.enter_scope(my_task, inside, inputs)
        inside.task_tree.run()

    def _make_room(self, my_task: Task) -> None:
        """What must stop or be armed at the moment the scope opens."""

    def _on_cancel(self, my_task: Task) -> None:
        inside = my_task.workflow.top_workflow.get_subprocess(my_task)
        if inside is not None and not inside.completed:
            inside.completed = True
            for task in list(inside.tasks.values()):
                if task.has_state(TaskState.NOT_FINISHED_MASK):
                    task.cancel()


class EventScope(Scope):
    """An event subprocess: listens as long as its scope is open; interrupting, it stops all else there (BPMN 2.0.2, 13.5.4)."""

    kind = "event_sub_process"
    is_listener = True
    is_interrupting = True
    trigger = Trigger()
    start_id = ""

    def test(self) -> None:
        """Nothing leads to an event subprocess; the library would call that an error."""

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.internal_data.get(FIRED):
            return True
        if my_task.state != TaskState.WAITING:
            my_task._set_state(TaskState.WAITING)
        return False

    def _make_room(self, my_task: Task) -> None:
        if self.is_interrupting:
            for other in list(my_task.workflow.tasks.values()):
                if other is not my_task and other.has_state(TaskState.NOT_FINISHED_MASK):
                    other.cancel()
        elif self.trigger.kind == MESSAGE:  # a moment comes once, a message may come again
            listen(my_task.workflow, self)


def listen(workflow: Any, spec: EventScope) -> None:
    """Put a listening token for an event subprocess into its scope."""
    token = workflow.task_tree._add_child(spec, TaskState.FUTURE)
    token.triggered = True  # the library removes children it did not predict, except triggered ones
    spec._update(token)


def arm(workflow: Any) -> None:
    """A scope opens: all its event subprocesses listen."""
    for spec in list(workflow.spec.task_specs.values()):
        if isinstance(spec, EventScope):
            listen(workflow, spec)


class CallActivity(Scope):
    """Calls another diagram, in the version this case is bound to."""

    kind = "call_activity"
    is_call = True
