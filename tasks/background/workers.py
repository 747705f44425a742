"""Workers outside: programs that do the jobs of service tasks for which the office has no handler.

A worker asks for jobs of a type, gets them for a while, and answers: done, failed, a modelled error, or more time. It is given the
inputs its element maps and nothing else of the case; that it got them, and what it answered, stands in the case's history.
In: who calls, the job and its lock. Refuses with NotAllowed, JobTypeNotExternal, VariablesNotUsable, and what `engine.jobs.held` says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from engine import jobs, patience
from engine.jobs import JobInputs
from engine.models import Job, ProcessInstance
from engine.step import BpmnError, Step
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Invalid
from storage.unit_of_work import Reading, UnitOfWork
from tasks import given, turn
from tasks.forms_in_use import plain
from tasks.office import Office
from tasks.operating.mending import stream_of_process

ACTION = "job.work"


class JobTypeNotExternal(Invalid):
    """Dit taaktype is niet voor werkers buiten het systeem. De beheerder noemt zulke types in OMBUDSFLOW_EXTERNAL_JOB_TYPES."""


@dataclass(frozen=True)
class HandedOut:
    """A job in the hands of a worker. `key` stays the same however often the job is handed out: for the worker's own once-only."""

    id: int
    type: str
    key: str
    process: str
    process_version: int
    element_id: str
    variables: Mapping[str, Any]
    headers: Mapping[str, str]
    attempts_left: int
    lock: str
    lock_until: datetime


@dataclass(frozen=True)
class Answered:
    """What became of a job. `outcome` is that of its process: active, completed, terminated or incident; empty when it did not move."""

    id: int
    state: str
    outcome: str = ""
    is_repeated: bool = False
    again_at: datetime | None = None


def types_of(office: Office) -> frozenset[str]:
    """The job types that wait for a worker outside."""
    return office.settings.external_job_types - office.engine.handlers.keys()


def check_types(office: Office, asked: Iterable[str]) -> frozenset[str]:
    """The job types somebody asks for. Raises JobTypeNotExternal."""
    wanted = frozenset(asked)
    if unknown := sorted(wanted - types_of(office)):
        sentence = JobTypeNotExternal().sentence
        raise JobTypeNotExternal(errors=[{"field": "types", "message": f"{name[:80]}: {sentence}"} for name in unknown])
    return wanted


def has_work(office: Office, reading: Reading, types: frozenset[str]) -> bool:
    """True when `hand_out` would give something now."""
    return jobs.has_free(reading, types, office.clock.now())


def hand_out(
    office: Office, work: UnitOfWork, actor: Actor, types: frozenset[str], *, most: int, lock_for: timedelta
) -> list[HandedOut]:
    """Give a worker the jobs that wait longest, for `lock_for`. Nothing when there are none."""
    require(actor, ACTION)
    now = office.clock.now()
    until = now + lock_for
    given_out, told = [], []
    for job in jobs.claim(work, types, worker=actor.id, most=most, now=now, until=until):
        found = jobs.inputs(office.engine, work, job)
        if found is None:
            job.state = jobs.CANCELLED
            continue
        given_out.append(_handed_out(job, found, until))
        row = work.session.get_one(ProcessInstance, job.instance_id)
        told.append((stream_of_process(row), _event(office, actor, job, "sent", inputs=sorted(found.variables))))
    for stream, event in sorted(told, key=itemgetter(0)):  # one order of locks, whoever else tells these cases
        office.log.append(work, stream, [event])
    return given_out


def _handed_out(job: Job, found: JobInputs, until: datetime) -> HandedOut:
    key, version = found.definition
    return HandedOut(
        id=job.id,
        type=job.type,
        key=f"{job.instance_id}:{job.token_id}",
        process=key,
        process_version=version,
        element_id=job.element_id,
        variables={name: plain(value) for name, value in found.variables.items()},
        headers=dict(found.headers),
        attempts_left=max(job.retries - job.attempts, 1),
        lock=job.claim or "",
        lock_until=until,
    )


def complete(
    office: Office, work: UnitOfWork, actor: Actor, job_id: int, lock: str, variables: Mapping[str, Any]
) -> Answered:
    """The job is done and the case moves on. Asked again by the worker that did it, the answer is the same and nothing happens."""
    require(actor, ACTION)
    taken = given.variables(variables)
    if jobs.was_done_by(jobs.locked(office.engine, work, job_id), lock):
        return Answered(job_id, jobs.DONE, is_repeated=True)
    job = jobs.held(office.engine, work, job_id, lock, office.clock.now())
    jobs.done(job)
    step = office.engine.finish_job(work, job, taken)
    event = _event(office, actor, job, "answered", personal=_plain(taken))
    turn.apply(office, work, actor, step, first=[event])
    return Answered(job_id, job.state, step.outcome)


def throw(
    office: Office, work: UnitOfWork, actor: Actor, job_id: int, lock: str, code: str, variables: Mapping[str, Any]
) -> Answered:
    """The job ends in an error the diagram models, with variables for whoever catches it; when nothing does, an incident opens."""
    require(actor, ACTION)
    taken = given.variables(variables)
    job = jobs.held(office.engine, work, job_id, lock, office.clock.now())
    jobs.thrown(job, code)
    step = office.engine.finish_job(work, job, BpmnError(code, taken))
    turn.apply(
        office, work, actor, step, first=[_event(office, actor, job, "answered", personal=_plain(taken), error=code)]
    )
    return Answered(job_id, job.state, step.outcome)


def fail(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    job_id: int,
    lock: str,
    *,
    reason: str,
    left: int | None = None,
    after: timedelta | None = None,
) -> Answered:
    """The worker could not do it. The job waits `after` and is handed out again; when no attempt is left, an incident opens.

    `left` is how many attempts remain (None: one less than before). Without `after` the pause is the one the diagram asks for.
    """
    require(actor, ACTION)
    now = office.clock.now()
    job = jobs.held(office.engine, work, job_id, lock, now)
    if after is None:
        found = jobs.inputs(office.engine, work, job)
        after = patience.pause_after({} if found is None else found.headers, job.attempts + 1)
    if jobs.given_back(job, reason, left, now + after):
        return Answered(job_id, job.state, again_at=job.run_at)
    step: Step = office.engine.fail_job(work, job, reason)
    turn.apply(office, work, actor, step, first=[_event(office, actor, job, "answered", failed=True)])
    return Answered(job_id, job.state, step.outcome)


def extend(office: Office, work: UnitOfWork, actor: Actor, job_id: int, lock: str, lock_for: timedelta) -> datetime:
    """More time for a job, counted from now. Returns the moment at which the lock ends."""
    require(actor, ACTION)
    now = office.clock.now()
    job = jobs.held(office.engine, work, job_id, lock, now)
    job.lease_until = now + lock_for
    return job.lease_until


def _plain(variables: Mapping[str, Any]) -> dict[str, object]:
    return {name: plain(value) for name, value in variables.items()}


def _event(
    office: Office,
    actor: Actor,
    job: Job,
    transition: str,
    *,
    personal: Mapping[str, object] | None = None,
    **data: object,
) -> Event:
    told = {"instance": job.instance_id, "token": job.token_id, "element": job.element_id, "job": job.id}
    about = {**told, "job_type": job.type, **data}
    return Event("job", transition, office.clock.now(), actor.id, turn.role_of(actor), about, dict(personal or {}))
