"""The queue: how work that must leave the turn gets done after the commit, whichever queue an installation uses.

An errand is put in the transaction that made the row it points to. That row (a job, a mail) is the truth: its state, its attempts,
who has it and until when. A queue only says when to look at it, so an errand that comes twice, too early or too late does no harm.
Promise: rolled back with its transaction, so what never happened never leaves the house; what was committed is looked at.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from engine.models import Job
from storage.unit_of_work import UnitOfWork

JOB, MAIL = "job", "mail"


@dataclass(frozen=True)
class Errand:
    """Something to do after the commit, not before `run_at`. `id` is the row it points to.

    Errands with the same `lock` are never done at the same time; an empty one locks nothing.
    """

    kind: str
    id: int
    run_at: datetime
    lock: str = ""


class JobQueue(Protocol):
    """Where errands wait for their moment."""

    def put(self, work: UnitOfWork, errand: Errand) -> None:
        """Add an errand in the caller's own transaction."""


class Embedded:
    """The queue without a queue: the row itself is its place in the line, and the tick of each process finds what is due by index."""

    def put(self, work: UnitOfWork, errand: Errand) -> None:
        """Nothing to add: the row was written in this transaction and carries its own moment."""


def of_job(job: Job, at: datetime | None = None) -> Errand:
    """The errand of a job that has a handler here, at its own moment or another. Two jobs of one instance never run at once."""
    return Errand(JOB, job.id, at or job.run_at, f"instance:{job.instance_id}")
