"""A process mended by hand: who may, why, and what the case's history says of it; the worklist follows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from engine.errors import InstanceEnded, InstanceNotActive
from engine.models import Incident, ProcessInstance
from history.log import Recorded, verify
from identity.people import Actor
from identity.permissions import TABLE, NotAllowed
from identity.roles import OMBUDSMAN, PROCESS_MANAGER, STAFF_ROLES
from storage.unit_of_work import UnitOfWork
from tasks.background import clock as ticking
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tasks.operating import incidents, literals, mending, processes
from tasks.studio.definition_words import load as load_words
from tasks.turn import stream_of
from tests.stories.stage import NOT_CONTACTED, Story

WHY = "De burger belde: verkeerde dienst gekozen."
MANAGER = Actor("person:7", "Petra", frozenset({PROCESS_MANAGER}))


@pytest.fixture
def story(office: Office) -> Story:
    return Story(office).given_a_complaint()


def instance_of(story: Story) -> int:
    with story.office.database.reading() as reading:
        query = select(ProcessInstance.id).where(ProcessInstance.case_id == story.case_id)
        return int(reading.session.scalars(query).one())


@contextmanager
def turn(story: Story) -> Iterator[tuple[Office, UnitOfWork, Actor, int]]:
    instance_id = instance_of(story)
    with story.office.database.work() as work:
        yield story.office, work, MANAGER, instance_id


def told(story: Story) -> list[Recorded]:
    """What the case's history says of mending; the chain holds."""
    with story.office.database.reading() as reading:
        assert verify(reading, stream_of(story.case_id)).ok
        events = story.office.log.read(reading, stream_of(story.case_id))
    return [event for event in events if event.activity in ("process", "incident") and event.resource == MANAGER.id]


def view(story: Story) -> processes.ProcessView:
    with story.office.database.reading() as reading:
        return processes.find(story.office, reading, MANAGER, load_words(reading), instance_of(story))


