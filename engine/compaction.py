"""Keeps the token tree small: what is over is taken out, so a case of ten thousand steps is as quick as a new one.

Nothing ever looks at a finished token again, except: the root, the siblings of an activity with boundary events, and the
parent through which children hang. History is the log's business, not the tree's.
"""

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState


def compact(workflow: Any) -> None:
    """Remove finished tokens from the process and each of its open scopes."""
    for host_id, inside in list(workflow.subprocesses.items()):
        if inside.completed:
            del workflow.subprocesses[host_id]
    for scope in (workflow, *workflow.subprocesses.values()):
        _compact_scope(scope)


def _compact_scope(scope: Any) -> None:
    changed = True
    while changed:
        changed = False
        for task in list(scope.tasks.values()):
            if task.id in scope.tasks and task.has_state(TaskState.FINISHED_MASK) and task._parent is not None:
                changed |= _remove(scope, task)


def _remove(scope: Any, task: Task) -> bool:
    parent = task.parent
    if not _all_may_hang_higher(task):
        return False
    place = parent._children.index(task.id)
    parent._children[place : place + 1] = task._children
    for child_id in task._children:
        scope.tasks[child_id]._parent = parent.id
    del scope.tasks[task.id]
    return True


def _all_may_hang_higher(task: Task) -> bool:
    """Siblings of an armed activity must stay under their own split."""
    return not any(child.task_spec.is_boundary or child.task_spec.has_boundary for child in task.children)
