"""Activities: user tasks, jobs, scripts, decisions, subprocesses and called processes.

Each asks the host (`engine.run.Run`) to do what needs variables, handlers or decisions. What goes wrong there parks the
token with an incident; it never surfaces in somebody else's completion.
"""

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask as LibrarySubWorkflowTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements.base import Element


class UserTask(Element):
    """Waits, READY, until a person completes it."""

    kind = "user_task"

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = True


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
        inside = top.create_subprocess(my_task, self.spec)
        top.host.enter_scope(my_task, inside)
        inside.task_tree.run()

    def _on_cancel(self, my_task: Task) -> None:
        inside = my_task.workflow.top_workflow.get_subprocess(my_task)
        if inside is not None and not inside.completed:
            inside.completed = True
            for task in list(inside.tasks.values()):
                if task.has_state(TaskState.NOT_FINISHED_MASK):
                    task.cancel()


class CallActivity(Scope):
    """Calls another diagram, in the version this case is bound to."""

    kind = "call_activity"
    is_call = True
