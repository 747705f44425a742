"""In which cases somebody may choose a next step: rows beside the tokens, for the worklist and the file.

In: what a step of the engine offered and withdrew. Out: the open choices of a case, or those that wait for somebody's roles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from cases.models import Case
from engine.step import Step
from identity.people import Actor
from identity.permissions import allows
from identity.roles import CASE_STAFF
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight
from tasks.models import OpenChoice

CHOOSE = "step.choose"
MOST_SHOWN = 50


@dataclass(frozen=True)
class ChoiceLine:
    """A choice that waits, as a list shows it. `role` is empty for every role that handles cases."""

    id: int
    case_number: str
    subject: str
    name: str
    role: str
    is_urgent: bool
    opened_at: datetime


def keep(work: UnitOfWork, step: Step, now: datetime) -> None:
    """Bring the rows in line with a step. A process without a case has nobody to choose, and no row."""
    over = set(step.withdrawn)
    if over:
        gone = delete(OpenChoice).where(OpenChoice.instance_id == step.instance_id, OpenChoice.token_id.in_(over))
        work.session.execute(gone.execution_options(synchronize_session=False))  # nobody reads these rows again
    if not step.case_id:
        return
    work.session.add_all(
        OpenChoice(
            case_id=step.case_id,
            instance_id=step.instance_id,
            token_id=each.token_id,
            definition_id=each.definition_id,
            element_id=each.element_id,
            name=each.name[:300],
            role=each.role if each.role in CASE_STAFF else "",
            opened_at=now,
        )
        for each in step.offered
        if each.token_id not in over
    )


def of_case(reading: Reading, case_id: int) -> Sequence[OpenChoice]:
    """The open choices of a case, the oldest first."""
    query = select(OpenChoice).where(OpenChoice.case_id == case_id).order_by(OpenChoice.id)
    return list(reading.session.scalars(query))


def may_choose(actor: Actor, row: OpenChoice) -> bool:
    """Whoever handles cases, in the role of the lane when the diagram puts it in one."""
    return allows(actor, CHOOSE) and (not row.role or row.role in actor.roles)


def waiting_for(reading: Reading, actor: Actor) -> list[ChoiceLine]:
    """What somebody could choose now, what waits longest first; at most `MOST_SHOWN`."""
    if not allows(actor, CHOOSE):
        return []
    query = (
        select(
            OpenChoice.id,
            Case.number,
            Case.subject,
            OpenChoice.name,
            OpenChoice.role,
            Case.is_urgent,
            OpenChoice.opened_at,
        )
        .join(Case, Case.id == OpenChoice.case_id)
        .where(OpenChoice.role.in_(["", *sorted(actor.roles)]), *sight.limits(actor))
        .order_by(OpenChoice.opened_at, OpenChoice.id)
        .limit(MOST_SHOWN)
    )
    return [ChoiceLine(*row) for row in reading.session.execute(query)]
