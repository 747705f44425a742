"""The worklist of a case that moves to another version: open user tasks get the words, form and role of the new drawing.

What people did with them stays: who claimed it, the draft, the day it is due, the link that was sent. Refuses with CannotMove when
a task goes from somebody of the office to somebody outside it or back, since a letter would have to be written.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from engine import definitions
from engine.errors import CannotMove
from engine.step import OpenedUserTask
from identity import people
from identity.roles import EXTERNAL_ROLES
from storage.unit_of_work import Reading, UnitOfWork
from tasks.models import UserTask

COLUMNS = ("definition_id", "element_id", "name", "form_key", "form_version", "role", "assignee")


def obstacles(reading: Reading, instance_id: int, user_tasks: Iterable[OpenedUserTask]) -> list[str]:
    """Why the user tasks of an instance keep it from moving, each in a sentence."""
    known = {row.token_id: row for row in _open(reading, instance_id)}
    return [
        f"De taak ‘{known[each.token_id].name}’ gaat in de nieuwe versie van iemand op kantoor naar iemand erbuiten, of "
        "omgekeerd. Laat ze eerst afwerken: zo'n taak begint met een brief."
        for each in user_tasks
        if each.token_id in known and known[each.token_id].role != _role(each) and _leaves(known[each.token_id], each)
    ]


def carry(work: UnitOfWork, instance_id: int, user_tasks: Sequence[OpenedUserTask]) -> dict[str, dict[str, Any]]:
    """Write the new words; answers what stood there, by the id of the row, to be put back."""
    reasons = obstacles(work, instance_id, user_tasks)
    if reasons:
        raise CannotMove(reasons=reasons)
    now = {each.token_id: each for each in user_tasks}
    former: dict[str, dict[str, Any]] = {}
    for row in _open(work, instance_id):
        if row.token_id in now:
            former[str(row.id)] = {name: getattr(row, name) for name in COLUMNS}
            _write(work, row, now[row.token_id])
    return former


def put_back(work: UnitOfWork, former: Mapping[str, Mapping[str, Any]]) -> None:
    """The rows as they were. Who claimed one meanwhile keeps it."""
    rows = work.session.scalars(select(UserTask).where(UserTask.id.in_([int(row_id) for row_id in former])))
    for row in rows:
        then = former[str(row.id)]
        if (row.form_key, row.role) != (then["form_key"], then["role"]):
            row.version += 1
        for name, value in then.items():
            if name != "assignee" or row.assignee is None:
                setattr(row, name, value)


def _open(reading: Reading, instance_id: int) -> Sequence[UserTask]:
    query = select(UserTask).where(UserTask.instance_id == instance_id, UserTask.closed_at.is_(None))
    return list(reading.session.scalars(query.order_by(UserTask.id)))


def _write(work: UnitOfWork, row: UserTask, now: OpenedUserTask) -> None:
    if row.form_key != now.form_key or row.role != _role(now):
        row.version += 1  # whoever has the page open must see it again; another name alone costs nobody an answer
    if row.form_key != now.form_key:
        form = definitions.latest(work, "form", now.form_key) if now.form_key else None
        row.form_key, row.form_version = now.form_key, form.version if form else None
    if row.role != _role(now):
        row.role = _role(now)
        row.assignee = row.assignee if _may_keep(work, row.assignee, row.role) else None
    row.definition_id, row.element_id, row.name = now.definition_id, now.element_id, now.name


def _may_keep(work: UnitOfWork, assignee: str | None, role: str) -> bool:
    return assignee in {f"person:{person.id}" for person in people.with_role(work, role)}


def _leaves(row: UserTask, now: OpenedUserTask) -> bool:
    """True when the one is for somebody outside the office and the other is not for the same."""
    return row.role in EXTERNAL_ROLES or _role(now) in EXTERNAL_ROLES


def _role(user_task: OpenedUserTask) -> str:
    return user_task.roles[0] if user_task.roles else ""
