"""What the office did since this process began, in numbers for whoever watches it: turns that were committed and errands, by kind.

A turn counts when its transaction was committed, never when it was rolled back. What waits now is `tasks.operating.pulse`.
"""

from collections.abc import Iterable
from typing import Any

from prometheus_client import Counter, Histogram

from history.log import Event
from identity.people import Actor
from storage import watching
from storage.unit_of_work import UnitOfWork
from tasks.background.outcalls import Steps

TURNS = Counter("ombudsflow_turns_total", "Turns that were committed, by what caused them.", ["kind"])
ERRANDS = Counter(
    "ombudsflow_errands_total", "Jobs and mails that were tried, and what became of it.", ["kind", "outcome"]
)
LATE = Histogram(
    "ombudsflow_timer_late_seconds",
    "How long after its moment a timer fired.",
    buckets=(0.1, 0.5, 1, 2, 5, 15, 60, 300, 3600),
)
# What caused a turn is its first event; these activities of the office are the causes there are.
CAUSES = {
    "timer": "timer",
    "message": "message",
    "signal": "signal",
    "condition": "condition",
    "job": "worker",
    "choice": "choice",
    "incident": "mending",
    "process": "mending",
    "case": "intake",
}
JOBS = "system:jobs"


def kind_of(actor: Actor, is_answer: bool, first: Iterable[Event]) -> str:
    """What caused a turn: somebody's answer, a timer, a job, a complaint that came in, ..."""
    if is_answer:
        return "completion"
    if actor.id == JOBS:
        return "job"
    cause = next(iter(first), None)
    return "other" if cause is None else CAUSES.get(cause.activity, "other")


def turn(work: UnitOfWork, kind: str) -> None:
    """Count this turn, once it is committed."""
    work.after_commit(TURNS.labels(kind).inc)


def errand(log: Any, kind: str, steps: Steps, **about: int | str) -> Steps:
    """The same errand, watched: one line in the log and one count, whatever becomes of it."""
    with watching.background(log, kind, **about) as made:
        made.about["outcome"] = "failed"
        try:
            is_done = yield from steps
            made.about["outcome"] = "done" if is_done else "failed"
        finally:
            ERRANDS.labels(kind, made.about["outcome"]).inc()
    return is_done
