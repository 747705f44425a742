"""What the instances of a sandbox wait for, read from the same rows the office's worklist, clock and workers read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.errors import InstanceNotActive
from engine.instances import Engine
from engine.models import Job, Subscription
from engine.step import OpenedUserTask
from storage.unit_of_work import UnitOfWork

USER_TASK, JOB, CHOICE = "user_task", "job", "choice"


@dataclass(frozen=True)
class Waiting:
    """One thing an instance waits for.

    `kind` is user_task, job, message, signal, timer, condition or choice (an activity somebody may choose in an ad-hoc subprocess).
    `name` is that of the message or signal, or of the user task; `key` the correlation key; `due_at` when a timer fires (UTC);
    `job_type` what an external worker subscribes to; `variables` what the element was given to work with.
    """

    instance: int
    element_id: str
    kind: str
    token: str = field(repr=False)
    name: str | None = None
    key: str | None = None
    due_at: datetime | None = None
    job_type: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __repr__(self) -> str:
        words = [f"{self.kind} {self.element_id!r}"]
        words += [f"named {self.name!r}"] if self.name and self.name != self.element_id else []
        words += [f"key {self.key!r}"] if self.key is not None else []
        words += [f"due {self.due_at:%Y-%m-%d %H:%M:%S}"] if self.due_at else []
        words += [f"of type {self.job_type!r}"] if self.job_type else []
        return f"<{' '.join(words)}, instance {self.instance}>"


def waits(work: UnitOfWork, engine: Engine, worklist: Iterable[tuple[int, OpenedUserTask]]) -> list[Waiting]:
    """Everything that is waited for: by instance, then people, jobs, and events in the order in which the waiting began."""
    found = [*_user_tasks(worklist), *_jobs(work, engine), *_events(work)]
    return sorted(found, key=lambda wait: wait.instance)


def _user_tasks(worklist: Iterable[tuple[int, OpenedUserTask]]) -> Iterator[Waiting]:
    for instance, opened in worklist:
        yield Waiting(
            instance,
            opened.element_id,
            USER_TASK,
            opened.token_id,
            name=opened.name,
            due_at=opened.due_at,
            variables=opened.inputs,
        )


def _jobs(work: UnitOfWork, engine: Engine) -> Iterator[Waiting]:
    ready = select(Job).where(Job.state == "ready").order_by(Job.id)
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
            row.instance_id, row.element_id, row.kind, row.token_id, name=row.name, key=row.key, due_at=row.due_at
        )
