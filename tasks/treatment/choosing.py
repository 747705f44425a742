"""Choosing a next step: in an ad-hoc part of a diagram a person says what is done, how often, in which order.

In: who, the choice, the steps. Out: the step the engine took. It is a turn like any other: the case's history keeps who chose what.
Refuses with NotAllowed, NotYourChoice, ChoiceNotOpen, ChoiceChanged, NothingChosen, NotAStep.
Words follow BPMN 2.0.2, 13.3.5.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.models import Case
from engine import choices, definitions
from engine.errors import InstanceEnded, InstanceNotActive
from engine.models import ProcessInstance
from engine.step import Step
from history.log import Event
from identity.people import Actor
from problems import Conflict, Forbidden, Invalid
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn
from tasks.models import OpenChoice
from tasks.office import Office
from tasks.treatment import open_choices

MOST_AT_ONCE = 50


class NotYourChoice(Forbidden):
    """Deze keuze hoort bij een andere rol dan die van u."""


class ChoiceNotOpen(Conflict):
    """Hier valt niets meer te kiezen: dit deel van het dossier is ondertussen voorbij of staat stil."""


class ChoiceChanged(Conflict):
    """Dit dossier ging ondertussen verder. Kijk na wat er nu loopt, en kies opnieuw als dat nog nodig is."""


class NothingChosen(Invalid):
    """Kies minstens één stap."""


class NotAStep(Invalid):
    """Deze stap kan hier niet gekozen worden. Kies er een uit de lijst."""


@dataclass(frozen=True)
class StepOffered:
    """A step that may be chosen; how often it is under way, and how often it waits its turn."""

    element_id: str
    name: str
    under_way: int
    queued: int


@dataclass(frozen=True)
class ChoiceView:
    """A choice that is open. `version` is what a command must be based on; `is_sequential`: one step after the other."""

    id: int
    element_id: str
    name: str
    role: str
    is_sequential: bool
    is_mine: bool
    version: int
    steps: tuple[StepOffered, ...]


def of_case(office: Office, reading: Reading, actor: Actor, case_id: int) -> list[ChoiceView]:
    """What may be chosen in a case, also by others. Nothing while its process is suspended."""
    rows = open_choices.of_case(reading, case_id)
    found: list[ChoiceView] = []
    for instance_id in dict.fromkeys(row.instance_id for row in rows):
        instance = reading.session.get_one(ProcessInstance, instance_id)
        if instance.is_suspended:
            continue
        now = {each.token_id: each for each in choices.of(office.engine, reading, instance_id)}
        mine = [row for row in rows if row.instance_id == instance_id and row.token_id in now]
        found += [_view(actor, row, now[row.token_id], instance.version) for row in mine]
    return found


def _view(actor: Actor, row: OpenChoice, now: choices.Choice, version: int) -> ChoiceView:
    return ChoiceView(
        id=row.id,
        element_id=row.element_id,
        name=row.name,
        role=row.role,
        is_sequential=now.is_sequential,
        is_mine=open_choices.may_choose(actor, row),
        version=version,
        steps=tuple(StepOffered(a.element_id, a.name, a.under_way, a.queued) for a in now.activities),
    )


def choose(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    case_id: int,
    choice_id: int,
    steps: Sequence[str],
    *,
    version: int | None = None,
) -> Step:
    """Begin steps, or line them up where they go one by one. A step named twice is done twice.

    `version` is that of the view it is based on: when the process moved meanwhile nothing is done (ChoiceChanged), so that sending
    twice does not begin twice.
    """
    sight.require(actor, open_choices.CHOOSE, work.session.get_one(Case, case_id))
    row = work.session.get(OpenChoice, choice_id)
    if row is None or row.case_id != case_id:
        raise ChoiceNotOpen(choice_id=choice_id)
    if not open_choices.may_choose(actor, row):
        raise NotYourChoice(choice_id=choice_id, role=row.role)
    instance = office.engine.hold(work, row.instance_id)
    if version is not None and version != instance.version:
        raise ChoiceChanged(choice_id=choice_id, version=instance.version)
    _check(office, work, row, steps)
    definition = definitions.get(work, row.definition_id)
    told = {
        "instance": row.instance_id,
        "token": row.token_id,
        "definition": [definition.key, definition.version],
        "element": row.element_id,
        "steps": list(steps),
    }
    chosen = Event("choice", "decided", office.clock.now(), actor.id, turn.role_of(actor), told)
    try:
        step = office.engine.choose(work, row.instance_id, row.token_id, list(steps))
    except (InstanceEnded, InstanceNotActive) as over:
        raise ChoiceNotOpen(choice_id=choice_id) from over
    turn.apply(office, work, actor, step, first=[chosen])
    return step


def _check(office: Office, work: UnitOfWork, row: OpenChoice, steps: Sequence[str]) -> None:
    """Raises ChoiceNotOpen, NothingChosen, NotAStep."""
    now = {each.token_id: each for each in choices.of(office.engine, work, row.instance_id)}
    if row.token_id not in now:
        raise ChoiceNotOpen(choice_id=row.id)
    if not steps or len(steps) > MOST_AT_ONCE:
        sentence = NothingChosen().sentence if not steps else f"Kies hoogstens {MOST_AT_ONCE} stappen tegelijk."
        raise NothingChosen(errors=[{"field": "step", "message": sentence}])
    possible = {activity.element_id for activity in now[row.token_id].activities}
    unknown = next((each for each in steps if each not in possible), None)
    if unknown is not None:
        raise NotAStep(errors=[{"field": "step", "message": NotAStep().sentence}], step=unknown[:200])
