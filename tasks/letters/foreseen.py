"""What would leave if somebody finished their task now: the letters as they would be written, and nothing of it stays.

The task is finished for real, in a transaction that is given up: whatever the diagram does, what is shown is what would be sent.
Refuses as `completion.complete` does.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import func, select

from cases.models import Letter
from identity.people import Actor
from tasks import completion
from tasks.forms_in_use import Said
from tasks.office import Office


@dataclass(frozen=True)
class ForeseenLetter:
    """A letter that nobody wrote yet. Without an address it would go by post."""

    to_name: str
    to_role: str
    to_address: str | None
    subject: str
    body: str


@dataclass(frozen=True)
class Foreseen:
    """The letters that would leave at once; `is_stuck` when the case could not go on after that."""

    letters: list[ForeseenLetter]
    is_stuck: bool


class _GivenUp(Exception):
    """Nothing of this turn may stay."""


def of(
    office: Office,
    actor: Actor,
    user_task_id: int,
    answers: Said,
    *,
    version: int | None = None,
    came: Mapping[str, str] | None = None,
) -> Foreseen:
    """What finishing this task with these answers would send. A transaction of its own, that changes nothing."""
    found = Foreseen([], False)
    with suppress(_GivenUp), office.database.work() as work:
        last = work.session.scalar(select(func.max(Letter.id))) or 0
        step = completion.complete(office, work, actor, user_task_id, answers, version=version, came=came).step
        written = select(Letter).where(Letter.case_id == step.case_id, Letter.id > last).order_by(Letter.id)
        letters = [
            ForeseenLetter(each.to_name, each.to_role, each.to_address, each.subject, each.body)
            for each in work.session.scalars(written)
        ]
        found = Foreseen(letters, bool(step.incidents))
        raise _GivenUp
    return found
