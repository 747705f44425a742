"""The step loop: one automatic element at a time until everything waits.

In: a restored workflow. Out: a Step. Promise: what interrupts goes first, an interrupted scope stops at once, an element that
fails parks with an incident and nothing before it is lost, and a diagram that never waits is stopped by a budget.
Order where BPMN leaves it open: events that interrupt first, then the deepest scope, then what waits longest.
"""

from collections.abc import Iterator, Mapping
from heapq import heappop, heappush
from itertools import count
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import occurrences, scopes
from engine.codec import Workflow
from engine.elements.activities import UserTask
from engine.elements.base import (
    BODY,
    FLOW,
    INCIDENT,
    RESULT,
    UNDOES,
    UNFINISHED,
    WORKED,
    Token,
    is_listening,
    shown_id,
    token,
)
from engine.elements.events import COMPENSATION, CONDITION, EndEvent, Event
from engine.elements.gateways import EventGateway, InclusiveGateway
from engine.elements.repetition import Body
from engine.elements.subprocesses import AdHoc, Undo
from engine.environment import Environment
from engine.step import OfferedChoice, OpenedIncident, Step, Transition
from engine.taking import STARTED_JOB
from engine.telling import flow_of, lane_of, undone_by
from engine.throwing import THROWN, UNCAUGHT, Throwing
from problems import Problem
from storage.unit_of_work import is_away

BUDGET = 50_000
OPENED = "opened"
PASSED = "passed"  # what a called process was given, as marks: what it leaves so, it does not bring back


