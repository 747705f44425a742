"""What a turn writes beside the token state: rows for what waits, for what broke, and for jobs nobody needs any more.

The tokens are the truth. Which rows exist is read from the tokens as they were when the turn began, so nothing is queried.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState
from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from engine.elements.base import INCIDENT
from engine.models import Incident, Job, Subscription
from engine.run import Run
from engine.throwing import SUBSCRIBED, place_of
from engine.waits import Wait

BY_ENGINE = "system:engine"
# Built once, and on the table itself: with every timer that fires a token waits no longer.
_ROWS: Any = Subscription.__table__
_OVER = delete(_ROWS).where(
    _ROWS.c.instance_id == bindparam("instance"), _ROWS.c.token_id.in_(bindparam("tokens", expanding=True))
)


@dataclass(frozen=True)
class Before:
    """The rows that exist when a turn begins: tokens with subscriptions (by place), and tokens with an incident."""

    subscribed: frozenset[tuple[str, str]] = frozenset()
    parked: frozenset[str] = frozenset()


def before(run: Run) -> Before:
    """What the restored tokens say about the rows in the database."""
    waiting = (task for task in run.tokens() if task.state == TaskState.WAITING)
    return Before(
        frozenset((task.id.hex, element) for task in waiting for element in task.internal_data.get(SUBSCRIBED, ())),
        parked(run),
    )


def parked(run: Run) -> frozenset[str]:
    """The tokens that cannot go on until somebody mends something."""
    return frozenset(
        task.id.hex
        for task in run.tokens()
        if INCIDENT in task.internal_data and not task.has_state(TaskState.FINISHED_MASK)
    )


def write_subscriptions(session: Session, instance_id: int, known: Before, wanted: list[Wait]) -> None:
    """Take away the rows of tokens that wait no longer, add the new ones."""
    keep = {(wait.token_id, place_of(wait.element_id, wait.position)) for wait in wanted}
    gone = known.subscribed - keep
    whole = {token_id for token_id, _ in gone} - {token_id for token_id, _ in keep}
    if whole:
        session.execute(_OVER, {"instance": instance_id, "tokens": sorted(whole)})
    for token_id, place in sorted(gone):
        if token_id not in whole:  # one of several triggers happened; the token waits on for the others
            _forget(session, instance_id, token_id, place)
    fresh = [
        {"instance_id": instance_id, **vars(wait)}
        for wait in wanted
        if (wait.token_id, place_of(wait.element_id, wait.position)) not in known.subscribed
    ]
    if fresh:
        session.execute(insert(Subscription), fresh, execution_options={"render_nulls": True})  # one statement for all


def _forget(session: Session, instance_id: int, token_id: str, place: str) -> None:
    element, _, position = place.partition("#")
    rows = delete(Subscription).where(Subscription.instance_id == instance_id, Subscription.token_id == token_id)
    session.execute(rows.where(Subscription.element_id == element, Subscription.position == int(position or 0)))


def write_incidents(session: Session, run: Run, known: Before, now: datetime) -> None:
    """Open the new ones; close those whose token was withdrawn meanwhile."""
    step = run.step
    withdrawn = known.parked - parked(run)
    if withdrawn:
        session.execute(
            update(Incident)
            .where(
                Incident.instance_id == step.instance_id,
                Incident.token_id.in_(withdrawn),
                Incident.resolved_at.is_(None),
            )
            .values(resolved_at=now, resolved_by=BY_ENGINE)
        )
    session.add_all(
        Incident(
            instance_id=step.instance_id,
            case_id=step.case_id or None,
            token_id=incident.token_id,
            element_id=incident.element_id,
            reason=incident.reason,
            opened_at=now,
        )
        for incident in step.incidents
    )


def leave_dead_jobs(session: Session, instance_id: int, token: str) -> None:
    """Somebody decided what follows on the failure of a token's job: it counts as failed no longer."""
    dead = (Job.instance_id == instance_id, Job.token_id == token, Job.state == "dead")
    session.execute(update(Job).where(*dead).values(state="cancelled"))


def cancel_jobs(session: Session, instance_id: int, tokens: list[str]) -> None:
    """Jobs whose token was withdrawn must not run."""
    if tokens:
        session.execute(
            update(Job)
            .where(Job.instance_id == instance_id, Job.token_id.in_(tokens), Job.state.in_(("ready", "running")))
            .values(state="cancelled", claim=None)  # a worker that has it now finds its claim gone
        )
