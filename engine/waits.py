"""What an instance waits for: user tasks to open, and rows for its timers and messages.

A timer's due moment is computed once, when the wait starts, in UTC; from then on the row is the truth.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import scopes
from engine.elements.activities import EventScope, UserTask
from engine.elements.base import INCIDENT, LOCAL
from engine.elements.events import MESSAGE, TIMER, CatchEvent, Trigger
from engine.elements.gateways import EventGateway
from engine.moments import BadTimer, instant
from engine.run import OPENED, Run, reason_of
from engine.step import OpenedUserTask
from engine.values import dump

SUBSCRIBED = "subscribed"
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


def open_user_tasks(run: Run) -> None:
    """Make each user task that became ready known to the worklist; what fails there parks that user task."""
    for task in run.tokens():
        if (
            isinstance(task.task_spec, UserTask)
            and task.state == TaskState.READY
            and not task.internal_data.get(OPENED)
        ):
            try:
                opened = _opened(run, task)
            except Exception as problem:  # an expression of the diagram failed: an incident, not an error
                run.park(task, reason_of(problem))
                continue
            task.internal_data[OPENED] = True
            task.internal_data.pop(INCIDENT, None)
            run.step.opened.append(opened)


def _opened(run: Run, task: Task) -> OpenedUserTask:
    run.open_inputs(task)
    spec, environment, seen = task.task_spec, run.environment, scopes.visible(task)
    extensions = spec.extensions

    def value(text: str | None) -> Any:
        return None if text is None else environment.text_or_feel(text, seen)

    groups = value(extensions.candidate_groups)
    roles = [str(g) for g in groups] if isinstance(groups, list) else [g.strip() for g in str(groups or "").split(",")]
    if not any(roles):
        raise NoRole
    due, follow_up = value(extensions.due_date), value(extensions.follow_up_date)
    return OpenedUserTask(
        token_id=task.id.hex,
        element_id=spec.name,
        name=spec.bpmn_name or spec.name,
        form_key=extensions.form_key,
        roles=tuple(role for role in roles if role),
        due_at=None if due is None else instant(due, environment.clock.now()),
        follow_up_at=None if follow_up is None else instant(follow_up, environment.clock.now()),
        priority=int(value(extensions.priority) or DEFAULT_PRIORITY),
        inputs={name: dump(item) for name, item in task.internal_data.get(LOCAL, {}).items()},
        headers=extensions.headers,
        properties=extensions.properties,
        definition_id=environment.definition_id_of(task),
    )


def subscriptions(run: Run) -> list[Wait]:
    """Every timer and message the instance waits for now."""
    found: list[Wait] = []
    for task in run.tokens():
        if task.state != TaskState.WAITING or INCIDENT in task.internal_data:
            continue
        for element_id, trigger in _events(task):
            if trigger.kind in (TIMER, MESSAGE):
                try:
                    found.append(_wait(run, task, element_id, trigger))
                except Exception as problem:  # an expression of the diagram failed: an incident
                    run.park(task, reason_of(problem))
    return found


def _events(task: Task) -> Iterator[tuple[str, Trigger]]:
    """What a waiting token listens to: element id and trigger."""
    spec = task.task_spec
    if isinstance(spec, EventScope):
        yield spec.start_id, spec.trigger
    elif isinstance(spec, EventGateway):
        yield from ((event.name, event.trigger) for event in spec.events())
    elif isinstance(spec, CatchEvent):
        yield spec.name, spec.trigger


def _wait(run: Run, task: Task, element_id: str, trigger: Trigger) -> Wait:
    """Computed once per token and element, then read from the token."""
    known = task.internal_data.setdefault(SUBSCRIBED, {})
    if element_id not in known:
        known[element_id] = _computed(run, task, trigger)
    due, key = known[element_id]
    due_at = None if due is None else datetime.fromisoformat(due)
    return Wait(task.id.hex, element_id, trigger.kind, trigger.name if trigger.kind == MESSAGE else None, key, due_at)


def _computed(run: Run, task: Task, trigger: Trigger) -> list[str | None]:
    environment, seen = run.environment, scopes.visible(task)
    if trigger.kind == MESSAGE:
        key = environment.text_or_feel(trigger.correlation_key or "", seen)
        if key is None or key == "":
            raise BadTimer("De sleutel van dit bericht is leeg.")
        return [None, str(dump(key))]
    value = environment.text_or_feel(trigger.value or "", seen)
    return [instant(value, environment.clock.now()).isoformat(), None]