class Run(Throwing):
    """One turn on one workflow: the host its elements ask."""

    compacts = True  # a test runs without, to show that it changes nothing

    def __init__(self, workflow: Workflow, environment: Environment, step: Step) -> None:
        self.workflow = workflow
        self.environment = environment
        self.step = step
        self.withdrawn_jobs: list[str] = []
        self.conditional: dict[Any, Task] = {}
        self.heirs: list[tuple[str, str]] = []
        self._arrivals = count()
        self._ready: list[tuple[bool, int, int, Task]] = []
        self._live: dict[Any, int] = {}
        self._perhaps_over: list[Any] = []
        workflow.host = self
        for task in self.tokens():
            self._enter(task, 0)

    # -- the loop -----------------------------------------------------------------------------------------------------

    def to_the_next_wait(self) -> None:
        """Run until only people, timers, messages and jobs can move the case."""
        for budget in range(BUDGET, -1, -1):
            task = self._next()
            if task is None:
                break
            if budget == 0:
                self.park(
                    task,
                    f"Dit diagram liep {BUDGET} stappen zonder te wachten. Er zit een lus in zonder taak of termijn.",
                )
                break
            self.run_one(task)
        self._park_dead_joins()

    def run_one(self, task: Task) -> None:
        try:
            self.open_inputs(task)
            task.run()
        except Exception as problem:  # whatever an element meets becomes an incident with its reason
            if self.environment.handling.is_lost or is_away(problem):
                raise
            self.park(task, problem)

    def _next(self) -> Task | None:
        """The next token that can move by itself. Scopes close, conditions are asked and joins released before it is chosen."""
        while True:
            self._close_scopes()
            if self.conditional:
                self.check_conditions()
            while self._ready:
                task = heappop(self._ready)[-1]
                if task.state == TaskState.READY and INCIDENT not in task.internal_data:
                    return task
            if not self._perhaps_over and not self._release_one_join():
                return None

    def tokens(self) -> Iterator[Task]:
        """Every living token, scope by scope, oldest first."""
        for scope in self.workflow.scopes():
            for task in list(scope.tasks.values()):
                if task.has_state(UNFINISHED):
                    yield task

    def _release_one_join(self) -> bool:
        for scope in self.workflow.scopes():
            for spec in scope.spec.inclusive_joins:
                if spec.release(scope):
                    return True
        return False

    def _park_dead_joins(self) -> None:
        """A scope in which every token waits at a join can never move again: somebody must know."""
        for scope in self.workflow.scopes():
            left = [t for t in scope.tasks.values() if t.has_state(UNFINISHED) and not is_listening(t)]
            if left and all(is_gathering(t) and INCIDENT not in t.internal_data for t in left):
                self.park(left[0], "Deze poort wacht op een pijl waarlangs niets meer kan aankomen.")

    # -- tokens -------------------------------------------------------------------------------------------------------

    def place(self, workflow: Any, spec: Any, flow: str | None = None, notes: dict[str, Any] | None = None) -> Task:
        """A new token at an element."""
        task = Token(workflow, spec, state=TaskState.FUTURE)
        task.internal_data.update(notes or {})
        if flow is not None:
            task.internal_data[FLOW] = flow
        self._enter(task, 0)
        spec._update(task)
        return task

    def retry(self, task: Task) -> None:
        """A mended token goes on where it stopped."""
        inside = self.workflow.get_subprocess(task)
        if inside is not None:
            self._perhaps_over.append(inside)
        elif task.state == TaskState.STARTED:
            task._set_state(TaskState.READY)
        elif task.task_spec.manual and (RESULT in task.internal_data or WORKED in task.internal_data):
            self.run_one(task)  # the person's work was kept; nobody has to do it again
        elif task.state == TaskState.READY:
            self._enter(task, TaskState.READY)

    def throw_from(self, task: Task, code: str, variables: Mapping[str, Any]) -> None:
        """Work outside the turn ended in a modelled error."""
        try:
            self.throw_error(task, code, variables)
        except Exception as problem:  # nobody catches it
            self.park(task, problem)

    def wake(self, task: Task) -> None:
        """A token that waited STARTED can go on."""
        if task.state == TaskState.STARTED:
            task._set_state(TaskState.READY)

    def _enter(self, task: Task, before: int) -> None:
        """Keep count of what lives in each scope, and line up what can run."""
        scope, now = task.workflow, task.state
        live = self._live.get(scope, 0) + holds(task, now) - holds(task, before)
        self._live[scope] = live
        if live == 0 and before:
            self._perhaps_over.append(scope)
        if now == TaskState.READY and not task.task_spec.manual:
            first = task.task_spec.is_boundary or task.task_spec.is_listener
            heappush(self._ready, (not first, -scope.depth, next(self._arrivals), task))
        if now == TaskState.WAITING and has_condition(task.task_spec):
            self.conditional[task.id] = task
        else:
            self.conditional.pop(task.id, None)

    def state_changed(self, task: Task, before: int) -> None:
        """Every change of every token passes here, in the order in which it happens."""
        now = task.state
        self._enter(task, before)
        if is_visible(task):
            self._note_change(task, before, now)
        if self.compacts and now & TaskState.FINISHED_MASK:
            task.workflow.tasks.pop(task.id, None)

    def completed(self, task: Task) -> None:
        """A token has left its element: those who wait for that are told."""
        notes = task.internal_data
        self.remember(task)
        if UNDOES in notes:
            self.undone(task)
        body = token(task.workflow, notes[BODY]) if BODY in notes else None
        if body is not None:
            self._tell(body, lambda: body.task_spec.instance_done(body))
        host = task.workflow.host_task
        if host is not None and isinstance(host.task_spec, AdHoc) and is_visible(task):
            self._tell(host, lambda: host.task_spec.step_done(host, task.workflow))

    def _tell(self, listener: Task, what: Any) -> None:
        try:
            what()
        except Exception as problem:  # it is the listener's expression that failed
            self.park(listener, problem)

    # -- what happened --------------------------------------------------------------------------------------------------

    def _note_change(self, task: Task, before: int, now: int) -> None:
        was_active, is_active = is_shown_active(task, before), is_shown_active(task, now)
        if is_active and not was_active:
            self._note(task, "activated")
        has_thrown = THROWN in task.internal_data and isinstance(task.task_spec, EndEvent)
        if now == TaskState.COMPLETED or (now == TaskState.CANCELLED and has_thrown):
            if not was_active:
                self._note(task, "activated")
            self._note(task, "completed")
        elif now == TaskState.CANCELLED and was_active:
            self._note(task, "cancelled")

    def _note(self, task: Task, transition: str) -> None:
        spec = task.task_spec
        key, version = self.environment.definition_of(task)
        flow, undoes, occurrence = flow_of(task), undone_by(task), occurrences.of(task)
        shown = spec.bpmn_id or shown_id(spec)
        kind = spec.kind if spec.bpmn_id else task.workflow.spec.elements[spec.inner].kind
        told = Transition(shown, kind, transition, task.id.hex, flow, (key, version), undoes, occurrence)
        self.step.transitions.append(told)
        if isinstance(spec, UserTask) and transition in ("completed", "cancelled"):
            self.step.closed.append(task.id.hex)
        if isinstance(spec, AdHoc):
            self._note_choice(task, transition)
        if transition == "cancelled" and STARTED_JOB in task.internal_data:
            self.withdrawn_jobs.append(task.id.hex)

    def _note_choice(self, task: Task, transition: str) -> None:
        if transition == "activated":
            element, definition_id = task.task_spec.bpmn_id, self.environment.definition_id_of(task)
            name = task.task_spec.bpmn_name or element
            self.step.offered.append(OfferedChoice(task.id.hex, element, name, lane_of(task), definition_id))
        elif transition in ("completed", "cancelled"):
            self.step.withdrawn.append(task.id.hex)

    def park(self, task: Task, problem: Exception | str) -> None:
        """The token stays where it is, with the reason; somebody mends it and it goes on."""
        reason = (problem if isinstance(problem, str) else reason_of(problem))[:500]
        if task.state == TaskState.CANCELLED:
            return  # it was interrupted while it failed: nobody needs it any more
        if task.state == TaskState.COMPLETED:
            raise RuntimeError(reason)  # what follows could not be placed: the whole turn must not happen
        task.internal_data[INCIDENT] = reason
        element, error = shown_id(task.task_spec), task.internal_data.get(UNCAUGHT)
        self.step.incidents.append(OpenedIncident(task.id.hex, element, reason, error))
        if is_visible(task) or isinstance(task.task_spec, Body):  # of a repeated activity, the whole of it
            self._note(task, "incident")

    # -- scopes -------------------------------------------------------------------------------------------------------

    def enter_scope(self, host: Task, inside: Any, inputs: dict[str, Any]) -> None:
        """Fill a new scope: a subprocess gets its inputs, a called process also what it is passed."""
        variables = scopes.of_workflow(inside)
        spec = host.task_spec
        variables.update(dict.fromkeys(inside.spec.declared))
        if spec.is_call:
            seen = dict(scopes.visible(host))
            known = {"case_id": seen["case_id"]} if "case_id" in seen else {}
            variables.update(seen if spec.extensions.propagates_parent else known)
            host.internal_data[PASSED] = scopes.marks(variables)
        variables.update(inputs)
        self._perhaps_over.append(inside)

    def start_scope(self, scope: Any) -> None:
        """Place the first tokens of a scope."""
        for spec in scope.spec.firsts:
            self.place(scope, spec)

    def arm(self, scope: Any) -> None:
        """A scope opens: all its event subprocesses listen."""
        for spec in scope.spec.elements.values():
            if spec.is_listener and not spec.triggers_of(COMPENSATION):
                self.place(scope, spec)

    def look_whether_over(self, inside: Any) -> None:
        self._perhaps_over.append(inside)

    def _close_scopes(self) -> None:
        """A scope without a token is over: its host goes on."""
        while self._perhaps_over:
            scope = self._perhaps_over.pop()
            if scope.completed or self._live.get(scope, 0):
                continue
            if scope.host_task is None:
                stop_listening(scope)
                scope.completed = True
            elif INCIDENT not in scope.host_task.internal_data:
                self._leave_scope(scope.host_task, scope)

    def _leave_scope(self, host: Task, inside: Any) -> None:
        """The host takes the outputs and goes on. Only then is the scope over: a mapping that fails can be mended."""
        try:
            if not host.task_spec.is_over(host, inside):
                return
            self._take_outputs(host, inside)
            if BODY in host.internal_data:
                self.take_instance(host)
        except Exception as problem:  # a mapping that fails parks the subprocess, not the person's step
            self.park(host, problem)
            return
        self.remember_scope(host, inside)
        stop_listening(inside)
        inside.completed = True
        del self.workflow.subprocesses[host.id]
        host.internal_data[WORKED] = True
        self.wake(host)
        self.run_one(host)

    def _take_outputs(self, host: Task, inside: Any) -> None:
        spec, variables = host.task_spec, dict(scopes.of_workflow(inside))
        if isinstance(spec, Undo):
            return
        if spec.extensions.outputs:
            context = {**scopes.visible(host), **variables}
            for mapping in spec.extensions.outputs:
                value = self.environment.text_or_feel(mapping.source, context)
                scopes.assign(host, scopes.nested(mapping.target, value, scopes.visible(host)))
        elif spec.is_call and spec.extensions.propagates_child:
            own = {mapping.target.split(".")[0] for mapping in spec.extensions.inputs}  # these are of the call alone
            made = scopes.changed(variables, host.internal_data.get(PASSED, {}))
            scopes.assign(host, {name: value for name, value in made.items() if name not in own})