def test_a_suspended_process_waits_and_what_it_missed_happens_when_it_is_resumed(
    office: Office, clock: TravellingClock
) -> None:
    story = Story(office).given_a_complaint(**NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("answer_first_line")
    with turn(story) as at:
        mending.suspend(*at, WHY)
    with pytest.raises(mending.AlreadySuspended), turn(story) as at:
        mending.suspend(*at, WHY)
    assert view(story).line.state == processes.SUSPENDED
    clock.advance(timedelta(days=60))
    ticking.tick(office)
    story.waits_at("answer_first_line")
    with turn(story) as at:
        mending.resume(*at, "Uitgeklaard.")
    with pytest.raises(mending.NotSuspended), turn(story) as at:
        mending.resume(*at, WHY)
    ticking.tick(office)
    assert story.open("return_offer")
    assert [(event.transition, event.data["reason"], event.role) for event in told(story)] == [
        ("paused", WHY, PROCESS_MANAGER),
        ("resumed", "Uitgeklaard.", PROCESS_MANAGER),
    ]


def test_an_answer_to_a_suspended_process_is_refused(story: Story) -> None:
    with turn(story) as at:
        mending.suspend(*at, WHY)
    with pytest.raises(InstanceNotActive):
        story.completes("assess_intake", matter="complaint", judged_urgent="nee")


def test_a_terminated_process_leaves_the_case_without_a_step(story: Story) -> None:
    with turn(story) as at:
        assert mending.terminate(*at, WHY).outcome == "terminated"
    assert story._open() == []
    [event] = told(story)
    assert (event.data["ended"], event.data["reason"]) == ("terminated", WHY)
    found = view(story)
    assert (found.line.state, found.places) == (processes.ENDED, [])
    for command in (mending.suspend, mending.resume, mending.terminate):
        with pytest.raises(InstanceEnded), turn(story) as at:
            command(*at, WHY)


def test_a_token_is_moved_and_the_worklist_follows(story: Story) -> None:
    before = story.open("assess_intake")
    [place] = [place for place in view(story).places if place.element_id == "assess_intake"]
    with turn(story) as at:
        mending.move(*at, cancel=[place.token_id], activate=["decide_admissibility"], reason=WHY)
    assert [row.element_id for row in story._open()] == ["decide_admissibility"]
    with story.office.database.reading() as reading:
        closed = reading.session.get_one(type(before), before.id)
        assert (closed.closed_by, closed.closed_at is None) == (MANAGER.id, False)
    [event] = told(story)
    assert (event.data["cancelled"], event.data["activated"]) == (["assess_intake"], ["decide_admissibility"])


def test_a_correction_keeps_old_and_new_sealed_and_counts_from_then_on(story: Story) -> None:
    with turn(story) as at:
        mending.correct(*at, {"matter": '"question"', "extra": "[1, 2]"}, reason=WHY)
    with turn(story) as at:
        mending.correct(*at, {"extra": '{day: date("2026-01-05")}'}, seen={"extra": "[1, 2]"}, reason=WHY)
    first, second = told(story)
    assert first.data["corrected"] == ["extra", "matter"]
    assert first.personal["extra"] == {"old": None, "new": [1, 2]}
    assert second.personal["extra"] == {"old": [1, 2], "new": {"day": "2026-01-05"}}
    assert "question" not in str(first.data)
    values = {each.name: each.literal for each in view(story).variables}
    assert (values["matter"], values["extra"]) == ('"question"', '{"day": date("2026-01-05")}')
    assert "case_id" not in values


def test_a_correction_on_an_outdated_page_changes_nothing(story: Story) -> None:
    with turn(story) as at:
        mending.correct(*at, {"n": "1"}, reason=WHY)
    with pytest.raises(mending.VariableChanged), turn(story) as at:
        mending.correct(*at, {"n": "3"}, seen={"n": "2"}, reason=WHY)
    assert {each.name: each.literal for each in view(story).variables}["n"] == "1"
    assert len(told(story)) == 1


@pytest.mark.parametrize("value", ["", "1 +", "other_variable", '"open', "x" * 30_000])
def test_what_is_no_value_is_refused_by_the_name_of_its_field(story: Story, value: str) -> None:
    with pytest.raises(literals.NotAValue) as refused, turn(story) as at:
        mending.correct(*at, {"n": value}, reason=WHY)
    assert refused.value.errors[0]["field"] == "n"


@pytest.mark.parametrize("reason", ["", "  ", "x", "y" * 1001])
def test_without_a_reason_nothing_is_done(story: Story, reason: str) -> None:
    with pytest.raises(mending.ReasonMissing), turn(story) as at:
        mending.terminate(*at, reason)
    assert story.open("assess_intake")


def test_only_those_in_the_table_may(story: Story) -> None:
    commands: list[tuple[str, Any]] = [
        ("process.suspend", partial(mending.suspend, reason=WHY)),
        ("process.suspend", partial(mending.resume, reason=WHY)),
        ("process.terminate", partial(mending.terminate, reason=WHY)),
        ("process.move", partial(mending.move, cancel=[], activate=[], reason=WHY)),
        ("process.correct", partial(mending.correct, variables={"n": "1"}, reason=WHY)),
    ]
    assert all(TABLE[action] == {PROCESS_MANAGER, OMBUDSMAN} for action, _ in commands)
    for role in sorted(STAFF_ROLES - {PROCESS_MANAGER, OMBUDSMAN}):
        for _, command in commands:
            with pytest.raises(NotAllowed), turn(story) as (office, work, _, instance_id):
                command(office, work, Actor("person:9", "", frozenset({role})), instance_id)
    assert story.open("assess_intake")


def test_a_look_into_a_process_is_recorded_in_its_case(story: Story) -> None:
    view(story)
    with story.office.database.reading() as reading:
        events = story.office.log.read(reading, stream_of(story.case_id))
    looks = [event for event in events if event.transition == "looked"]
    assert [(event.resource, event.data["what"]) for event in looks] == [(MANAGER.id, f"process:{instance_of(story)}")]


def test_the_list_finds_processes_by_case_and_by_state(story: Story) -> None:
    other = Story(story.office).given_a_complaint()
    with turn(other) as at:
        mending.suspend(*at, WHY)
    with story.office.database.reading() as reading:
        everything, _ = processes.page(reading, MANAGER)
        mine, _ = processes.page(reading, MANAGER, number=story.case.number)
        suspended, _ = processes.page(reading, MANAGER, state=processes.SUSPENDED)
        older, _ = processes.page(reading, MANAGER, before=instance_of(other))
    assert [line.case_number for line in everything] == [other.case.number, story.case.number]
    assert [line.id for line in mine] == [line.id for line in older] == [instance_of(story)]
    assert [line.id for line in suspended] == [instance_of(other)]


ADMIN = Actor("person:8", "Bert", frozenset({"admin"}))


def stuck(office: Office) -> tuple[Story, int]:
    """A case that cannot go on: somebody moved it to a step that starts a deadline nobody knows."""
    story = Story(office).given_a_complaint()
    [place] = view(story).places
    with turn(story) as at:
        mending.correct(*at, {"deadline_rules": '["no_such_rule"]'}, reason=WHY)
        mending.move(*at, cancel=[place.token_id], activate=["start_deadlines"], reason=WHY)
    with office.database.reading() as reading:
        query = select(Incident.id).where(Incident.case_id == story.case_id, Incident.resolved_at.is_(None))
        return story, int(reading.session.scalars(query).one())


def shown(office: Office, who: Actor, incident_id: int) -> incidents.IncidentView:
    with office.database.reading() as reading:
        return incidents.find(office, reading, who, load_words(reading), incident_id)


def test_an_incident_tells_who_can_mend_it_and_how_and_values_only_to_whom_may_see_them(office: Office) -> None:
    story, incident_id = stuck(office)
    mine, theirs = shown(office, MANAGER, incident_id), shown(office, ADMIN, incident_id)
    assert (mine.line.step, mine.line.case_number, mine.who) == ("Termijnen starten", story.case.number, "de beheerder")
    assert "teruggedraaid" in mine.advice
    assert {each.name: each.literal for each in mine.variables}["rules"] == '["no_such_rule"]'
    assert [each.name for each in theirs.variables] == [each.name for each in mine.variables]
    assert {each.literal for each in theirs.variables} == {""}
    assert {each.kind for each in theirs.variables} >= {"lijst", "dag"}
    with office.database.reading() as reading:
        events = office.log.read(reading, stream_of(story.case_id))
    seen = [(event.resource, event.data["what"]) for event in events if event.transition == "looked"]
    assert (MANAGER.id, f"incident:{incident_id}") in seen
    assert ADMIN.id not in {resource for resource, _ in seen}


def test_a_mended_variable_is_told_with_old_and_new_and_the_case_goes_on(office: Office) -> None:
    story, incident_id = stuck(office)
    with office.database.work() as work:
        step = incidents.retry(office, work, MANAGER, incident_id, {"rules": "[]"})
    assert (step.outcome, [row.element_id for row in story._open()]) == ("active", ["decide_admissibility"])
    [event] = [event for event in told(story) if event.activity == "incident"]
    assert event.data["mended"] == ["rules"]
    assert event.personal == {"rules": {"old": ["no_such_rule"], "new": []}}
    with pytest.raises(incidents.IncidentNotFound):
        shown(office, MANAGER, incident_id)


def test_many_are_tried_again_each_in_a_turn_of_its_own(office: Office) -> None:
    (first, one), (second, two), (third, three) = stuck(office), stuck(office), stuck(office)
    with turn(first) as at:
        mending.suspend(*at, WHY)
    with turn(second) as at:
        [place] = [place for place in view(second).places if place.reason]
        mending.correct(*at, {"rules": "[]"}, scope=place.token_id, reason=WHY)
    tried = incidents.retry_all(office, ADMIN, [one, two, three, 9999])
    assert tried == incidents.Retried(went_on=1, stuck=1, refused=2)
    assert view(second).line.state == processes.RUNNING
    assert view(third).line.state == processes.STUCK
    with pytest.raises(NotAllowed):
        incidents.retry_all(office, Actor("person:9", "", frozenset({OMBUDSMAN})), [one])
