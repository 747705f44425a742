"""More time for a question: asked by whoever is to answer it, or noted by staff who heard it from them.

A diagram allows it with a message event of this name on the edge of the user task. What follows is drawn there too: who decides, until
when, which letter tells it. The user task that decides has the input `question`; while it is open, more is not asked again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cases import facts
from cases.deadlines import local_day
from cases.models import Case
from engine import standing
from engine.step import Step
from forms.schema import Form
from identity.people import Actor
from identity.permissions import require
from problems import Conflict
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn, worklist
from tasks.case_file import message_in
from tasks.errors import UserTaskAlreadyCompleted, UserTaskNotFound
from tasks.forms_in_use import Said, form_in_use
from tasks.models import UserTask
from tasks.office import Office

MESSAGE, QUESTION = "more_time_asked", "question"
EARLIEST, PROPOSED = "earliest_on", f"{MESSAGE}.proposed_on"


class MoreTimeAskedAlready(Conflict):
    """Voor deze vraag is al meer tijd gevraagd. Daarop komt eerst een antwoord."""


class NoMoreTime(Conflict):
    """Voor deze vraag kan geen meer tijd gevraagd worden."""


@dataclass(frozen=True)
class MoreTime:
    """More time may be asked, with this form and what it knows; or it was asked, and is waited for since then."""

    form: Form
    known: Mapping[str, Any]
    asked_at: datetime | None = None
    until: date | None = None
    decided_by: int | None = None  # the user task in which it is decided


def of(office: Office, reading: Reading, row: UserTask) -> MoreTime | None:
    """What there is to ask or to wait for at a question; None where its diagram knows no more time, or it is over."""
    if row.closed_at is not None:
        return None
    deciding = _deciding(reading, row)
    if deciding is None and not _takes(office, reading, row):
        return None
    form, known = form_in_use(reading, MESSAGE)[0], _known(office, row)
    if deciding is None:
        return MoreTime(form, known)
    proposed = facts.known(reading, row.case_id).get(PROPOSED)
    return MoreTime(
        form, known, deciding.opened_at, date.fromisoformat(str(proposed)) if proposed else None, deciding.id
    )


def asked_of(office: Office, reading: Reading, case_id: int) -> UserTask | None:
    """The open question of a case for which more time may be asked, the one that is due first; None when there is none."""
    open_ones = [row for row in worklist.open_of_case(reading, case_id) if _takes(office, reading, row)]
    return min(open_ones, key=lambda row: (row.due_at is None, row.due_at, row.id), default=None)


def ask(office: Office, work: UnitOfWork, actor: Actor, row: UserTask, answers: Said) -> Step:
    """Ask it. Raises UserTaskAlreadyCompleted, MoreTimeAskedAlready, NoMoreTime, FormNotAccepted naming every field."""
    _require(work, actor, row)
    office.engine.hold(work, row.instance_id)
    work.session.refresh(row)  # who came here looked before it was held
    if row.closed_at is not None:
        raise UserTaskAlreadyCompleted(user_task_id=row.id)
    if _deciding(work, row) is not None:
        raise MoreTimeAskedAlready(user_task_id=row.id)
    waiting = standing.waiting_beside(office.engine, work, row.instance_id, row.token_id, MESSAGE)
    if waiting is None:
        raise NoMoreTime(user_task_id=row.id)
    parts = message_in.check(office, work, MESSAGE, answers, _known(office, row))
    received = message_in.keep(office, work, actor, row.case_id, MESSAGE, parts)
    given = {**parts.token, QUESTION: row.id, "message_on": local_day(received.at)}
    step = office.engine.receive(work, waiting, given, None)
    if step is None:
        raise NoMoreTime(user_task_id=row.id)
    turn.apply(office, work, actor, step, first=[received])
    return step


def _require(work: UnitOfWork, actor: Actor, row: UserTask) -> None:
    require(actor, "user_task.more_time")
    if not actor.is_external:
        sight.require(actor, "user_task.more_time", work.session.get_one(Case, row.case_id))
    elif actor.id != worklist.holder_of(row):
        raise UserTaskNotFound(user_task_id=row.id)


def known_of_case(office: Office, reading: Reading, case_id: int) -> Mapping[str, Any]:
    """What the form knows that staff fill in on the page of a case."""
    row = asked_of(office, reading, case_id)
    return _known(office, row) if row is not None else {}


def _known(office: Office, row: UserTask) -> dict[str, Any]:
    """The first day that is later than the one there is now, and than today."""
    today = local_day(office.clock.now())
    due = local_day(row.due_at) if row.due_at is not None else today
    return {EARLIEST: max(due, today) + timedelta(days=1)}


def _takes(office: Office, reading: Reading, row: UserTask) -> bool:
    found = standing.waiting_beside(office.engine, reading, row.instance_id, row.token_id, MESSAGE)
    return found is not None


def _deciding(reading: Reading, row: UserTask) -> UserTask | None:
    """The open user task in which it is decided whether this question gets more time."""
    open_ones = worklist.open_of_case(reading, row.case_id)
    return next((each for each in open_ones if each.inputs.get(QUESTION) == row.id), None)
