"""Starting instances and moving them on: lock the row, restore, run to the next wait, save.

Each call takes the open unit of work and answers with a Step; it never commits. Every caller is `tasks.turn`.
Promise: one row read and one row written per turn, subscriptions written only where they changed.
"""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import SpiffWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import bindparam, select, update

from engine import codec, deliveries, delivering, locks, messages, records, scopes, starts, timers, waits
from engine.beginnings import begin_at
from engine.elements.base import INCIDENT
from engine.elements.subprocesses import AdHoc, stop
from engine.environment import Environment, compiled
from engine.errors import InstanceEnded, InstanceNotActive, InstanceNotFound, NoPlainStart, TokenNotWaiting
from engine.lengths import OFFICE_ZONE
from engine.models import Incident, ProcessInstance, Subscription
from engine.queue import Embedded, JobQueue, of_job
from engine.run import Run, is_shown_active, is_visible
from engine.specs import Specs
from engine.step import BpmnError, Clock, HeldJob, JobContext, JobType, Step
from engine.taking import STARTED_JOB
from engine.throwing import UNCAUGHT
from engine.values import load
from storage import watching
from storage.unit_of_work import Reading, UnitOfWork

# The library's records carry variables; below WARNING they would leave the house with any log handler.
for _name in ("spiff.task", "spiff.workflow", "spiff.data"):
    logging.getLogger(_name).setLevel(logging.WARNING)

_SUSPENDED = update(ProcessInstance).where(ProcessInstance.id == bindparam("of")).values(is_suspended=bindparam("now"))
_STARTING = (
    select(Subscription)
    .where(
        Subscription.kind == "message",
        Subscription.name == bindparam("name"),
        Subscription.key.is_(None),
        Subscription.definition_id.is_not(None),
    )
    .order_by(Subscription.id)
    .limit(1)
)


@dataclass(frozen=True)
class Opened:
    """An instance, restored and locked."""

    row: ProcessInstance
    run: Run
    before: records.Before


