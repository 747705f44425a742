"""What people decide will not be done any more: a step whose job cannot be done is skipped, mail that cannot be sent is given up.

The step counts as done without its effect, and the case goes on. Always with a reason, which stands in the case's history with who
decided it. Refuses with NotAllowed, ReasonMissing, TokenNotWaiting, StepNotSkippable, InstanceNotActive.
"""

from collections.abc import Sequence
from operator import itemgetter

from sqlalchemy import select

from engine.models import Incident
from engine.step import Step
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Problem
from storage import watching
from storage.unit_of_work import UnitOfWork
from tasks import turn
from tasks.accounts import STREAM
from tasks.models import Mail
from tasks.office import Office
from tasks.operating.incidents import Retried
from tasks.operating.mending import with_reason

_log = watching.logger("ombudsflow.incidents")


def skip(office: Office, work: UnitOfWork, actor: Actor, incident_id: int, reason: str) -> Step:
    """The job of a step that cannot go on will not be done; the case goes on behind it."""
    require(actor, "incident.skip")
    why = with_reason(reason)
    step = office.engine.skip_incident(work, incident_id, actor.id)
    row = work.session.get_one(Incident, incident_id)
    told = {"incident": incident_id, "skipped": row.element_id, "instance": row.instance_id, "reason": why}
    skipped = Event("incident", "changed", office.clock.now(), actor.id, turn.role_of(actor), told)
    turn.apply(office, work, actor, step, first=[skipped])
    return step


def skip_all(office: Office, actor: Actor, incident_ids: Sequence[int], reason: str) -> Retried:
    """Skip many, each in a turn of its own, so that one that cannot holds up no other."""
    require(actor, "incident.skip")
    with_reason(reason)
    outcomes = [_skipped(office, actor, incident_id, reason) for incident_id in incident_ids]
    return Retried(*(outcomes.count(each) for each in ("went on", "stuck", "refused")))


def _skipped(office: Office, actor: Actor, incident_id: int, reason: str) -> str:
    try:
        with office.database.work() as work:
            step = skip(office, work, actor, incident_id, reason)
        return "stuck" if step.incidents else "went on"
    except Problem as problem:
        _log.warning("incident not skipped", incident=incident_id, problem=problem.code)
        return "refused"


def give_up(office: Office, work: UnitOfWork, actor: Actor, mail_ids: Sequence[int], reason: str) -> int:
    """These mails will not be sent. What left meanwhile, or is just being sent, stays as it is; returns how many were given up."""
    require(actor, "mail.give_up")
    why = with_reason(reason)
    unsent = (Mail.id.in_(mail_ids), Mail.state.in_(("waiting", "dead")), Mail.claim.is_(None))
    rows = work.session.scalars(select(Mail).where(*unsent).order_by(Mail.id).with_for_update()).all()
    told = []
    for row in rows:
        row.state = "given_up"
        about = {"mail": row.id, "letter": row.letter_id, "given_up": True, "reason": why}
        event = Event("mail", "changed", office.clock.now(), actor.id, turn.role_of(actor), about)
        told.append((STREAM if row.case_id is None else turn.stream_of(row.case_id), event))
    for stream, event in sorted(told, key=itemgetter(0)):  # one order of locks, whoever else tells these cases
        office.log.append(work, stream, [event])
    return len(rows)
