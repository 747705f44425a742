"""One message to many cases: asked once by a person, carried out a turn per case, so that a crash leaves none half-way.

In: the message, its answers, the cases. Out: each case has taken it, or stayed as it was with the reason. Exactly once: what marks a
case as done is written in the turn that did it. Time drives it (`advance`), in whichever process; several may at once.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from history.log import Event
from identity.people import Actor
from identity.roles import HANDLER
from problems import Problem, Unavailable
from storage import watching
from storage.unit_of_work import Reading, UnitOfWork
from tasks import inbox, turn
from tasks.forms_in_use import plain
from tasks.joined.bulk_models import BulkMessage, BulkRecipient
from tasks.office import Office

WAITING, DONE, STAYED = "waiting", "done", "stayed"
# Who acts in each case when a diagram, not a person, sent it round.
BY_LEADING = Actor("system:leading-case", "Het hoofddossier", frozenset({HANDLER}))
_log = watching.logger("ombudsflow.bulk")


@dataclass(frozen=True)
class Progress:
    """Where a message stands. `stayed` are the cases that could not take it, each with the reason."""

    id: int
    message: str
    started_at: datetime
    ended_at: datetime | None
    total: int
    done: int
    stayed: list[tuple[int, str]]


def begin(
    work: UnitOfWork,
    leading_id: int,
    message: str,
    answers: Mapping[str, Any],
    cases: Sequence[int],
    actor: Actor,
    now: datetime,
) -> int:
    """Write down that these cases are to get this message; the caller has checked the answers. Returns its id."""
    row = BulkMessage(
        case_id=leading_id,
        message=message,
        answers={name: plain(value) for name, value in answers.items()},
        person=actor.id,
        role=turn.role_of(actor),
        started_at=now,
    )
    work.session.add(row)
    work.session.flush()
    for_each = [{"bulk_id": row.id, "case_id": case_id, "state": WAITING} for case_id in sorted(set(cases))]
    if for_each:
        work.session.execute(insert(BulkRecipient), for_each)
    return row.id


def progress(reading: Reading, leading_id: int, most: int = 5) -> list[Progress]:
    """The last few messages of a case, the newest first."""
    rows = reading.session.scalars(
        select(BulkMessage).where(BulkMessage.case_id == leading_id).order_by(BulkMessage.id.desc()).limit(most)
    )
    return [_progress(reading, row) for row in rows]


def _progress(reading: Reading, row: BulkMessage) -> Progress:
    counted = _counted(reading, row.id)
    stayed = select(BulkRecipient.case_id, BulkRecipient.why).where(
        BulkRecipient.bulk_id == row.id, BulkRecipient.state == STAYED
    )
    reasons = [(case_id, why or "") for case_id, why in reading.session.execute(stayed.limit(50))]
    return Progress(
        row.id, row.message, row.started_at, row.ended_at, sum(counted.values()), counted.get(DONE, 0), reasons
    )


def _counted(reading: Reading, bulk_id: int) -> dict[str, int]:
    states = select(BulkRecipient.state, func.count()).where(BulkRecipient.bulk_id == bulk_id)
    return dict(reading.session.execute(states.group_by(BulkRecipient.state)).all())


def advance(office: Office, stopping: threading.Event | None = None) -> int:
    """Go on with every message under way until all have it, or until told to stop; returns how many turns were taken.

    Raises Unavailable when the database is away: all that is left waits for a later tick.
    """
    with office.database.reading() as reading:
        query = select(BulkMessage.id).where(BulkMessage.ended_at.is_(None)).order_by(BulkMessage.id)
        under_way = list(reading.session.scalars(query))
    return sum(_advance(office, bulk_id, stopping) for bulk_id in under_way)


def _advance(office: Office, bulk_id: int, stopping: threading.Event | None) -> int:
    done = 0
    while not (stopping and stopping.is_set()) and _one(office, bulk_id):
        done += 1
    _close(office, bulk_id)
    return done


def _one(office: Office, bulk_id: int) -> bool:
    """The next case, in a turn of its own; False when none waits. One that cannot take it stays, and the others go on."""
    row_id = case_id = 0
    try:
        with office.precedence.background(), office.database.work() as work:
            row = work.session.scalar(_next(bulk_id))
            if row is None:
                return False
            row_id, case_id = row.id, row.case_id
            _take(office, work, work.session.get_one(BulkMessage, bulk_id), row)
    except Unavailable:
        raise  # busy or away: the case still waits
    except Problem as refused:
        _stays(office, row_id, refused.sentence)
    except Exception as problem:  # one broken case must not hold up the others
        _log.exception("a case did not take a message to many", case=case_id)
        _stays(office, row_id, f"Er ging iets mis dat niet voorzien was ({type(problem).__name__}).")
    return True


def _next(bulk_id: int) -> Any:
    waiting = select(BulkRecipient).where(BulkRecipient.bulk_id == bulk_id, BulkRecipient.state == WAITING)
    return waiting.order_by(BulkRecipient.id).limit(1).with_for_update(skip_locked=True)


def _take(office: Office, work: UnitOfWork, bulk: BulkMessage, row: BulkRecipient) -> None:
    actor = Actor(bulk.person, "", frozenset({bulk.role}))
    inbox.deliver(office, work, actor, row.case_id, bulk.message, bulk.answers)
    row.state, row.at = DONE, office.clock.now()


def _stays(office: Office, row_id: int, why: str) -> None:
    with office.database.work() as work:
        mine = update(BulkRecipient).where(BulkRecipient.id == row_id, BulkRecipient.state == WAITING)
        work.session.execute(mine.values(state=STAYED, why=why, at=office.clock.now()))


def _close(office: Office, bulk_id: int) -> None:
    """When nobody waits any more it is over, and the leading case remembers how it went. Whoever is first writes it."""
    with office.database.work() as work:
        counted = _counted(work, bulk_id)
        if counted.get(WAITING):
            return
        now = office.clock.now()
        mine = update(BulkMessage).where(BulkMessage.id == bulk_id, BulkMessage.ended_at.is_(None))
        if not work.session.execute(mine.values(ended_at=now)).rowcount:  # type: ignore[attr-defined]
            return
        row = work.session.get_one(BulkMessage, bulk_id)
        data = {"message": row.message, "cases": counted.get(DONE, 0), "stayed": counted.get(STAYED, 0)}
        office.log.append(
            work, turn.stream_of(row.case_id), [Event("bulk", "completed", now, row.person, row.role, data)]
        )
