"""The queue of jobs that workers outside do: claimed for a while under a fencing token, then done, given back or withdrawn.

A claim is a random token and a moment at which it ends. Whoever comes with another token, or too late, is told why and changes
nothing. Only failures count as attempts: a worker that is never heard of again costs its job nothing but time.
Order of locks, everywhere: the instance first, then its job, so that no two turns wait for each other.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from engine import scopes
from engine.elements.base import LOCAL
from engine.errors import JobAlreadyDone, JobLockEnded, JobLockNotYours, JobNotFound, JobWithdrawn
from engine.instances import Engine
from engine.models import Job, ProcessInstance
from engine.step import HeldJob
from storage.unit_of_work import Reading, UnitOfWork

READY, RUNNING, DONE, DEAD, CANCELLED = "ready", "running", "done", "dead", "cancelled"


@dataclass(frozen=True)
class JobInputs:
    """What the diagram gives a job: the inputs its element maps, and the headers written on it. `definition` is (key, version)."""

    variables: Mapping[str, Any]
    headers: Mapping[str, str]
    definition: tuple[str, int]


def _waits(types: Collection[str], now: datetime) -> ColumnElement[bool]:
    """Waiting for a worker: never taken, or given back and due again."""
    return and_(Job.type.in_(sorted(types)), Job.state == READY, Job.run_at <= now)


def _is_left(types: Collection[str], now: datetime) -> ColumnElement[bool]:
    """Taken by a worker whose lock has ended."""
    return and_(Job.type.in_(sorted(types)), Job.state == RUNNING, Job.lease_until <= now)


def _free(condition: ColumnElement[bool]) -> Select[Job]:
    """Those a worker may get, longest wait first: in this form the index on type, state and moment gives them in order."""
    query = select(Job).join(ProcessInstance, ProcessInstance.id == Job.instance_id)
    return query.where(condition, ProcessInstance.is_suspended.is_(False)).order_by(Job.run_at, Job.id)


def has_free(reading: Reading, types: Collection[str], now: datetime) -> bool:
    """True when `claim` would find something: two small statements at most, for whoever waits."""
    each = (condition(types, now) for condition in (_waits, _is_left))
    return any(reading.session.scalar(_free(condition).limit(1)) is not None for condition in each)


def claim(
    work: UnitOfWork, types: Collection[str], *, worker: str, most: int, now: datetime, until: datetime
) -> Sequence[Job]:
    """Take at most `most` jobs of these types until a moment, those left behind first; two workers never get the same one."""
    jobs: list[Job] = []
    for condition in (_is_left(types, now), _waits(types, now)):
        if len(jobs) < most:
            query = _free(condition).limit(most - len(jobs)).with_for_update(of=Job, skip_locked=True)
            jobs += work.session.scalars(query.execution_options(populate_existing=True))
    for job in jobs:
        job.state, job.lease_until, job.claim, job.worker = RUNNING, until, secrets.token_hex(16), worker
    return jobs


def inputs(engine: Engine, reading: Reading, job: HeldJob) -> JobInputs | None:
    """What the worker may know. None when the token was withdrawn a moment ago, so there is nothing to do any more."""
    row = reading.session.get_one(ProcessInstance, job.instance_id)
    bound = engine.specs.bound(reading, row.definition_id, row.called)
    _, tokens = engine.restored(reading, job.instance_id)
    task = next((each for each in tokens if each.id.hex == job.token_id), None)
    if task is None:
        return None
    extensions = task.task_spec.extensions
    given = dict(task.internal_data.get(LOCAL, {}))
    return JobInputs(given, extensions.headers, bound.definition_of(scopes.process_of(task.workflow)))


def locked(engine: Engine, work: UnitOfWork, job_id: int) -> Job:
    """The job as it is now; its instance is locked, so nobody else answers about it meanwhile. Raises JobNotFound."""
    instance_id = work.session.scalar(select(Job.instance_id).where(Job.id == job_id))
    if instance_id is None:
        raise JobNotFound(job_id=job_id)
    engine.hold(work, instance_id)
    return work.session.get_one(Job, job_id, populate_existing=True)


def held(engine: Engine, work: UnitOfWork, job_id: int, lock: str, now: datetime) -> Job:
    """The job, for the worker who has it now. Raises what says why this worker has it no longer.

    Refuses with JobNotFound, JobWithdrawn, JobAlreadyDone, JobLockNotYours, JobLockEnded.
    """
    job = locked(engine, work, job_id)
    if job.state == CANCELLED:
        raise JobWithdrawn(job_id=job_id)
    if job.state in (DONE, DEAD):
        raise JobAlreadyDone(job_id=job_id, state=job.state)
    if job.state != RUNNING or not _is_claim(job, lock):
        raise JobLockNotYours(job_id=job_id)
    if job.lease_until is None or job.lease_until <= now:
        raise JobLockEnded(job_id=job_id, ended_at=job.lease_until)
    return job


def was_done_by(job: Job, lock: str) -> bool:
    """True when this very claim completed the job before: the same answer may be given again."""
    return job.state == DONE and job.last_error is None and _is_claim(job, lock)


def _is_claim(job: Job, lock: str) -> bool:
    return job.claim is not None and secrets.compare_digest(job.claim.encode(), lock.encode())


def done(job: Job) -> None:
    """The worker's result is taken; the claim stays, to know the worker again when it asks twice."""
    job.state, job.lease_until, job.last_error = DONE, None, None


def thrown(job: Job, code: str) -> None:
    """The worker answered with a modelled error."""
    job.state, job.lease_until, job.claim, job.last_error = DONE, None, None, code


def given_back(job: Job, reason: str, left: int | None, again_at: datetime) -> bool:
    """An attempt failed. True when the job may be tried again; False when it was the last attempt.

    `left` is how many attempts the worker leaves; None counts down what the diagram gave.
    """
    job.attempts += 1
    if left is not None:
        job.retries = job.attempts + left
    is_last = job.attempts >= job.retries
    job.state = DEAD if is_last else READY
    job.run_at, job.last_error, job.lease_until, job.claim, job.worker = again_at, reason, None, None, None
    return not is_last
