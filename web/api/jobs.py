"""Jobs for workers outside: ask for some (and wait a while when there are none), then say what became of each.

Waiting holds no transaction and no connection of the pool: between two small looks the call only waits, and no more than a few
calls wait at the same time, so that people always find a free thread. Whoever comes on top is answered at once.
"""

import threading
import time
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from problems import NotFound
from tasks.background import workers
from web.api import job_views as views
from web.api.asked import Asked, RowId
from web.api.described import WRITES, refusals, takes
from web.api.frame import KEY_HEADER, PREFIX, answer, change, reading
from web.api.sent import Call, Sent
from web.context import Act, office_of

router = APIRouter(prefix=PREFIX, tags=["jobs"])
MOST_WAITING = 10
BETWEEN_LOOKS = 0.25
LONGEST_WAIT, LONGEST_LOCK = 30, 86_400
Seconds = Annotated[int, Field(ge=1, le=LONGEST_LOCK)]
Lock = Annotated[str, Field(min_length=1, max_length=64)]


class JobRequest(Asked):
    """Which jobs, how many at most, for how long, and how long to wait when there are none. Times are seconds."""

    types: list[Annotated[str, Field(max_length=100)]] = Field(min_length=1, max_length=50)
    most: int = Field(default=1, ge=1, le=100)
    lock_seconds: Seconds = 300
    wait_seconds: int = Field(default=0, ge=0, le=LONGEST_WAIT)


class JobCompletion(Asked):
    """The result of a job: variables for the process, by name."""

    lock: Lock
    variables: dict[str, object] = Field(default_factory=dict, max_length=200)


class JobFailure(Asked):
    """Why a job failed. `attempts_left`: how many attempts remain, none given: one less than before. `retry_in_seconds`: when."""

    lock: Lock
    reason: str = Field(min_length=1, max_length=500)
    attempts_left: int | None = Field(default=None, ge=0, le=1000)
    retry_in_seconds: int | None = Field(default=None, ge=0, le=30 * LONGEST_LOCK)


class JobError(Asked):
    """An error that the diagram models, by its code, with variables for whoever catches it."""

    lock: Lock
    error_code: str = Field(min_length=1, max_length=200)
    variables: dict[str, object] = Field(default_factory=dict, max_length=200)


class JobExtension(Asked):
    """How long the worker still needs, from now."""

    lock: Lock
    lock_seconds: Seconds


class _NoneYet(NotFound):
    """There was nothing to hand out: the transaction is taken back, and the Idempotency-Key is not used up."""


