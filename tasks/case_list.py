"""The list of cases: found by number, name, authority and text, the newest first, page by page.

Access is that of the cases themselves: staff and auditors. Refuses with NotAllowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from cases.models import Case
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import Reading
from tasks.worklist import LIGHT, mentions

OPEN, CLOSED = "open", "closed"
PAGE = 50


@dataclass(frozen=True)
class CaseItem:
    """One line of the list."""

    id: int
    number: str
    subject: str
    complainant: str
    is_name_withheld: bool
    authority: str
    received_at: datetime
    closed_at: datetime | None
    closure_reason: str | None
    is_urgent: bool


@dataclass(frozen=True)
class CasePage:
    """A page of cases; `next` is the id to go on after."""

    items: list[CaseItem]
    total: int
    next: int | None


@dataclass(frozen=True)
class CaseFilters:
    """What narrows the list. `state` is open, closed or empty; `authority` a key."""

    query: str = ""
    state: str = ""
    authority: str = ""
    is_urgent: bool = False


def page(
    reading: Reading, actor: Actor, filters: CaseFilters, *, after: int | None = None, limit: int = PAGE
) -> CasePage:
    """One page, the newest number first. Two statements."""
    require(actor, "case.read")
    wanted = _narrowed(filters)
    total = reading.session.scalar(select(func.count()).select_from(Case).where(*wanted)) or 0
    query = select(Case).options(LIGHT).where(*wanted, *([Case.id < after] if after is not None else []))
    rows = list(reading.session.scalars(query.order_by(Case.id.desc()).limit(limit + 1)))
    items = [_item(case) for case in rows[:limit]]
    return CasePage(items, total, items[-1].id if len(rows) > limit else None)


def authorities(reading: Reading) -> Sequence[tuple[str, str]]:
    """The authorities cases are about, by name."""
    query = select(Case.authority_key, Case.authority_name).where(Case.authority_key.isnot(None)).distinct()
    return [(str(key), name) for key, name in reading.session.execute(query.order_by(Case.authority_name))]


def _narrowed(filters: CaseFilters) -> list[ColumnElement[bool]]:
    conditions = mentions(filters.query)
    if filters.state == OPEN:
        conditions.append(Case.closed_at.is_(None))
    elif filters.state == CLOSED:
        conditions.append(Case.closed_at.isnot(None))
    if filters.authority:
        conditions.append(Case.authority_key == filters.authority)
    if filters.is_urgent:
        conditions.append(Case.is_urgent.is_(True))
    return conditions


def _item(case: Case) -> CaseItem:
    return CaseItem(
        id=case.id,
        number=case.number,
        subject=case.subject,
        complainant=case.complainant_name,
        is_name_withheld=case.name_withheld,
        authority=case.authority_name,
        received_at=case.received_at,
        closed_at=case.closed_at,
        closure_reason=case.closure_reason,
        is_urgent=case.is_urgent,
    )


def found(reading: Reading, actor: Actor, query: str, limit: int = 5) -> list[CaseItem]:
    """The newest cases, open and closed, with every word asked for; nothing when nothing is asked. One statement."""
    require(actor, "case.read")
    words = mentions(query)
    if not words:
        return []
    rows = reading.session.scalars(select(Case).options(LIGHT).where(*words).order_by(Case.id.desc()).limit(limit))
    return [_item(case) for case in rows]
