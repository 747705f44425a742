"""Who does a job that has a handler here: taken for the length of a lease under a fencing token, by one process at a time.

The job's row is the truth, whichever queue told of it. Counting the attempt comes with the claim, so that a job that takes its
process down with it runs out of attempts as well. Two jobs of one instance are never held at once.
Order of locks: the instances first, without waiting, so a turn that is under way makes a job wait and never the other way round.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import sample
from typing import Any

from sqlalchemy import ColumnElement, Row, Update, and_, bindparam, or_, select, update

from engine.jobs import DEAD, DONE, READY, RUNNING
from engine.models import Job, ProcessInstance
from storage.unit_of_work import Reading, UnitOfWork

LEASE = timedelta(minutes=5)
LOOK_AGAIN = timedelta(minutes=1)
LONGEST = LEASE + timedelta(minutes=1)  # clocks of two machines may differ a little
# A stop of the server is seldom the fault of the job it was doing; one that stops it time and again is.
MOST_TAKEN_OVER = 10

# Built once: a drain of jobs is made of these. Straight on the table; nobody reads these rows again in the same turn.
_TABLE: Any = Job.__table__
_MINE = update(_TABLE).where(
    _TABLE.c.id == bindparam("job"),
    _TABLE.c.claim == bindparam("mine"),
    _TABLE.c.state == RUNNING,
    _TABLE.c.lease_until > bindparam("now"),
)
_DONE = _MINE.values(state=DONE, lease_until=None, last_error=None)
_RENEWED = _MINE.values(lease_until=bindparam("until"))


@dataclass(frozen=True)
class Claimed:
    """A job in the hands of this process until the lease ends. `attempt` counts from 1."""

    id: int
    instance_id: int
    token_id: str
    element_id: str
    type: str
    attempt: int
    retries: int
    claim: str

    @property
    def is_last(self) -> bool:
        """After this one there is no attempt left."""
        return self.attempt >= self.retries

    @property
    def is_hopeless(self) -> bool:
        """Begun far more often than it failed: it never comes back to tell."""
        return self.attempt > self.retries + MOST_TAKEN_OVER


def _is_due(types: Collection[str], now: datetime) -> ColumnElement[bool]:
    return and_(Job.type.in_(sorted(types)), Job.state == READY, Job.run_at <= now)


def _is_left(types: Collection[str], now: datetime) -> ColumnElement[bool]:
    """Taken by a process that has not been heard of since.

    A lease that ends later than any lease can was given before the clock was set back: it would keep its job for as long.
    """
    is_over = or_(Job.lease_until <= now, Job.lease_until > now + LONGEST)
    return and_(Job.type.in_(sorted(types)), Job.state == RUNNING, is_over)


def _is_held(types: Collection[str], now: datetime) -> ColumnElement[bool]:
    is_on = and_(Job.lease_until > now, Job.lease_until <= now + LONGEST)
    return and_(Job.type.in_(sorted(types)), Job.state == RUNNING, is_on)


def has_due(reading: Reading, types: Collection[str], now: datetime, *, often: Collection[str] = ()) -> bool:
    """True when there is something to take: some small looks at an index. `often` as in `take_due`."""
    first = select(Job.id).order_by(Job.run_at, Job.id).limit(1)  # the order makes the database take the index
    looks = [first.where(_is_due({each}, now)) for each in sorted(often)]
    rest = set(types).difference(often)
    looks += [select(Job.id).where(_is_left(types, now)).limit(1)] if types else []
    looks += [select(Job.id).where(_is_due(rest, now)).limit(1)] if rest else []
    return any(reading.session.scalar(look) is not None for look in looks)


def take_due(
    work: UnitOfWork, types: Collection[str], now: datetime, most: int, *, often: Collection[str] = ()
) -> list[Claimed]:
    """Take at most `most` jobs that are due, one of each instance, those left behind first.

    `often` are the types that nearly all jobs have. Each is asked for apart, in any order: of one type the index gives the longest
    waits at once, of several the database would sort all that is due for every few that are taken.
    """
    found = _free(work, types, _is_left(types, now), now, most) if types else []
    for each in sample(sorted(often), len(often)):
        if len(found) < most:
            found += _free(work, types, _is_due({each}, now), now, most - len(found))
    rest = set(types).difference(often)
    if rest and (not often or not found):
        found += _free(work, types, _is_due(rest, now), now, most - len(found))
    return _taken(work, _one_each(work, types, found, now), now)


def take(work: UnitOfWork, job_id: int, types: Collection[str], now: datetime) -> Claimed | None:
    """Take this job, if it is due and nobody has it."""
    for condition in (_is_left, _is_due):
        found = _free(work, types, and_(Job.id == job_id, condition(types, now)), now, 1)
        if found:
            return next(iter(_taken(work, _one_each(work, types, found, now), now)), None)
    return None


def _free(
    work: UnitOfWork, types: Collection[str], condition: ColumnElement[bool], now: datetime, most: int
) -> list[Row[Any]]:
    """Those that may be taken, locked with their instances; what somebody else has locked is passed by."""
    busy = select(Job.instance_id).where(_is_held(types, now))
    query = (
        select(Job.id, Job.instance_id, Job.token_id, Job.element_id, Job.type, Job.attempts, Job.retries)
        .join(ProcessInstance, ProcessInstance.id == Job.instance_id)
        .where(condition, ProcessInstance.is_suspended.is_(False), Job.instance_id.not_in(busy))
    )
    ordered = query.order_by(Job.run_at, Job.id).limit(most)
    return list(work.session.execute(ordered.with_for_update(skip_locked=True)))


def _one_each(work: UnitOfWork, types: Collection[str], found: Sequence[Row[Any]], now: datetime) -> list[Row[Any]]:
    """The first of each instance; asked again who is busy, now that the instances are locked: a claim may have come between."""
    first: dict[int, Row[Any]] = {}
    for row in found:
        first.setdefault(row.instance_id, row)
    busy = select(Job.instance_id).where(_is_held(types, now), Job.instance_id.in_(first))
    held = set(work.session.scalars(busy)) if first else set()
    return [row for row in first.values() if row.instance_id not in held]


def _taken(work: UnitOfWork, rows: Sequence[Row[Any]], now: datetime) -> list[Claimed]:
    if not rows:
        return []
    token = secrets.token_hex(16)
    values = {"state": RUNNING, "claim": token, "lease_until": now + LEASE, "attempts": Job.attempts + 1}
    work.session.execute(update(Job).where(Job.id.in_([row.id for row in rows])).values(**values))
    return [_claimed(row, token) for row in rows]


def _claimed(row: Row[Any], token: str) -> Claimed:
    place = (row.id, row.instance_id, row.token_id, row.element_id, row.type)
    return Claimed(*place, row.attempts + 1, row.retries, token)


def renew(work: UnitOfWork, claimed: Claimed, now: datetime) -> bool:
    """A new lease, counted from now. False when the claim was lost: whoever has the job now goes on with it."""
    return _still_mine(work, claimed, now, _RENEWED)


def done(work: UnitOfWork, claimed: Claimed, now: datetime) -> bool:
    """The job is done, in the transaction that takes its result. False when the claim was lost, and nothing may happen.

    One statement instead of reading the row first: a drain of jobs is made of this. Whoever calls it holds the instance.
    """
    return _still_mine(work, claimed, now, _DONE)


def _still_mine(work: UnitOfWork, claimed: Claimed, now: datetime, change: Update) -> bool:
    mine = {"job": claimed.id, "mine": claimed.claim, "now": now, "until": now + LEASE}
    return bool(work.session.execute(change, mine).rowcount)  # type: ignore[attr-defined]


def look_again_at(reading: Reading, job_id: int, now: datetime) -> datetime | None:
    """When a job that could not be taken must be looked at again; None when nothing is left to do."""
    job = reading.session.get(Job, job_id)
    if job is None or job.state not in (READY, RUNNING):
        return None
    until = job.run_at if job.state == READY else job.lease_until or now
    return until if until > now else now + LOOK_AGAIN  # its process is suspended, or busy with another job


def ends(job: Job, reason: str, again_at: datetime | None) -> None:
    """An attempt failed. The job rests until `again_at`, or is out of attempts."""
    job.state = DEAD if again_at is None else READY
    job.run_at, job.last_error, job.lease_until, job.claim = again_at or job.run_at, reason, None, None
