"""May this case follow that one? Asked before a message that says so moves anything, so that whoever typed the number is told.

The number is one the asker may see; of another they are told that it does not exist.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from cases import related
from cases.models import Case
from cases.related import JOINED, MERGED
from identity.people import Actor
from storage.one_at_a_time import alone
from storage.unit_of_work import UnitOfWork
from tasks import sight

# Message to the answer that names the leading case, and what the one is to the other.
FOLLOWING = {"complaint_joined": ("joined_to", JOINED), "complaint_merged": ("merged_into", MERGED)}


def require(work: UnitOfWork, actor: Actor, case_id: int, message: str, answers: Mapping[str, Any]) -> None:
    """Refuse a number that cannot lead this case; other messages pass. Raises what `related.require_leading` raises.

    Of two cases that would follow each other at the same moment, the second is told that the other follows already.
    """
    if message not in FOLLOWING:
        return
    alone(work, "cases that follow another")  # before any instance is held, as everywhere
    field, kind = FOLLOWING[message]
    number = str(answers.get(field) or "").strip()
    may_lead = (Case.number == number, *sight.limits(actor), *sight.own(actor))
    leading = work.session.scalar(select(Case).where(*may_lead))
    related.require_leading(work, case_id, leading, kind)
