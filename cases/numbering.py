"""Case numbers: `2026-0412`, gapless per year, whoever asks at the same time."""

from sqlalchemy import select

from cases.models import CaseNumber
from storage.unit_of_work import UnitOfWork


def next_number(work: UnitOfWork, year: int) -> str:
    """The next number of the year. The row stays locked until the commit, so a rollback gives the number back."""
    row = work.session.scalar(select(CaseNumber).where(CaseNumber.year == year).with_for_update())
    if row is None:
        row = CaseNumber(year=year, last=0)
        work.session.add(row)
    row.last += 1
    work.session.flush()
    return f"{year}-{row.last:04d}"
