"""Variables live in scopes, as in the Camunda 8 dialect: the process, each subprocess, each instance of a repeated activity,
and each activity with input mappings.

A token carries none along its way. So concurrent branches that write different variables lose nothing; two that write the same
one: the last write stands, in the engine's documented order. A called process is a scope apart: only what is passed goes in or out.
"""

import json
from collections import ChainMap
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from SpiffWorkflow.task import Task

from engine.elements.base import BODY, EACH, HOST, LOCAL, token
from engine.values import dump

VARIABLES = "variables"


def of_workflow(workflow: Any) -> dict[str, Any]:
    """The variables that belong to a process or subprocess itself."""
    found: dict[str, Any] = workflow.data.setdefault(VARIABLES, {})
    return found


def process_of(workflow: Any) -> str:
    """The id of the process a scope stands in: its own, or the one called around it."""
    while (host := workflow.host_task) is not None and not host.task_spec.is_call:
        workflow = host.workflow
    return str(workflow.spec.name)


def frames(task: Task) -> list[dict[str, Any]]:
    """The scopes an element may write to, nearest first; ends at its process."""
    return [frame for frame, is_open in _levels(task) if is_open]


def visible(task: Task) -> ChainMap[str, Any]:
    """Every variable the element can read."""
    return ChainMap(*(frame for frame, _ in _levels(task)))


def _levels(task: Task) -> Iterator[tuple[dict[str, Any], bool]]:
    """Each scope around an element, and whether it may be written to: the counters of a multi-instance may not, nor may what
    the activity under a border event was given."""
    level = task
    while True:
        yield from _own(level)
        for pointer in (HOST, BODY):
            beside = level.internal_data.get(pointer)
            other = token(level.workflow, beside) if beside is not None else None
            if (
                other is not None
            ):  # what an activity's border event brings is not for the activity alone: it may be over
                yield from ((frame, pointer == BODY) for frame, _ in _own(other))
                if pointer == BODY:
                    yield other.task_spec.counters(other), False
        yield of_workflow(level.workflow), True
        host = level.workflow.host_task
        if host is None or host.task_spec.is_call:
            return
        level = host


def _own(task: Task) -> Iterator[tuple[dict[str, Any], bool]]:
    for name in (LOCAL, EACH):
        if name in task.internal_data:
            yield task.internal_data[name], True


def assign(task: Task, values: dict[str, Any], *, beyond_local: bool = False) -> None:
    """Set variables where they exist, nearest scope first; new ones in the process. Raises NotStorable, having set none."""
    dump(values)
    reach = frames(task)
    if beyond_local and LOCAL in task.internal_data:
        reach = reach[1:]
    for name, value in values.items():
        holder = next((frame for frame in reach if name in frame), reach[-1])
        holder[name] = value


def marks(variables: dict[str, Any]) -> dict[str, str]:
    """A short mark of each value, to see later whether it changed."""
    return {name: _mark(value) for name, value in variables.items()}


def changed(variables: dict[str, Any], before: dict[str, str]) -> dict[str, Any]:
    """Those that are new or other than their mark says."""
    return {name: value for name, value in variables.items() if name not in before or _mark(value) != before[name]}


def _mark(value: Any) -> str:
    text = json.dumps(dump(value), sort_keys=True, ensure_ascii=False)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


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
