"""A second look is taken by other people than the first: who did one of the named steps of a case may not take what looks at it again.

A diagram says it with the property `other_hands` of a user task, or of an activity around it: the ids of the steps, with spaces between.
Among them `confidential_mediation` stands for whoever noted something in confidence in the record of a mediation.
"""

from sqlalchemy import ColumnElement, literal, or_, select

from cases.treatment_models import MediationNote
from engine.step import OpenedUserTask
from identity.people import Actor
from storage.unit_of_work import Reading
from tasks.errors import HandledEarlier
from tasks.models import UserTask

PROPERTY = "other_hands"
CONFIDENTIAL_MEDIATION = "confidential_mediation"
_PERSON = "person:"


def kept_from(reading: Reading, case_id: int, opened: OpenedUserTask) -> str | None:
    """The people a user task is not for, as its row keeps them; None for nearly every user task, without asking anything."""
    steps = opened.properties.get(PROPERTY, "").split()
    if not steps:
        return None
    query = (
        select(UserTask.closed_by)
        .where(UserTask.case_id == case_id, UserTask.element_id.in_(steps), UserTask.closed_by.startswith(_PERSON))
        .distinct()
    )
    found = {str(who) for who in reading.session.scalars(query)}
    if CONFIDENTIAL_MEDIATION in steps:
        noted = select(MediationNote.noted_by).where(MediationNote.case_id == case_id, MediationNote.is_confidential)
        found |= set(reading.session.scalars(noted.distinct()))
    return " ".join(sorted(found)) or None


def is_for(row: UserTask, person: str) -> bool:
    """False for somebody who did what is looked at again here."""
    return person not in (row.not_by or "").split()


def require(row: UserTask, actor: Actor) -> None:
    """Refuse with HandledEarlier."""
    if not is_for(row, actor.id):
        raise HandledEarlier(user_task_id=row.id)


def are_for(actor: Actor) -> ColumnElement[bool]:
    """For a query: the user tasks that may be this person's. For few rows: no index knows it."""
    padded = literal(" ") + UserTask.not_by + literal(" ")
    return or_(UserTask.not_by.is_(None), padded.not_like(f"% {actor.id} %"))
