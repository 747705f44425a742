"""Moving a running instance to another version of its process, or of a process it calls, without taking a step.

In: an instance and where it should go. Out: what moved, or CannotMove with every obstacle in a sentence; nothing is half-done.
Tokens stay where they are, under the ids of the new drawing. What only the new version has (an event on the edge, an event
subprocess) listens from this moment on; what it no longer has, listens no longer. It can be put back as it was until the instance
takes its next step.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine import codec, migration_listeners, migration_rows, waits
from engine.elements.base import shown_id
from engine.environment import Environment
from engine.errors import CannotMove, InstanceEnded, MovedOn, NotYetActive
from engine.instances import Engine
from engine.migration_bindings import Bindings, rebound
from engine.migration_state import Rewriting
from engine.models import ProcessInstance
from engine.route import EXPRESSION, VERSION, Obstacle, Route
from engine.run import Run
from engine.step import OfferedChoice, OpenedUserTask, Step
from engine.waits import Wait
from storage.unit_of_work import Reading, UnitOfWork

ELSEWHERE = "Dit dossier staat niet (meer) op de versie waarvan dit plan vertrekt. Er is niets aan veranderd."
NOT_IN_USE = (
    "De nieuwe versie vraagt ‘{key}’, waarvan geen versie in gebruik is. Laat eerst iemand die in gebruik nemen."
)


@dataclass(frozen=True)
class Destination:
    """From one definition to another of the same process, by this route; with the decision tables in use, or those it has."""

    source_id: int
    target_id: int
    route: Route
    takes_decisions: bool = False


@dataclass(frozen=True)
class Former:
    """How an instance was: its state and the versions it ran on."""

    state: str
    bindings: Bindings

    def as_data(self) -> dict[str, Any]:
        """For whoever keeps it until it can no longer go back."""
        return {"state": self.state, **vars(self.bindings)}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Former":
        return cls(data["state"], Bindings(data["own"], data["called"], data["decisions"]))


@dataclass(frozen=True)
class Moved:
    """What a move did. `tokens` names the element of each token that stands under another id; `version_after` is the row's."""

    instance_id: int
    case_id: int | None
    tokens: dict[str, str]
    armed: list[str]
    withdrawn: list[str]
    user_tasks: list[OpenedUserTask]
    choices: list[OfferedChoice]
    former: Former
    version_after: int


@dataclass
class Trial:
    """An instance moved on paper: what stands in its way, or how it would be. Elements are named by the ids of their own version."""

    obstacles: list[Obstacle] = field(default_factory=list)
    stands_on: list[str] = field(default_factory=list)
    armed: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    user_tasks: list[OpenedUserTask] = field(default_factory=list)
    choices: list[OfferedChoice] = field(default_factory=list)
    subscriptions: list[Wait] = field(default_factory=list)
    bindings: Bindings | None = None
    run: Run | None = None


def try_out(engine: Engine, reading: Reading, instance_id: int, destination: Destination) -> Trial:
    """Move a copy of the instance as it is now. Nothing is written: what is read here cannot write."""
    row = reading.session.get_one(ProcessInstance, instance_id)
    return _tried(engine, UnitOfWork(reading.session), row, destination)


def migrate(engine: Engine, work: UnitOfWork, instance_id: int, destination: Destination) -> Moved:
    """Move the instance. Raises CannotMove with all reasons, InstanceEnded."""
    row = engine.hold(work, instance_id)
    if row.ended_at is not None:
        raise InstanceEnded(instance_id=instance_id)
    trial, former = _tried(engine, work, row, destination), former_of(row)
    if trial.obstacles or trial.bindings is None or trial.run is None:
        raise CannotMove(instance_id=instance_id, reasons=[each.sentence for each in trial.obstacles])
    _write(work, row, trial.bindings, trial.run, trial.subscriptions, trial.tokens)
    return Moved(
        instance_id=row.id,
        case_id=row.case_id,
        tokens=trial.tokens,
        armed=trial.armed,
        withdrawn=trial.withdrawn,
        user_tasks=trial.user_tasks,
        choices=trial.choices,
        former=former,
        version_after=row.version,
    )


