"""The compact token state of an instance, as order-preserving JSON text.

Only living tokens are stored, in the order in which they came; the specs are parsed once per version. A restored state refers to
specs by element id: a state that does not hold together is refused, never half-read.
"""

import json
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task

from engine import values
from engine.elements.base import EACH, LOCAL, Token
from engine.errors import StateUnreadable
from engine.former_states import upgraded
from engine.scopes import VARIABLES

VERSION = 2
TYPED = frozenset({LOCAL, EACH})  # notes that hold FEEL values
DONE = "done"  # what a scope remembers for compensation, already dumped


class Workflow(BpmnWorkflow):  # type: ignore[misc]  # the library is untyped
    """A process: its living tokens, its open scopes, and the run that gives its elements variables and handlers."""

    host: Any = None
    host_task: Task | None = None

    def __init__(self, spec: Any, scope_specs: dict[str, Any]) -> None:
        super().__init__(spec, scope_specs, deserializing=True)

    def open_scope(self, host: Task) -> "Scope":
        """The inside of an activity, empty."""
        inside = Scope(self.subprocess_specs[host.task_spec.spec], host, self)
        self.subprocesses[host.id] = inside
        return inside

    def scopes(self) -> list[Any]:
        """The process and every open scope, oldest first."""
        return [self, *(inside for inside in self.subprocesses.values() if not inside.completed)]

    def token(self, token_id: str) -> Task | None:
        """A living token of any scope."""
        wanted = UUID(hex=token_id)
        return next((scope.tasks[wanted] for scope in self.scopes() if wanted in scope.tasks), None)


class Scope(BpmnSubWorkflow):  # type: ignore[misc]
    """The inside of an activity."""

    def __init__(self, spec: Any, host: Task, top: Workflow) -> None:
        self.host_task = host
        super().__init__(spec, host.id, top, deserializing=True)

    def _calculate_depth(self) -> int:
        depth: int = self.host_task.workflow.depth + 1
        return depth


def save(workflow: Workflow) -> str:
    """The state as text."""
    scopes = [{"host": host.hex, **_scope(inside)} for host, inside in workflow.subprocesses.items()]
    return json.dumps(
        {"v": VERSION, "top": _scope(workflow), "scopes": scopes}, ensure_ascii=False, separators=(",", ":")
    )


def emptied(text: str) -> str:
    """The state of an instance that has ended, without its variables: what stays says only that it is over."""
    state = json.loads(text)
    spec = state["top"]["spec"] if state.get("v") == VERSION else upgraded(state)["top"]["spec"]
    top = {"spec": spec, "done": True, "variables": {}, "tokens": []}
    return json.dumps({"v": VERSION, "top": top, "scopes": []}, ensure_ascii=False, separators=(",", ":"))


def _scope(workflow: Any) -> dict[str, Any]:
    found = {
        "spec": workflow.spec.name,
        "done": workflow.completed,
        "variables": values.dump(workflow.data.get(VARIABLES, {})),
        "tokens": [_token(task) for task in workflow.tasks.values()],
    }
    if workflow.data.get(DONE):
        found["undoable"] = workflow.data[DONE]
    return found


def _token(task: Task) -> list[Any]:
    notes = {
        key: values.dump(value) if key in TYPED else value
        for key, value in task.internal_data.items()
        if value is not None
    }
    return [task.id.hex, task.task_spec.name, task.state, notes]


def restore(text: str, spec: Any, scope_specs: dict[str, Any]) -> Workflow:
    """The workflow of a stored state on cached specs. Raises StateUnreadable."""
    state = json.loads(text)
    if state.get("v") == 1:
        state = upgraded(state)
    if state.get("v") != VERSION:
        raise StateUnreadable(codec_version=state.get("v"))
    workflow = Workflow(spec, scope_specs)
    _fill(workflow, state["top"])
    for stored in state["scopes"]:
        host = workflow.token(stored["host"])
        if host is None:
            raise StateUnreadable(scope=stored["spec"])
        _fill(workflow.open_scope(host), stored)
    return workflow


def _fill(workflow: Any, stored: dict[str, Any]) -> None:
    workflow.completed = stored["done"]
    workflow.data[VARIABLES] = values.load(stored["variables"])
    if "undoable" in stored:
        workflow.data[DONE] = stored["undoable"]
    for token_id, name, state, notes in stored["tokens"]:
        spec = workflow.spec.elements.get(name)
        if spec is None:
            raise StateUnreadable(element=name)
        task = Token(workflow, spec, state=state, id=UUID(hex=token_id))
        task.internal_data = {key: values.load(value) if key in TYPED else value for key, value in notes.items()}