class Engine:
    """The BPMN runtime: knows tokens, not complaints."""

    def __init__(self, handlers: Mapping[str, JobType], clock: Clock, queue: JobQueue | None = None) -> None:
        self.handlers = handlers
        self.clock = clock
        self.queue = queue or Embedded()
        self.specs = Specs()

    # -- commands -----------------------------------------------------------------------------------------------------

    def start(self, work: UnitOfWork, key: str, variables: Mapping[str, Any], case_id: int | None) -> Step:
        """A new instance of the version in use. Raises NotYetActive, also for what it calls or asks; NoPlainStart."""
        opened = self._new(work, key, case_id)
        spec = opened.run.workflow.spec
        if not spec.firsts:
            raise NoPlainStart(process=key, starts=[start.element_id for start in spec.starts])
        self._fill(opened, variables, case_id)
        opened.run.start_scope(opened.run.workflow)
        return self._advance(work, opened)

    def start_at(
        self, work: UnitOfWork, key: str, element_id: str, variables: Mapping[str, Any], case_id: int | None
    ) -> Step:
        """A new instance, started by what its start event waited for."""
        opened = self._new(work, key, case_id)
        self._fill(opened, {}, case_id)
        begin_at(opened.run, element_id, variables)
        return self._advance(work, opened)

    def _new(self, work: UnitOfWork, key: str, case_id: int | None) -> Opened:
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
        return self._run(work, row, codec.Workflow(bound.spec, bound.scope_specs))

    def _fill(self, opened: Opened, variables: Mapping[str, Any], case_id: int | None) -> None:
        workflow = opened.run.workflow
        known = {} if case_id is None else {"case_id": case_id}
        scopes.of_workflow(workflow).update({**dict.fromkeys(workflow.spec.declared), **variables, **known})
        opened.run.arm(workflow)

    def complete(self, work: UnitOfWork, instance_id: int, token_id: str, variables: Mapping[str, Any]) -> Step:
        """A person completes a user task. Raises TokenNotWaiting."""
        opened = self._open(work, instance_id)
        task = self._waiting(
            opened.run,
            token_id,
            lambda t: t.task_spec.manual and t.state == TaskState.READY and INCIDENT not in t.internal_data,
        )
        opened.run.give(task, variables)
        opened.run.run_one(task)
        return self._advance(work, opened)

    def correlate(
        self, work: UnitOfWork, name: str, key: str, variables: Mapping[str, Any], case_id: int | None = None
    ) -> Step | None:
        """A message for exactly one receiver: who waits longest, else a process that starts with it. None when there is none.

        `case_id` is the case it is about: what it starts belongs to it.
        """
        query = select(Subscription).where(
            Subscription.kind == "message", Subscription.name == name, Subscription.instance_id.is_not(None)
        )
        query = query.where(Subscription.key == key).order_by(Subscription.id).limit(1)
        last = 0
        while row := work.session.scalar(query.where(Subscription.id > last)):
            step = self.receive(work, row, variables, None)
            if step is not None:
                return step
            last = row.id  # another message took this one while we waited for its lock; the receiver may listen again
        start = work.session.scalar(_STARTING, {"name": name})
        return None if start is None else self.receive(work, start, variables, case_id)

    def publish_message(
        self,
        work: UnitOfWork,
        name: str,
        key: str,
        variables: Mapping[str, Any],
        *,
        ttl: timedelta = timedelta(0),
        message_id: str | None = None,
        case_id: int | None = None,
    ) -> None:
        """Send a message; it is delivered in a turn of its own. Raises MessageAlreadySeen, MessageNotUsable."""
        now = self.clock.now()
        messages.publish(work, name, key, variables, now=now, ttl=ttl, message_id=message_id, case_id=case_id)

    def broadcast(self, work: UnitOfWork, signal: str, variables: Mapping[str, Any], case_id: int | None = None) -> int:
        """Send a signal to all who wait for it now, each in a turn of its own; returns to how many."""
        return deliveries.broadcast(work, signal, variables, now=self.clock.now(), case_id=case_id)

    def deliver_next(self, work: UnitOfWork, passed: Collection[delivering.Sent] = ()) -> Step | None:
        """Deliver one signal or message that is on its way. None when nothing is. Raises NotDelivered."""
        delivered = delivering.deliver_next(work, self.clock.now(), self.receive, passed)
        return None if delivered is None else delivered.step

    def evaluate_conditions(self, work: UnitOfWork, variables: Mapping[str, Any]) -> list[Step]:
        """Start an instance of each process in use whose start condition holds for these variables."""
        steps = [self.receive(work, row, variables, None) for row in self.holding(work, variables)]
        return [step for step in steps if step is not None]

    def holding(self, reading: Reading, variables: Mapping[str, Any]) -> list[Subscription]:
        """The start conditions in use that are true for these variables; `receive` starts their processes."""
        now = self.clock.now().astimezone(OFFICE_ZONE)
        found = []
        for row in starts.conditional(reading):
            elements = self.specs.process(reading, row.definition_id or 0).spec.elements
            text = elements[row.element_id].triggers[row.position].value or ""
            if compiled(text).evaluate(load(dict(variables)), now=now) is True:
                found.append(row)
        return found

    def fire_timer(self, work: UnitOfWork, subscription_id: int) -> Step | None:
        """A timer that is due. None when it was withdrawn or fired meanwhile, or the instance is suspended."""
        row = work.session.get(Subscription, subscription_id)
        if row is None or row.due_at is None or row.due_at > self.clock.now():
            return None
        if row.instance_id is None:
            taken = starts.take_due(work, subscription_id, self.clock.now())
            return None if taken is None else self.receive(work, taken, {}, None)
        return self.receive(work, row, {}, None)

    def fire_due(self, work: UnitOfWork, instance_id: int) -> Step | None:
        """The timer of an instance that is due longest. None when none is, or somebody is busy with the instance right now."""
        row = timers.take(work, instance_id, self.clock.now())
        return None if row is None else self.receive(work, row, {}, None)

    def receive(
        self, work: UnitOfWork, subscription: Subscription, variables: Mapping[str, Any], case_id: int | None
    ) -> Step | None:
        """What was waited for has come: the one who waits moves on, or an instance starts. None when it is waited for no longer."""
        given = load(dict(variables))
        if subscription.instance_id is None:
            key = self.specs.process(work, subscription.definition_id or 0).spec.name
            return self.start_at(work, key, subscription.element_id, given, case_id)
        try:
            opened = self._open(work, subscription.instance_id)
        except (InstanceNotActive, InstanceEnded):
            return None
        task = opened.run.workflow.token(subscription.token_id)
        if task is None or task.state != TaskState.WAITING:
            return None
        opened.run.fire(task, given, element=subscription.element_id, index=subscription.position)
        return self._advance(work, opened)

    def job_context(self, work: UnitOfWork, job: HeldJob) -> JobContext:
        """What the handler of a job outside the turn gets."""
        opened = self._open(work, job.instance_id)
        return opened.run.environment.context(
            self._waiting(opened.run, job.token_id, lambda t: t.state == TaskState.STARTED)
        )

    def finish_job(self, work: UnitOfWork, job: HeldJob, result: Mapping[str, Any] | BpmnError) -> Step:
        """A job outside the turn has its result."""
        opened = self._open(work, job.instance_id)
        task = self._waiting(
            opened.run, job.token_id, lambda t: t.state == TaskState.STARTED and STARTED_JOB in t.internal_data
        )
        if isinstance(result, BpmnError):
            opened.run.throw_from(task, result.code, result.variables)
        else:
            opened.run.give(task, result)
            opened.run.run_one(task)
        return self._advance(work, opened)

    def fail_job(self, work: UnitOfWork, job: HeldJob, reason: str) -> Step:
        """A job out of retries: its token parks with an incident."""
        opened = self._open(work, job.instance_id)
        opened.run.park(self._waiting(opened.run, job.token_id, lambda t: t.state == TaskState.STARTED), reason)
        return self._advance(work, opened)

    def resolve_incident(self, work: UnitOfWork, incident_id: int, variables: Mapping[str, Any], by: str) -> Step:
        """Mend variables and try the parked element again."""
        opened, task = self._parked(work, incident_id, by)
        opened.run.mend(task, variables)
        opened.run.retry(task)
        return self._advance(work, opened)

    def skip_incident(self, work: UnitOfWork, incident_id: int, by: str) -> Step:
        """The parked job counts as done without its effect. Raises StepNotSkippable, TokenNotWaiting."""
        opened, task = self._parked(work, incident_id, by)
        opened.run.skip(task)
        opened.run.retry(task)
        return self._advance(work, opened)

    def _parked(self, work: UnitOfWork, incident_id: int, by: str) -> tuple[Opened, Task]:
        """The token of an incident, which is over."""
        incident = work.session.get(Incident, incident_id)
        if incident is None or incident.resolved_at is not None:
            raise TokenNotWaiting(incident_id=incident_id)
        opened = self._open(work, incident.instance_id)
        task = self._waiting(opened.run, incident.token_id, lambda t: INCIDENT in t.internal_data)
        del task.internal_data[INCIDENT]
        task.internal_data.pop(UNCAUGHT, None)
        incident.resolved_at, incident.resolved_by = self.clock.now(), by
        records.leave_dead_jobs(work.session, incident.instance_id, incident.token_id)
        return opened, task

    def choose(self, work: UnitOfWork, instance_id: int, token_id: str, elements: list[str]) -> Step:
        """A person chooses activities of an ad-hoc subprocess. Raises TokenNotWaiting, NotAChoice."""
        opened = self._open(work, instance_id)
        host = self._waiting(opened.run, token_id, lambda t: isinstance(t.task_spec, AdHoc))
        opened.run.choose(host, opened.run.workflow.get_subprocess(host), elements)
        return self._advance(work, opened)

    def terminate(self, work: UnitOfWork, instance_id: int) -> Step:
        """Stop everything in an instance, for good."""
        opened = self._open(work, instance_id, even_suspended=True)
        stop(opened.run.workflow)
        return self._advance(work, opened, ended="terminated")

    def suspend(self, work: UnitOfWork, instance_id: int) -> None:
        """Nothing moves a suspended instance; what falls due meanwhile waits."""
        work.session.execute(_SUSPENDED, {"of": instance_id, "now": True})

    def resume(self, work: UnitOfWork, instance_id: int) -> None:
        """It goes on. What was sent meanwhile and still waits may reach it."""
        work.session.execute(_SUSPENDED, {"of": instance_id, "now": False})
        messages.try_again(work, instance_id)

    # -- questions ----------------------------------------------------------------------------------------------------

    def active(self, reading: Reading, instance_id: int) -> dict[str, int]:
        """How many tokens each visible element holds now."""
        counts: dict[str, int] = {}
        for task in self.restored(reading, instance_id)[1]:
            if is_visible(task) and is_shown_active(task, task.state):
                counts[task.task_spec.bpmn_id] = counts.get(task.task_spec.bpmn_id, 0) + 1
        return counts

    def variables(self, reading: Reading, instance_id: int) -> dict[str, Any]:
        """The variables of the process itself."""
        return dict(scopes.of_workflow(self.restored(reading, instance_id)[0]))

    def restored(self, reading: Reading, instance_id: int) -> tuple[codec.Workflow, list[Task]]:
        """An instance as it stands, to look at, with all its living tokens. Raises InstanceNotFound."""
        row = reading.session.get(ProcessInstance, instance_id)
        if row is None:
            raise InstanceNotFound(instance_id=instance_id)
        bound = self.specs.bound(reading, row.definition_id, row.called)
        workflow = codec.restore(row.state, bound.spec, bound.scope_specs)
        return workflow, [task for scope in workflow.scopes() for task in scope.tasks.values()]

    # -- the frame of every command -----------------------------------------------------------------------------------

    def hold(self, work: UnitOfWork, instance_id: int) -> ProcessInstance:
        """Lock an instance for this transaction; what is then read of its case, no other turn changes. Raises InstanceNotFound."""
        return locks.hold(work, instance_id)

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

    @watching.part("engine step")
    def _advance(self, work: UnitOfWork, opened: Opened, ended: str = "completed") -> Step:
        row, run, session, now = opened.row, opened.run, work.session, self.clock.now()
        run.to_the_next_wait()
        waits.open_user_tasks(run)
        records.write_subscriptions(session, row.id, opened.before, waits.subscriptions(run))
        deliveries.pass_on(work, row.id, run.heirs)
        records.write_incidents(session, run, opened.before, now)
        session.add_all(run.environment.jobs)
        self._send(work, run.step)
        records.cancel_jobs(session, row.id, run.withdrawn_jobs)
        outcome = ended if run.workflow.completed else "incident" if records.parked(run) else "active"
        run.environment.handling.close()
        ended_at = now if run.workflow.completed else None
        state = codec.save(run.workflow)
        locks.move(work, row, outcome=outcome, ended_at=ended_at, state=state, codec_version=codec.VERSION)
        session.flush()
        for job in run.environment.jobs:
            if job.type in self.handlers:  # the others wait for a worker outside
                self.queue.put(work, of_job(job))
        run.step.outcome = row.outcome
        return run.step

    def _send(self, work: UnitOfWork, step: Step) -> None:
        case_id = step.case_id or None
        for each in step.messages:
            ttl, message_id = each.time_to_live, each.message_id
            self.publish_message(
                work, each.name, each.key, each.variables, ttl=ttl, message_id=message_id, case_id=case_id
            )
        for signal in step.signals:
            deliveries.broadcast(
                work,
                signal.name,
                signal.variables,
                now=self.clock.now(),
                case_id=case_id,
                sender=step.instance_id,
            )

    def _waiting(self, run: Run, token_id: str, waits_for: Callable[[Task], bool]) -> Task:
        task = run.workflow.token(token_id)
        if task is None or not waits_for(task):
            raise TokenNotWaiting(token_id=token_id)
        return task
