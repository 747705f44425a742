"""Cases told for anybody: what was approved and not taken back, newest first, found by words, theme, service or norm.

Nothing of the case itself is read here, and nothing is kept of who reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from cases.folding import normal
from cases.models import Case
from cases.publications import CaseSummary, CaseSummaryNorm
from identity.people import Actor
from identity.permissions import allows
from problems import Gone, NotFound
from storage.unit_of_work import Reading
from tasks import sight

PAGE, MOST_OPEN_DATA, MOST_WORDS = 20, 10_000, 8


class SummaryNotFound(NotFound):
    """Deze samenvatting bestaat niet."""


class SummaryWithdrawn(Gone):
    """Deze samenvatting is ingetrokken."""


@dataclass(frozen=True)
class Filters:
    """What narrows the list; empty or 0 is everything."""

    words: str = ""
    theme: str = ""
    authority: str = ""
    norm: int = 0


@dataclass(frozen=True)
class Page:
    """A page of summaries with the norms of each. `next` is the key of the following page, 0 when there is none."""

    rows: Sequence[CaseSummary]
    norms: Mapping[int, Sequence[int]]
    total: int
    next: int
    themes: Sequence[str]
    authorities: Sequence[tuple[str, str]]
    all_norms: Sequence[int]

    @property
    def is_empty(self) -> bool:
        """True when nothing is public at all, whatever is asked."""
        return not self.total and not self.authorities and not self.themes


def public(reading: Reading, filters: Filters, *, after: int = 0, limit: int = PAGE) -> Page:
    """What anybody may read."""
    session, asked = reading.session, _asked(filters)
    query = select(CaseSummary).where(*asked).order_by(CaseSummary.id.desc()).limit(limit + 1)
    rows = session.scalars(query.where(CaseSummary.id < after) if after else query).all()
    shown = CaseSummary.withdrawn_at.is_(None)
    themes = select(CaseSummary.theme).where(shown, CaseSummary.theme.is_not(None)).distinct()
    named = select(CaseSummary.authority_key, func.max(CaseSummary.authority)).where(shown)
    named = named.where(CaseSummary.authority_key.is_not(None)).group_by(CaseSummary.authority_key)
    norms = select(CaseSummaryNorm.norm).join(CaseSummary, CaseSummary.id == CaseSummaryNorm.summary_id).where(shown)
    return Page(
        rows=rows[:limit],
        norms=norms_of(reading, [row.id for row in rows[:limit]]),
        total=session.scalar(select(func.count(CaseSummary.id)).where(*asked)) or 0,
        next=rows[limit - 1].id if len(rows) > limit else 0,
        themes=sorted(str(theme) for theme in session.scalars(themes)),
        authorities=sorted(((str(key), name) for key, name in session.execute(named)), key=lambda each: each[1]),
        all_norms=sorted(set(session.scalars(norms.distinct()))),
    )


def _asked(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [CaseSummary.withdrawn_at.is_(None)]
    exact = {CaseSummary.theme: filters.theme, CaseSummary.authority_key: filters.authority}
    found += [column == value for column, value in exact.items() if value]
    words = normal(filters.words).split()[:MOST_WORDS]
    found += [CaseSummary.search_text.contains(word, autoescape=True) for word in words]
    if filters.norm:
        has_norm = select(CaseSummaryNorm.summary_id).where(CaseSummaryNorm.norm == filters.norm)
        found.append(CaseSummary.id.in_(has_norm))
    return found


def norms_of(reading: Reading, ids: Sequence[int]) -> Mapping[int, Sequence[int]]:
    """The norms of each of these summaries, in order."""
    query = select(CaseSummaryNorm).where(CaseSummaryNorm.summary_id.in_(ids)).order_by(CaseSummaryNorm.norm)
    found: dict[int, list[int]] = {each: [] for each in ids}
    for row in reading.session.scalars(query):
        found[row.summary_id].append(row.norm)
    return found


def find(reading: Reading, summary_id: int) -> CaseSummary:
    """One that is public. Raises SummaryNotFound; SummaryWithdrawn for one that was, so that whoever copied it may know."""
    row = reading.session.get(CaseSummary, summary_id)
    if row is None:
        raise SummaryNotFound(summary_id=summary_id)
    if row.withdrawn_at is not None:
        raise SummaryWithdrawn(summary_id=summary_id)
    return row


def case_of(reading: Reading, actor: Actor, row: CaseSummary) -> str:
    """The number of the case, for colleagues who may see it: there a summary is taken back. Empty for anybody else."""
    if not allows(actor, "case.read") or not sight.sees(reading, actor, row.case_id):
        return ""
    return reading.session.get_one(Case, row.case_id).number