def reason_of(problem: Exception) -> str:
    """Why an element could not go on, in words for whoever mends it. Of what nobody foresaw its kind and its place in the code, as in the log:
    its own words may be about somebody, and whoever runs the system reads this."""
    if isinstance(problem, Problem) or type(problem).__module__.split(".")[0] in ("engine", "feel"):
        return str(problem)
    return f"Er ging iets mis dat niet voorzien was ({type(problem).__name__}, {_place_of(problem)})."


def _place_of(problem: Exception) -> str:
    passed = problem.__traceback__
    while passed is not None and passed.tb_next is not None:
        passed = passed.tb_next
    return "-" if passed is None else f"{passed.tb_frame.f_globals.get('__name__', '?')}:{passed.tb_lineno}"


def holds(task: Task, state: int) -> int:
    """1 when a token in this state keeps its scope open: one that merely listens does not."""
    listens = state == TaskState.WAITING and (task.task_spec.is_boundary or task.task_spec.is_listener)
    return int(bool(state & UNFINISHED) and not listens)


def has_condition(spec: Any) -> bool:
    """True for what listens to a condition."""
    if isinstance(spec, EventGateway):
        return any(has_condition(event) for event in spec.events())
    return isinstance(spec, Event) and any(trigger.kind == CONDITION for trigger in spec.triggers)


def is_gathering(task: Task) -> bool:
    """True for a token that waits for others of its kind, and for nothing outside the diagram."""
    spec = task.task_spec
    if task.state != TaskState.WAITING or isinstance(spec, InclusiveGateway):
        return False
    return bool(spec.is_join or spec.start_quantity > 1)


def stop_listening(scope: Any) -> None:
    """The scope is over: its event subprocesses can no longer happen."""
    for task in list(scope.tasks.values()):
        if is_listening(task):
            task.cancel()


def is_visible(task: Task) -> bool:
    """True for what the diagram shows."""
    return task.task_spec.bpmn_id is not None


def is_shown_active(task: Task, state: int) -> bool:
    """Active in the eyes of a reader: a boundary event or join that merely waits is not."""
    spec = task.task_spec
    if spec.is_boundary or spec.is_listener or spec.is_join or spec.start_quantity > 1:
        return bool(state & (TaskState.READY | TaskState.STARTED))
    return bool(state & (TaskState.WAITING | TaskState.READY | TaskState.STARTED))
