"""The link to a question, told again: in a reminder, or to whoever lost the mail with it.

It is the link of the first mail, so whoever that was passed on to keeps theirs. Mailed only to the address that was asked.
"""

from datetime import datetime

from sqlalchemy import select

from cases.models import Case
from storage.unit_of_work import UnitOfWork
from tasks import turn
from tasks.citizens import external
from tasks.models import UserTask
from tasks.office import Office


def again(office: Office, row: UserTask, now: datetime) -> str:
    """The secret of this question's link, good for as long as a new one from now on.

    A question asked before links could be made again (or under another master key) gets a new one, and its former no longer works.
    """
    secret = external.question_secret(office, row.instance_id, row.token_id)
    row.link_hash, row.link_expires_at = turn.hash_of(secret), now + turn.LINK_LIFETIME
    return secret


def of_reader(work: UnitOfWork, instance_id: int, role: str, authority_key: str | None) -> UserTask | None:
    """The question of this process that waits for this reader; the one that is due first when there are several."""
    query = select(UserTask).where(
        UserTask.instance_id == instance_id, UserTask.role == role, UserTask.closed_at.is_(None)
    )
    if authority_key is not None:
        query = query.where(UserTask.authority_key == authority_key)
    rows = work.session.scalars(query.order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id).limit(1))
    return rows.first()


def asked_at(office: Office, work: UnitOfWork, case: Case, email: str) -> list[UserTask]:
    """The open questions of a case to somebody who is reached at this address, but for the complainant, who has a page for them."""
    query = select(UserTask).where(
        UserTask.case_id == case.id,
        UserTask.closed_at.is_(None),
        UserTask.link_hash.is_not(None),
        UserTask.role != external.COMPLAINANT,
    )
    found = work.session.scalars(query.order_by(UserTask.id))
    return [row for row in found if (external.reached_at(office, work, case, row) or "").casefold() == email.casefold()]
