"""Taking running cases along to another version of their diagram: the plan, as commands of people.

In: two versions of one process, and for each element that is no longer there the one the cases go to. Out: a plan, which
somebody else carries out. From then on time does the work (`tasks.studio.migration_run`), and it can be taken back case by case.
Refuses with NotAllowed, MappingRefused, PlanNotFound, PlanStarted, PlanNotDone, PlannerCannotRun, ReasonNeeded, NotApproved.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update

from engine import definitions, usage
from engine.models import Definition
from engine.outline import outline
from engine.route import Route, route
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Conflict, Invalid, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks.accounts import STREAM
from tasks.models import CaseMigration, MigrationPlan
from tasks.office import Office
from tasks.turn import role_of

DRAFT, RUNNING, DONE, UNDOING, UNDONE = "draft", "running", "done", "undoing", "undone"
WAITING, MOVED, STAYED, KEPT = "waiting", "moved", "stayed", "kept"
LONGEST_REASON = 1000


class PlanNotFound(NotFound):
    """Dit plan om dossiers over te zetten bestaat niet (meer)."""


class PlanStarted(Conflict):
    """Dit plan is al uitgevoerd of wordt uitgevoerd, dus het kan niet meer veranderen. Maak een nieuw plan."""


class PlanNotDone(Conflict):
    """Alleen een plan dat helemaal uitgevoerd is, kan teruggedraaid worden. Wacht tot het klaar is."""


class PlannerCannotRun(Conflict):
    """Wie het plan maakte, mag het niet zelf uitvoeren. Vraag een andere procesbeheerder om het na te kijken en uit te voeren."""


class ReasonNeeded(Invalid):
    """Schrijf op waarom de dossiers overgezet worden, in ten hoogste 1000 tekens. Die reden komt in elk dossier te staan."""


class NotApproved(Conflict):
    """Deze versie is nog een ontwerp. Laat eerst een tweede persoon ze in gebruik nemen; daarna kunnen dossiers mee."""


class SameVersion(Invalid):
    """De dossiers staan al op deze versie. Kies een andere versie waar ze vandaan komen."""


@dataclass(frozen=True)
class Plan:
    """A plan with its two versions and the route between them."""

    row: MigrationPlan
    source: Definition
    target: Definition
    route: Route


def make(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    key: str,
    source: int,
    target: int,
    *,
    mapping: Mapping[str, str] | None = None,
    reason: str = "",
    takes_decisions: bool = False,
) -> MigrationPlan:
    """A plan from one version number to another. What kept its id needs no mapping."""
    require(actor, "migration.plan")
    before, after = (definitions.version(work, "process", key, number) for number in (source, target))
    if before.id == after.id:
        raise SameVersion(key=key, version=target)
    if after.state == "draft":
        raise NotApproved(key=key, version=target)
    row = MigrationPlan(
        key=key,
        source_id=before.id,
        target_id=after.id,
        mapping=_mapped(before, after, mapping or {}),
        takes_decisions=takes_decisions,
        reason=_reason(reason),
        created_by=actor.id,
        created_at=office.clock.now(),
    )
    work.session.add(row)
    work.session.flush()
    _note(office, work, actor, row, source=source, target=target)
    return row


def change(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    plan_id: int,
    *,
    mapping: Mapping[str, str],
    reason: str,
    takes_decisions: bool,
) -> None:
    """Another mapping or reason. Whoever changes a plan is its author from then on."""
    require(actor, "migration.plan")
    plan = find(work, plan_id, lock=True)
    if plan.row.state != DRAFT:
        raise PlanStarted(plan=plan_id)
    plan.row.mapping = _mapped(plan.source, plan.target, mapping)
    plan.row.reason, plan.row.takes_decisions = _reason(reason), takes_decisions
    plan.row.created_by, plan.row.created_at = actor.id, office.clock.now()
    _note(office, work, actor, plan.row, mapping=dict(plan.row.mapping))


def discard(office: Office, work: UnitOfWork, actor: Actor, plan_id: int) -> Plan:
    """Throw away a plan that was never carried out; answers what it was."""
    require(actor, "migration.plan")
    plan = find(work, plan_id, lock=True)
    if plan.row.state != DRAFT:
        raise PlanStarted(plan=plan_id)
    work.session.delete(plan.row)
    _note(office, work, actor, plan.row, state="discarded")
    return plan


def begin(office: Office, work: UnitOfWork, actor: Actor, plan_id: int) -> int:
    """Somebody else than its author has the plan carried out; returns how many processes it concerns."""
    require(actor, "migration.run")
    plan = find(work, plan_id, lock=True)
    if plan.row.state != DRAFT:
        raise PlanStarted(plan=plan_id)
    if plan.row.created_by == actor.id:
        raise PlannerCannotRun(plan=plan_id)
    if not plan.row.reason:
        raise ReasonNeeded(errors=[{"field": "reason", "message": ReasonNeeded().sentence}])
    found = [
        {"plan_id": plan_id, "instance_id": instance_id, "case_id": case_id, "state": WAITING}
        for instance_id, case_id in usage.open_instances(work, plan.source.id)
    ]
    if found:
        work.session.execute(insert(CaseMigration), found)
    plan.row.state, plan.row.started_by, plan.row.started_at = RUNNING, actor.id, office.clock.now()
    _note(office, work, actor, plan.row, processes=len(found), reason=plan.row.reason)
    return len(found)


def undo(office: Office, work: UnitOfWork, actor: Actor, plan_id: int, move_ids: Sequence[int] | None = None) -> None:
    """Take the plan back, or only these of its moves: what did not move on since goes back to how it was."""
    require(actor, "migration.run")
    plan = find(work, plan_id, lock=True)
    if plan.row.state not in (DONE, UNDONE):
        raise PlanNotDone(plan=plan_id)
    chosen = update(CaseMigration).where(CaseMigration.plan_id == plan_id, CaseMigration.state == MOVED)
    if move_ids is not None:
        chosen = chosen.where(CaseMigration.id.in_(move_ids))
    work.session.execute(chosen.values(state=UNDOING))
    plan.row.state, plan.row.undone_by = UNDOING, actor.id
    _note(office, work, actor, plan.row)


def find(reading: Reading, plan_id: int, *, lock: bool = False) -> Plan:
    """A plan, locked for whoever is about to change it. Raises PlanNotFound."""
    query = select(MigrationPlan).where(MigrationPlan.id == plan_id)
    row = reading.session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise PlanNotFound(plan=plan_id)
    source, target = (definitions.get(reading, each) for each in (row.source_id, row.target_id))
    return Plan(row, source, target, _route(source, target, row.mapping))


def of_process(reading: Reading, key: str) -> Sequence[MigrationPlan]:
    """The plans of a process, the newest first."""
    query = select(MigrationPlan).where(MigrationPlan.key == key).order_by(MigrationPlan.id.desc())
    return list(reading.session.scalars(query))


def drafts(reading: Reading) -> Sequence[MigrationPlan]:
    """The plans that nobody carried out yet, the oldest first."""
    return list(
        reading.session.scalars(select(MigrationPlan).where(MigrationPlan.state == DRAFT).order_by(MigrationPlan.id))
    )


def counts(reading: Reading, plan_id: int) -> Counter[str]:
    """How many processes are in which state."""
    query = select(CaseMigration.state, func.count()).where(CaseMigration.plan_id == plan_id)
    found: Counter[str] = Counter()
    for state, number in reading.session.execute(query.group_by(CaseMigration.state)):
        found[state] = number
    return found


def _mapped(source: Definition, target: Definition, mapping: Mapping[str, str]) -> dict[str, str]:
    return dict(_route(source, target, mapping).by_hand)


def _route(source: Definition, target: Definition, mapping: Mapping[str, str]) -> Route:
    return route(outline(source.content, source.key), outline(target.content, target.key), mapping)


def _reason(text: str) -> str:
    if len(text) > LONGEST_REASON:
        raise ReasonNeeded(errors=[{"field": "reason", "message": ReasonNeeded().sentence}])
    return text.strip()


def _note(office: Office, work: UnitOfWork, actor: Actor, row: MigrationPlan, **more: object) -> None:
    data = {"plan": row.id, "process": row.key, "state": row.state, **more}
    office.log.append(work, STREAM, [Event("migration", "changed", office.clock.now(), actor.id, role_of(actor), data)])
