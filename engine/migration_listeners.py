"""What begins to listen when an instance stands on a new version, and what is open for people on it.

An event that has a counterpart in the old version is as it was: it listens, or it has had its turn. Only what is really new is armed.
"""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import waits
from engine.elements.activities import ReceiveTask, UserTask
from engine.elements.base import HOST, UNFINISHED, is_listening
from engine.elements.events import COMPENSATION
from engine.elements.subprocesses import AdHoc, EventScope
from engine.route import Route
from engine.run import OPENED, Run
from engine.step import OfferedChoice, OpenedUserTask
from engine.telling import lane_of


def arm(run: Run, route: Route) -> list[str]:
    """Place the events on the edge and the event subprocesses that only the new version has; answers their ids."""
    known = {new for old in route.source.nodes if (new := route.of(old)) and route.obstacle(old) is None}
    armed = []
    for scope in scopes_of(run, route):
        for task in list(scope.tasks.values()):
            for name in task.task_spec.boundaries if _is_under_way(task) else ():
                if name not in known:
                    run.place(scope, scope.spec.elements[name], notes={HOST: task.id.hex})
                    armed.append(name)
        for spec in _event_scopes(scope):
            if spec.name not in known:
                run.place(scope, spec)
                armed.append(spec.name)
    return armed


def user_tasks(run: Run, route: Route) -> list[OpenedUserTask]:
    """The open user tasks of the process that moved, as the new version describes them; what fails there parks its token."""
    found = []
    for scope in scopes_of(run, route):
        for task in list(scope.tasks.values()):
            if isinstance(task.task_spec, UserTask) and task.state == TaskState.READY and OPENED in task.internal_data:
                try:
                    found.append(waits.described(run, task))
                except Exception as problem:  # an expression of the new version failed: the caller makes it an obstacle
                    run.park(task, problem)
    return found


def choices(run: Run, route: Route) -> list[OfferedChoice]:
    """The parts of the process that moved in which somebody may choose, as the new version names them."""
    found = []
    for scope in scopes_of(run, route):
        for task in scope.tasks.values():
            spec = task.task_spec
            if isinstance(spec, AdHoc) and task.has_state(UNFINISHED):
                named, definition_id = spec.bpmn_name or spec.name, run.environment.definition_id_of(task)
                found.append(OfferedChoice(task.id.hex, spec.name, named, lane_of(task), definition_id))
    return found


def scopes_of(run: Run, route: Route) -> list[Any]:
    """The open scopes of the process that moved: itself and its subprocesses."""
    key = route.target.key
    return [scope for scope in run.workflow.scopes() if scope.spec.name.partition("/")[0] == key]


def _is_under_way(task: Task) -> bool:
    """True for an activity whose events on the edge listen now."""
    if is_listening(task) or not task.has_state(UNFINISHED):
        return False
    waits_for_message = isinstance(task.task_spec, ReceiveTask) and task.state == TaskState.WAITING
    return waits_for_message or bool(task.state & (TaskState.READY | TaskState.STARTED))


def _event_scopes(scope: Any) -> Iterator[Any]:
    """The event subprocesses that may listen here: none when one that interrupts has already stopped all else."""
    has_stopped = any(
        isinstance(t.task_spec, EventScope) and t.task_spec.is_interrupting and not is_listening(t)
        for t in scope.tasks.values()
    )
    for spec in scope.spec.elements.values() if not has_stopped else ():
        if spec.is_listener and not spec.triggers_of(COMPENSATION):
            yield spec
