"""Activities of one step: user tasks, jobs, scripts, decisions, messages.

Each asks the run (`engine.run.Run`) to do what needs variables, handlers or decisions. What goes wrong there parks the
token with an incident; it never surfaces in somebody else's completion.
"""

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements.base import FIRED, Element, run_of
from engine.elements.events import Event


class UserTask(Element):
    """Waits, READY, until a person completes it."""

    kind = "user_task"

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = True

    def work(self, my_task: Task) -> bool:
        return bool(run_of(my_task).take_result(my_task))


class ManualTask(Element):
    """Work outside any system, and the task of no kind: the engine passes (BPMN 2.0.2, 13.3.3)."""

    kind = "manual_task"

    def work(self, my_task: Task) -> bool:
        run_of(my_task).finish(my_task, {})
        return True


class ServiceTask(Element):
    """Runs its handler in the turn, or waits STARTED for a job."""

    kind = "service_task"

    def work(self, my_task: Task) -> bool | None:
        done: bool | None = run_of(my_task).run_service(my_task)
        return done


class ScriptTask(Element):
    """Evaluates one FEEL expression and sets one variable."""

    kind = "script_task"

    def work(self, my_task: Task) -> bool:
        return bool(run_of(my_task).run_script(my_task))


class DecisionTask(Element):
    """A business rule task: asks a decision table and keeps the record of it."""

    kind = "business_rule_task"

    def work(self, my_task: Task) -> bool:
        return bool(run_of(my_task).run_decision(my_task))


class SendTask(Event):
    """Publishes its message inside the engine; with a job type it is a service task instead."""

    kind = "send_task"

    def work(self, my_task: Task) -> bool | None:
        done: bool | None = run_of(my_task).throw_all(my_task)
        return done


class ReceiveTask(Event):
    """Waits for its message."""

    kind = "receive_task"

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.internal_data.get(FIRED):
            return True
        if super()._update_hook(my_task):
            super()._on_ready(my_task)  # it is under way from now on: its boundary events listen
            my_task._set_state(TaskState.WAITING)
        return False

    def _on_ready(self, my_task: Task) -> None:
        """Its boundary events listen already."""

    def work(self, my_task: Task) -> bool:
        return bool(run_of(my_task).take_result(my_task))
