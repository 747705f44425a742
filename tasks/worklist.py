"""The worklist: open user tasks, due first, of mine, of my roles, or all; and who may see which.

Access is denied by default: staff of a case role sees cases, an external sees only its own user task. What somebody may not
see does not exist for them (404). Pages go by key, never by number: a task that is finished meanwhile shifts nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased, defer

from cases import authority_names, searching
from cases.deadlines import ZONE, local_day
from cases.models import Case
from engine import locks
from engine.models import ProcessInstance
from identity.people import Actor
from identity.permissions import allows, require
from identity.roles import AUTHORITY, COMPLAINANT, EXTERNAL_ROLES, HEARD
from storage.base import UtcDateTime
from storage.unit_of_work import Reading, UnitOfWork
from tasks import page_keys, sight
from tasks.errors import LinkNotValid, UserTaskNotFound
from tasks.models import UserTask
from tasks.treatment import other_hands

_BY_ID = select(UserTask).where(UserTask.id == bindparam("id"))
_BY_ID_LOCKED = _BY_ID.with_for_update()
# What completing needs to know, with the instance locked. Whatever the session knew of them may be old. The driver makes an object for
# each column of each answer: what only some completions ask for comes when it is asked.
_SELDOM: Any = (
    *(UserTask.draft, UserTask.draft_by, UserTask.office_draft, UserTask.office_draft_by, UserTask.opened_at),
    *(UserTask.name, UserTask.about, UserTask.definition_id, UserTask.follow_up_at, UserTask.priority),
    *(UserTask.link_hash, UserTask.link_expires_at, ProcessInstance.library_version, ProcessInstance.started_at),
)
_TO_COMPLETE = (
    select(UserTask, Case.number, ProcessInstance)
    .join(Case, Case.id == UserTask.case_id)
    .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
    .where(UserTask.id == bindparam("id"))
    .with_for_update(of=ProcessInstance)
    .options(*map(defer, _SELDOM))
    .execution_options(populate_existing=True)
)
_Query = Select[*tuple[Any, ...]]
MINE, ROLES, ALL = "mine", "roles", "all"
VIEWS = (MINE, ROLES, ALL)
TOTAL, LATE, TODAY = "total", "late", "today"
PAGE = 50
# The holder of a link to one question sees that question, and no other of the case.
OF_ONE_QUESTION = (f"{AUTHORITY}:", f"{HEARD}:")
# Without a due date last; PostgreSQL and SQLite disagree on where nulls go, so we say it.
FAR = datetime(9999, 1, 1, tzinfo=UTC)
# A list does not need the text the search looks in, which may be the whole story.
LIGHT = defer(Case.search_text)
# The authority of an open case stands in the small index of what is open; the few tasks of closed cases look theirs up.
_OF_OPEN: Any = aliased(Case)
_OF_CLOSED = select(Case.authority_name).where(Case.id == UserTask.case_id).correlate(UserTask).scalar_subquery()
SORTS: dict[str, SQLColumnExpression[Any]] = {
    "due": func.coalesce(UserTask.due_at, literal(FAR, UtcDateTime()), type_=UtcDateTime()),
    "number": UserTask.case_id,  # given out together: in the order of numbers, also past 9999 in a year
    "name": UserTask.name,
    "authority": func.coalesce(_OF_OPEN.authority_name, _OF_CLOSED),
    "opened": UserTask.opened_at,
}
MOMENTS = frozenset({"due", "opened"})


@dataclass(frozen=True)
class Item:
    """One line of the worklist."""

    id: int
    case_number: str
    case_id: int
    name: str
    about: str
    role: str
    subject: str
    complainant: str
    is_name_withheld: bool
    authority: str
    assignee: str | None
    due_at: datetime | None
    opened_at: datetime
    is_urgent: bool
    has_draft: bool
    version: int
    not_by: str | None = None


@dataclass(frozen=True)
class Page:
    """A page of lines; `next` is the key of the following page. `overdue` and `today` count within the filter."""

    items: list[Item]
    total: int
    overdue: int
    today: int
    next: str | None
    counts: dict[str, int]


@dataclass(frozen=True)
class Filters:
    """What narrows the list. `due` is late, today or empty; `role` and `authority` are keys."""

    query: str = ""
    due: str = ""
    role: str = ""
    authority: str = ""


def page(
    reading: Reading,
    actor: Actor,
    view: str,
    *,
    now: datetime,
    filters: Filters | None = None,
    sort: str = "due",
    after: str | None = None,
    limit: int = PAGE,
) -> Page:
    """One page, overdue and due first unless another column is asked (`-name` is that column backwards). One statement.

    What is open is looked at once, for the lines and for every count; the lines of one page are read after that.
    """
    require(actor, "worklist.read")
    asked = filters or Filters()
    sort = sort if sort.removeprefix("-") in SORTS else "due"
    is_descending = sort.startswith("-")
    opened = _opened(reading, actor, view, asked, sort)
    shown = [opened.c.is_inside, *_due(asked.due, opened.c.due_at, now)]
    key = page_keys.decoded(after, sort, MOMENTS, "number")
    if key is not None:
        shown.append(page_keys.beyond(opened.c.at, opened.c.id, key, is_descending))
    line = (
        select(opened.c.id, opened.c.at)
        .where(*shown)
        .order_by(*page_keys.ordered(opened.c.at, opened.c.id, is_descending))
        .limit(limit + 1)
        .subquery()
    )
    counts = _counts(actor, opened, asked.due, now).subquery()
    rows = (
        select(UserTask, Case, line.c.at, counts)
        .select_from(counts)
        .options(LIGHT)
        .join(line, true(), isouter=True)  # the counts come also without a line
        .join(UserTask, UserTask.id == line.c.id, isouter=True)
        .join(Case, Case.id == UserTask.case_id, isouter=True)
        .order_by(*page_keys.ordered(line.c.at, UserTask.id, is_descending))
    )
    found = list(reading.session.execute(rows))
    lines = [row for row in found if row[0] is not None]
    counted = found[0]._mapping
    return Page(
        items=[_item(row[0], row[1]) for row in lines[:limit]],
        total=counted[TOTAL],
        overdue=counted[LATE],
        today=counted[TODAY],
        next=page_keys.encoded(sort, lines[limit - 1].at, lines[limit - 1][0].id) if len(lines) > limit else None,
        counts={name: counted[name] for name in VIEWS},
    )


def _opened(reading: Reading, actor: Actor, view: str, filters: Filters, sort: str) -> CTE:
    """Every open task the actor may see: what it is ordered by, and whether it is inside the view and what narrows it."""
    inside = and_(true(), *_of_view(actor, view), *_narrowed(reading, filters))
    columns = (UserTask.id, UserTask.role, UserTask.assignee, UserTask.due_at)
    query: Select[*tuple[Any, ...]] = select(
        *columns, SORTS[sort.removeprefix("-")].label("at"), inside.label("is_inside")
    )
    if sort.removeprefix("-") == "authority":
        query = query.join(_OF_OPEN, and_(_OF_OPEN.id == UserTask.case_id, _OF_OPEN.closed_at.is_(None)), isouter=True)
    query = query.where(UserTask.closed_at.is_(None), *sight.task_limits(actor))
    # Otherwise PostgreSQL would ask the conditions again for every count.
    return query.cte("opened").prefix_with("MATERIALIZED")


def _counts(actor: Actor, opened: CTE, due: str, now: datetime) -> Select[*tuple[int, ...]]:
    """How many each view holds, and within this one how many are asked, late and due today."""
    columns = {
        **{name: and_(true(), *_of_view(actor, name, opened.c)) for name in VIEWS},
        TOTAL: and_(opened.c.is_inside, *_due(due, opened.c.due_at, now)),
        LATE: and_(opened.c.is_inside, *_due(LATE, opened.c.due_at, now)),
        TODAY: and_(opened.c.is_inside, *_due(TODAY, opened.c.due_at, now)),
    }
    return select(*(func.count().filter(condition).label(name) for name, condition in columns.items()))


def _today(now: datetime) -> tuple[datetime, datetime]:
    """The first moment of today and of tomorrow in the office. A task due today is not late before the day is over."""
    day = local_day(now)
    return (
        datetime.combine(day, time.min, ZONE).astimezone(UTC),
        datetime.combine(day + timedelta(days=1), time.min, ZONE).astimezone(UTC),
    )


def _of_view(actor: Actor, view: str, task: Any = UserTask) -> list[ColumnElement[bool]]:
    """The open tasks of a view. Those of complainants and authorities are in `all` only: they wait for somebody else."""
    if view == MINE:
        return [task.assignee == actor.id]
    if view == ROLES:
        return [task.role.in_(sorted(actor.roles)), or_(task.assignee.is_(None), task.assignee == actor.id)]
    return []


def _due(due: str, due_at: ColumnElement[datetime | None], now: datetime) -> list[ColumnElement[bool]]:
    start, end = _today(now)
    if due == LATE:
        return [due_at < start]
    return [due_at >= start, due_at < end] if due == TODAY else []


def _narrowed(reading: Reading, filters: Filters) -> list[ColumnElement[bool]]:
    of_case: list[ColumnElement[bool]] = searching.conditions(reading, filters.query)
    if filters.authority:
        of_case = [Case.authority_key == filters.authority, *of_case]
    is_role = [UserTask.role == filters.role] if filters.role else []
    return is_role + (_of_case(of_case) if of_case else [])


def _of_case(conditions: list[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Tasks of cases of which this holds. Nearly all of these are open and have small indexes; the few others are looked at one by one."""
    is_open = Case.closed_at.is_(None)
    found = select(Case.id).where(is_open, *conditions).correlate(None)  # also beside another look at the case
    among_open = select(Case.id).where(is_open).correlate(None)
    own = select(and_(*conditions)).where(Case.id == UserTask.case_id, Case.closed_at.isnot(None))
    in_its_own = func.coalesce(own.correlate(UserTask).scalar_subquery(), literal(False))
    return [or_(UserTask.case_id.in_(found), and_(UserTask.case_id.not_in(among_open), in_its_own))]


