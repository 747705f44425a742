"""Stepping in on a case by hand, in plain words: leave a step out, do one again, or go to another; always with a reason.

It is a move of tokens (`tasks.operating.mending.move`) by somebody who sees the case: what ends, what begins and why stand in its history, on its
diagram and in its replay. Two clicks: `planned` says what would happen, `carry_out` does it.
Refuses with NotAllowed, StepNotChosen, ReasonMissing, TokenNotWaiting and what a move refuses.
"""

from dataclasses import dataclass

from sqlalchemy import select

from cases.models import Case
from engine import definitions, outline, standing
from engine.step import Step
from identity.people import Actor
from problems import Invalid
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight
from tasks.models import UserTask
from tasks.office import Office
from tasks.operating import mending, processes
from tasks.studio.definition_words import Words

INTERVENE = "case.intervene"
SKIP, REDO, GO = "overslaan", "opnieuw", "andere"
WAYS = (SKIP, REDO, GO)
# What holds steps of its own is not a step somebody means: they mean the one inside.
HOLDERS = frozenset({"sub_process", "transaction", "call_activity"})


class StepNotChosen(Invalid):
    """Kies welke stap u bedoelt, en wat er moet gebeuren."""


@dataclass(frozen=True)
class Standing:
    """Where a case stands: the steps that wait, those that were done before and can be done again, and every other one."""

    instance_id: int | None
    waiting: list[processes.Place]
    done_before: list[processes.Target]
    others: list[processes.Target]


@dataclass(frozen=True)
class Planned:
    """What would happen: the step that ends, the one that begins; both as people read them, and as a move needs them."""

    ends: str
    begins: str
    token_id: str
    element_id: str


def of_case(office: Office, reading: Reading, actor: Actor, case: Case, words: Words) -> Standing:
    """Where it stands and what can be chosen; nothing once the process is over."""
    sight.require(actor, INTERVENE, case)
    if case.instance_id is None:
        return Standing(None, [], [], [])
    places, possible = processes.places_and_targets(office, reading, words, case.instance_id)
    done = select(UserTask.element_id).where(UserTask.case_id == case.id, UserTask.closed_at.isnot(None)).distinct()
    before = set(reading.session.scalars(done))
    waiting = [each for each in places if each.kind not in HOLDERS]
    here = {each.element_id for each in waiting}
    targets = [each for each in possible if each.element_id not in here]
    return Standing(
        case.instance_id,
        waiting,
        [each for each in targets if each.element_id in before],
        [each for each in targets if each.element_id not in before],
    )


def planned(
    office: Office, reading: Reading, actor: Actor, case: Case, words: Words, *, token_id: str, way: str, target: str
) -> Planned:
    """What leaving out, doing again or going on elsewhere would do. Changes nothing."""
    stands = of_case(office, reading, actor, case, words)
    place = next((each for each in stands.waiting if each.token_id == token_id), None)
    if place is None or way not in WAYS:
        raise _not_chosen("token")
    if way == SKIP:
        following = _after(office, reading, case, token_id)
        if following is None:
            raise _not_chosen(
                "way", "Na deze stap kiest iemand zelf hoe het verder gaat. Kies een andere stap die begint."
            )
        return Planned(place.name, _name(words, stands, following), token_id, following)
    offered = stands.done_before if way == REDO else stands.others
    chosen = next((each for each in offered if each.element_id == target), None)
    if chosen is None:
        raise _not_chosen("target", "Kies de stap die begint.")
    return Planned(place.name, chosen.name, token_id, chosen.element_id)


def carry_out(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    case: Case,
    words: Words,
    *,
    token_id: str,
    way: str,
    target: str,
    reason: str,
) -> Step:
    """Do what was planned; the same checks, and the reason goes into the history."""
    plan = planned(office, work, actor, case, words, token_id=token_id, way=way, target=target)
    return mending.move(
        office, work, actor, case.instance_id or 0, cancel=[plan.token_id], activate=[plan.element_id], reason=reason
    )


def _after(office: Office, reading: Reading, case: Case, token_id: str) -> str | None:
    """The element that comes next by the diagram of the token itself."""
    tokens = standing.of(office.engine, reading, case.instance_id or 0).tokens
    token = next(each for each in tokens if each.id == token_id)
    content = definitions.version(reading, "process", *token.definition).content
    return outline.after(content, token.element_id)


def _name(words: Words, stands: Standing, element_id: str) -> str:
    known = {each.element_id: each.name for each in [*stands.done_before, *stands.others]}
    return known.get(element_id) or words.anywhere(element_id)


def _not_chosen(field: str, sentence: str = "") -> StepNotChosen:
    return StepNotChosen(errors=[{"field": field, "message": sentence or StepNotChosen().sentence}])
