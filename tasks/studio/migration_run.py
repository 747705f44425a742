"""Carrying out a plan: one turn for each case, so that a crash leaves every case on the one version or on the other.

Time drives it: each tick takes some cases, and what is left waits for the next one, in whichever process. A case that cannot
move stays where it is, with the reason; the others go on. Taking back is the same, the other way round.
"""

from collections.abc import Callable

from sqlalchemy import ColumnElement, exists, select, update

from engine import migration
from engine.errors import CannotMove, MovedOn
from engine.migration import Former, Moved
from engine.models import ProcessInstance
from engine.route import Route
from history.log import Event
from identity.roles import PROCESS_MANAGER
from problems import Problem, Unavailable
from storage import watching
from storage.unit_of_work import UnitOfWork
from tasks import turn
from tasks.models import CaseMigration, MigrationPlan
from tasks.office import Office
from tasks.operating import counts
from tasks.studio import migration_worklist
from tasks.studio.migrating import DONE, KEPT, MOVED, RUNNING, STAYED, UNDOING, UNDONE, WAITING, Plan, find

# So many cases per tick: timers and mail do not wait longer than a second or two behind them.
BATCH = 100
_log = watching.logger("ombudsflow.migration")


def advance(office: Office) -> int:
    """Move some of the cases that wait for it; returns how many turns were taken.

    Raises Unavailable when the database is away: all that is left waits for a later tick.
    """
    with office.database.reading() as reading:
        query = select(MigrationPlan.id, MigrationPlan.state).where(MigrationPlan.state.in_((RUNNING, UNDOING)))
        under_way = [(plan_id, state) for plan_id, state in reading.session.execute(query.order_by(MigrationPlan.id))]
    done = 0
    for plan_id, state in under_way:
        waiting, take = (WAITING, _move) if state == RUNNING else (UNDOING, _take_back)
        while done < BATCH and _one(office, plan_id, waiting, take):
            done += 1
        _close(office, plan_id)
    return done


Take = Callable[[Office, UnitOfWork, Plan, CaseMigration], None]


def _one(office: Office, plan_id: int, waiting: str, take: Take) -> bool:
    """The next case, in a turn of its own. False when none is left."""
    row_id = 0
    try:
        with office.precedence.background(), office.database.work() as work:
            row = _next(work, plan_id, waiting)
            if row is None:
                return False
            row_id = row.id
            take(office, work, find(work, plan_id), row)
    except Unavailable:
        raise  # busy or away: the case still waits
    except Problem as refused:
        _stays(office, row_id, waiting, _reason(refused))
    except Exception as problem:  # one broken case must not hold up the others
        _log.exception("case not moved", move=row_id)
        _stays(office, row_id, waiting, f"Er ging iets mis dat niet voorzien was ({type(problem).__name__}).")
    return True


def _next(work: UnitOfWork, plan_id: int, waiting: str) -> CaseMigration | None:
    query = select(CaseMigration).where(CaseMigration.plan_id == plan_id, CaseMigration.state == waiting)
    return work.session.scalar(query.order_by(CaseMigration.id).limit(1).with_for_update(skip_locked=True))


def _move(office: Office, work: UnitOfWork, plan: Plan, row: CaseMigration) -> None:
    destination = migration.Destination(plan.source.id, plan.target.id, plan.route, plan.row.takes_decisions)
    moved = migration.migrate(office.engine, work, row.instance_id, destination)
    worklist = migration_worklist.carry(work, moved)
    row.former = {**moved.former.as_data(), "worklist": worklist, "tokens": sorted(moved.tokens)}
    row.state, row.why, row.moved_at, row.version_after = MOVED, None, office.clock.now(), moved.version_after
    _tell(office, work, plan, plan.route, moved, is_undone=False)


def _take_back(office: Office, work: UnitOfWork, plan: Plan, row: CaseMigration) -> None:
    former = row.former
    if former is None or row.version_after is None:
        raise MovedOn(move=row.id)
    moved = migration.restore(
        office.engine, work, row.instance_id, Former.of(former), row.version_after, former["tokens"]
    )
    migration_worklist.put_back(work, former["worklist"])
    row.state, row.undone_at, row.former = UNDONE, office.clock.now(), None
    _tell(office, work, plan, plan.route.back, moved, is_undone=True)


def _tell(office: Office, work: UnitOfWork, plan: Plan, route: Route, moved: Moved, *, is_undone: bool) -> None:
    """The move as the case remembers it: the replay draws the other version from here on."""
    before, after = (plan.target, plan.source) if is_undone else (plan.source, plan.target)
    by = plan.row.undone_by if is_undone else plan.row.started_by
    data = {
        "instance": moved.instance_id,
        "process": plan.row.key,
        "from": before.version,
        "to": after.version,
        "renamed": route.renamed,
        "gone": route.gone,
        "tokens": moved.tokens,
        "armed": moved.armed,
        "withdrawn": moved.withdrawn,
        "plan": plan.row.id,
        "reason": plan.row.reason,
        "undone": is_undone,
    }
    event = Event("case", "migrated", office.clock.now(), by or "", PROCESS_MANAGER, data)
    stream = f"instance:{moved.instance_id}" if moved.case_id is None else turn.stream_of(moved.case_id)
    office.log.append(work, stream, [event])
    counts.turn(work, "moving")


def _stays(office: Office, row_id: int, waiting: str, why: str) -> None:
    with office.database.work() as work:
        mine = update(CaseMigration).where(CaseMigration.id == row_id, CaseMigration.state == waiting)
        values: dict[str, object] = {"state": STAYED if waiting == WAITING else KEPT, "why": why}
        work.session.execute(mine.values(**values, former=None))


def forget(office: Office) -> int:
    """Wipe how cases were before they moved, of those that moved on since: nobody can bring them back. Returns how many."""
    is_as_moved = exists().where(
        ProcessInstance.id == CaseMigration.instance_id,
        ProcessInstance.version == CaseMigration.version_after,
        ProcessInstance.ended_at.is_(None),
    )
    old = select(CaseMigration.id).where(
        CaseMigration.state == MOVED, CaseMigration.version_after.is_not(None), ~is_as_moved
    )
    with office.database.reading() as reading:
        found = list(reading.session.scalars(old))
    if found:
        with office.database.work() as work:
            mine = update(CaseMigration).where(CaseMigration.id.in_(found), CaseMigration.state == MOVED)
            work.session.execute(mine.values(former=None, version_after=None))
    return len(found)


def _reason(refused: Problem) -> str:
    """Every obstacle in one text, or the sentence itself."""
    return " ".join(refused.reasons if isinstance(refused, CannotMove) else ()) or refused.sentence


def _close(office: Office, plan_id: int) -> None:
    """The plan is over when nothing of it waits any more. Taken back in part, the rest of it may still go back."""

    def some(state: str) -> ColumnElement[bool]:
        return exists().where(CaseMigration.plan_id == plan_id, CaseMigration.state == state)

    ends = (
        (RUNNING, DONE, ~some(WAITING)),
        (UNDOING, DONE, ~some(UNDOING) & some(MOVED)),
        (UNDOING, UNDONE, ~some(UNDOING)),
    )
    with office.database.work() as work:
        for state, after, is_over in ends:
            mine = update(MigrationPlan).where(MigrationPlan.id == plan_id, MigrationPlan.state == state, is_over)
            work.session.execute(mine.values(state=after, ended_at=office.clock.now()))
