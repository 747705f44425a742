"""What hangs on a deadline follows it within the turn in which it moves: timers, due dates on the worklist, variables.

Handlers remember what moved; `settle` lets it follow once the engine's step is written, in the same transaction.
A process knows a deadline by the name of its rule, and by `due_on` beside it in the same scope, as `deadline.start` leaves it there.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select, update

from cases import deadlines
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
    kinds = deadlines.held_kinds(work, case_id)
    found = {(row.rule, row.due_on) for row in _open(work, case_id) if deadlines.is_held(row, kinds)}
    return [DateMove(rule, BESIDE, due, due, is_held=True) for rule, due in sorted(found)]


def going_on(
    work: UnitOfWork, case_id: int, moved: Sequence[Moved], freed: Collection[str], held: Collection[str]
) -> list[DateMove]:
    """The dates of a case that go on now that some kinds of pauses are over, moved or not: each was held."""
    before = {(each.rule, each.new_on): each.old_on for each in moved}
    found = {(row.rule, row.due_on) for row in deadlines.goes_on(_open(work, case_id), freed, held)}
    return [DateMove(rule, BESIDE, before.get((rule, due), due), due) for rule, due in sorted(found)]


def of_moved(moved: Iterable[Moved]) -> list[DateMove]:
    """Deadlines that were counted again, outside any pause."""
    return [DateMove(each.rule, BESIDE, each.old_on, each.new_on) for each in moved]


def given(work: UnitOfWork, case_id: int, moved: Iterable[Moved]) -> list[DateMove]:
    """Deadlines that were given more days, also while a pause holds them: those go on standing still."""
    kinds = deadlines.held_kinds(work, case_id)
    still = {(row.rule, row.due_on) for row in _open(work, case_id) if deadlines.is_held(row, kinds)}
    return [
        DateMove(each.rule, BESIDE, each.old_on, each.new_on, is_held=(each.rule, each.new_on) in still)
        for each in moved
    ]


def _open(work: UnitOfWork, case_id: int) -> Sequence[Deadline]:
    return [row for row in deadlines.of_case(work, case_id) if row.met_at is None]


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
