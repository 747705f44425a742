"""What the parties of a mediation may agree on, version by version: who proposed it, who accepted it, what became of it.

In: a proposal, an answer to it, or that both agreed. Out: the row. Whoever proposes a version has accepted it; a version that takes
the place of another leaves the other as it was answered. Refuses with NoProposalStands, NotAcceptedByBoth.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from cases.deadlines import local_day
from cases.treatment_models import MediationProposal
from problems import Conflict
from storage.unit_of_work import Reading, UnitOfWork

COMPLAINANT, AUTHORITY = "complainant", "authority"
OPEN, AGREED, COUNTERED, REFUSED, LAPSED = "open", "agreed", "countered", "refused", "lapsed"
# How long a version stands when nobody said.
STANDS_FOR = 60


class NoProposalStands(Conflict):
    """Er ligt nu geen voorstel. Vraag een partij om er een te doen."""


class NotAcceptedByBoth(Conflict):
    """Nog niet allebei de partijen hebben deze versie aanvaard. Er is dus nog geen akkoord."""


class Agreement(NamedTuple):
    """By when the promise is due, and when each party accepted."""

    due_on: date
    complainant_accepted_at: datetime
    authority_accepted_at: datetime


def add(
    work: UnitOfWork, case_id: int, *, by: str, text: str, due_in_days: int, stands_for: int | None, at: datetime
) -> MediationProposal:
    """Put down the next version. `due_in_days` count from the agreement, `stands_for` (days) from today."""
    former = _open(work, case_id)
    if former is not None:
        former.state = COUNTERED
    last = select(func.max(MediationProposal.number)).where(MediationProposal.case_id == case_id)
    row = MediationProposal(
        case_id=case_id,
        number=(work.session.scalar(last) or 0) + 1,
        proposed_by=by,
        proposed_at=at,
        text=text,
        due_in_days=due_in_days,
        stands_until=local_day(at) + timedelta(days=stands_for or STANDS_FOR),
        state=OPEN,
        complainant_accepted_at=at if by == COMPLAINANT else None,
        authority_accepted_at=at if by == AUTHORITY else None,
    )
    work.session.add(row)
    work.session.flush()
    return row


def standing(reading: Reading, case_id: int) -> MediationProposal:
    """The version that waits for answers. Raises NoProposalStands."""
    row = _open(reading, case_id)
    if row is None:
        raise NoProposalStands(case_id=case_id)
    return row


def accept(row: MediationProposal, party: str, at: datetime) -> None:
    """Note that this party accepted this version."""
    if party == COMPLAINANT:
        row.complainant_accepted_at = at
    else:
        row.authority_accepted_at = at


def agree(row: MediationProposal, at: datetime) -> Agreement:
    """Both accepted this version: it is the agreement from now on. Raises NotAcceptedByBoth."""
    if row.complainant_accepted_at is None or row.authority_accepted_at is None:
        raise NotAcceptedByBoth(number=row.number)
    row.state, row.promise_due_on = AGREED, local_day(at) + timedelta(days=row.due_in_days)
    return Agreement(row.promise_due_on, row.complainant_accepted_at, row.authority_accepted_at)


def of_case(reading: Reading, case_id: int) -> list[MediationProposal]:
    """Every version, the newest first."""
    query = select(MediationProposal).where(MediationProposal.case_id == case_id)
    return list(reading.session.scalars(query.order_by(MediationProposal.number.desc())))


def _open(reading: Reading, case_id: int) -> MediationProposal | None:
    query = select(MediationProposal).where(MediationProposal.case_id == case_id, MediationProposal.state == OPEN)
    return reading.session.scalar(query)
