"""The list of cases: found by number, name, authority and text, the newest first, page by page.

Access is that of the cases themselves (`tasks.sight`). Refuses with NotAllowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, select

from cases import authority_names
from cases.models import Case
from cases.searching import apart, conditions
from identity.people import Actor
from identity.permissions import require
from storage.private import is_sealed
from storage.unit_of_work import Reading
from tasks import page_keys, sight
from tasks.worklist import LIGHT

OPEN, CLOSED = "open", "closed"
PAGE = 50
NEWEST = "-number"
# So many are counted; whoever finds more asks a narrower question.
MOST_COUNTED = 1_000
SORTS: dict[str, SQLColumnExpression[Any]] = {
    "number": Case.id,  # given out together: in the order of numbers, also past 9999 in a year
    "subject": Case.subject,
    "authority": Case.authority_name,
    "received": Case.received_at,
}
MOMENTS, SHUT = frozenset({"received"}), frozenset({"subject", "authority"})


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
    """A page of cases. `next` is the id to go on after in the order of numbers, `next_key` the key in any order.

    `total` is exact up to MOST_COUNTED; with `is_more` there are more than that.
    """

    items: list[CaseItem]
    total: int
    next: int | None
    next_key: str | None = None
    is_more: bool = False


@dataclass(frozen=True)
class CaseFilters:
    """What narrows the list. `state` is open, closed or empty; `authority` a key."""

    query: str = ""
    state: str = ""
    authority: str = ""
    is_urgent: bool = False


def page(
    reading: Reading,
    actor: Actor,
    filters: CaseFilters,
    *,
    after: int | None = None,
    sort: str | None = None,
    key: str | None = None,
    limit: int = PAGE,
) -> CasePage:
    """One page: the newest first, going on after the id `after`; or by a column, going on after `key`. Two statements.

    `sort` is a name of SORTS, `-name` that column backwards.
    """
    require(actor, "case.read")
    if is_sealed(reading.session) and _known(sort).removeprefix("-") in SHUT:
        sort = None  # its database cannot put in order what it cannot read
    narrowed, words = [*sight.limits(actor), *_narrowed(filters)], conditions(reading, filters.query)
    some, wanted = _some(reading, narrowed, filters.query, words), [*narrowed, *words]
    total = len(some)
    if filters.query and total <= MOST_COUNTED:
        wanted = [Case.id.in_(some)]
    column, is_descending = SORTS[_known(sort).removeprefix("-")], _known(sort).startswith("-")
    place = page_keys.decoded(key, _known(sort), MOMENTS, "number")
    if place is not None:
        wanted = [*wanted, page_keys.beyond(column, Case.id, place, is_descending)]
    elif after is not None:
        wanted = [*wanted, Case.id < after]
    query: Select[Case, Any] = select(Case, column.label("at")).options(LIGHT).where(*wanted)
    by_column = page_keys.ordered(column, Case.id, is_descending)
    ordered = query.order_by(*(by_column if sort else (Case.id.desc(),)))
    rows = list(reading.session.execute(ordered.limit(limit + 1)))
    items = [_item(row[0]) for row in rows[:limit]]
    is_more = len(rows) > limit
    return CasePage(
        items,
        min(total, MOST_COUNTED),
        items[-1].id if is_more else None,
        page_keys.encoded(_known(sort), rows[limit - 1].at, items[-1].id) if is_more else None,
        total > MOST_COUNTED,
    )


def _some(
    reading: Reading, narrowed: Sequence[ColumnElement[bool]], query: str, words: Sequence[ColumnElement[bool]]
) -> Sequence[int]:
    """The cases that are wanted, up to one more than MOST_COUNTED: to count a million would cost more than the page.

    When a search finds no more than that, the page is made of these: the database cannot know how rare the beginning of a word
    is, and would look for fifty in the order of the list, through all cases.
    """
    longest = None if is_sealed(reading.session) else apart(query)
    if longest is not None:
        first, others = longest
        asked = select(Case.id, others.label("reads")).where(*narrowed, first).limit(MOST_COUNTED + 1)
        rows = reading.session.execute(asked).all()
        if len(rows) <= MOST_COUNTED:
            return [row.id for row in rows if row.reads]
    return reading.session.scalars(select(Case.id).where(*narrowed, *words).limit(MOST_COUNTED + 1)).all()


def _known(sort: str | None) -> str:
    """An unknown column means the newest first."""
    return sort if sort and sort.removeprefix("-") in SORTS else NEWEST


def authorities(reading: Reading, actor: Actor) -> Sequence[tuple[str, str]]:
    """The authorities cases are about, by name. Whoever works for one knows which."""
    return () if actor.authority_key else authority_names.of_all_cases(reading)


def _narrowed(filters: CaseFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.state == OPEN:
        wanted.append(Case.closed_at.is_(None))
    elif filters.state == CLOSED:
        wanted.append(Case.closed_at.isnot(None))
    if filters.authority:
        wanted.append(Case.authority_key == filters.authority)
    if filters.is_urgent:
        wanted.append(Case.is_urgent.is_(True))
    return wanted


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
    """The newest cases, open and closed, with every word asked for; nothing when nothing is asked. Two statements."""
    require(actor, "case.read")
    words = conditions(reading, query) if query.strip() else []
    if not words:
        return []
    wanted = [*sight.limits(actor), *words]
    some = _some(reading, sight.limits(actor), query, words)
    if len(some) <= MOST_COUNTED:
        wanted = [Case.id.in_(some)]
    rows = reading.session.scalars(select(Case).options(LIGHT).where(*wanted).order_by(Case.id.desc()).limit(limit))
    return [_item(case) for case in rows]
