"""What the instances of a sandbox wait for, read from the same rows the office's worklist, clock and workers read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState
from sqlalchemy import select

from engine import choices
from engine.elements.events import CONDITION
from engine.errors import InstanceNotActive, NotWaitedFor
from engine.instances import Engine
from engine.models import Job, ProcessInstance, Subscription
from engine.run import is_shown_active, is_visible
from engine.step import OpenedUserTask
from engine.throwing import listened
from storage.unit_of_work import Reading, UnitOfWork

USER_TASK, JOB, CHOICE = "user_task", "job", "choice"


@dataclass(frozen=True)
class Waiting:
    """One thing an instance waits for.

    `kind` is user_task, job, message, signal, timer, condition or choice (an activity somebody may choose in an ad-hoc subprocess).
    `name` is that of the message or signal, or of the user task; `key` the correlation key; `due_at` when a timer fires (UTC);
    `job_type` what an external worker subscribes to; `roles` who may do a user task; `variables` what the element was given to
    work with.
    """

    instance: int
    element_id: str
    kind: str
    token: str = field(repr=False)
    name: str | None = None
    key: str | None = None
    due_at: datetime | None = None
    job_type: str | None = None
    roles: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __repr__(self) -> str:
        words = [f"{self.kind} {self.element_id!r}"]
        words += [f"named {self.name!r}"] if self.name and self.name != self.element_id else []
        words += [f"key {self.key!r}"] if self.key is not None else []
        words += [f"due {self.due_at:%Y-%m-%d %H:%M:%S}"] if self.due_at else []
        words += [f"of type {self.job_type!r}"] if self.job_type else []
        return f"<{' '.join(words)}, instance {self.instance}>"


def waits(
    work: UnitOfWork, engine: Engine, worklist: Iterable[tuple[int, OpenedUserTask]], instance: int | None
) -> list[Waiting]:
    """Everything that is waited for: by instance, then people, jobs, and events in the order in which the waiting began."""
    found = [
        *_user_tasks(worklist),
        *_jobs(work, engine, instance),
        *_events(work),
        *_from_tokens(work, engine, instance),
    ]
    mine = (wait for wait in found if instance in (None, wait.instance))
    return sorted(mine, key=lambda wait: wait.instance)


def _user_tasks(worklist: Iterable[tuple[int, OpenedUserTask]]) -> Iterator[Waiting]:
    for instance, opened in worklist:
        yield Waiting(
            instance,
            opened.element_id,
            USER_TASK,
            opened.token_id,
            name=opened.name,
            due_at=opened.due_at,
            roles=opened.roles,
            variables=opened.inputs,
        )


def _jobs(work: UnitOfWork, engine: Engine, instance: int | None) -> Iterator[Waiting]:
    ready = select(Job).where(Job.state == "ready").order_by(Job.id)
    if instance is not None:
        ready = ready.where(Job.instance_id == instance)
    for job in work.session.scalars(ready).all():
        given = _inputs(work, engine, job)
        due = job.run_at if job.run_at > engine.clock.now() else None
        yield Waiting(
            job.instance_id, job.element_id, JOB, job.token_id, due_at=due, job_type=job.type, variables=given
        )


def _inputs(work: UnitOfWork, engine: Engine, job: Job) -> Mapping[str, Any]:
    try:
        return engine.job_context(work, job).variables
    except InstanceNotActive:  # suspended: nobody can take the job now
        return {}


def _events(work: UnitOfWork) -> Iterator[Waiting]:
    of_instances = select(Subscription).where(Subscription.instance_id.is_not(None)).order_by(Subscription.id)
    for row in work.session.scalars(of_instances):
        yield Waiting(
            row.instance_id or 0, row.element_id, row.kind, row.token_id, name=row.name, key=row.key, due_at=row.due_at
        )


def _from_tokens(reading: Reading, engine: Engine, instance: int | None) -> Iterator[Waiting]:
    """What has no row of its own: conditions, and what somebody may choose in an ad-hoc subprocess."""
    running = select(ProcessInstance.id).where(ProcessInstance.ended_at.is_(None)).order_by(ProcessInstance.id)
    if instance is not None:
        running = running.where(ProcessInstance.id == instance)
    for each in reading.session.scalars(running).all():
        workflow, tokens = engine.restored(reading, each)
        for task in tokens:
            if choices.is_open(workflow, task):
                for name in task.task_spec.choices(workflow.get_subprocess(task)):
                    yield Waiting(each, name, CHOICE, task.id.hex, name=task.task_spec.name)
            elif task.state == TaskState.WAITING:
                for element, _, trigger in listened(task):
                    if trigger.kind == CONDITION:
                        yield Waiting(each, element, CONDITION, task.id.hex)


def token_at(reading: Reading, engine: Engine, instance: int, element_id: str) -> str:
    """The oldest token of an element. Raises NotWaitedFor."""
    _, tokens = engine.restored(reading, instance)
    found = [t for t in tokens if t.task_spec.bpmn_id == element_id and is_shown_active(t, t.state)]
    if not found:
        raise NotWaitedFor(asked=element_id, waiting=sorted({t.task_spec.bpmn_id for t in tokens if is_visible(t)}))
    return str(found[0].id.hex)


def host_of(reading: Reading, engine: Engine, instance: int, ad_hoc: str) -> str:
    """The token of an ad-hoc subprocess in which something can be chosen. Raises NotWaitedFor."""
    offered = [wait for wait in _from_tokens(reading, engine, instance) if wait.kind == CHOICE]
    found = [wait.token for wait in offered if wait.name == ad_hoc]
    if not found:
        raise NotWaitedFor(asked=ad_hoc, waiting=[str(wait) for wait in offered])
    return found[0]