def authorities(reading: Reading, actor: Actor) -> Sequence[tuple[str, str]]:
    """The authorities that open cases are about, by name: what one can filter on. Whoever works for one has one only."""
    return () if actor.authority_key else authority_names.of_open_cases(reading)


def _item(user_task: UserTask, case: Case) -> Item:
    return Item(
        id=user_task.id,
        case_number=case.number,
        case_id=case.id,
        name=user_task.name,
        about=user_task.about or "",
        role=user_task.role,
        subject=case.subject,
        complainant=case.complainant_name,
        is_name_withheld=case.name_withheld,
        authority=case.authority_name,
        assignee=user_task.assignee,
        due_at=user_task.due_at,
        opened_at=user_task.opened_at,
        is_urgent=case.is_urgent,
        has_draft=user_task.has_staff_draft,
        version=user_task.version,
        not_by=user_task.not_by,
    )


def next_for(reading: Reading, actor: Actor, *, besides: int) -> Item | None:
    """The first open task somebody could do now: their own before their roles', due first."""
    first = (
        select(UserTask.id)
        .where(
            UserTask.closed_at.is_(None),
            *sight.task_limits(actor),
            *_of_view(actor, ROLES),
            UserTask.id != besides,
            other_hands.are_for(actor),
        )
        .order_by(UserTask.assignee.is_(None), SORTS["due"], UserTask.id)
        .limit(1)
        .scalar_subquery()
    )
    query = select(UserTask, Case).options(LIGHT).join(Case, Case.id == UserTask.case_id).where(UserTask.id == first)
    row = reading.session.execute(query).first()
    return None if row is None else _item(row[0], row[1])


