"""A file the office opens by itself: nobody complained, but a process began that asks something of people or keeps something.

It has a number like any other, and no complainant; its subject is what the process is called.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update

from cases.deadlines import local_day
from cases.models import Case
from cases.numbering import next_number
from cases.searching import search_words
from storage.straight import Straight
from storage.unit_of_work import UnitOfWork

MATTER, CHANNEL, LABEL = "own_initiative", "office", "Op eigen initiatief"
# Built once: every process that ends asks it.
_CASES: Any = Case.__table__
_CLOSE = Straight(
    update(_CASES)
    .where(
        _CASES.c.id == bindparam("file"),
        _CASES.c.instance_id == bindparam("instance"),
        _CASES.c.matter == MATTER,
        _CASES.c.closed_at.is_(None),
    )
    .values(closed_at=bindparam("at"))
)


def open_file(work: UnitOfWork, subject: str, at: datetime, secret_hash: str) -> Case:
    """A new file. The secret is nobody's: there is no one to follow it from outside."""
    case = Case(
        number=next_number(work, local_day(at).year),
        matter=MATTER,
        channel=CHANNEL,
        subject=subject[:300],
        received_at=at,
        secret_hash=secret_hash,
    )
    case.search_text = search_words(case, {})
    work.session.add(case)
    work.session.flush()
    return case


def close_file(work: UnitOfWork, case_id: int, instance_id: int, at: datetime) -> bool:
    """The process for which the file was opened is over. False for any other file, which closes by its own steps."""
    return bool(_CLOSE.change(work.session, {"file": case_id, "instance": instance_id, "at": at}))
