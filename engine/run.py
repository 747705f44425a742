"""The step loop: one automatic element at a time until everything waits.

In: a restored workflow. Out: a Step. Promise: fired boundary events go first, an interrupted scope stops at once, an element
that fails parks with an incident and nothing before it is lost, and a diagram that never waits is stopped by a budget.
Order where BPMN leaves it open: interrupting events first, then the deepest scope, then the oldest token.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine import compaction, scopes
from engine.codec import Workflow
from engine.elements.activities import Scope, UserTask, arm
from engine.elements.base import FIRED, FLOW, INCIDENT, LOCAL, RESULT, UNFINISHED, boundaries_of
from engine.elements.events import ERROR
from engine.elements.gateways import ParallelGateway
from engine.environment import Environment
from engine.step import BpmnError, OpenedIncident, Step, Transition
from engine.values import dump, load
from problems import Problem

BUDGET = 50_000
COMPACT_EVERY = 50
STARTED_JOB, OPENED, THROWN = "job", "opened", "thrown"


class Run:
    """One turn on one workflow: the host its elements ask."""

    def __init__(self, workflow: Workflow, environment: Environment, step: Step) -> None:
        self.workflow = workflow
        self.environment = environment
        self.step = step
        self.withdrawn_jobs: list[str] = []
        self._errors: list[tuple[Task, str | None]] = []
        self._known = {task.id.hex: (task, task.state) for task in self.tokens()}
        workflow.host = self

    # -- the loop -------------------------------------------------------------------------------------------------

    def to_the_next_wait(self) -> None:
        """Run until only people, timers, messages and jobs can move the case."""
        budget = BUDGET
        self._settle()
        while task := self._next():
            budget -= 1
            if budget <= 0:
                self.park(
                    task,
                    f"Dit diagram liep {BUDGET} stappen zonder te wachten. Er zit een lus in zonder taak of termijn.",
                )
                break
            self.run_one(task)
            self._settle()
            if budget % COMPACT_EVERY == 0:
                self._forget_finished()
        self._park_dead_joins()
        self._forget_finished()

    def run_one(self, task: Task) -> None:
        try:
            self.open_inputs(task)
            task.run()
        except Exception as problem:  # whatever an element meets becomes an incident with its reason
            if self.environment.handling.is_lost:
                raise
            self.park(task, reason_of(problem))

    def _settle(self) -> None:
        self._observe()
        while self._errors:
            self._route(*self._errors.pop(0))
            self._observe()
        while self._close_one_scope():
            self._observe()

    def _next(self) -> Task | None:
        ready = [
            t
            for t in self.tokens()
            if t.state == TaskState.READY and not t.task_spec.manual and INCIDENT not in t.internal_data
        ]
        if not ready:
            return None
        return min(
            ready,
            key=lambda t: (
                not t.task_spec.is_boundary if hasattr(t.task_spec, "is_boundary") else True,
                -t.workflow.depth,
            ),
        )

    def tokens(self) -> Iterator[Task]:
        for scope in (self.workflow, *self.workflow.subprocesses.values()):
            if scope is self.workflow or not scope.completed:
                yield from list(scope.tasks.values())

    def _close_one_scope(self) -> bool:
        """A scope without a token is over: its host goes on."""
        for host_id, inside in list(self.workflow.subprocesses.items()):
            host = self.workflow.get_task_from_id(host_id)
            if not inside.completed and is_over(inside) and INCIDENT not in host.internal_data:
                stop_listening(inside)
                self._leave_scope(host, inside)
                return True
        if not self.workflow.completed and is_over(self.workflow):
            stop_listening(self.workflow)
            self.workflow.completed = True
        return False

    def _park_dead_joins(self) -> None:
        """A scope in which every token waits at a join can never move again: somebody must know."""
        for scope in (self.workflow, *self.workflow.subprocesses.values()):
            left = [t for t in scope.tasks.values() if t.has_state(UNFINISHED) and not is_listening_scope(t)]
            if left and all(isinstance(t.task_spec, ParallelGateway) and INCIDENT not in t.internal_data for t in left):
                self.park(left[0], "Deze poort wacht op een pijl waarlangs niets meer kan aankomen.")

    def _forget_finished(self) -> None:
        compaction.compact(self.workflow)
        alive = {task.id.hex for task in self.tokens()}
        self._known = {token_id: entry for token_id, entry in self._known.items() if token_id in alive}

    # -- what happened ----------------------------------------------------------------------------------------------

    def _observe(self) -> None:
        """Compare every token with what was known of it, and note each change once, in order."""
        tokens = {task.id.hex: task for task in self._all_tokens()}
        for token_id, (task, state) in list(self._known.items()):
            if token_id not in tokens and state & UNFINISHED:
                self._note(task, "cancelled", state)
                del self._known[token_id]
        for token_id, task in tokens.items():
            before = self._known.get(token_id, (task, 0))[1]
            if before != task.state:
                self._changed(task, before, task.state)
                self._known[token_id] = (task, task.state)

    def _all_tokens(self) -> Iterator[Task]:
        for scope in (self.workflow, *self.workflow.subprocesses.values()):
            yield from list(scope.tasks.values())

    def _changed(self, task: Task, before: int, now: int) -> None:
        if not is_visible(task):
            return
        was_active, is_active = is_shown_active(task, before), is_shown_active(task, now)
        if is_active and not was_active:
            self._note(task, "activated", before)
        if now == TaskState.COMPLETED or (now == TaskState.CANCELLED and THROWN in task.internal_data):
            if not was_active:
                self._note(task, "activated", before)
            self._note(task, "completed", before)
        elif now == TaskState.CANCELLED and was_active:
            self._note(task, "cancelled", before)

    def _note(self, task: Task, transition: str, before: int) -> None:
        if not is_visible(task) or (transition == "cancelled" and not is_shown_active(task, before)):
            return
        spec = task.task_spec
        key, version = self.environment.definition_of(task)
        flow = task.internal_data.get(FLOW)
        self.step.transitions.append(Transition(spec.bpmn_id, spec.kind, transition, task.id.hex, flow, (key, version)))
        if isinstance(spec, UserTask) and transition in ("completed", "cancelled"):
            self.step.closed.append(task.id.hex)
        if transition == "cancelled" and STARTED_JOB in task.internal_data:
            self.withdrawn_jobs.append(task.id.hex)

    def park(self, task: Task, reason: str) -> None:
        """The token stays where it is, with the reason; somebody mends it and it goes on."""
        if task.has_state(TaskState.FINISHED_MASK):
            task._set_state(TaskState.STARTED)
        task.internal_data[INCIDENT] = reason[:500]
        self.step.incidents.append(OpenedIncident(task.id.hex, task.task_spec.name, reason[:500]))
        self._note(task, "incident", UNFINISHED)

    # -- what elements ask ------------------------------------------------------------------------------------------

    def open_inputs(self, task: Task) -> None:
        inputs = getattr(task.task_spec, "extensions", None)
        if (
            inputs is not None
            and inputs.inputs
            and LOCAL not in task.internal_data
            and not isinstance(task.task_spec, Scope)
        ):
            task.internal_data[LOCAL] = self.inputs_of(task)

    def inputs_of(self, task: Task) -> dict[str, Any]:
        """The input mappings of an element, evaluated in order; a later one sees the earlier."""
        found: dict[str, Any] = {}
        for mapping in task.task_spec.extensions.inputs:
            scopes.put(
                found, mapping.target, self.environment.text_or_feel(mapping.source, {**scopes.visible(task), **found})
            )
        dump(found)  # what cannot be kept must fail here, at its element, and not when the case is saved
        return found

    def is_true(self, task: Task, expression: str) -> bool:
        """A condition holds only when it is exactly true; null is not."""
        return self.environment.feel(expression, scopes.visible(task)) is True

    def finish(self, task: Task, result: dict[str, Any]) -> None:
        """Take an element's result into the scopes, by its output mappings when it has any."""
        outputs = task.task_spec.extensions.outputs
        if not outputs:
            scopes.assign(task, result)
            return
        context = {**scopes.visible(task), **result}
        for mapping in outputs:
            value = self.environment.text_or_feel(mapping.source, context)
            scopes.assign(task, scopes.nested(mapping.target, value, scopes.visible(task)), beyond_local=True)

    def give(self, task: Task, result: Mapping[str, Any]) -> None:
        """Keep with the token what came from outside; `take_result` uses it, again if the first time fails."""
        task.internal_data[RESULT] = dump(dict(result))

    def mend(self, task: Task, variables: Mapping[str, Any]) -> None:
        """Somebody corrects variables: in the result that could not be taken, else where the element sees them."""
        kept = task.internal_data.get(RESULT) or {}
        kept.update({name: dump(value) for name, value in variables.items() if name in kept})
        scopes.assign(task, {name: value for name, value in variables.items() if name not in kept})

    def take_result(self, task: Task) -> bool:
        """Take what was kept into the scopes. When a mapping fails, the token parks and its result stays."""
        if task.internal_data.get(RESULT) is not None:
            self.finish(task, load(task.internal_data[RESULT]))
            del task.internal_data[RESULT]
        return True

    def run_script(self, task: Task) -> bool:
        extensions = task.task_spec.extensions
        value = self.environment.text_or_feel(extensions.script or "", scopes.visible(task))
        self.finish(task, {extensions.result_variable: value})
        return True

    def run_decision(self, task: Task) -> bool:
        extensions = task.task_spec.extensions
        value, record = self.environment.decide(task, extensions.decision or "", dict(scopes.visible(task)))
        self.step.decisions.append(record)
        self.finish(task, {extensions.result_variable: value})
        return True

    def run_service(self, task: Task) -> bool | None:
        if RESULT in task.internal_data:
            return self.take_result(task)  # its work is done already; only taking the result failed
        entry = self.environment.handler(task.task_spec.extensions.job_type or "")
        if entry is None or not entry.automatic:
            self.environment.enqueue(task)
            task.internal_data[STARTED_JOB] = True
            return None
        result = self.environment.call(entry.handler, task)
        return self.accept(task, result)

    def accept(self, task: Task, result: Any) -> bool | None:
        """A handler's answer: variables, or a modelled error."""
        if isinstance(result, BpmnError):
            self.throw_error(task, result.code)
            return None
        self.give(task, result or {})
        return self.take_result(task)

    # -- scopes and errors ------------------------------------------------------------------------------------------

    def enter_scope(self, host: Task, inside: Any, inputs: dict[str, Any]) -> None:
        """Fill a new scope: a subprocess gets its inputs, a called process also what it is passed."""
        variables = scopes.of_workflow(inside)
        spec = host.task_spec
        if spec.is_call:
            seen = dict(scopes.visible(host))
            variables.update(seen if spec.extensions.propagates_parent else {"case_id": seen.get("case_id")})
        variables.update(inputs)
        arm(inside)

    def _leave_scope(self, host: Task, inside: Any) -> None:
        """The host takes the outputs and goes on. Only then is the scope over: a mapping that fails can be mended."""
        try:
            spec, variables = host.task_spec, dict(scopes.of_workflow(inside))
            if spec.extensions.outputs:
                context = {**scopes.visible(host), **variables}
                for mapping in spec.extensions.outputs:
                    value = self.environment.text_or_feel(mapping.source, context)
                    scopes.assign(host, scopes.nested(mapping.target, value, scopes.visible(host)))
            elif spec.is_call and spec.extensions.propagates_child:
                scopes.assign(host, variables)
        except Exception as problem:  # a mapping that fails parks the subprocess, not the person's step
            self.park(host, reason_of(problem))
            return
        inside.completed = True
        host.complete()

    def throw_error(self, task: Task, code: str | None) -> None:
        """An error leaves this token; routed after the element has run."""
        task.internal_data[THROWN] = True
        self._errors.append((task, code))

    def _route(self, thrower: Task, code: str | None) -> None:
        catcher = self._catcher(thrower, code)
        if catcher is None:
            del thrower.internal_data[THROWN]
            self.park(thrower, f"Niemand vangt de fout '{code}' op. Voeg een foutgebeurtenis toe aan het diagram.")
            return
        self.fire(catcher, {})

    def _catcher(self, thrower: Task, code: str | None) -> Task | None:
        """Climb from scope to scope; at each, a named code before a catch-all."""
        level: Task | None = thrower
        while level is not None:
            near = [*boundaries_of(level), *(t for t in level.workflow.tasks.values() if is_listening_scope(t))]
            waiting = [token for token in near if token.task_spec.trigger.kind == ERROR]
            for wanted in (code, None):
                for boundary in waiting:
                    if boundary.task_spec.trigger.name == wanted:
                        return boundary
            parent = level.workflow.parent_task_id
            level = None if parent is None else self.workflow.get_task_from_id(parent)
        return None

    def fire(self, waiting: Task, variables: Mapping[str, Any]) -> None:
        """An event that waited has happened, at exactly this token. Boundary events run at once."""
        waiting.internal_data[FIRED] = True
        if waiting.task_spec.is_listener:
            scopes.assign(waiting, dict(variables))  # an event subprocess's own mappings are for its inside
        else:
            self.give(waiting, variables)
        waiting.task_spec._update(waiting)
        if waiting.task_spec.is_boundary or waiting.task_spec.is_listener:
            self._observe()
            self.run_one(waiting)


