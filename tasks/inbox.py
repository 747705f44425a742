"""Messages that arrive at a case: withdrawal, extra information, a court case, an early correction.

A message the diagram waits for moves it; one it does not wait for is refused with the reason, except plain information,
which is always kept on the file. A form with the message's name, when there is one, says what may be in it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from cases.deadlines import local_day
from cases.documents import Upload
from cases.models import Case
from engine.models import Definition, ProcessInstance, Subscription
from engine.step import Step
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn
from tasks.case_file import message_in
from tasks.citizens import amounts, more_time
from tasks.errors import CaseNotFound, MessageNotExpected
from tasks.joined import belonging
from tasks.office import Office

INFORMATION = "information_added"
# What complainants may tell themselves; the other messages are the office's own decisions.
OF_COMPLAINANT = frozenset(
    {
        INFORMATION,
        "complaint_withdrawn",
        "court_case_started",
        "first_line_answered",
        "identity_disclosed",
        "review_requested",
    }
)


def deliver(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    case_id: int,
    message: str,
    answers: Mapping[str, Any],
    *,
    files: Sequence[Upload] = (),
) -> Step | None:
    """Deliver a message to a case. None when it was only kept on the file."""
    require(actor, "case.act")
    if actor.id.startswith("complainant:") and actor.id != f"complainant:{case_id}":
        raise CaseNotFound(case_id=case_id)
    if actor.is_external and message not in OF_COMPLAINANT:
        raise MessageNotExpected(message=message, case_id=case_id)
    case = work.session.get(Case, case_id)
    if case is not None:
        sight.require(actor, "case.act", case)
    if message == more_time.MESSAGE:
        return _more_time(office, work, actor, case_id, answers)
    parts = message_in.check(office, work, message, answers)
    belonging.require(work, actor, case_id, message, parts.token)
    if case is not None and case.instance_id is not None:
        office.engine.hold(work, case.instance_id)
        case = work.session.get(Case, case_id, populate_existing=True)  # who found it looked before it was held
    if case is not None and _would_begin(work, message) and message not in expected(work, case):
        raise MessageNotExpected(message=message, case_id=case_id)
    amounts.require_room(office, work, case_id, actor, files)
    received = message_in.keep(office, work, actor, case_id, message, parts, files)
    given = {**parts.token, "message_on": local_day(received.at)}
    step = office.engine.correlate(work, message, str(case_id), given, case_id)
    if step is None and message != INFORMATION:
        raise MessageNotExpected(message=message, case_id=case_id)
    if step is None:
        turn.finish(office, work, case_id, received)
        return None
    turn.apply(office, work, actor, step, first=[received])
    return step


def _more_time(office: Office, work: UnitOfWork, actor: Actor, case_id: int, answers: Mapping[str, Any]) -> Step:
    """Staff heard from a service that it needs more time: for the question that is due first."""
    row = more_time.asked_of(office, work, case_id)
    if row is None:
        raise MessageNotExpected(message=more_time.MESSAGE, case_id=case_id)
    return more_time.ask(office, work, actor, row, answers)


def known(office: Office, reading: Reading, case_id: int, message: str) -> Mapping[str, Any]:
    """What the form of a message knows beside its answers: from when on more time can be asked."""
    return more_time.known_of_case(office, reading, case_id) if message == more_time.MESSAGE else {}


def expected(reading: Reading, case: Case) -> list[str]:
    """The messages this case can take now: what its diagrams wait for, information as long as it is open, and once it is closed what
    a diagram of its own begins with (one that runs in the case already does not begin again). None once it was destroyed.
    """
    if case.erased_at is not None:
        return []
    here = select(ProcessInstance.id).where(ProcessInstance.case_id == case.id)
    query = select(Subscription.name).where(
        Subscription.instance_id.in_(here), Subscription.kind == "message", Subscription.key == str(case.id)
    )
    waited = {name for name in reading.session.scalars(query) if name}
    return sorted(waited | ({INFORMATION} if case.closed_at is None else _beginnings(reading, case.id)))


def _beginnings(reading: Reading, case_id: int) -> set[str]:
    running = select(Definition.key).join(ProcessInstance, ProcessInstance.definition_id == Definition.id)
    running = running.where(ProcessInstance.case_id == case_id, ProcessInstance.ended_at.is_(None))
    has_form = aliased(Definition)
    query = (
        select(Subscription.name)
        .join(Definition, Definition.id == Subscription.definition_id)
        .where(Subscription.kind == "message", Definition.key.not_in(running))
        .where(select(has_form.id).where(has_form.kind == "form", has_form.key == Subscription.name).exists())
    )
    return {name for name in reading.session.scalars(query) if name}


def _would_begin(reading: Reading, message: str) -> bool:
    query = select(Subscription.id).where(
        Subscription.kind == "message", Subscription.name == message, Subscription.definition_id.is_not(None)
    )
    return reading.session.scalar(query.limit(1)) is not None
