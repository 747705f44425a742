"""Which time this is: the number of one instance of a repeated activity, and of how many (BPMN 2.0.2, 13.3.6 and 13.3.7).

An element inside a repeated subprocess belongs to that one's instance; of several around it, the nearest counts.
"""

from typing import Any, NamedTuple

from SpiffWorkflow.task import Task

from engine.elements.base import BODY, EACH, token
from engine.elements.repetition import COUNTER, MultiInstance


class Occurrence(NamedTuple):
    """The `number` counts from 1; `total` is None for a loop, which does not know. `item` is that of the list, if there is one."""

    number: int
    total: int | None
    item: Any = None


def of(task: Task) -> Occurrence | None:
    """None for what is not repeated, and for what its repeated activity took with it when it stopped."""
    level: Task | None = task
    while level is not None:
        if BODY in level.internal_data:
            return _of_instance(level)
        level = level.workflow.host_task
    return None


def _of_instance(instance: Task) -> Occurrence | None:
    notes = instance.internal_data
    body = token(instance.workflow, notes[BODY])
    if body is None or COUNTER not in notes.get(EACH, {}):
        return None
    spec, own = body.task_spec, notes[EACH]
    total = spec.counters(body).get("numberOfInstances")
    item = own.get(spec.element) if isinstance(spec, MultiInstance) and spec.element else None
    return Occurrence(own[COUNTER], total, item)
