"""What hangs on a deadline follows it within the turn in which it moves: timers, due dates on the worklist, variables.

Handlers remember what moved; `settle` lets it follow once the engine's step is written, in the same transaction.
A process knows a deadline by the name of its rule, and by `due_on` beside it in the same scope, as `deadline.start` leaves it there.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select, update

from cases.deadlines import Moved
from cases.models import Deadline
from engine import following
from engine.following import DateMove
from engine.models import ProcessInstance
from storage.unit_of_work import UnitOfWork
from tasks.models import UserTask
from tasks.office import Office

BESIDE = "due_on"
_MOVED = "dates that moved in this turn"


def told(moved: Moved) -> dict[str, object]:
    """A moved deadline as the history keeps it."""
    return {
        "name": moved.name,
        "old": moved.old_on.isoformat(),
        "due_on": moved.new_on.isoformat(),
        "grievance": moved.grievance,
        "explanation": moved.explanation,
    }


def remember(work: UnitOfWork, moves: Iterable[DateMove]) -> None:
    """These days are other ones now; `settle` does what follows from that."""
    found: list[DateMove] = work.session.info.setdefault(_MOVED, [])
    found.extend(moves)


def held(work: UnitOfWork, case_id: int) -> list[DateMove]:
    """The dates of a case that stand still as of now."""
    return [DateMove(rule, BESIDE, due, due, is_held=True) for rule, due in _open_dates(work, case_id)]


def going_on(work: UnitOfWork, case_id: int, moved: Sequence[Moved]) -> list[DateMove]:
    """The dates of a case that go on, moved or not: each was held."""
    before = {(each.rule, each.new_on): each.old_on for each in moved}
    return [DateMove(rule, BESIDE, before.get((rule, due), due), due) for rule, due in _open_dates(work, case_id)]


def of_moved(moved: Iterable[Moved]) -> list[DateMove]:
    """Deadlines that were counted again, outside any pause."""
    return [DateMove(each.rule, BESIDE, each.old_on, each.new_on) for each in moved]


def _open_dates(work: UnitOfWork, case_id: int) -> list[tuple[str, date]]:
    query = select(Deadline.rule, Deadline.due_on).where(Deadline.case_id == case_id, Deadline.met_at.is_(None))
    return [(rule, due) for rule, due in work.session.execute(query.where(Deadline.is_pausable).distinct())]


def settle(office: Office, work: UnitOfWork, case_id: int) -> None:
    """Let follow what was remembered in this transaction; costs nothing when nothing was."""
    moves: list[DateMove] = work.session.info.pop(_MOVED, [])
    if not moves or not case_id:
        return
    query = select(ProcessInstance.id).where(ProcessInstance.case_id == case_id, ProcessInstance.ended_at.is_(None))
    for instance_id in work.session.scalars(query.order_by(ProcessInstance.id)):
        followed = following.follow(office.engine, work, instance_id, moves)
        for token_id, due_at in followed.user_tasks.items():
            mine = update(UserTask).where(UserTask.instance_id == instance_id, UserTask.token_id == token_id)
            work.session.execute(mine.where(UserTask.closed_at.is_(None)).values(due_at=due_at))
