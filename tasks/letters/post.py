"""What goes by post: the letters of a day without an address for mail, to be printed at once.

A list for whoever empties the tray; nothing notes that a letter was put in an envelope, since nobody here sees that happen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from cases.deadlines import ZONE
from cases.models import Case, Letter
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import Reading
from tasks import sight
from tasks.letters import letter_pdf
from tasks.letters.letter_pdf import Sheet

MOST = 500  # of one day in one file


@dataclass(frozen=True)
class Posted:
    """A letter for the post."""

    case_id: int
    letter_id: int
    number: str
    subject: str
    to_name: str
    to_role: str
    written_at: datetime


def of_day(reading: Reading, actor: Actor, day: date) -> list[Posted]:
    """The letters of a day that no mail carries, in the order in which they were written; of cases this person may see."""
    return [
        Posted(case.id, letter.id, case.number, letter.subject, letter.to_name, letter.to_role, letter.written_at)
        for letter, case in _rows(reading, actor, day)
    ]


def sheets(reading: Reading, actor: Actor, day: date) -> list[Sheet]:
    """The same letters as they are printed."""
    return [letter_pdf.sheet(reading, case, letter) for letter, case in _rows(reading, actor, day)]


def _rows(reading: Reading, actor: Actor, day: date) -> Sequence[tuple[Letter, Case]]:
    require(actor, "letter.read")
    since = datetime.combine(day, time(), ZONE)
    query = (
        select(Letter, Case)
        .join(Case, Case.id == Letter.case_id)
        .where(Letter.to_address.is_(None), Letter.written_at >= since, Letter.written_at < since + timedelta(days=1))
        .where(*sight.limits(actor), *sight.own(actor))
        .order_by(Letter.id)
        .limit(MOST)
    )
    return [(letter, case) for letter, case in reading.session.execute(query)]
