"""Variables live in scopes, as in the Camunda 8 dialect: the process, each subprocess with inputs of its own, each activity.

A token carries none. So concurrent branches that write different variables lose nothing; two that write the same one:
the last write stands, in the engine's documented order. A called process is a scope apart: only what is passed goes in or out.
"""

from collections import ChainMap
from typing import Any

from SpiffWorkflow.task import Task

from engine.elements.base import LOCAL
from engine.values import dump

VARIABLES = "variables"


def of_workflow(workflow: Any) -> dict[str, Any]:
    """The variables that belong to a process or subprocess itself."""
    found: dict[str, Any] = workflow.data.setdefault(VARIABLES, {})
    return found


def frames(task: Task) -> list[dict[str, Any]]:
    """The scopes an element sees, nearest first; ends at its process."""
    found = [task.internal_data[LOCAL]] if LOCAL in task.internal_data else []
    workflow = task.workflow
    while True:
        found.append(of_workflow(workflow))
        if workflow.parent_task_id is None:
            return found
        host = workflow.top_workflow.get_task_from_id(workflow.parent_task_id)
        if host.task_spec.is_call:
            return found
        workflow = host.workflow


def visible(task: Task) -> ChainMap[str, Any]:
    """Every variable the element can read."""
    return ChainMap(*frames(task))


def assign(task: Task, values: dict[str, Any], *, beyond_local: bool = False) -> None:
    """Set variables where they exist, nearest scope first; new ones in the process. Raises NotStorable, having set none."""
    dump(values)
    reach = frames(task)
    if beyond_local and LOCAL in task.internal_data:
        reach = reach[1:]
    for name, value in values.items():
        holder = next((frame for frame in reach if name in frame), reach[-1])
        holder[name] = value


def put(target: dict[str, Any], path: str, value: Any) -> None:
    """Set `a.b.c` in nested contexts."""
    *parents, last = path.split(".")
    for name in parents:
        inner = target.get(name)
        target[name] = dict(inner) if isinstance(inner, dict) else {}
        target = target[name]
    target[last] = value


def nested(path: str, value: Any, seen: Any) -> dict[str, Any]:
    """`{a: {b: value}}` for the target `a.b`, keeping what `a` already holds."""
    root = path.split(".", 1)[0]
    found: dict[str, Any] = {root: seen[root]} if root in seen and "." in path else {}
    put(found, path, value)
    return found
