"""The compact token state of an instance, as order-preserving JSON text.

Only tokens are stored; the specs are parsed once per version. A restored state refers to specs by element id, and every
token but the root must find its parent: a state that does not hold together is refused, never half-read.
"""

import json
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task

from engine import values
from engine.elements.base import LOCAL
from engine.errors import StateUnreadable
from engine.scopes import VARIABLES

VERSION = 1


class Workflow(BpmnWorkflow):  # type: ignore[misc]  # the library is untyped
    """The library's workflow, with the host that gives its elements variables, handlers and decisions."""

    host: Any = None


def save(workflow: Workflow) -> str:
    """The state as text."""
    scopes = [{"host": host.hex, **_scope(inside)} for host, inside in workflow.subprocesses.items()]
    return json.dumps(
        {"v": VERSION, "top": _scope(workflow), "scopes": scopes}, ensure_ascii=False, separators=(",", ":")
    )


def _scope(workflow: Any) -> dict[str, Any]:
    return {
        "spec": workflow.spec.name,
        "done": workflow.completed,
        "variables": values.dump(workflow.data.get(VARIABLES, {})),
        "tokens": [_token(task) for task in workflow.tasks.values()],
    }


def _token(task: Task) -> list[Any]:
    notes = {
        key: values.dump(value) if key == LOCAL else value
        for key, value in task.internal_data.items()
        if value is not None
    }
    return [
        task.id.hex,
        task._parent.hex if task._parent else None,
        [c.hex for c in task._children],
        task.task_spec.name,
        task.state,
        notes,
    ]


def restore(text: str, spec: Any, scope_specs: dict[str, Any]) -> Workflow:
    """The workflow of a stored state on cached specs. Raises StateUnreadable."""
    state = json.loads(text)
    if state.get("v") != VERSION:
        raise StateUnreadable(codec_version=state.get("v"))
    workflow = Workflow(spec, scope_specs, deserializing=True)
    _fill(workflow, state["top"])
    for stored in state["scopes"]:
        host_id = UUID(hex=stored["host"])
        host = workflow.get_task_from_id(host_id)
        if host is None:
            raise StateUnreadable(scope=stored["spec"])
        inside = BpmnSubWorkflow(scope_specs[host.task_spec.spec], host_id, workflow, deserializing=True)
        workflow.subprocesses[host_id] = inside
        _fill(inside, stored)
    return workflow


def _fill(workflow: Any, stored: dict[str, Any]) -> None:
    workflow.completed = stored["done"]
    workflow.data[VARIABLES] = values.load(stored["variables"])
    for token_id, parent, children, name, state, notes in stored["tokens"]:
        spec = workflow.spec.task_specs.get(name)
        if spec is None:
            raise StateUnreadable(element=name)
        task = Task(workflow, spec, state=state, id=UUID(hex=token_id))
        task._parent = UUID(hex=parent) if parent else None
        task._children = [UUID(hex=child) for child in children]
        task.internal_data = {key: values.load(value) if key == LOCAL else value for key, value in notes.items()}
        if parent is None:
            workflow.task_tree = task
    if any(task._parent is not None and task.parent is None for task in workflow.tasks.values()):
        raise StateUnreadable(spec=stored["spec"])
