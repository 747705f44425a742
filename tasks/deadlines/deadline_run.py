"""Carrying out a change of the deadline rules: one turn for each case whose dates move, so that a crash leaves none half-way.

Time drives it: each tick looks at some cases, and the next one goes on after them, in whichever process. When all were looked at it
begins again, until a whole round moved nothing: a term that was started with the old rules just before they changed is found too.
Counting a date again is the same however often it is done, so two processes at once, or a round too many, change nothing more.
"""

from datetime import date

from sqlalchemy import select, update

from cases import deadline_rules, deadlines
from cases.models import Case, Deadline
from history.log import Event
from identity.roles import PROCESS_MANAGER
from problems import Problem, Unavailable
from storage import watching
from storage.unit_of_work import UnitOfWork
from tasks import turn
from tasks.deadlines import deadline_moves, deadline_plans, deadline_preview
from tasks.deadlines.deadline_plans import DONE, RUNNING
from tasks.models import DeadlinePlan, DeadlineShift
from tasks.office import Office

# So many cases are looked at in one tick at most, and so many of them moved: others wait no longer than a second or two.
LOOKED, BATCH, PORTION = 2000, 100, 100
_log = watching.logger("ombudsflow.deadlines")


def advance(office: Office) -> int:
    """Go on with the plans under way; returns how many turns were taken.

    Raises Unavailable when the database is away: all that is left waits for a later tick.
    """
    with office.database.reading() as reading:
        query = select(DeadlinePlan.id).where(DeadlinePlan.state == RUNNING).order_by(DeadlinePlan.id)
        under_way = list(reading.session.scalars(query))
    return sum(_advance(office, plan_id) for plan_id in under_way)


def _advance(office: Office, plan_id: int) -> int:
    done = 0
    for _ in range(LOOKED // PORTION):
        cases, cursor, changing = _next(office, plan_id)
        if not cases:
            _round_over(office, plan_id, cursor)
            break
        for case_id in changing:
            done += _one(office, plan_id, case_id)
        _passed(office, plan_id, cursor, cases)
        if done >= BATCH:
            break
    return done


def _next(office: Office, plan_id: int) -> tuple[list[int], int, list[int]]:
    """The cases to look at now, after which one they come, and those among them in which a date is another one now."""
    with office.database.reading() as reading:
        row = deadline_plans.find(reading, plan_id)
        names = deadline_plans.names(reading, row)
        query = select(Deadline.case_id).where(Deadline.met_at.is_(None), Deadline.rule.in_(names)).distinct()
        after = query.where(Deadline.case_id > row.cursor).order_by(Deadline.case_id).limit(PORTION)
        cases = list(reading.session.scalars(after))
        found = deadline_preview.of_cases(reading, names, cases)
        shifts = deadline_preview.shifted(reading, deadline_rules.in_force(reading), found, date.max)
        return cases, row.cursor, sorted({shift.case_id for shift in shifts})


def _one(office: Office, plan_id: int, case_id: int) -> int:
    """One case, in a turn of its own. A case that cannot take it stays as it is, with the reason; the others go on."""
    try:
        with office.precedence.background(), office.database.work() as work:
            _count_again(office, work, deadline_plans.find(work, plan_id), case_id)
    except Unavailable:
        raise  # busy or away: the case still waits
    except Problem as refused:
        _stays(office, plan_id, case_id, refused.sentence)
    except Exception as problem:  # one broken case must not hold up the others
        _log.exception("deadlines of a case not counted again", case=case_id)
        _stays(office, plan_id, case_id, f"Er ging iets mis dat niet voorzien was ({type(problem).__name__}).")
    return 1


def _count_again(office: Office, work: UnitOfWork, plan: DeadlinePlan, case_id: int) -> None:
    instance_id = work.session.get_one(Case, case_id).instance_id
    if instance_id is not None:
        office.engine.hold(work, instance_id)  # what is read of the case from here on, no other turn changes
    moved = deadlines.recount(work, deadline_rules.in_force(work), case_id, deadline_plans.names(work, plan))
    if not moved:
        return
    work.session.flush()
    deadline_moves.remember(work, deadline_moves.of_moved(moved))
    deadline_moves.settle(office, work, case_id)
    if deadlines.held_kinds(work, case_id):  # what stands still keeps standing still, on its new day
        deadline_moves.remember(work, deadline_moves.held(work, case_id))
        deadline_moves.settle(office, work, case_id)
    now = office.clock.now()
    why = {"plan": plan.id, "reason": plan.reason}
    by = plan.started_by or ""
    told = [deadline_moves.told(each) | why for each in moved]
    events = [Event("deadline", "changed", now, by, PROCESS_MANAGER, data) for data in told]
    office.log.append(work, turn.stream_of(case_id), events)
    work.session.add_all(
        DeadlineShift(plan_id=plan.id, case_id=case_id, rule=each.rule, old_on=each.old_on, new_on=each.new_on, at=now)
        for each in moved
    )
    mine = update(DeadlinePlan).where(DeadlinePlan.id == plan.id)
    work.session.execute(mine.values(found=DeadlinePlan.found + len(moved)))


def _stays(office: Office, plan_id: int, case_id: int, why: str) -> None:
    """Told once, however many rounds meet it."""
    with office.database.work() as work:
        there = select(DeadlineShift.id).where(DeadlineShift.plan_id == plan_id, DeadlineShift.case_id == case_id)
        if work.session.scalar(there.where(DeadlineShift.why.is_not(None)).limit(1)) is None:
            work.session.add(DeadlineShift(plan_id=plan_id, case_id=case_id, why=why, at=office.clock.now()))


def _passed(office: Office, plan_id: int, cursor: int, cases: list[int]) -> None:
    """These were looked at; unless another process was first."""
    with office.database.work() as work:
        mine = update(DeadlinePlan).where(DeadlinePlan.id == plan_id, DeadlinePlan.cursor == cursor)
        work.session.execute(mine.values(cursor=cases[-1], looked=DeadlinePlan.looked + len(cases)))


def _round_over(office: Office, plan_id: int, cursor: int) -> None:
    """Nothing moved in this round: it is over. Else once more from the first case."""
    with office.database.work() as work:
        mine = update(DeadlinePlan).where(
            DeadlinePlan.id == plan_id, DeadlinePlan.cursor == cursor, DeadlinePlan.state == RUNNING
        )
        over = mine.where(DeadlinePlan.found == 0).values(state=DONE, ended_at=office.clock.now())
        work.session.execute(over)
        again = mine.where(DeadlinePlan.found > 0).values(cursor=0, looked=0, found=0)
        work.session.execute(again)
