"""What a plan would do, tried on copies of the real cases: which move, which ask for a choice in the plan, which cannot, and why.

In: a plan. Out: the cases by what would happen to them, and where they stand now. Reads only; a portion at a time, since each case
is really moved, on paper. Refuses with NotAllowed.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from cases.models import Case
from engine import migration, usage
from engine.errors import StateUnreadable
from engine.migration import Destination, Trial
from engine.models import ProcessInstance
from engine.outline import Node
from engine.route import Route
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import Reading
from tasks.office import Office
from tasks.studio import migration_worklist
from tasks.studio.migrating import Plan

MOVES, NEEDS_MAPPING, BLOCKED = "moves", "needs_mapping", "blocked"
STUCK = "Is vastgelopen, en gaat zo mee. Probeer de stap daarna opnieuw."
SUSPENDED = "Is opgeschort, en blijft dat."
PORTION = 1000
# Where a case can stand still. Elsewhere it only stops with an incident, and then it is listed because it stands there.
_PLACES = frozenset(
    "userTask receiveTask serviceTask sendTask intermediateCatchEvent boundaryEvent eventBasedGateway parallelGateway "
    "inclusiveGateway subProcess transaction adHocSubProcess callActivity".split()
)


@dataclass(frozen=True)
class Fate:
    """What would happen to a case: the verdict, why, what begins or stops to listen, and what to know of it besides; in words."""

    verdict: str
    reasons: tuple[str, ...] = ()
    armed: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rehearsal:
    """The cases (by number; a process without a case by its own) per fate, and how many stand on each element.

    `next` is the last instance of this portion when there are more, else None.
    """

    fates: dict[Fate, list[str]] = field(default_factory=dict)
    standing: Counter[str] = field(default_factory=Counter)
    next: int | None = None

    def count(self, verdict: str) -> int:
        """How many cases have this verdict."""
        return sum(len(numbers) for fate, numbers in self.fates.items() if fate.verdict == verdict)

    @property
    def total(self) -> int:
        return sum(map(len, self.fates.values()))


@dataclass(frozen=True)
class Line:
    """An element in the plan: how many cases stand there, where it goes, what else it could go to, and what is in the way."""

    node: Node
    count: int
    goes_to: str
    options: tuple[Node, ...]
    obstacle: str


def rehearse(
    office: Office, reading: Reading, actor: Actor, plan: Plan, *, after: int = 0, most: int = PORTION
) -> Rehearsal:
    """Try the plan on the running cases behind `after`."""
    require(actor, "studio.read")
    found = [each for each, _ in usage.open_instances(reading, plan.source.id) if each > after]
    portion = found[:most]
    numbers = _numbers(reading, portion)
    there = Destination(plan.source.id, plan.target.id, plan.route, plan.row.takes_decisions)
    fates: dict[Fate, list[str]] = {}
    standing: Counter[str] = Counter()
    for instance_id in portion:
        fate, elements = _fate(office, reading, instance_id, there)
        fates.setdefault(fate, []).append(numbers[instance_id])
        standing.update(set(elements))
    ordered = sorted(
        fates.items(), key=lambda each: ((MOVES, NEEDS_MAPPING, BLOCKED).index(each[0].verdict), each[0].reasons)
    )
    return Rehearsal(dict(ordered), standing, portion[-1] if len(found) > most else None)


def _fate(office: Office, reading: Reading, instance_id: int, there: Destination) -> tuple[Fate, Sequence[str]]:
    try:
        trial = migration.try_out(office.engine, reading, instance_id, there)
    except StateUnreadable as refused:
        return Fate(BLOCKED, (refused.sentence,)), ()
    reasons = [each.sentence for each in trial.obstacles]
    reasons += migration_worklist.obstacles(reading, instance_id, trial.user_tasks)
    if reasons:
        asks = bool(trial.obstacles) and all(each.needs_mapping for each in trial.obstacles)
        return Fate(NEEDS_MAPPING if asks else BLOCKED, tuple(dict.fromkeys(reasons))), trial.stands_on
    row = reading.session.get_one(ProcessInstance, instance_id)
    notes = [STUCK] if row.outcome == "incident" else []
    notes += [SUSPENDED] if row.is_suspended else []
    return _moving(trial, there.route, tuple(notes)), trial.stands_on


def _moving(trial: Trial, route: Route, notes: tuple[str, ...]) -> Fate:
    armed = sorted({route.target.nodes[each].words for each in trial.armed})
    withdrawn = sorted({route.source.nodes[each].words for each in trial.withdrawn})
    return Fate(MOVES, (), tuple(armed), tuple(withdrawn), notes)


def _numbers(reading: Reading, instance_ids: Sequence[int]) -> dict[int, str]:
    query = (
        select(ProcessInstance.id, Case.number)
        .outerjoin(Case, Case.id == ProcessInstance.case_id)
        .where(ProcessInstance.id.in_(instance_ids))
    )
    return {instance_id: number or f"proces {instance_id}" for instance_id, number in reading.session.execute(query)}


def lines(plan: Plan, standing: Counter[str]) -> list[Line]:
    """The elements the plan is about: where cases stand, what is gone, and what was mapped by hand; in the order of the drawing."""
    route = plan.route
    return [
        Line(node, standing[node.id], route.of(node.id) or "", tuple(route.fits(node.id)), _in_the_way(route, node))
        for node in route.source.nodes.values()
        if standing[node.id] or node.id in route.by_hand or (node.kind in _PLACES and route.obstacle(node.id))
    ]


def _in_the_way(route: Route, node: Node) -> str:
    found = route.obstacle(node.id)
    return "" if found is None or node.is_listener else found.sentence
