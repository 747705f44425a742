"""Events: start, catch, boundary, throw and end, with every trigger (BPMN 2.0.2, 10.5 and 13.5).

An event that waits is fired by the run at exactly one token; nothing is routed by name inside the library.
"""

from dataclasses import dataclass

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements.base import FIRED, HOST, Element, run_of, token

NONE, TIMER, MESSAGE, ERROR, TERMINATE = "none", "timer", "message", "error", "terminate"
SIGNAL, ESCALATION, CONDITION, LINK = "signal", "escalation", "condition", "link"
COMPENSATION, CANCEL = "compensation", "cancel"
# What may happen again while its activity still runs; a timer only when it is a cycle.
REPEATABLE = frozenset({MESSAGE, SIGNAL, ESCALATION, CONDITION})
CYCLE = "cycle"


@dataclass(frozen=True)
class Trigger:
    """What an event definition says. `timer` is date, duration or cycle; `name` a message or signal name, or a code.

    `value` is the timer's value, the condition, or for compensation the activity; `waits` is its waitForCompletion.
    """

    kind: str = NONE
    name: str | None = None
    timer: str | None = None
    value: str | None = None
    correlation_key: str | None = None
    message_id: str | None = None
    time_to_live: str | None = None
    waits: bool = True


class Event(Element):
    """An element with triggers. `needs_all` is parallel-multiple: every one of them must happen."""

    triggers: tuple[Trigger, ...] = ()
    needs_all = False
    is_interrupting = True

    def triggers_of(self, kind: str) -> list[Trigger]:
        return [trigger for trigger in self.triggers if trigger.kind == kind]


class StartEvent(Event):
    """A start event. Its triggers are listened to by its event subprocess, or by the office for a whole process."""

    kind = "start_event"

    def work(self, my_task: Task) -> bool:
        return bool(run_of(my_task).take_result(my_task))


class CatchEvent(Event):
    """An intermediate event that waits for its trigger; a link waits for nothing."""

    kind = "intermediate_event"

    def _update_hook(self, my_task: Task) -> bool:
        if my_task.internal_data.get(FIRED) or self.triggers_of(LINK):
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def work(self, my_task: Task) -> bool:
        return bool(run_of(my_task).take_result(my_task))


class BoundaryEvent(CatchEvent):
    """An event on the border of an activity. Interrupting: it stops the activity at once. Otherwise: it listens again."""

    kind = "boundary_event"
    is_boundary = True

    def work(self, my_task: Task) -> bool:
        run = run_of(my_task)
        run.take_result(my_task)
        host = token(my_task.workflow, my_task.internal_data[HOST])
        if host is None or host.has_state(TaskState.FINISHED_MASK):
            return True
        if self.is_interrupting:
            host.cancel()
        else:
            run.listen_again(my_task)
        return True


class ThrowEvent(Event):
    """An intermediate event that throws, or does nothing but be there."""

    kind = "intermediate_event"

    def work(self, my_task: Task) -> bool | None:
        done: bool | None = run_of(my_task).throw_all(my_task)
        return done


class EndEvent(Event):
    """An end. What it throws is routed at once, so an interrupted scope stops at once."""

    kind = "end_event"

    def work(self, my_task: Task) -> bool | None:
        done: bool | None = run_of(my_task).throw_all(my_task)
        return done
