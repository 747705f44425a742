"""Mending a process that runs, by hand: suspend, resume, terminate, move a token, correct a variable. Always with a reason.

In: who, the instance, why. Out: the step the engine took, or what was corrected. Each is a turn: the case's history keeps who did
it, why, and of a variable the old and the new value (sealed); of a move, which steps were withdrawn and which begun.
Refuses with NotAllowed, ReasonMissing, InstanceNotFound, InstanceEnded, AlreadySuspended, NotSuspended, NothingToMove,
TokenNotWaiting, VariableChanged, NotAValue, VariablesNotUsable, and what the engine cannot do.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from cases.models import Case
from engine import moving, standing
from engine.errors import InstanceEnded, InstanceNotFound
from engine.models import ProcessInstance
from engine.step import Step
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Conflict, Invalid
from storage.unit_of_work import UnitOfWork
from tasks import given, sight, turn
from tasks.forms_in_use import plain
from tasks.office import Office
from tasks.operating import literals

LONGEST_REASON = 1000


def stream_of_process(row: ProcessInstance) -> str:
    """Where the history of a process goes: its case's, or its own when it has no case."""
    return f"instance:{row.id}" if row.case_id is None else turn.stream_of(row.case_id)


class ReasonMissing(Invalid):
    """Schrijf waarom u dit doet. De reden blijft in de geschiedenis van het dossier."""


def with_reason(reason: str) -> str:
    """The reason somebody gave. Raises ReasonMissing when it says nothing, or far too much."""
    if not 3 <= len(reason.strip()) <= LONGEST_REASON:
        raise ReasonMissing(errors=[{"field": "reason", "message": ReasonMissing().sentence}])
    return reason.strip()


class AlreadySuspended(Conflict):
    """Dit proces is al opgeschort."""


class NotSuspended(Conflict):
    """Dit proces is niet opgeschort, dus er valt niets te hervatten."""


class NothingToMove(Invalid):
    """Kies minstens één stap die moet vervallen of beginnen."""


class VariableChanged(Conflict):
    """Deze variabele is ondertussen gewijzigd. Kijk de nieuwe waarde na en probeer opnieuw."""


def suspend(office: Office, work: UnitOfWork, actor: Actor, instance_id: int, reason: str) -> None:
    """Nothing moves it until it is resumed: no answer is taken, and what falls due waits."""
    row = _held(office, work, actor, "process.suspend", instance_id, reason)
    if row.is_suspended:
        raise AlreadySuspended(instance_id=instance_id)
    office.engine.suspend(work, instance_id)
    _note(office, work, row, _event(office, actor, row, "paused", reason))


def resume(office: Office, work: UnitOfWork, actor: Actor, instance_id: int, reason: str) -> None:
    """It goes on; what fell due meanwhile happens at the next tick."""
    row = _held(office, work, actor, "process.suspend", instance_id, reason)
    if not row.is_suspended:
        raise NotSuspended(instance_id=instance_id)
    office.engine.resume(work, instance_id)
    _note(office, work, row, _event(office, actor, row, "resumed", reason))


def terminate(office: Office, work: UnitOfWork, actor: Actor, instance_id: int, reason: str) -> Step:
    """Stop everything in it, for good. The case stays as it is, without a next step."""
    row = _held(office, work, actor, "process.terminate", instance_id, reason)
    step = office.engine.terminate(work, instance_id)
    turn.apply(
        office, work, actor, step, first=[_event(office, actor, row, "changed", reason, {"ended": "terminated"})]
    )
    return step


def move(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    instance_id: int,
    *,
    cancel: Sequence[str],
    activate: Sequence[str],
    reason: str,
) -> Step:
    """Withdraw tokens here and begin elements there. Drafts of user tasks that are withdrawn go; what was answered stays."""
    row = _held(office, work, actor, "process.move", instance_id, reason)
    if not cancel and not activate:
        raise NothingToMove(errors=[{"field": "activate", "message": NothingToMove().sentence}])
    known = {token.id: token.element_id for token in standing.of(office.engine, work, instance_id).tokens}
    step = moving.move(office.engine, work, instance_id, cancel=cancel, activate=activate)
    told: dict[str, object] = {"cancelled": [known.get(token, "") for token in cancel], "activated": list(activate)}
    turn.apply(office, work, actor, step, first=[_event(office, actor, row, "changed", reason, told)])
    return step


def correct(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    instance_id: int,
    variables: Mapping[str, str],
    *,
    scope: str | None = None,
    seen: Mapping[str, str] | None = None,
    reason: str,
) -> list[moving.Correction]:
    """Give variables another value (FEEL literals) in the process itself, or in the scope of a token.

    `seen` are the values on which the correction is based: when one is not that any more, nothing is done (VariableChanged).
    Nothing is done again: an element that waits goes on with what it was given.
    """
    row = _held(office, work, actor, "process.correct", instance_id, reason)
    values = given.variables({name: literals.read(text, name) for name, text in variables.items()})
    if not values:
        raise given.VariablesNotUsable(errors=[{"field": "name", "message": "Kies een variabele."}])
    made = moving.correct(office.engine, work, instance_id, values, scope=scope)
    _still_as_seen(made.changed, seen or {})
    personal: dict[str, object] = {each.name: {"old": plain(each.old), "new": plain(each.new)} for each in made.changed}
    told: dict[str, object] = {"corrected": sorted(personal), "scope": scope}
    event = _event(office, actor, row, "changed", reason, told, personal)
    if made.step is None:
        _note(office, work, row, event)
    else:
        turn.apply(office, work, actor, made.step, first=[event])
    return made.changed


def _still_as_seen(changed: Sequence[moving.Correction], seen: Mapping[str, str]) -> None:
    """Raises VariableChanged when somebody else was first; the turn then takes back what was done."""
    outdated = [each.name for each in changed if each.name in seen and seen[each.name] != literals.written(each.old)]
    if outdated:
        raise VariableChanged(variables=outdated)


def _held(
    office: Office, work: UnitOfWork, actor: Actor, action: str, instance_id: int, reason: str
) -> ProcessInstance:
    """The instance, locked, for somebody who may do this and says why."""
    require(actor, action)
    with_reason(reason)
    row = office.engine.hold(work, instance_id)
    if row.case_id is not None:
        case = work.session.scalar(select(Case).where(Case.id == row.case_id, *sight.process_limits(actor)))
        if case is None:
            raise InstanceNotFound(instance_id=instance_id)
        sight.require(actor, action, case)
    if row.ended_at is not None:
        raise InstanceEnded(instance_id=instance_id)
    return row


def _event(
    office: Office,
    actor: Actor,
    row: ProcessInstance,
    transition: str,
    reason: str,
    data: Mapping[str, object] | None = None,
    personal: Mapping[str, object] | None = None,
) -> Event:
    told = {"instance": row.id, "reason": reason.strip(), **(data or {})}
    return Event("process", transition, office.clock.now(), actor.id, turn.role_of(actor), told, dict(personal or {}))


def _note(office: Office, work: UnitOfWork, row: ProcessInstance, event: Event) -> None:
    office.log.append(work, stream_of_process(row), [event])