class Places:
    """Room for a few calls that wait in this process; who finds no place is answered at once, and everybody when it closes."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self.taken = 0
        self._most, self._door, self._closed = most, threading.Lock(), threading.Event()

    def enter(self) -> bool:
        """Take a place. False when there is none."""
        with self._door:
            is_free = self.taken < self._most and not self._closed.is_set()
            self.taken += is_free
        return is_free

    def leave(self) -> None:
        """Give the place back."""
        with self._door:
            self.taken -= 1

    def wait(self, seconds: float) -> bool:
        """Wait a little. False when it closed: nobody waits any longer."""
        return not self._closed.wait(seconds)

    def close(self) -> None:
        """Let everybody go, for good: the server stops."""
        self._closed.set()


PLACES = Places()


@router.post(
    "/jobs/activate", response_model=views.JobList, responses=refusals(WRITES), openapi_extra=takes(JobRequest)
)
def activate_jobs(request: Request, sent: Call) -> Response:
    """Take jobs of these types, those that wait longest first. With `wait_seconds` the call waits until there is one, or answers an empty list."""
    office = office_of(request)
    with reading(request, workers.ACTION):
        asked = sent.as_a(JobRequest)
        types = workers.check_types(office, asked.types)
    if KEY_HEADER in request.headers or _is_there_work(request, types):
        found = _take(request, sent, asked, types)
        if found is not None:
            return found
    if not asked.wait_seconds or not PLACES.enter():
        return answer(views.JobList(items=[]))
    try:
        return _waited(request, sent, asked, types)
    finally:
        PLACES.leave()


def _waited(request: Request, sent: Sent, asked: JobRequest, types: frozenset[str]) -> Response:
    """Look again and again, until there is work or the time is over."""
    until = time.monotonic() + asked.wait_seconds
    while (left := until - time.monotonic()) > 0 and PLACES.wait(min(BETWEEN_LOOKS, left)):
        if _is_there_work(request, types):
            found = _take(request, sent, asked, types)
            if found is not None:
                return found
    return answer(views.JobList(items=[]))


def _is_there_work(request: Request, types: frozenset[str]) -> bool:
    office = office_of(request)
    with office.database.reading() as look:
        return workers.has_work(office, look, types)


def _take(request: Request, sent: Sent, asked: JobRequest, types: frozenset[str]) -> Response | None:
    """The answer with the jobs that were handed out; None when another worker was first."""

    def turn(act: Act) -> views.JobList:
        lock_for = timedelta(seconds=asked.lock_seconds)
        handed = workers.hand_out(act.office, act.work, act.actor, types, most=asked.most, lock_for=lock_for)
        if not handed:
            raise _NoneYet
        return views.JobList(items=[views.JobShape.model_validate(each) for each in handed])

    try:
        return change(request, sent, workers.ACTION, turn)
    except _NoneYet:
        return None


@router.post(
    "/jobs/{job_id}/complete",
    response_model=views.JobAnswered,
    responses=refusals(WRITES),
    openapi_extra=takes(JobCompletion),
)
def complete_job(request: Request, sent: Call, job_id: RowId) -> Response:
    """The job is done. Its variables go into the process, which moves on before this is answered. The same lock may say it twice."""

    def turn(act: Act) -> views.JobAnswered:
        asked = sent.as_a(JobCompletion)
        done = workers.complete(act.office, act.work, act.actor, job_id, asked.lock, asked.variables)
        return views.JobAnswered.model_validate(done)

    return change(request, sent, workers.ACTION, turn)


@router.post(
    "/jobs/{job_id}/fail", response_model=views.JobAnswered, responses=refusals(WRITES), openapi_extra=takes(JobFailure)
)
def fail_job(request: Request, sent: Call, job_id: RowId) -> Response:
    """The worker could not do the job. It is handed out again after a pause; without attempts left, the case waits for somebody to mend it."""

    def turn(act: Act) -> views.JobAnswered:
        asked = sent.as_a(JobFailure)
        after = None if asked.retry_in_seconds is None else timedelta(seconds=asked.retry_in_seconds)
        failed = workers.fail(
            act.office,
            act.work,
            act.actor,
            job_id,
            asked.lock,
            reason=asked.reason,
            left=asked.attempts_left,
            after=after,
        )
        return views.JobAnswered.model_validate(failed)

    return change(request, sent, workers.ACTION, turn)


@router.post(
    "/jobs/{job_id}/throw", response_model=views.JobAnswered, responses=refusals(WRITES), openapi_extra=takes(JobError)
)
def throw_error(request: Request, sent: Call, job_id: RowId) -> Response:
    """The job ends in an error that the diagram catches by its code; when nothing catches it, the case waits for somebody to mend it."""

    def turn(act: Act) -> views.JobAnswered:
        asked = sent.as_a(JobError)
        thrown = workers.throw(act.office, act.work, act.actor, job_id, asked.lock, asked.error_code, asked.variables)
        return views.JobAnswered.model_validate(thrown)

    return change(request, sent, workers.ACTION, turn)


@router.post(
    "/jobs/{job_id}/extend",
    response_model=views.JobExtended,
    responses=refusals(WRITES),
    openapi_extra=takes(JobExtension),
)
def extend_job(request: Request, sent: Call, job_id: RowId) -> Response:
    """More time for a job, counted from now."""

    def turn(act: Act) -> views.JobExtended:
        asked = sent.as_a(JobExtension)
        lock_for = timedelta(seconds=asked.lock_seconds)
        until = workers.extend(act.office, act.work, act.actor, job_id, asked.lock, lock_for)
        return views.JobExtended(id=job_id, lock_until=until)

    return change(request, sent, workers.ACTION, turn)
