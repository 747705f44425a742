"""Undoing what is done: compensation handlers, in reverse order, each once (BPMN 2.0.2, 10.7 and 13.5.5).

A part of `engine.run.Run`. Each scope remembers its completed activities that have a handler, and its completed subprocesses with
what those remember and the variables they had. A throw event works off that list from the end, one handler at a time.
"""

from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import scopes
from engine.elements.base import FIRED, UNDOES, host_of, shown_id
from engine.elements.events import COMPENSATION
from engine.elements.subprocesses import EventScope, Scope, Undo, stop
from engine.turning import Turning
from engine.values import dump, load

DONE = "done"
LIST, WHERE, ENTRY, CANCELS = "undoing", "undoing_in", "entry", "cancels"
UNDO, COMPENSATE = "#undo", "#compensate"


class NoTransaction(Exception):
    """Dit annuleringseinde staat niet in een transactie."""

    def __str__(self) -> str:
        return self.__doc__ or ""


class Compensating(Turning):
    """The undoing side of a run."""

    # -- remembering ------------------------------------------------------------------------------------------------

    def remember(self, task: Task) -> None:
        """An activity with a handler is done."""
        handler = task.task_spec.compensation
        if handler is not None:
            _list_of(task.workflow).append({"activity": shown_id(task.task_spec), "handler": handler})

    def remember_scope(self, host: Task, inside: Any) -> None:
        """A subprocess is done: what can be undone in it stays possible."""
        spec: Scope = host.task_spec
        if spec.is_call or isinstance(spec, Undo) or spec.compensation is not None or UNDOES in host.internal_data:
            return
        inner = inside.data.get(DONE, [])
        if inner or undoing_scope(inside.spec) is not None:
            variables = dump(dict(scopes.of_workflow(inside)))
            entry = {"activity": shown_id(spec), "inside": inner, "variables": variables}
            _list_of(host.workflow).append(entry)

    # -- undoing ----------------------------------------------------------------------------------------------------

    def compensate(self, task: Task, activity: str | None, *, waits: bool) -> bool:
        """Undo one activity, or all of the scope. True when the thrower waits until that is done."""
        where = self._scope_with(task, activity)
        entries = _taken_from(where, activity)
        if not entries:
            return False
        notes = {LIST: entries, WHERE: _name_of(where)}
        if not waits:
            self.place(where, where.spec.elements[COMPENSATE], notes=notes)
            return False
        task.internal_data.update(notes)
        self.work_off(task)
        return True

    def _scope_with(self, task: Task, activity: str | None) -> Any:
        """The scope whose list counts: from an event subprocess that of the scope it guards; a named activity where it is."""
        scope = task.workflow
        if activity is not None:
            while activity not in {entry["activity"] for entry in scope.data.get(DONE, [])}:
                host = host_of(scope)
                if host is None or host.task_spec.is_call:
                    return task.workflow
                scope = host.workflow
            return scope
        while (host := host_of(scope)) is not None and isinstance(host.task_spec, EventScope):
            scope = host.workflow
        return scope

    def is_working_off(self, task: Task) -> bool:
        return LIST in task.internal_data

    def work_off(self, task: Task) -> bool | None:
        """Start the next handler; True when the list is empty."""
        notes = task.internal_data
        where = self._scope_named(notes[WHERE])
        if not notes[LIST]:
            del notes[LIST], notes[WHERE]
            if notes.pop(CANCELS, False):
                self.cancelled(where.host_task)
            return True
        entry = notes[LIST].pop(0)
        more = {UNDOES: task.id.hex}
        if "handler" in entry:
            self.place(where, where.spec.elements[entry["handler"]], notes=more)
        else:
            self.place(where, where.spec.elements[entry["activity"] + UNDO], notes={**more, ENTRY: entry})
        return None

    def undone(self, handler: Task) -> None:
        """A handler is done: whoever waits for it goes on with the next."""
        thrower = self.workflow.token(handler.internal_data[UNDOES])
        if thrower is not None and thrower.state == TaskState.STARTED:
            self.wake(thrower)

    def undo_inside(self, host: Task, inside: Any) -> None:
        """A completed subprocess opens again with the variables it had: its own handler, or all of its list."""
        entry = host.internal_data[ENTRY]
        scopes.of_workflow(inside).update(load(entry["variables"]))
        own = undoing_scope(inside.spec)
        if own is not None:
            inside.data[DONE] = list(entry["inside"])
            self.place(inside, own, notes={FIRED: True})
        else:
            notes = {LIST: list(reversed(entry["inside"])), WHERE: _name_of(inside)}
            self.place(inside, inside.spec.elements[COMPENSATE], notes=notes)

    def cancel_transaction(self, task: Task) -> None:
        """Stop all that runs in the transaction, undo all that is done, then leave by its cancel event. Raises NoTransaction."""
        scope = task.workflow
        while (host := host_of(scope)) is not None and not host.task_spec.is_transaction:
            scope = host.workflow
        if host is None:
            raise NoTransaction
        stop(scope, but=task if scope is task.workflow else None)
        notes = {LIST: _taken_from(scope, None), WHERE: _name_of(scope), CANCELS: True}
        self.place(scope, scope.spec.elements[COMPENSATE], notes=notes)

    def _scope_named(self, name: str) -> Any:
        return next(scope for scope in self.workflow.scopes() if _name_of(scope) == name)


def undoing_scope(spec: Any) -> Any:
    """The event subprocess that undoes the scope it stands in, if there is one."""
    for element in spec.elements.values():
        if element.is_listener and element.triggers_of(COMPENSATION):
            return element
    return None


def _list_of(workflow: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workflow.data.setdefault(DONE, [])
    return found


def _taken_from(scope: Any, activity: str | None) -> list[dict[str, Any]]:
    """The entries to undo, the last done first; what is undone once is not undone again."""
    known = scope.data.get(DONE, [])
    chosen = [entry for entry in known if activity is None or entry["activity"] == activity]
    scope.data[DONE] = [entry for entry in known if entry not in chosen] if activity is not None else []
    return list(reversed(chosen))


def _name_of(scope: Any) -> str:
    host = host_of(scope)
    return "" if host is None else str(host.id.hex)