def get(reading: Reading, actor: Actor, user_task_id: int, *, lock: bool = False) -> UserTask:
    """A user task the actor may see. Raises UserTaskNotFound, also for what is not theirs."""
    query = _within(_BY_ID_LOCKED if lock else _BY_ID, actor)
    row: UserTask | None = reading.session.scalar(query, {"id": user_task_id})
    if row is None or not may_see(actor, row):
        raise UserTaskNotFound(user_task_id=user_task_id)
    return row


def to_complete(work: UnitOfWork, actor: Actor, user_task_id: int) -> tuple[UserTask, str]:
    """A user task the actor may see, and the number of its case; from here on no other turn changes what is read of this case.

    One statement for all of it. Raises UserTaskNotFound.
    """
    found = work.session.execute(_within(_TO_COMPLETE, actor), {"id": user_task_id}).first()
    if found is None or not may_see(actor, found[0]):
        raise UserTaskNotFound(user_task_id=user_task_id)
    row, number, instance = found
    locks.came_locked(work, instance)
    return row, number


@lru_cache(maxsize=500)
def _within(query: _Query, actor: Actor) -> _Query:
    """The statement within the cases this actor sees; itself for who sees them all.

    Kept for who comes back: to make it anew each time takes a quarter of the statements' processor time of a completion.
    """
    limits = sight.task_limits(actor)
    return query.where(*limits) if limits else query


def may_see(actor: Actor, row: UserTask) -> bool:
    """Externals see their own; staff sees by role, and may look at colleagues' of other case roles."""
    if not allows(actor, "user_task.read"):
        return False
    if actor.id.startswith(OF_ONE_QUESTION):
        return actor.id == holder_of(row)
    if actor.id.startswith("complainant:"):
        return actor.id == f"complainant:{row.case_id}" and row.role == "complainant"
    return row.role in actor.roles or allows(actor, "case.read")


def may_take(actor: Actor, row: UserTask) -> bool:
    """True for whoever has the role, unless they did what is looked at again here."""
    return row.role in actor.roles and other_hands.is_for(row, actor.id)


def may_complete(actor: Actor, row: UserTask) -> bool:
    return may_take(actor, row) and may_see(actor, row)


def may_answer_for(actor: Actor, row: UserTask) -> bool:
    """True when this is a question to somebody without an account, whose answer the actor may note."""
    is_asked_outside = row.role in EXTERNAL_ROLES and not actor.is_external
    return is_asked_outside and allows(actor, "user_task.on_behalf") and may_see(actor, row)


def by_link(reading: Reading, secret_hash: str, now: datetime) -> tuple[UserTask, Actor]:
    """The user task behind a secret link, and who its holder is. Raises LinkNotValid."""
    row = reading.session.scalar(select(UserTask).where(UserTask.link_hash == secret_hash))
    if row is None or row.link_expires_at is None or row.link_expires_at < now:
        raise LinkNotValid
    return row, Actor(holder_of(row), "", frozenset({row.role}))


def holder_of(row: UserTask) -> str:
    """The id under which whoever holds the link of this user task acts."""
    return f"complainant:{row.case_id}" if row.role == COMPLAINANT else f"{row.role}:{row.id}"


def open_of_case(reading: Reading, case_id: int) -> list[UserTask]:
    """The open user tasks of a case, oldest first."""
    query = select(UserTask).where(UserTask.case_id == case_id, UserTask.closed_at.is_(None)).order_by(UserTask.id)
    return list(reading.session.scalars(query))
