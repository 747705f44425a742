"""What became of the cases of a plan: moved, stayed and why, gone back; and which may still go back. Only reads."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from cases.models import Case
from engine.models import ProcessInstance
from storage.unit_of_work import Reading
from tasks.models import CaseMigration
from tasks.studio.migrating import MOVED

SHOWN = 200


@dataclass(frozen=True)
class Group:
    """Cases that stayed for one reason. `state` is stayed (never went) or kept (could not come back)."""

    state: str
    why: str
    numbers: list[str]


@dataclass(frozen=True)
class Returnable:
    """A case that moved and took no step since."""

    id: int
    number: str
    moved_at: datetime | None


def reasons(reading: Reading, plan_id: int) -> list[Group]:
    """The cases that are not where the plan meant them to be, by reason."""
    query = (
        select(CaseMigration.state, CaseMigration.why, CaseMigration.instance_id, Case.number)
        .outerjoin(Case, Case.id == CaseMigration.case_id)
        .where(CaseMigration.plan_id == plan_id, CaseMigration.why.is_not(None))
        .order_by(CaseMigration.id)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for state, why, instance_id, number in reading.session.execute(query):
        found.setdefault((state, why or ""), []).append(number or f"proces {instance_id}")
    return [Group(state, why, numbers) for (state, why), numbers in found.items()]


def returnable(reading: Reading, plan_id: int, most: int = SHOWN) -> tuple[int, list[Returnable]]:
    """How many cases may still go back, and the first of them."""
    total = reading.session.scalar(select(func.count()).select_from(_returnable(plan_id).subquery())) or 0
    query = _returnable(plan_id).order_by(CaseMigration.id).limit(most)
    rows = [
        Returnable(move_id, number or f"proces {instance_id}", at)
        for move_id, at, instance_id, number in reading.session.execute(query)
    ]
    return total, rows


def _returnable(plan_id: int) -> Select[int, datetime | None, int, str]:
    return (
        select(CaseMigration.id, CaseMigration.moved_at, CaseMigration.instance_id, Case.number)
        .join(ProcessInstance, ProcessInstance.id == CaseMigration.instance_id)
        .outerjoin(Case, Case.id == CaseMigration.case_id)
        .where(
            CaseMigration.plan_id == plan_id,
            CaseMigration.state == MOVED,
            CaseMigration.version_after == ProcessInstance.version,
            ProcessInstance.ended_at.is_(None),
        )
    )
