"""Doing a job that has a handler here: claimed, its handler asked, the case moved on, each step under the same claim.

A handler that talks to the world (`Outside`) runs while no transaction is open; one that works in the office shares the turn's.
Promise: a handler that fails, hangs or comes back late never holds up another job; whoever lost the claim changes nothing.
Out of attempts: the token parks with an incident, and people decide (tasks.operating.incidents).
"""

from collections.abc import Callable
from datetime import timedelta

from engine import claims, jobs, patience
from engine.claims import Claimed
from engine.errors import InstanceNotActive, JobAlreadyDone, JobLockEnded, JobLockNotYours, JobNotFound, JobWithdrawn
from engine.models import Job, ProcessInstance
from engine.queue import of_job
from engine.run import reason_of
from engine.step import BpmnError, NoUseTrying, Outside, OutsideContext, Result
from identity.people import system
from problems import Unavailable
from storage import watching
from storage.unit_of_work import UnitOfWork
from tasks import turn
from tasks.background.outcalls import Call, ClaimLost, Doing, Steps, TookTooLong
from tasks.office import Office
from tasks.operating import counts

BY = system("jobs")
RENEW_EVERY = claims.LEASE / 3
_FENCED = (JobAlreadyDone, JobLockEnded, JobLockNotYours, JobNotFound, JobWithdrawn, ClaimLost)
_log = watching.logger("ombudsflow.jobs")


def take_due(office: Office, most: int) -> list[Doing]:
    """Claim jobs that are due; each is given back as what does it, and tells whether the case moved on."""
    types, now = office.engine.handlers.keys(), office.clock.now()
    often = [name for name, entry in office.engine.handlers.items() if not entry.automatic]
    with office.database.reading() as reading:  # an idle office writes nothing
        if not claims.has_due(reading, types, now, often=often):
            return []
    with office.database.work() as work:
        return [_doing(office, each) for each in claims.take_due(work, types, now, most, often=often)]


def take(office: Office, job_id: int) -> Doing | None:
    """Claim this job. None when it is not due, somebody has it, or nothing is left to do."""
    with office.database.work() as work:
        claimed = claims.take(work, job_id, office.engine.handlers.keys(), office.clock.now())
        return None if claimed is None else _doing(office, claimed)


def look_again(office: Office, work: UnitOfWork, job_id: int) -> None:
    """A job that could not be taken now keeps its place in the queue."""
    at = claims.look_again_at(work, job_id, office.clock.now())
    if at is not None:
        office.queue.put(work, of_job(work.session.get_one(Job, job_id), at))


def _doing(office: Office, claimed: Claimed) -> Doing:
    return Doing(counts.errand(_log, "job", _steps(office, claimed), job=claimed.id, job_type=claimed.type))


def _steps(office: Office, claimed: Claimed) -> Steps:
    try:
        if claimed.is_hopeless:
            raise NoUseTrying(f"Deze opdracht werd {claimed.attempt - 1} keer begonnen en kwam nooit terug.")
        entry = office.engine.handlers[claimed.type]
        if isinstance(entry, Outside):
            result = yield _call(office, claimed, entry)
            _finish(office, claimed, lambda _: result)
        else:
            _finish(office, claimed, lambda work: entry.handler(office.engine.job_context(work, claimed)))
        return True
    except _FENCED as lost:
        _log.warning("job was not ours any more", job=claimed.id, problem=type(lost).__name__)
    except Unavailable as away:  # nobody's fault: tried again, however often it was tried before
        _lay_aside(office, claimed, away.sentence, claims.LOOK_AGAIN)
    except NoUseTrying as problem:
        _fail(office, claimed, str(problem), is_last=True)
    except Exception as problem:  # a handler may meet anything; the job remembers it and is tried again
        _fail(office, claimed, _words(problem), is_last=claimed.is_last)
    return False


def _call(office: Office, claimed: Claimed, entry: Outside) -> Call:
    """What the handler is asked, with what the diagram lets it know. No transaction is open when it is."""
    with office.database.reading() as reading:
        found = jobs.inputs(office.engine, reading, claimed)
        if found is None:
            raise JobWithdrawn(job_id=claimed.id)
        context = OutsideContext(
            case_id=reading.session.get_one(ProcessInstance, claimed.instance_id).case_id or 0,
            instance_id=claimed.instance_id,
            element_id=claimed.element_id,
            token_id=claimed.token_id,
            variables=found.variables,
            headers=found.headers,
            now=office.clock.now(),
            idempotency_key=f"{claimed.instance_id}:{claimed.token_id}",
        )
    limit = patience.limit_of(context.headers, entry.time_limit)
    return Call(lambda: entry.handler(context), limit, lambda: _keep(office, claimed), RENEW_EVERY)


def _keep(office: Office, claimed: Claimed) -> bool:
    with office.database.work() as work:
        return claims.renew(work, claimed, office.clock.now())


def _finish(office: Office, claimed: Claimed, answer: Callable[[UnitOfWork], Result]) -> None:
    """The turn in which the answer is taken; a handler that works in the office gives it here."""
    with office.precedence.background(), office.database.work() as work:
        office.engine.hold(work, claimed.instance_id)
        if not claims.done(work, claimed, office.clock.now()):
            raise ClaimLost
        result = answer(work)
        step = office.engine.finish_job(work, claimed, result if isinstance(result, BpmnError) else dict(result))
        turn.apply(office, work, BY, step)


def _fail(office: Office, claimed: Claimed, reason: str, *, is_last: bool) -> None:
    """Note the failure under the claim: the job rests, or its token parks."""
    try:
        with office.precedence.background(), office.database.work() as work:
            job = jobs.held(office.engine, work, claimed.id, claimed.claim, office.clock.now())
            if not is_last:
                _rest(office, work, job, reason, _pause(office, work, job))
                return
            claims.ends(job, reason, None)
            turn.apply(office, work, BY, office.engine.fail_job(work, job, reason))
    except _FENCED as lost:
        _log.warning("job was not ours any more", job=claimed.id, problem=type(lost).__name__)
    except InstanceNotActive:  # suspended meanwhile: it is tried again when the process goes on
        _lay_aside(office, claimed, reason, claims.LOOK_AGAIN)
    except Exception:  # its case cannot be moved at all; the job must not come back for ever
        _log.exception("job failed and no incident could be opened", job=claimed.id)
        _lay_aside(office, claimed, reason, None)


def _rest(office: Office, work: UnitOfWork, job: Job, reason: str, pause: timedelta) -> None:
    claims.ends(job, reason, office.clock.now() + pause)
    work.session.flush()
    office.queue.put(work, of_job(job))


def _pause(office: Office, work: UnitOfWork, job: Job) -> timedelta:
    """The rest the diagram asks for."""
    found = jobs.inputs(office.engine, work, job)
    return patience.pause_after({} if found is None else found.headers, job.attempts)


def _lay_aside(office: Office, claimed: Claimed, reason: str, pause: timedelta | None) -> None:
    try:
        with office.database.work() as work:
            job = work.session.get(Job, claimed.id)
            if job is None or job.claim != claimed.claim:
                return
            if pause is None:
                claims.ends(job, reason, None)
            else:
                _rest(office, work, job, reason, pause)
    except Exception:  # the database is away: the lease ends and another attempt follows
        _log.exception("job could not be laid aside", job=claimed.id)


def _words(problem: Exception) -> str:
    if isinstance(problem, TookTooLong):
        return str(problem)
    return reason_of(problem)[:500]