def reason_of(problem: Exception) -> str:
    """Why an element could not go on, in words for whoever mends it."""
    if isinstance(problem, Problem) or type(problem).__module__.split(".")[0] in ("engine", "feel"):
        return str(problem)
    return f"Er ging iets mis dat niet voorzien was ({type(problem).__name__}: {problem})."


def is_listening_scope(task: Task) -> bool:
    """True for an event subprocess that may still happen."""
    return bool(task.state == TaskState.WAITING and getattr(task.task_spec, "is_listener", False))


def is_over(scope: Any) -> bool:
    """No token is left but those that merely listen."""
    return not any(t.has_state(UNFINISHED) and not is_listening_scope(t) for t in scope.tasks.values())


def stop_listening(scope: Any) -> None:
    """The scope is over: its event subprocesses can no longer happen."""
    for task in list(scope.tasks.values()):
        if is_listening_scope(task):
            task.cancel()


def is_visible(task: Task) -> bool:
    """True for what the diagram shows."""
    return getattr(task.task_spec, "bpmn_id", None) is not None


def is_shown_active(task: Task, state: int) -> bool:
    """Active in the eyes of a reader: a boundary event or join that merely listens is not."""
    spec = task.task_spec
    if spec.is_boundary or spec.is_listener or isinstance(spec, ParallelGateway):
        return bool(state & (TaskState.READY | TaskState.STARTED))
    return bool(state & (TaskState.WAITING | TaskState.READY | TaskState.STARTED))