def restore(
    engine: Engine, work: UnitOfWork, instance_id: int, former: Former, version_after: int, tokens: Iterable[str]
) -> Moved:
    """Put an instance back as it was before it moved. `tokens` are those that move then gave another id. Raises MovedOn."""
    row = engine.hold(work, instance_id)
    if row.ended_at is not None or row.version != version_after:
        raise MovedOn(instance_id=instance_id)
    now, case_id = former_of(row), row.case_id
    run = _run(engine, work, row, former.state, former.bindings)
    known = {task.id.hex: task for task in run.tokens()}
    back = {token: shown_id(known[token].task_spec) for token in tokens if token in known}
    _write(work, row, former.bindings, run, waits.subscriptions(run), back)
    return Moved(row.id, case_id, back, [], [], [], [], now, row.version)


def former_of(row: ProcessInstance) -> Former:
    """The instance as it is now."""
    decisions = None if row.decisions is None else dict(row.decisions)
    return Former(row.state, Bindings(row.definition_id, dict(row.called), decisions))


def _tried(engine: Engine, work: UnitOfWork, row: ProcessInstance, destination: Destination) -> Trial:
    route, before = destination.route, former_of(row)
    key = route.source.key
    is_own = before.bindings.own == destination.source_id
    if not is_own and before.bindings.called.get(key) != destination.source_id:
        return Trial([Obstacle("", VERSION, ELSEWHERE)])
    bound = engine.specs.bound(work, before.bindings.own, before.bindings.called)
    old = codec.restore(before.state, bound.spec, bound.scope_specs)
    try:
        after = rebound(
            engine.specs,
            work,
            before.bindings,
            key,
            destination.target_id,
            is_own=is_own,
            takes_decisions=destination.takes_decisions,
        )
    except NotYetActive as refused:
        return Trial([Obstacle("", VERSION, NOT_IN_USE.format(key=refused.fields.get("key")))])
    specs = engine.specs.bound(work, after.own, after.called).scope_specs
    rewriting = Rewriting(old, route, specs)
    trial = Trial(list(dict.fromkeys(rewriting.obstacles)), rewriting.stands_on)
    if not trial.obstacles:
        trial.withdrawn, trial.tokens, trial.bindings = rewriting.withdrawn, rewriting.elements, after
        trial.run = _run(engine, work, row, rewriting.text, after)
        _listen(trial, trial.run, route)
    return trial


def _listen(trial: Trial, run: Run, route: Route) -> None:
    """Arm what is new, and compute what the instance then waits for. An expression that fails there is an obstacle, not an incident."""
    parked = len(run.step.incidents)
    trial.armed = migration_listeners.arm(run, route)
    trial.subscriptions = waits.subscriptions(run)
    trial.user_tasks = migration_listeners.user_tasks(run, route)
    trial.choices = migration_listeners.choices(run, route)
    for incident in run.step.incidents[parked:]:
        trial.obstacles.append(route.told(incident.element_id, EXPRESSION, incident.reason))


def _run(engine: Engine, work: UnitOfWork, row: ProcessInstance, state: str, bindings: Bindings) -> Run:
    bound = engine.specs.bound(work, bindings.own, bindings.called)
    environment = Environment(
        work=work,
        clock=engine.clock,
        handlers=engine.handlers,
        specs=engine.specs,
        bound=bound,
        decisions=bindings.decisions,
        instance_id=row.id,
        case_id=row.case_id or 0,
    )
    workflow = codec.restore(state, bound.spec, bound.scope_specs)
    return Run(workflow, environment, Step(row.id, row.case_id or 0))


def _write(
    work: UnitOfWork,
    row: ProcessInstance,
    bindings: Bindings,
    run: Run,
    wanted: list[Wait],
    elements: Mapping[str, str],
) -> None:
    row.definition_id, row.called, row.decisions = bindings.own, bindings.called, bindings.decisions
    row.state, row.codec_version = codec.save(run.workflow), codec.VERSION
    migration_rows.rewrite(work.session, row.id, wanted, elements)
    work.session.flush()
