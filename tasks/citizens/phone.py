"""A complaint by telephone, at the counter or on paper: noted by the office itself, kept while it is being noted, opened once.

In: who notes it, the secret of the note, raw answers. Out: the case and the secret of its page. Promise: whoever presses twice
opens one case, also at the same moment. Refuses with NotAllowed, FormNotAccepted.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from cases.documents import Upload
from cases.models import ComplaintDraft
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import UnitOfWork
from tasks import intake, turn
from tasks.citizens import drafts
from tasks.office import Office


def keep(office: Office, work: UnitOfWork, actor: Actor, secret: str, answers: Mapping[str, Any]) -> None:
    """Keep a half-filled note on the server."""
    require(actor, "complaint.receive")
    _alone(office, work, secret)
    drafts.save(office, work, secret, answers)


def send(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    secret: str,
    answers: Mapping[str, Any],
    files: Sequence[Upload] = (),
) -> drafts.Sent:
    """Open the case of this note; a second time finds the case of the first."""
    require(actor, "complaint.receive")
    _alone(office, work, secret)
    became = drafts.sent(work, secret)
    if became is None:
        received = intake.receive(
            office, work, actor, answers, files, form_key=intake.PHONE_FORM, secret=drafts.case_secret(secret)
        )
        became = drafts.Sent(received.number, received.secret)
    drafts.discard(office, work, secret)
    return became


def _alone(office: Office, work: UnitOfWork, secret: str) -> None:
    """Lock the note's row, or make it: a second transaction with the same secret waits here for the first."""
    hashed = turn.hash_of(secret)
    row = work.session.scalar(select(ComplaintDraft).where(ComplaintDraft.secret_hash == hashed).with_for_update())
    if row is None:
        work.session.add(ComplaintDraft(secret_hash=hashed, answers={}, saved_at=office.clock.now()))
        work.session.flush()
