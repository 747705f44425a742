"""Activities with an inside: subprocess, event subprocess, transaction, ad-hoc subprocess, call activity (BPMN 2.0.2, 13.3.4 - 13.3.5).

The inside is a workflow of its own under the host's token. What starts there, and when it is over, is said here.
"""

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements.base import FIRED, UNFINISHED, Element, run_of, shown_id
from engine.elements.events import Event
from engine.parsing.dialect import Mapping

CHOICES_OVER = "choices_over"
QUEUED, ANY_CHOSEN, ASKING = "queued", "any_chosen", "asking"


class Scope(Element):
    """An embedded subprocess; the base of all that have an inside. `spec` names the inside."""

    kind = "sub_process"
    is_call = False
    is_transaction = False
    arms = True  # its event subprocesses listen

    def __init__(self, wf_spec: Any, bpmn_id: str, spec: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.spec = spec

    def work(self, my_task: Task) -> None:
        run = run_of(my_task)
        inputs = run.inputs_of(my_task)  # first, so that nothing is half-open when a mapping fails
        self._make_room(my_task)
        inside = my_task.workflow.top_workflow.open_scope(my_task)
        run.enter_scope(my_task, inside, inputs)
        if self.arms:
            run.arm(inside)
        self.begin(my_task, inside)

    def begin(self, my_task: Task, inside: Any) -> None:
        """Place the first tokens of the inside."""
        run_of(my_task).start_scope(inside)

    def _make_room(self, my_task: Task) -> None:
        """What must stop or be armed at the moment the scope opens."""

    def is_over(self, my_task: Task, inside: Any) -> bool:
        """Asked when no token is left inside: is it over?"""
        return True

    def _on_cancel(self, my_task: Task) -> None:
        super()._on_cancel(my_task)
        inside = my_task.workflow.top_workflow.subprocesses.pop(my_task.id, None)
        if inside is not None:
            stop(inside)
            inside.completed = True


class CallActivity(Scope):
    """Calls another diagram, in the version this case is bound to."""

    kind = "call_activity"
    is_call = True


class Transaction(Scope):
    """A subprocess that a cancel end event undoes: what runs stops, what is done is compensated (13.3.4)."""

    kind = "transaction"
    is_transaction = True


class EventScope(Scope, Event):
    """An event subprocess: listens as long as its scope is open; interrupting, it stops all else there (BPMN 2.0.2, 13.5.4)."""

    kind = "event_sub_process"
    is_listener = True
    start_id = ""
    event_outputs: tuple[Mapping, ...] = ()

    def work(self, my_task: Task) -> None:
        run_of(my_task).take_event(my_task)
        super().work(my_task)

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.internal_data.get(FIRED):
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def begin(self, my_task: Task, inside: Any) -> None:
        start = inside.spec.elements[self.start_id]
        run_of(my_task).place(inside, start)

    def _make_room(self, my_task: Task) -> None:
        if self.is_interrupting:
            stop(my_task.workflow, but=my_task)
        else:
            run_of(my_task).listen_again(my_task)


class AdHoc(Scope):
    """Activities in any order, chosen by a person or by an expression, until the completion condition holds (13.3.5).

    Without a condition it is over when all that was chosen is done.
    """

    kind = "ad_hoc_sub_process"
    completion_condition: str | None = None
    is_sequential = False
    cancels_remaining = True
    active_elements: str | None = None

    def choices(self, inside: Any) -> list[str]:
        """The activities that may be chosen: those nothing leads to, in the order of the file."""
        return [shown_id(spec) for spec in inside.spec.firsts]

    def begin(self, my_task: Task, inside: Any) -> None:
        if self.active_elements is not None:
            run_of(my_task).choose_by_expression(my_task, inside)

    def is_over(self, my_task: Task, inside: Any) -> bool:
        notes = my_task.internal_data
        if notes.get(ASKING):  # the condition failed when it was asked, and was mended since
            self.step_done(my_task, inside)
        if notes.get(QUEUED) and not notes.get(CHOICES_OVER):
            run_of(my_task).place(inside, inside.spec.elements[notes[QUEUED].pop(0)])
            return False
        if self.completion_condition is None:
            return bool(notes.get(ANY_CHOSEN))
        return bool(notes.get(CHOICES_OVER))

    def step_done(self, my_task: Task, inside: Any) -> None:
        """An activity inside completed: is that enough? Not asked before one did (13.3.5)."""
        run, notes = run_of(my_task), my_task.internal_data
        if self.completion_condition is None or notes.get(CHOICES_OVER):
            return
        notes[ASKING] = True
        is_enough = run.is_true_inside(inside, self.completion_condition)
        del notes[ASKING]
        if is_enough:
            notes[CHOICES_OVER] = True
            if self.cancels_remaining:
                stop(inside)


class Undo(Scope):
    """Stands behind a subprocess that is compensated: its inside opens again, only to undo what was done in it."""

    kind = "internal"
    arms = False

    def begin(self, my_task: Task, inside: Any) -> None:
        run_of(my_task).undo_inside(my_task, inside)


class Compensate(Element):
    """Stands in a scope where compensation runs by itself: it works off its list, and nothing waits for it."""

    kind = "internal"

    def work(self, my_task: Task) -> bool | None:
        done: bool | None = run_of(my_task).work_off(my_task)
        return done


def stop(workflow: Any, but: Task | None = None) -> None:
    """Cancel every token of a scope."""
    for task in list(workflow.tasks.values()):
        if task is not but and task.has_state(UNFINISHED):
            task.cancel()
