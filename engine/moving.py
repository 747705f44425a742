"""Mending a running instance by hand: tokens withdrawn here and begun there, variables corrected.

Each call is a turn of the engine like any other: the row is locked, and what is withdrawn leaves no listener, job or user task
behind. One instance of a multi-instance activity that is withdrawn counts as done, without a result; a loop ends as a whole. A
variable can be corrected in a suspended instance too; a condition that it makes true happens once the instance goes on.
Refuses with TokenNotWaiting, ElementNotThere, ElementNotOpen, ElementAmbiguous, ScopeNotThere, InstanceEnded, InstanceNotActive.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import codec, scopes
from engine.elements.base import BODY, EACH, LOCAL, UNFINISHED, is_listening, token
from engine.elements.repetition import Loop
from engine.errors import ElementAmbiguous, ElementNotOpen, ElementNotThere, ScopeNotThere, TokenNotWaiting
from engine.instances import Engine
from engine.run import Run, is_visible
from engine.step import Step
from engine.values import dump
from storage.unit_of_work import UnitOfWork

# They belong to another element: nobody can put a token there.
NO_PLACE = frozenset({"boundary_event", "event_sub_process", "internal"})


class Correction(NamedTuple):
    """A variable with its old and its new value."""

    name: str
    old: Any
    new: Any


class Corrected(NamedTuple):
    """What was corrected, and the step this led to; None in a suspended instance, where nothing moves."""

    changed: list[Correction]
    step: Step | None


def move(engine: Engine, work: UnitOfWork, instance_id: int, *, cancel: Sequence[str], activate: Sequence[str]) -> Step:
    """Withdraw these tokens and begin these elements, each in the scope that is open for it; then run to the next wait."""
    opened = engine._open(work, instance_id)
    run = opened.run
    withdrawn = [_living(run, token_id) for token_id in cancel]
    begun = [(element_id, *_place(run, element_id, withdrawn)) for element_id in activate]
    for _, scope, spec in begun:  # first, so that no scope is left empty and closes
        run.place(scope, spec)
    for task in withdrawn:
        _withdraw(task)
    for element_id, scope, _ in begun:
        if scope.completed:
            raise ElementNotOpen(element=element_id)
    return engine._advance(work, opened)


def _living(run: Run, token_id: str) -> Task:
    found = _token(run, token_id)
    if found is None or not found.has_state(UNFINISHED) or not is_visible(found) or is_listening(found):
        raise TokenNotWaiting(token_id=token_id)
    return found


def _token(run: Run, token_id: str) -> Task | None:
    try:
        UUID(hex=token_id)
    except ValueError:
        return None
    return run.workflow.token(token_id)


def _withdraw(task: Task) -> None:
    """A token with what hangs on it. It may be gone already, with the subprocess around it."""
    if task.has_state(TaskState.FINISHED_MASK):
        return
    body = token(task.workflow, task.internal_data[BODY]) if BODY in task.internal_data else None
    if body is not None and isinstance(body.task_spec, Loop):
        body.cancel()
        return
    task.cancel()
    if body is not None:
        body.task_spec.instance_done(body)


def _place(run: Run, element_id: str, withdrawn: Sequence[Task]) -> tuple[Any, Any]:
    """The open scope in which an element can begin, and its spec; of several, the one where something is withdrawn."""
    found = [scope for scope in run.workflow.scopes() if is_place(scope.spec, element_id)]
    if not found:
        is_known = any(is_place(spec, element_id) for spec in run.workflow.subprocess_specs.values())
        raise (ElementNotOpen if is_known else ElementNotThere)(element=element_id)
    if len(found) > 1:
        near = {id(task.workflow) for task in withdrawn}
        found = [scope for scope in found if id(scope) in near]
    if len(found) != 1:
        raise ElementAmbiguous(element=element_id)
    return found[0], found[0].spec.by_id(element_id)


def is_place(scope_spec: Any, element_id: str) -> bool:
    """True where a token can be put: an element of its own, that does not wait for what starts a process."""
    spec = scope_spec.elements.get(element_id)
    if spec is None or spec.bpmn_id is None or spec.kind in NO_PLACE:
        return False
    return all(start.element_id != element_id for start in scope_spec.starts)


def correct(
    engine: Engine, work: UnitOfWork, instance_id: int, variables: Mapping[str, Any], *, scope: str | None = None
) -> Corrected:
    """Give variables another value, in the process itself or in the scope that a token holds."""
    opened = engine._open(work, instance_id, even_suspended=True)
    dump(dict(variables))  # what cannot be kept is refused before anything changes
    frames = _frames(opened.run, scope)
    changed = []
    for name, value in variables.items():
        frame = next((each for each in frames if name in each), frames[0])
        changed.append(Correction(name, frame.get(name), value))
        frame[name] = value
    if not opened.row.is_suspended:
        return Corrected(changed, engine._advance(work, opened))
    opened.row.state = codec.save(opened.run.workflow)
    work.session.flush()
    return Corrected(changed, None)


def _frames(run: Run, token_id: str | None) -> list[dict[str, Any]]:
    """The variables a person means by a scope: those of the process, of a subprocess by its host, of an activity by its token."""
    if token_id is None:
        return [scopes.of_workflow(run.workflow)]
    task = _token(run, token_id)
    inside = None if task is None else run.workflow.get_subprocess(task)
    own = [] if task is None else [task.internal_data[name] for name in (LOCAL, EACH) if name in task.internal_data]
    if inside is not None and not inside.completed:
        return [scopes.of_workflow(inside), *own]
    if not own:
        raise ScopeNotThere(token_id=token_id)
    return own
