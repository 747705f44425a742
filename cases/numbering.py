"""Case numbers: `2026-0412`, gapless per year, whoever asks at the same time."""

from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

from cases.models import CaseNumber
from storage.unit_of_work import UnitOfWork

_TABLE: Any = CaseNumber.__table__


def _counting(insert: Any) -> Any:
    """Count on, or begin the year: of several who ask first, each waits for the one before."""
    begun = insert(_TABLE).values(year=bindparam("year"), last=1)
    return begun.on_conflict_do_update(index_elements=["year"], set_={"last": _TABLE.c.last + 1}).returning(
        _TABLE.c.last
    )


# Built once: every complaint runs one of them.
_ON_SQLITE, _ON_POSTGRESQL = _counting(sqlite.insert), _counting(postgresql.insert)


def next_number(work: UnitOfWork, year: int) -> str:
    """The next number of the year. The row stays locked until the commit, so a rollback gives the number back."""
    is_sqlite = work.session.get_bind().dialect.name == "sqlite"
    last = work.session.scalar(_ON_SQLITE if is_sqlite else _ON_POSTGRESQL, {"year": year})
    return f"{year}-{last:04d}"
