"""The lock on an instance: whoever has its row in this transaction moves it, nobody else does meanwhile.

Order of locks everywhere: the instance first, then what belongs to it.
"""

from sqlalchemy import bindparam, select

from engine.errors import InstanceNotFound
from engine.models import ProcessInstance
from storage.unit_of_work import UnitOfWork

# Built once: every turn asks this. Whatever the session knew of the row before it was locked may be old.
_LOCKED = (
    select(ProcessInstance)
    .where(ProcessInstance.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_HELD = "instances held in this transaction"


def hold(work: UnitOfWork, instance_id: int) -> ProcessInstance:
    """Lock an instance for this transaction; what is then read of its case, no other turn changes. Raises InstanceNotFound."""
    held = _held(work)
    if instance_id not in held:
        row = work.session.scalar(_LOCKED, {"id": instance_id})
        if row is None:
            raise InstanceNotFound(instance_id=instance_id)
        held[instance_id] = row
    return held[instance_id]


def came_locked(work: UnitOfWork, row: ProcessInstance) -> None:
    """This row came with its lock, from another query: it need not be asked for again."""
    _held(work)[row.id] = row


def _held(work: UnitOfWork) -> dict[int, ProcessInstance]:
    held: dict[int, ProcessInstance] = work.session.info.setdefault(_HELD, {})
    return held
