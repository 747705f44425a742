"""Where an instance stands, for people who mend it: its tokens, the variables of each scope, and where a token could be put.

Only reads; nothing is run and nothing is locked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.task import Task
from sqlalchemy import select

from engine import scopes
from engine.elements.base import EACH, HOST, INCIDENT, LOCAL, RESULT, UNFINISHED, shown_id
from engine.errors import InstanceNotFound
from engine.instances import Engine
from engine.models import ProcessInstance, Subscription
from engine.moving import is_place
from engine.run import is_shown_active, is_visible
from engine.specs import Bound
from engine.taking import is_skippable
from engine.values import load
from storage.unit_of_work import Reading


@dataclass(frozen=True)
class Token:
    """One place where the instance is. `within` are the ids of the subprocesses around it, the outermost first.

    `definition` is (key, version) of the diagram it stands in, which may be a called one.
    """

    id: str
    element_id: str
    definition: tuple[str, int]
    kind: str
    within: tuple[str, ...]
    incident: str | None


@dataclass(frozen=True)
class Scope:
    """The variables of the process itself (`token_id` is None), or of a subprocess or activity by the token that holds them."""

    token_id: str | None
    element_id: str
    variables: Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """An element of a scope that is open, so that a token could be put there."""

    element_id: str
    definition: tuple[str, int]
    kind: str
    within: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """The whole of it."""

    tokens: tuple[Token, ...]
    scopes: tuple[Scope, ...]
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class Seen:
    """What one token works with: all it can see, what of that is its own, and what came from outside and could not be taken yet."""

    element_id: str
    definition: tuple[str, int]
    kind: str
    variables: Mapping[str, Any]
    own: frozenset[str]
    kept: Mapping[str, Any]
    is_job: bool = False


def _bound(engine: Engine, reading: Reading, instance_id: int) -> Bound:
    row = reading.session.get(ProcessInstance, instance_id)
    if row is None:
        raise InstanceNotFound(instance_id=instance_id)
    return engine.specs.bound(reading, row.definition_id, row.called)


def of(engine: Engine, reading: Reading, instance_id: int) -> Standing:
    """Where it stands now. Raises InstanceNotFound."""
    bound = _bound(engine, reading, instance_id)
    workflow, found = engine.restored(reading, instance_id)
    tokens = [task for task in found if task.has_state(UNFINISHED)]
    open_scopes = workflow.scopes()
    return Standing(
        tokens=tuple(_token(bound, task) for task in tokens if _is_shown(task)),
        scopes=(*(_scope(each) for each in open_scopes), *(_own(task) for task in tokens if _has_own(task))),
        targets=tuple(target for each in open_scopes for target in _targets(bound, each)),
    )


def at(engine: Engine, reading: Reading, instance_id: int, token_id: str) -> Seen | None:
    """What a token works with; None when it is no longer there."""
    bound = _bound(engine, reading, instance_id)
    _, found = engine.restored(reading, instance_id)
    task = next((each for each in found if each.id.hex == token_id), None)
    if task is None:
        return None
    kept = load(task.internal_data.get(RESULT) or {})
    inside = task.workflow.top_workflow.get_subprocess(task)
    within = {} if inside is None else scopes.of_workflow(inside)
    definition = bound.definition_of(scopes.process_of(task.workflow))
    own = frozenset(name for part in (LOCAL, EACH) for name in task.internal_data.get(part, {}))
    return Seen(
        shown_id(task.task_spec),
        definition,
        task.task_spec.kind,
        {**scopes.visible(task), **within},
        own,
        kept,
        is_skippable(task),
    )


def _is_shown(task: Task) -> bool:
    """What a reader of the diagram sees, and what is stuck behind it."""
    return INCIDENT in task.internal_data or (is_visible(task) and is_shown_active(task, task.state))


def _token(bound: Bound, task: Task) -> Token:
    spec, definition = task.task_spec, bound.definition_of(scopes.process_of(task.workflow))
    return Token(
        task.id.hex, shown_id(spec), definition, spec.kind, _within(task.workflow), task.internal_data.get(INCIDENT)
    )


def _within(workflow: Any) -> tuple[str, ...]:
    found: list[str] = []
    while workflow.host_task is not None:
        found.insert(0, shown_id(workflow.host_task.task_spec))
        workflow = workflow.host_task.workflow
    return tuple(found)


def _scope(workflow: Any) -> Scope:
    host = workflow.host_task
    if host is None:
        return Scope(None, "", dict(scopes.of_workflow(workflow)))
    return Scope(host.id.hex, shown_id(host.task_spec), dict(scopes.of_workflow(workflow)))


def _has_own(task: Task) -> bool:
    return bool(task.internal_data.get(LOCAL) or task.internal_data.get(EACH))


def _own(task: Task) -> Scope:
    notes = task.internal_data
    return Scope(task.id.hex, shown_id(task.task_spec), {**notes.get(EACH, {}), **notes.get(LOCAL, {})})


def _targets(bound: Bound, workflow: Any) -> list[Target]:
    within, definition = _within(workflow), bound.definition_of(scopes.process_of(workflow))
    elements = workflow.spec.elements
    return [
        Target(name, definition, spec.kind, within) for name, spec in elements.items() if is_place(workflow.spec, name)
    ]


def waiting_beside(
    engine: Engine, reading: Reading, instance_id: int, token_id: str, message: str
) -> Subscription | None:
    """What waits for a message on the edge of the activity that holds this token; None when nothing does."""
    of_message = (Subscription.kind == "message", Subscription.name == message)
    query = select(Subscription).where(Subscription.instance_id == instance_id, *of_message)
    waiting = {row.token_id: row for row in reading.session.scalars(query)}
    if not waiting:
        return None
    _, tasks = engine.restored(reading, instance_id)
    beside = (waiting.get(task.id.hex) for task in tasks if task.internal_data.get(HOST) == token_id)
    return next(filter(None, beside), None)
