"""What a step tells of a token besides where it is: the arrow it came along, the lane it is in, what it undoes."""

from SpiffWorkflow.task import Task

from engine.elements.base import BODY, EACH, FLOW, UNDOES, shown_id, token
from engine.elements.repetition import COUNTER


def flow_of(task: Task) -> str | None:
    """The sequence flow it came along. A repeated activity was entered once, however often it is done: its first time tells."""
    notes = task.internal_data
    if BODY in notes and notes.get(EACH, {}).get(COUNTER) == 1:
        body = token(task.workflow, notes[BODY])
        notes = notes if body is None else body.internal_data
    flow: str | None = notes.get(FLOW)
    return flow


def lane_of(task: Task) -> str | None:
    """The lane an element stands in, or the nearest activity around it that stands in one."""
    level: Task | None = task
    while level is not None:
        if level.task_spec.lane:
            return str(level.task_spec.lane)
        level = level.workflow.host_task
    return None


def undone_by(task: Task) -> str | None:
    """The activity a compensation handler works for."""
    if UNDOES not in task.internal_data:
        return None
    name, elements = task.task_spec.name, task.workflow.spec.elements.values()
    return next((shown_id(spec) for spec in elements if spec.compensation == name), None)
