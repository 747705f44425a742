"""What may be chosen now: the ad-hoc subprocesses of an instance, and the activities in each (BPMN 2.0.2, 13.3.5).

Only reads; nothing is run and nothing is locked. Choosing itself is `Engine.choose`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.elements.base import BODY, INCIDENT, UNFINISHED, is_listening, shown_id
from engine.elements.subprocesses import CHOICES_OVER, QUEUED, AdHoc
from engine.instances import Engine
from storage.unit_of_work import Reading


@dataclass(frozen=True)
class Activity:
    """Something that may be done. `under_way` counts how often it is being done now, `queued` how often it waits its turn."""

    element_id: str
    name: str
    under_way: int = 0
    queued: int = 0


@dataclass(frozen=True)
class Choice:
    """An ad-hoc subprocess that is open: its token, and what may be done in it, in the order of the file."""

    token_id: str
    element_id: str
    is_sequential: bool
    activities: tuple[Activity, ...]


def of(engine: Engine, reading: Reading, instance_id: int) -> list[Choice]:
    """Every choice that is open in an instance. Raises InstanceNotFound."""
    workflow, tokens = engine.restored(reading, instance_id)
    return [_choice(workflow, host) for host in tokens if is_open(workflow, host)]


def is_open(workflow: Any, host: Task) -> bool:
    """True for the token of an ad-hoc subprocess in which something may be chosen still."""
    notes = host.internal_data
    if not isinstance(host.task_spec, AdHoc) or host.state != TaskState.STARTED or INCIDENT in notes:
        return False
    inside = workflow.get_subprocess(host)
    return inside is not None and not inside.completed and CHOICES_OVER not in notes


def _choice(workflow: Any, host: Task) -> Choice:
    spec = host.task_spec
    activities = tuple(_activities(workflow.get_subprocess(host), host))
    return Choice(host.id.hex, shown_id(spec), spec.is_sequential, activities)


def _activities(inside: Any, host: Task) -> Iterator[Activity]:
    doing = [shown_id(task.task_spec) for task in inside.tasks.values() if _is_under_way(task)]
    queued = [shown_id(inside.spec.elements[name]) for name in host.internal_data.get(QUEUED, ())]
    for element_id in host.task_spec.choices(inside):
        name = inside.spec.elements[element_id].bpmn_name or element_id
        yield Activity(element_id, name, doing.count(element_id), queued.count(element_id))


def _is_under_way(task: Task) -> bool:
    """A repeated activity counts once, by its body."""
    return bool(task.has_state(UNFINISHED) and BODY not in task.internal_data and not is_listening(task))
