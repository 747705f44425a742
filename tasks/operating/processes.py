"""The processes that run, for whoever mends them: which, where each stands, with which variables, and where it could be put.

It tells the number of a case and the steps and variables of its process; nothing of what is in the file. That somebody looked is
recorded in the case. Refuses with NotAllowed, InstanceNotFound.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, and_, or_, select, true

from cases.models import Case
from engine import standing
from engine.errors import InstanceNotFound
from engine.models import Definition, Incident, ProcessInstance
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import Reading
from tasks import given, sight
from tasks.case_file import looks
from tasks.office import Office
from tasks.operating import literals
from tasks.studio.definition_words import Words, spaced

PAGE = 50
RUNNING, STUCK, SUSPENDED, ENDED = "running", "stuck", "suspended", "ended"


@dataclass(frozen=True)
class ProcessLine:
    """A process. `state` is running, stuck, suspended or ended; a suspended one may be stuck too."""

    id: int
    case_number: str
    key: str
    version: int
    name: str
    state: str
    outcome: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Place:
    """Where it stands: a token, its step in words, and what is wrong there."""

    token_id: str
    element_id: str
    name: str
    kind: str
    within: str
    incident_id: int | None
    reason: str


@dataclass(frozen=True)
class Variable:
    """A variable with its value as a FEEL literal. `scope` is the token that holds it, empty for the process itself."""

    scope: str
    within: str
    name: str
    literal: str


@dataclass(frozen=True)
class Target:
    """A step that could be begun."""

    element_id: str
    name: str
    within: str


@dataclass(frozen=True)
class ProcessView:
    """A process with what is needed to mend it; nothing but its head once it has ended."""

    line: ProcessLine
    places: list[Place] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)


def page(
    reading: Reading, actor: Actor, *, number: str = "", state: str = "", before: int | None = None
) -> tuple[list[ProcessLine], int | None]:
    """Processes, the newest first, and the key of the next page. `number` is that of a case."""
    require(actor, "process.read")
    query = _lines(actor).order_by(ProcessInstance.id.desc()).limit(PAGE + 1)
    if number:
        query = query.where(Case.number == number)
    if before is not None:
        query = query.where(ProcessInstance.id < before)
    conditions = {
        RUNNING: ProcessInstance.outcome == "active",
        STUCK: ProcessInstance.outcome == "incident",
        SUSPENDED: ProcessInstance.is_suspended.is_(True),
        ENDED: ProcessInstance.ended_at.is_not(None),
    }
    if state:
        query = query.where(conditions[state])
    rows = [_line(*row) for row in reading.session.execute(query)]
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def _lines(actor: Actor) -> Select[ProcessInstance, str, int, str, str]:
    """Processes with what names them, as far as this person may look into them; those without a case are everybody's who may look."""
    columns = select(ProcessInstance, Definition.key, Definition.version, Definition.name, Case.number)
    return (
        columns.join(Definition, Definition.id == ProcessInstance.definition_id)
        .outerjoin(Case, Case.id == ProcessInstance.case_id)
        .where(or_(ProcessInstance.case_id.is_(None), and_(true(), *sight.process_limits(actor))))
    )


def _line(row: ProcessInstance, key: str, version: int, name: str, number: str | None) -> ProcessLine:
    state = (
        ENDED if row.ended_at else SUSPENDED if row.is_suspended else STUCK if row.outcome == "incident" else RUNNING
    )
    return ProcessLine(
        row.id, number or "", key, version, name or key, state, row.outcome, row.started_at, row.ended_at
    )


def find(office: Office, reading: Reading, actor: Actor, words: Words, instance_id: int) -> ProcessView:
    """One of them. The look is recorded in its case. Raises InstanceNotFound."""
    require(actor, "process.read")
    found = reading.session.execute(_lines(actor).where(ProcessInstance.id == instance_id)).first()
    if found is None:
        raise InstanceNotFound(instance_id=instance_id)
    row, line = found[0], _line(*found)
    if row.case_id is not None:
        looks.keep(office, reading, actor, row.case_id, f"process:{instance_id}")
    if row.ended_at is not None:
        return ProcessView(line)
    stands = standing.of(office.engine, reading, instance_id)
    return ProcessView(
        line=line,
        places=_places(reading, words, stands, instance_id),
        variables=_variables(words, stands),
        targets=_targets(words, stands),
    )


def places_and_targets(
    office: Office, reading: Reading, words: Words, instance_id: int
) -> tuple[list[Place], list[Target]]:
    """Where a process stands and where it could be put, for who records the look into the case by themselves."""
    stands = standing.of(office.engine, reading, instance_id)
    return _places(reading, words, stands, instance_id), _targets(words, stands)


def _places(reading: Reading, words: Words, stands: standing.Standing, instance_id: int) -> list[Place]:
    open_ones = select(Incident).where(Incident.instance_id == instance_id, Incident.resolved_at.is_(None))
    stuck: Mapping[str, Incident] = {each.token_id: each for each in reading.session.scalars(open_ones)}
    return [
        Place(
            token_id=token.id,
            element_id=token.element_id,
            name=_name(words, token.definition, token.element_id),
            kind=token.kind,
            within=_within(words, token.within),
            incident_id=stuck[token.id].id if token.id in stuck else None,
            reason=token.incident or "",
        )
        for token in stands.tokens
    ]


def _variables(words: Words, stands: standing.Standing) -> list[Variable]:
    return [
        Variable(
            scope=scope.token_id or "",
            within=words.anywhere(scope.element_id) if scope.element_id else "",
            name=name,
            literal=literals.written(value),
        )
        for scope in stands.scopes
        for name, value in sorted(scope.variables.items())
        if name != given.CASE_ID
    ]


def _targets(words: Words, stands: standing.Standing) -> list[Target]:
    """Each element once, by name; those without a name of their own say nothing to a reader, and come last."""
    made = {
        each.element_id: Target(
            each.element_id, _name(words, each.definition, each.element_id), _within(words, each.within)
        )
        for each in stands.targets
    }
    return sorted(made.values(), key=lambda each: (each.within, each.name.lower()))


def _within(words: Words, hosts: tuple[str, ...]) -> str:
    return " › ".join(words.anywhere(host) for host in hosts)


def _name(words: Words, definition: tuple[str, int], element_id: str) -> str:
    own = words.element(*definition, element_id)
    return own if own != spaced(element_id) else words.anywhere(element_id)
