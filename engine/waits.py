"""What an instance waits for: user tasks to open, and rows for its timers and messages.

A timer's due moment is computed once, when the wait starts, in UTC; from then on the row is the truth.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import occurrences, scopes
from engine.cycles import arm as arm_timer
from engine.elements.activities import UserTask
from engine.elements.base import EACH, INCIDENT, LOCAL
from engine.elements.events import CYCLE, MESSAGE, SIGNAL, TIMER, Trigger
from engine.lengths import BadTimer
from engine.moments import due as due_moment
from engine.moments import instant
from engine.parsing.dialect import is_expression
from engine.run import OPENED, Run
from engine.step import OpenedUserTask
from engine.throwing import SUBSCRIBED, listened, place_of
from engine.values import dump

DEFAULT_PRIORITY = 50


class NoRole(Exception):
    """Voor deze taak is geen rol bekend, dus niemand zou ze zien."""

    def __str__(self) -> str:
        return self.__doc__ or ""


@dataclass(frozen=True)
class Wait:
    """One row of the subscription table."""

    token_id: str
    element_id: str
    kind: str
    name: str | None
    key: str | None
    due_at: datetime | None
    position: int = 0


def open_user_tasks(run: Run) -> None:
    """Make each user task that became ready known to the worklist; what fails there parks that user task."""
    for task in run.tokens():
        if (
            isinstance(task.task_spec, UserTask)
            and task.state == TaskState.READY
            and not task.internal_data.keys() & {OPENED, INCIDENT}
        ):
            try:
                opened = described(run, task)
            except Exception as problem:  # an expression of the diagram failed: an incident, not an error
                run.park(task, problem)
                continue
            task.internal_data[OPENED] = True
            run.step.opened.append(opened)


def described(run: Run, task: Task) -> OpenedUserTask:
    """A user task as its drawing describes it, with its expressions evaluated now. Raises NoRole and what those raise."""
    run.open_inputs(task)
    spec, environment, seen = task.task_spec, run.environment, scopes.visible(task)
    extensions = spec.extensions

    def value(text: str | None) -> Any:
        return None if text is None else environment.text_or_feel(text, seen)

    groups = value(extensions.candidate_groups) if extensions.candidate_groups else spec.lane
    roles = [str(g) for g in groups] if isinstance(groups, list) else [g.strip() for g in str(groups or "").split(",")]
    if extensions.candidate_groups and not any(roles):
        raise NoRole
    due, follow_up = value(extensions.due_date), value(extensions.follow_up_date)
    return OpenedUserTask(
        token_id=task.id.hex,
        element_id=spec.name,
        name=spec.bpmn_name or spec.name,
        form_key=extensions.form_key,
        roles=tuple(role for role in roles if role),
        due_at=None if due is None else due_moment(due, environment.clock.now()),
        follow_up_at=None if follow_up is None else instant(follow_up, environment.clock.now()),
        priority=int(value(extensions.priority) or DEFAULT_PRIORITY),
        inputs=dump({**task.internal_data.get(EACH, {}), **task.internal_data.get(LOCAL, {})}),
        headers=extensions.headers,
        properties=_said_of(task),
        definition_id=environment.definition_id_of(task),
        occurrence=occurrences.of(task),
    )


def _said_of(task: Task) -> dict[str, str]:
    """An element's own properties, and those of the activities around it, also across a call: the nearest says it."""
    found: dict[str, str] = {}
    level: Task | None = task
    while level is not None:
        found = {**level.task_spec.extensions.properties, **found}
        level = level.workflow.host_task
    return found


def subscriptions(run: Run) -> list[Wait]:
    """Every timer, message and signal the instance waits for now."""
    found: list[Wait] = []
    for task in run.tokens():
        if task.state != TaskState.WAITING or INCIDENT in task.internal_data:
            continue
        for element, index, trigger in listened(task):
            if trigger.kind in (TIMER, MESSAGE, SIGNAL):
                try:
                    found.append(_wait(run, task, element, index, trigger))
                except Exception as problem:  # an expression of the diagram failed: an incident
                    run.park(task, problem)
                    break
    return found


def _wait(run: Run, task: Task, element: str, index: int, trigger: Trigger) -> Wait:
    """Computed once per token and place, then read from the token."""
    known = task.internal_data.setdefault(SUBSCRIBED, {})
    place = place_of(element, index)
    if place not in known:
        known[place] = computed(run, task, trigger)
    due, key = known[place][:2]
    due_at = None if due is None else datetime.fromisoformat(due)
    name = key if trigger.kind == SIGNAL else None
    if (
        trigger.kind == MESSAGE
    ):  # one that was computed is kept; a fixed one is the drawing's, also after moving to another
        name = [*known[place], None, None][3] or trigger.name
    return Wait(task.id.hex, element, trigger.kind, name, None if trigger.kind == SIGNAL else key, due_at, index)


def computed(run: Run, task: Task, trigger: Trigger) -> list[str | None]:
    """Due moment, key (or the signal's name), and what is left of a cycle."""
    environment, seen = run.environment, scopes.visible(task)
    if trigger.kind == SIGNAL:
        return [None, _filled(environment.text_or_feel(trigger.name or "", seen), "De naam van dit signaal is leeg.")]
    if trigger.kind == MESSAGE:
        name = None
        if is_expression(trigger.name):
            name = _filled(environment.text_or_feel(trigger.name or "", seen), "De naam van dit bericht is leeg.")
        if trigger.correlation_key is None:
            return [None, "", None, name]  # drawn without a key: a message that comes without one (publishing warns)
        key = environment.text_or_feel(trigger.correlation_key, seen)
        return [None, _filled(key, "De sleutel van dit bericht is leeg."), None, name]
    value = environment.text_or_feel(trigger.value or "", seen)
    armed = arm_timer(value, environment.clock.now())
    return [armed.due_at.isoformat(), None, armed.rest if trigger.timer == CYCLE else None]


def _filled(value: Any, otherwise: str) -> str:
    """A name or key as text. Raises BadTimer with the sentence when there is none."""
    if value is None or value == "":
        raise BadTimer(otherwise)
    return str(dump(value))
