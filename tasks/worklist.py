"""The worklist: open user tasks, due first, of mine, of my roles, or all; and who may see which.

Access is denied by default: staff of a case role sees cases, an external sees only its own user task. What somebody may not
see does not exist for them (404).
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from cases.models import Case
from cases.register import normal
from identity.people import Actor
from identity.permissions import allows, require
from storage.unit_of_work import Reading
from tasks.errors import LinkNotValid, UserTaskNotFound
from tasks.models import UserTask

MINE, ROLES, ALL = "mine", "roles", "all"
PAGE = 50
# Without a due date last; PostgreSQL and SQLite disagree on where nulls go, so we say it.
FAR = datetime(9999, 1, 1).astimezone()


@dataclass(frozen=True)
class Item:
    """One line of the worklist."""

    id: int
    case_number: str
    case_id: int
    name: str
    role: str
    subject: str
    complainant: str
    authority: str
    assignee: str | None
    due_at: datetime | None
    opened_at: datetime
    is_urgent: bool


@dataclass(frozen=True)
class Page:
    """A page of lines; `next` is the key of the following page."""

    items: list[Item]
    total: int
    overdue: int
    next: str | None


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
    after: str | None = None,
    limit: int = PAGE,
) -> Page:
    """One page, overdue and due first."""
    require(actor, "worklist.read")
    wanted = and_(*_where(actor, view, filters or Filters(), now))
    total, overdue = reading.session.execute(
        select(func.count(), func.count().filter(UserTask.due_at < now))
        .select_from(UserTask)
        .join(Case, Case.id == UserTask.case_id)
        .where(wanted)
    ).one()
    due = func.coalesce(UserTask.due_at, FAR)
    query: Select[UserTask, Case] = select(UserTask, Case).join(Case, Case.id == UserTask.case_id).where(wanted)
    if after:
        at, last = _decode(after)
        query = query.where(or_(due > at, and_(due == at, UserTask.id > last)))
    rows = list(reading.session.execute(query.order_by(due, UserTask.id).limit(limit + 1)))
    items = [_item(user_task, case) for user_task, case in rows[:limit]]
    following = _encode(items[-1]) if len(rows) > limit else None
    return Page(items, total, overdue, following)


def _where(actor: Actor, view: str, filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [UserTask.closed_at.is_(None)]
    if view == MINE:
        conditions.append(UserTask.assignee == actor.id)
    elif view == ROLES:
        conditions += [UserTask.role.in_(actor.roles), or_(UserTask.assignee.is_(None), UserTask.assignee == actor.id)]
    if filters.role:
        conditions.append(UserTask.role == filters.role)
    if filters.authority:
        conditions.append(Case.authority_key == filters.authority)
    if filters.due == "late":
        conditions.append(UserTask.due_at < now)
    for word in normal(filters.query).split()[:8]:
        conditions.append(or_(Case.search_text.contains(word), Case.number.contains(word)))
    return conditions


def _item(user_task: UserTask, case: Case) -> Item:
    return Item(
        id=user_task.id,
        case_number=case.number,
        case_id=case.id,
        name=user_task.name,
        role=user_task.role,
        subject=case.subject,
        complainant=case.complainant_name,
        authority=case.authority_name,
        assignee=user_task.assignee,
        due_at=user_task.due_at,
        opened_at=user_task.opened_at,
        is_urgent=case.is_urgent,
    )


def _encode(item: Item) -> str:
    text = json.dumps([(item.due_at or FAR).isoformat(), item.id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(key: str) -> tuple[datetime, int]:
    try:
        at, last = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        return datetime.fromisoformat(at), int(last)
    except (ValueError, TypeError):
        return datetime(1, 1, 2).astimezone(FAR.tzinfo), 0


def get(reading: Reading, actor: Actor, user_task_id: int, *, lock: bool = False) -> UserTask:
    """A user task the actor may see. Raises UserTaskNotFound, also for what is not theirs."""
    query = select(UserTask).where(UserTask.id == user_task_id)
    row = reading.session.scalar(query.with_for_update() if lock else query)
    if row is None or not may_see(actor, row):
        raise UserTaskNotFound(user_task_id=user_task_id)
    return row


def may_see(actor: Actor, row: UserTask) -> bool:
    """Externals see their own; staff sees by role, and may look at colleagues' of other case roles."""
    if not allows(actor, "user_task.read"):
        return False
    if actor.id.startswith("authority:"):
        return actor.id == f"authority:{row.id}"
    if actor.id.startswith("complainant:"):
        return actor.id == f"complainant:{row.case_id}" and row.role == "complainant"
    return row.role in actor.roles or allows(actor, "case.read")


def may_complete(actor: Actor, row: UserTask) -> bool:
    return row.role in actor.roles and may_see(actor, row)


def by_link(reading: Reading, secret_hash: str, now: datetime) -> tuple[UserTask, Actor]:
    """The user task behind a secret link, and who its holder is. Raises LinkNotValid."""
    row = reading.session.scalar(select(UserTask).where(UserTask.link_hash == secret_hash))
    if row is None or row.link_expires_at is None or row.link_expires_at < now:
        raise LinkNotValid
    actor_id = f"authority:{row.id}" if row.role == "authority" else f"complainant:{row.case_id}"
    return row, Actor(actor_id, "", frozenset({row.role}))


def open_of_case(reading: Reading, case_id: int) -> list[UserTask]:
    """The open user tasks of a case, oldest first."""
    query = select(UserTask).where(UserTask.case_id == case_id, UserTask.closed_at.is_(None)).order_by(UserTask.id)
    return list(reading.session.scalars(query))
