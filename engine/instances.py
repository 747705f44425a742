"""Starting instances and moving them on: lock the row, restore, run to the next wait, save.

Each call takes the open unit of work and answers with a Step; it never commits. Every caller is `tasks.turn`.
Promise: one row read and one row written per turn, subscriptions written only where they changed.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import SpiffWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import bindparam, select, update

from engine import codec, records, scopes, waits
from engine.elements.activities import arm
from engine.elements.base import INCIDENT, RESULT
from engine.elements.gateways import CHOSEN, EventGateway
from engine.environment import Environment
from engine.errors import InstanceEnded, InstanceNotActive, InstanceNotFound, TokenNotWaiting
from engine.models import Incident, Job, ProcessInstance, Subscription
from engine.run import STARTED_JOB, Run, is_shown_active, is_visible
from engine.specs import Specs
from engine.step import BpmnError, Clock, HandlerEntry, JobContext, Step
from storage.unit_of_work import Reading, UnitOfWork

# The library's records carry variables; below WARNING they would leave the house with any log handler.
for _name in ("spiff.task", "spiff.workflow", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)

# Built once: every turn asks this. Whatever the session knew of the row before it was locked may be old.
_LOCKED = (
    select(ProcessInstance)
    .where(ProcessInstance.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_HELD = "instances held in this transaction"


@dataclass(frozen=True)
class Opened:
    """An instance, restored and locked."""

    row: ProcessInstance
    run: Run
    before: records.Before


class Engine:
    """The BPMN runtime: knows tokens, not complaints."""

    def __init__(self, handlers: Mapping[str, HandlerEntry], clock: Clock) -> None:
        self.handlers = handlers
        self.clock = clock
        self.specs = Specs()

    # -- commands -----------------------------------------------------------------------------------------------------

    def start(self, work: UnitOfWork, key: str, variables: Mapping[str, Any], case_id: int) -> Step:
        """A new instance of the version in use. Raises NotYetActive, also for what it calls or asks."""
        versions = self.specs.bind(work, key)
        row = ProcessInstance(
            case_id=case_id,
            definition_id=versions.own,
            called=versions.called,
            decisions=versions.decisions,
            state="",
            codec_version=codec.VERSION,
            library_version=SpiffWorkflow.version.__version__,
            started_at=self.clock.now(),
        )
        work.session.add(row)
        work.session.flush()
        bound = self.specs.bound(work, versions.own, versions.called)
        workflow = codec.Workflow(bound.spec, bound.scope_specs)
        scopes.of_workflow(workflow).update({**variables, "case_id": case_id})
        opened = self._run(work, row, workflow)
        arm(workflow)
        return self._advance(work, opened)

    def complete(self, work: UnitOfWork, instance_id: int, token_id: str, variables: Mapping[str, Any]) -> Step:
        """A person completes a user task. Raises TokenNotWaiting."""
        opened = self._open(work, instance_id)
        task = self._waiting(
            opened.run, token_id, lambda t: t.task_spec.kind == "user_task" and t.state == TaskState.READY
        )
        opened.run.give(task, variables)
        opened.run.run_one(task)
        return self._advance(work, opened)

    def correlate(self, work: UnitOfWork, name: str, key: str, variables: Mapping[str, Any]) -> Step | None:
        """A message for exactly one receiver, the one that waits longest. None when nobody waits for it."""
        query = select(Subscription).where(
            Subscription.kind == "message", Subscription.name == name, Subscription.key == key
        )
        last = 0
        while row := work.session.scalar(query.where(Subscription.id > last).order_by(Subscription.id).limit(1)):
            step = self._fire(work, row, variables)
            if step is not None:
                return step
            last = row.id  # another message took this one while we waited for its lock; the receiver may listen again
        return None

    def fire_timer(self, work: UnitOfWork, subscription_id: int) -> Step | None:
        """A timer that is due. None when it was withdrawn or fired meanwhile, or the instance is suspended."""
        row = work.session.get(Subscription, subscription_id)
        if row is None or row.due_at is None or row.due_at > self.clock.now():
            return None
        return self._fire(work, row, {})

    def _fire(self, work: UnitOfWork, subscription: Subscription, variables: Mapping[str, Any]) -> Step | None:
        try:
            opened = self._open(work, subscription.instance_id)
        except (InstanceNotActive, InstanceEnded):
            return None
        task = self._token(opened.run, subscription.token_id)
        if task is None or task.state != TaskState.WAITING:
            return None
        if isinstance(task.task_spec, EventGateway):
            task.internal_data[CHOSEN] = subscription.element_id
            opened.run.give(task, variables)
            task.task_spec._update(task)
        else:
            opened.run.fire(task, variables)
        return self._advance(work, opened)

    def job_context(self, work: UnitOfWork, job: Job) -> JobContext:
        """What the handler of a job outside the turn gets."""
        opened = self._open(work, job.instance_id)
        return opened.run.environment.context(
            self._waiting(opened.run, job.token_id, lambda t: t.state == TaskState.STARTED)
        )

    def finish_job(self, work: UnitOfWork, job: Job, result: Mapping[str, Any] | BpmnError) -> Step:
        """A job outside the turn has its result."""
        opened = self._open(work, job.instance_id)
        task = self._waiting(
            opened.run, job.token_id, lambda t: t.state == TaskState.STARTED and STARTED_JOB in t.internal_data
        )
        if isinstance(result, BpmnError):
            opened.run.throw_error(task, result.code)
        else:
            opened.run.give(task, result)
            opened.run.run_one(task)
        return self._advance(work, opened)

    def fail_job(self, work: UnitOfWork, job: Job, reason: str) -> Step:
        """A job out of retries: its token parks with an incident."""
        opened = self._open(work, job.instance_id)
        opened.run.park(self._waiting(opened.run, job.token_id, lambda t: t.state == TaskState.STARTED), reason)
        return self._advance(work, opened)

    def resolve_incident(self, work: UnitOfWork, incident_id: int, variables: Mapping[str, Any], by: str) -> Step:
        """Mend variables and try the parked element again."""
        incident = work.session.get(Incident, incident_id)
        if incident is None or incident.resolved_at is not None:
            raise TokenNotWaiting(incident_id=incident_id)
        opened = self._open(work, incident.instance_id)
        task = self._waiting(opened.run, incident.token_id, lambda t: INCIDENT in t.internal_data)
        del task.internal_data[INCIDENT]
        opened.run.mend(task, variables)
        incident.resolved_at, incident.resolved_by = self.clock.now(), by
        if opened.run.workflow.get_subprocess(task) is None and task.state == TaskState.STARTED:
            task._set_state(TaskState.READY)
        if task.task_spec.manual and RESULT in task.internal_data:
            opened.run.run_one(task)  # the person's work was kept; nobody has to do it again
        return self._advance(work, opened)

    def terminate(self, work: UnitOfWork, instance_id: int) -> Step:
        """Stop everything in an instance, for good."""
        opened = self._open(work, instance_id, even_suspended=True)
        for task in list(opened.run.workflow.tasks.values()):
            if task.has_state(TaskState.NOT_FINISHED_MASK):
                task.cancel()
        return self._advance(work, opened, ended="terminated")

    def suspend(self, work: UnitOfWork, instance_id: int, *, resume: bool = False) -> None:
        """Nothing moves a suspended instance; what falls due meanwhile waits."""
        work.session.execute(
            update(ProcessInstance).where(ProcessInstance.id == instance_id).values(is_suspended=not resume)
        )

    # -- questions ----------------------------------------------------------------------------------------------------

    def active(self, reading: Reading, instance_id: int) -> dict[str, int]:
        """How many tokens each visible element holds now."""
        counts: dict[str, int] = {}
        for task in self._restored(reading, instance_id)[1]:
            if is_visible(task) and is_shown_active(task, task.state):
                counts[task.task_spec.bpmn_id] = counts.get(task.task_spec.bpmn_id, 0) + 1
        return counts

    def variables(self, reading: Reading, instance_id: int) -> dict[str, Any]:
        """The variables of the process itself."""
        return dict(scopes.of_workflow(self._restored(reading, instance_id)[0]))

    def _restored(self, reading: Reading, instance_id: int) -> tuple[codec.Workflow, list[Task]]:
        row = reading.session.get(ProcessInstance, instance_id)
        if row is None:
            raise InstanceNotFound(instance_id=instance_id)
        bound = self.specs.bound(reading, row.definition_id, row.called)
        workflow = codec.restore(row.state, bound.spec, bound.scope_specs)
        inside = [
            task for scope in workflow.subprocesses.values() if not scope.completed for task in scope.tasks.values()
        ]
        return workflow, [*workflow.tasks.values(), *inside]

    # -- the frame of every command -----------------------------------------------------------------------------------

    def hold(self, work: UnitOfWork, instance_id: int) -> ProcessInstance:
        """Lock an instance for this transaction; what is then read of its case, no other turn changes. Raises InstanceNotFound."""
        held: dict[int, ProcessInstance] = work.session.info.setdefault(_HELD, {})
        if instance_id not in held:
            row = work.session.scalar(_LOCKED, {"id": instance_id})
            if row is None:
                raise InstanceNotFound(instance_id=instance_id)
            held[instance_id] = row
        return held[instance_id]

    def _open(self, work: UnitOfWork, instance_id: int, *, even_suspended: bool = False) -> Opened:
        row = self.hold(work, instance_id)
        if row.ended_at is not None:
            raise InstanceEnded(instance_id=instance_id)
        if row.is_suspended and not even_suspended:
            raise InstanceNotActive(instance_id=instance_id)
        bound = self.specs.bound(work, row.definition_id, row.called)
        return self._run(work, row, codec.restore(row.state, bound.spec, bound.scope_specs))

    def _run(self, work: UnitOfWork, row: ProcessInstance, workflow: codec.Workflow) -> Opened:
        environment = Environment(
            work=work,
            clock=self.clock,
            handlers=self.handlers,
            specs=self.specs,
            bound=self.specs.bound(work, row.definition_id, row.called),
            decisions=row.decisions,
            instance_id=row.id,
            case_id=row.case_id or 0,
        )
        run = Run(workflow, environment, Step(row.id, row.case_id or 0))
        return Opened(row, run, records.before(run))

    def _advance(self, work: UnitOfWork, opened: Opened, ended: str = "completed") -> Step:
        row, run, session, now = opened.row, opened.run, work.session, self.clock.now()
        run.to_the_next_wait()
        waits.open_user_tasks(run)
        records.write_subscriptions(session, row.id, opened.before, waits.subscriptions(run))
        records.write_incidents(session, run, opened.before, now)
        session.add_all(run.environment.jobs)
        records.cancel_jobs(session, row.id, run.withdrawn_jobs)
        row.outcome = ended if run.workflow.completed else "incident" if records.parked(run) else "active"
        row.ended_at = now if run.workflow.completed else None
        row.state = codec.save(run.workflow)
        run.environment.handling.close()
        session.flush()
        run.step.outcome = row.outcome
        return run.step

    def _token(self, run: Run, token_id: str) -> Task | None:
        wanted = UUID(hex=token_id)
        return next((task for task in run.tokens() if task.id == wanted), None)

    def _waiting(self, run: Run, token_id: str, waits_for: Callable[[Task], bool]) -> Task:
        task = self._token(run, token_id)
        if task is None or not waits_for(task):
            raise TokenNotWaiting(token_id=token_id)
        return task
