"""Steps that cannot go on: which, why, who can mend them and how; a variable mended, and tried again, one or many.

Whoever runs the system sees no case: a number, a step and a reason. The values of variables are for whoever may look into
processes (`process.read`), and that look is recorded. Refuses with NotAllowed, IncidentNotFound, TokenNotWaiting,
InstanceNotActive, NotAValue, VariablesNotUsable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from cases.models import Case
from engine import standing
from engine.models import Incident, Job
from engine.step import Step
from history.log import Event
from identity.people import Actor
from identity.permissions import allows, require
from problems import NotFound, Problem
from storage import watching
from storage.unit_of_work import Reading, UnitOfWork
from tasks import given, sight, turn
from tasks.background import workers
from tasks.case_file import looks
from tasks.forms_in_use import plain
from tasks.office import Office
from tasks.operating import literals
from tasks.studio.definition_words import Words

PAGE = 50
_log = watching.logger("ombudsflow.incidents")


class IncidentNotFound(NotFound):
    """Deze stap is niet (meer) vastgelopen."""


@dataclass(frozen=True)
class IncidentLine:
    """A step that cannot go on."""

    id: int
    case_number: str
    step: str
    reason: str
    opened_at: datetime


@dataclass(frozen=True)
class Variable:
    """A variable at that place. `literal` is empty for who may know that it is there, and not what it holds.

    `is_own`: the step's own; the others are of the process or a subprocess around it.
    """

    name: str
    kind: str
    literal: str
    is_own: bool
    is_answer: bool


@dataclass(frozen=True)
class IncidentView:
    """A step that cannot go on, with what is needed to mend it. `who` can, and `advice` says how."""

    line: IncidentLine
    instance_id: int
    process: str
    process_version: int
    who: str
    advice: str
    variables: list[Variable]
    shows_values: bool
    is_skippable: bool


@dataclass(frozen=True)
class Retried:
    """What trying many again brought about: how many went on, stuck again, or could not be tried now."""

    went_on: int
    stuck: int
    refused: int


def page(reading: Reading, actor: Actor, words: Words, after: int = 0) -> tuple[list[IncidentLine], int | None]:
    """What is not mended yet, the oldest first, and the key of the next page."""
    require(actor, "operations.read")
    query = (
        select(Incident, Case.number)
        .outerjoin(Case, Case.id == Incident.case_id)
        .where(Incident.resolved_at.is_(None), Incident.id > after)
        .order_by(Incident.id)
        .limit(PAGE + 1)
    )
    rows = list(reading.session.execute(query))
    lines = [_line(row, number, words.anywhere(row.element_id)) for row, number in rows[:PAGE]]
    return lines, lines[-1].id if len(rows) > PAGE else None


def _line(row: Incident, number: str | None, step: str) -> IncidentLine:
    return IncidentLine(row.id, number or "", step, row.reason, row.opened_at)


def find(office: Office, reading: Reading, actor: Actor, words: Words, incident_id: int) -> IncidentView:
    """One of them, with the variables of its place. Raises IncidentNotFound."""
    require(actor, "operations.read")
    row = _open(reading, incident_id)
    shows_values = allows(actor, "process.read") and not _stays_out(reading, actor, row)
    if shows_values and row.case_id is not None:
        looks.keep(office, reading, actor, row.case_id, f"incident:{row.id}")
    number = None if row.case_id is None else reading.session.get_one(Case, row.case_id).number
    seen = standing.at(office.engine, reading, row.instance_id, row.token_id)
    key, version = ("", 0) if seen is None else seen.definition
    who, advice = _advice(office, reading, row, "" if seen is None else seen.kind, bool(seen and seen.kept))
    return IncidentView(
        line=_line(row, number, words.element(key, version, row.element_id)),
        instance_id=row.instance_id,
        process=key,
        process_version=version,
        who=who,
        advice=advice,
        variables=[] if seen is None else _variables(seen, shows_values),
        shows_values=shows_values,
        is_skippable=seen is not None and seen.is_job,
    )


def _stays_out(reading: Reading, actor: Actor, row: Incident) -> bool:
    """Somebody who must stay out of the case sees nothing of what stands in it, and changes nothing there."""
    if row.case_id is None:
        return False
    seen = select(Case.id).where(Case.id == row.case_id, *sight.process_limits(actor))
    return reading.session.scalar(seen) is None


def _open(reading: Reading, incident_id: int) -> Incident:
    row = reading.session.get(Incident, incident_id)
    if row is None or row.resolved_at is not None:
        raise IncidentNotFound(incident_id=incident_id)
    return row


def _variables(seen: standing.Seen, shows_values: bool) -> list[Variable]:
    """What the step itself works with comes first: most often that is where the trouble is."""
    found = [
        Variable(
            name=name,
            kind=literals.kind_of(value),
            literal=literals.written(value) if shows_values else "",
            is_own=name in seen.own or name in seen.kept,
            is_answer=name in seen.kept,
        )
        for name, value in {**seen.variables, **seen.kept}.items()
        if name != given.CASE_ID
    ]
    return sorted(found, key=lambda each: (not each.is_own, each.name))


MANAGER, ADMINISTRATOR = "de procesbeheerder", "de beheerder"
KEPT = "Wat ingevuld werd, is bewaard; alleen het overnemen ervan lukte niet. Verbeter de variabele die de reden noemt en probeer opnieuw."
ADVICE = {
    "service_task": (
        ADMINISTRATOR,
        "Verhelp wat de reden noemt en probeer opnieuw. Wat deze stap al deed, is teruggedraaid.",
    ),
    "business_rule_task": (
        MANAGER,
        "De beslissing kon niet genomen worden, vaak omdat geen rij past. Verbeter de variabele die ze vraagt en probeer opnieuw. "
        "Een nieuwe versie van de tabel geldt alleen voor dossiers die daarna beginnen of overgezet worden.",
    ),
    "exclusive_gateway": (
        MANAGER,
        "Geen enkele weg kon gekozen worden. Verbeter de variabele waarvan de voorwaarden afhangen en probeer opnieuw, of verplaats het dossier.",
    ),
    "parallel_gateway": (
        MANAGER,
        "Hier komt nooit meer iets aan, dus opnieuw proberen helpt niet. Verplaats het dossier naar de stap die nu moet volgen.",
    ),
}
OTHERWISE = (
    MANAGER,
    "Verbeter de variabele die de reden noemt en probeer opnieuw, of verplaats het dossier naar een andere stap.",
)


def _advice(office: Office, reading: Reading, row: Incident, kind: str, has_kept: bool) -> tuple[str, str]:
    """Who can mend it, and what to do."""
    given_up = select(Job.type).where(
        Job.instance_id == row.instance_id, Job.token_id == row.token_id, Job.state == "dead"
    )
    job_type = reading.session.scalar(given_up.order_by(Job.id.desc()).limit(1))
    if job_type is not None and not has_kept:
        is_outside = job_type in workers.types_of(office)
        who = f"wie de werker voor '{job_type}' beheert" if is_outside else ADMINISTRATOR
        return (
            who,
            "Zoek uit waarom de opdracht mislukte en verhelp dat. Probeer daarna opnieuw: ze wordt dan opnieuw gegeven.",
        )
    if has_kept:
        return MANAGER, KEPT
    return ADVICE.get(kind, OTHERWISE)


def retry(
    office: Office, work: UnitOfWork, actor: Actor, incident_id: int, mended: Mapping[str, str] | None = None
) -> Step:
    """Try the step again, after mending variables; each value is a FEEL literal. The history keeps old and new, sealed."""
    require(actor, "incident.resolve")
    values = given.variables({name: literals.read(text, name) for name, text in (mended or {}).items()})
    old = _old_values(office, work, actor, incident_id, values) if values else {}
    step = office.engine.resolve_incident(work, incident_id, values, actor.id)
    personal: dict[str, object] = {
        name: {"old": plain(old.get(name)), "new": plain(value)} for name, value in values.items()
    }
    data = {"incident": incident_id, "mended": sorted(values)}
    resolved = Event("incident", "changed", office.clock.now(), actor.id, turn.role_of(actor), data, personal)
    turn.apply(office, work, actor, step, first=[resolved])
    return step


def _old_values(
    office: Office, work: UnitOfWork, actor: Actor, incident_id: int, values: Mapping[str, Any]
) -> dict[str, Any]:
    row = _open(work, incident_id)
    if _stays_out(work, actor, row):
        raise IncidentNotFound(incident_id=incident_id)
    office.engine.hold(work, row.instance_id)
    seen = standing.at(office.engine, work, row.instance_id, row.token_id)
    known = {} if seen is None else {**seen.variables, **seen.kept}
    return {name: known.get(name) for name in values}


def retry_all(office: Office, actor: Actor, incident_ids: Sequence[int]) -> Retried:
    """Try many again, each in a turn of its own, so that one that cannot holds up no other."""
    require(actor, "incident.resolve")
    outcomes = [_retried(office, actor, incident_id) for incident_id in incident_ids]
    return Retried(*(outcomes.count(each) for each in ("went on", "stuck", "refused")))


def _retried(office: Office, actor: Actor, incident_id: int) -> str:
    try:
        with office.database.work() as work:
            step = retry(office, work, actor, incident_id)
            is_stuck = step.outcome == "incident" and bool(step.incidents)
        return "stuck" if is_stuck else "went on"
    except Problem as problem:
        _log.warning("incident not tried again", incident=incident_id, problem=problem.code)
        return "refused"
