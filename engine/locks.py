"""The lock on an instance: whoever has its row in this transaction moves it, nobody else does meanwhile.

Order of locks everywhere: the instance first, then what belongs to it.
"""

from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from engine.errors import InstanceNotFound
from engine.models import ProcessInstance
from storage.private import owned
from storage.straight import Straight
from storage.unit_of_work import UnitOfWork

# Built once: every turn asks this. Whatever the session knew of the row before it was locked may be old.
_LOCKED = (
    select(ProcessInstance)
    .where(ProcessInstance.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_LOCKED_AT_ONCE = _LOCKED.with_for_update(skip_locked=True)
_HELD = "instances held in this transaction"
_ROWS: Any = ProcessInstance.__table__
_MOVED = ("outcome", "ended_at", "state", "codec_version")
_MOVE = Straight(
    update(_ROWS)
    .where(_ROWS.c.id == bindparam("row"), _ROWS.c.version == bindparam("seen"))
    .values(version=bindparam("now_version"), **{name: bindparam(f"new_{name}") for name in _MOVED})
)


def hold(work: UnitOfWork, instance_id: int) -> ProcessInstance:
    """Lock an instance for this transaction; what is then read of its case, no other turn changes. Raises InstanceNotFound."""
    held = _held(work)
    if instance_id not in held:
        row = work.session.scalar(_LOCKED, {"id": instance_id})
        if row is None:
            raise InstanceNotFound(instance_id=instance_id)
        held[instance_id] = row
    return held[instance_id]


def hold_at_once(work: UnitOfWork, instance_id: int) -> bool:
    """The same, without waiting: False when somebody is busy with the instance."""
    held = _held(work)
    if instance_id not in held:
        row = work.session.scalar(_LOCKED_AT_ONCE, {"id": instance_id})
        if row is None:
            return False
        held[instance_id] = row
    return True


def move(work: UnitOfWork, row: ProcessInstance, **moved: object) -> None:
    """Write what a turn made of an instance it holds (`_MOVED`), straight to the table: every turn ends with it.

    Raises StaleDataError when another turn wrote it after all.
    """
    version = row.version + 1
    values = {f"new_{name}": value for name, value in moved.items()}
    values["new_state"] = owned(work.session, row.case_id, moved["state"])
    if _MOVE.change(work.session, {"row": row.id, "seen": row.version, "now_version": version, **values}) != 1:
        raise StaleDataError(f"instance {row.id} was written by another turn")
    for name, value in {**moved, "version": version}.items():
        set_committed_value(row, name, value)


def came_locked(work: UnitOfWork, row: ProcessInstance) -> None:
    """This row came with its lock, from another query: it need not be asked for again."""
    _held(work)[row.id] = row


def _held(work: UnitOfWork) -> dict[int, ProcessInstance]:
    held: dict[int, ProcessInstance] = work.session.info.setdefault(_HELD, {})
    return held
