"""The worklist of a case that moves to another version: what is open for people gets the words, form and role of the new drawing.

What people did with it stays: who claimed it, the draft, the day it is due, the link that was sent. Refuses with CannotMove when
a task goes from somebody of the office to somebody outside it or back, since a letter would have to be written.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from engine import definitions
from engine.errors import CannotMove
from engine.migration import Moved
from engine.step import OpenedUserTask
from identity import people
from identity.roles import CASE_STAFF, EXTERNAL_ROLES
from storage.unit_of_work import Reading, UnitOfWork
from tasks.models import OpenChoice, UserTask

TASK_COLUMNS = ("definition_id", "element_id", "name", "form_key", "form_version", "role", "assignee", "inputs")
CHOICE_COLUMNS = ("definition_id", "element_id", "name", "role")
Kept = dict[str, dict[str, Any]]  # per row id what stood there


def obstacles(reading: Reading, instance_id: int, user_tasks: Iterable[OpenedUserTask]) -> list[str]:
    """Why the user tasks of an instance keep it from moving, each in a sentence."""
    known = {row.token_id: row for row in _open_tasks(reading, instance_id)}
    return [
        f"De taak ‘{known[each.token_id].name}’ gaat in de nieuwe versie van iemand op kantoor naar iemand erbuiten, of "
        "omgekeerd. Laat ze eerst afwerken: zo'n taak begint met een brief."
        for each in user_tasks
        if each.token_id in known and known[each.token_id].role != _role(each) and _leaves(known[each.token_id], each)
    ]


def carry(work: UnitOfWork, moved: Moved) -> dict[str, Kept]:
    """Write the new words; answers what stood there, to be put back. Raises CannotMove."""
    reasons = obstacles(work, moved.instance_id, moved.user_tasks)
    if reasons:
        raise CannotMove(reasons=reasons)
    tasks, choices = _open_tasks(work, moved.instance_id), _open_choices(work, moved.instance_id)
    former: dict[str, Kept] = {
        "user_tasks": {str(row.id): {name: getattr(row, name) for name in TASK_COLUMNS} for row in tasks},
        "choices": {str(row.id): {name: getattr(row, name) for name in CHOICE_COLUMNS} for row in choices},
    }
    described = {each.token_id: each for each in moved.user_tasks}
    for task in tasks:
        if task.token_id in described:
            _write(work, task, described[task.token_id])
    offered = {each.token_id: each for each in moved.choices}
    for choice in choices:
        if choice.token_id in offered:
            now = offered[choice.token_id]
            choice.definition_id, choice.element_id, choice.name = now.definition_id, now.element_id, now.name[:300]
            choice.role = now.role if now.role in CASE_STAFF else ""
    return former


def put_back(work: UnitOfWork, former: Mapping[str, Kept]) -> None:
    """The rows as they were. Who claimed one meanwhile keeps it."""
    tasks, choices = former["user_tasks"], former["choices"]
    for row in work.session.scalars(select(UserTask).where(UserTask.id.in_(map(int, tasks)))):
        then = tasks[str(row.id)]
        if (row.form_key, row.role) != (then["form_key"], then["role"]):
            row.version += 1
        for name, value in then.items():
            if name != "assignee" or row.assignee is None:
                setattr(row, name, value)
    for choice in work.session.scalars(select(OpenChoice).where(OpenChoice.id.in_(map(int, choices)))):
        for name, value in choices[str(choice.id)].items():
            setattr(choice, name, value)


def _open_tasks(reading: Reading, instance_id: int) -> Sequence[UserTask]:
    query = select(UserTask).where(UserTask.instance_id == instance_id, UserTask.closed_at.is_(None))
    return list(reading.session.scalars(query.order_by(UserTask.id)))


def _open_choices(reading: Reading, instance_id: int) -> Sequence[OpenChoice]:
    query = select(OpenChoice).where(OpenChoice.instance_id == instance_id)
    return list(reading.session.scalars(query.order_by(OpenChoice.id)))


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
    row.inputs = dict(now.inputs)  # what it had, and what only the new version gives it


def _may_keep(work: UnitOfWork, assignee: str | None, role: str) -> bool:
    return assignee in {f"person:{person.id}" for person in people.with_role(work, role)}


def _leaves(row: UserTask, now: OpenedUserTask) -> bool:
    """True when the one is for somebody outside the office and the other is not for the same."""
    return row.role in EXTERNAL_ROLES or _role(now) in EXTERNAL_ROLES


def _role(user_task: OpenedUserTask) -> str:
    return user_task.roles[0] if user_task.roles else ""
