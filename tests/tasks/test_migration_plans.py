"""Plans to take running cases along: what the rehearsal says, who may do what, and what is refused."""

import pytest
from sqlalchemy import select, update

from engine.errors import MappingRefused
from engine.models import ProcessInstance
from identity.people import Actor
from identity.permissions import NotAllowed
from tasks.models import UserTask
from tasks.office import Office
from tasks.studio import migrating, migration_rehearsal, migration_run, publishing
from tests.stories.stage import Story
from tests.tasks.migrations import (
    ANN,
    PAUL,
    counted,
    file_of,
    newer,
    other_id,
    planned,
    started,
    taken_along,
)


@pytest.fixture
def story(office: Office) -> Story:
    return Story(office).given_a_complaint()


# -- the rehearsal --------------------------------------------------------------------------------------------------------


def test_the_rehearsal_says_per_case_what_the_run_then_does(office: Office) -> None:
    stories = [Story(office).given_a_complaint() for _ in range(3)]
    stories[2].completes("assess_intake", matter="complaint", judged_urgent="nee")
    with office.database.reading() as reading:
        before = list(reading.session.execute(select(ProcessInstance.state, ProcessInstance.version)))
    plan = planned(office, 1, other_id(office))
    with office.database.reading() as reading:
        found = migration_rehearsal.rehearse(office, reading, ANN, migrating.find(reading, plan))
        lines = migration_rehearsal.lines(migrating.find(reading, plan), found.standing)
        assert list(reading.session.execute(select(ProcessInstance.state, ProcessInstance.version))) == before
    assert (found.total, found.count("moves"), found.count("needs_mapping"), found.count("blocked")) == (3, 1, 2, 0)
    assert found.standing["assess_intake"] == 2
    [line] = [line for line in lines if line.node.id == "assess_intake"]
    assert (line.count, line.goes_to) == (2, "")
    assert "look_at_it" in [node.id for node in line.options]
    started(office, plan)
    migration_run.advance(office)
    assert counted(office, plan) == {"moved": 1, "stayed": 2}


def test_the_rehearsal_tells_of_cases_that_are_stuck_or_suspended(office: Office) -> None:
    stories = [Story(office).given_a_complaint() for _ in range(3)]
    with office.database.work() as work:
        office.engine.suspend(work, stories[1].case.instance_id or 0)
        mine = ProcessInstance.case_id == stories[2].case_id
        work.session.execute(update(ProcessInstance).where(mine).values(outcome="incident"))
    plan = planned(office, 1, newer(office, ("Soort en dringendheid bepalen", "Melding bekijken")))
    with office.database.reading() as reading:
        found = migration_rehearsal.rehearse(office, reading, ANN, migrating.find(reading, plan))
    told = {number: fate.notes for fate, numbers in found.fates.items() for number in numbers}
    assert told == {
        stories[0].case.number: (),
        stories[1].case.number: (migration_rehearsal.SUSPENDED,),
        stories[2].case.number: (migration_rehearsal.STUCK,),
    }


def test_the_rehearsal_goes_through_many_cases_in_portions(office: Office) -> None:
    for _ in range(3):
        Story(office).given_a_complaint()
    plan = planned(office, 1, newer(office, ("Soort en dringendheid bepalen", "Melding bekijken")))
    with office.database.reading() as reading:
        found = migrating.find(reading, plan)
        first = migration_rehearsal.rehearse(office, reading, ANN, found, most=2)
        rest = migration_rehearsal.rehearse(office, reading, ANN, found, most=2, after=first.next or 0)
    assert (first.total, rest.total, rest.next) == (2, 1, None)


# -- who may, and what is refused -----------------------------------------------------------------------------------------


def test_the_maker_does_not_carry_out_and_the_reason_must_be_there(story: Story) -> None:
    office, target = story.office, other_id(story.office)
    plan = planned(office, 1, target, assess_intake="look_at_it")
    with office.database.work() as work, pytest.raises(migrating.PlannerCannotRun):
        migrating.begin(office, work, ANN, plan)
    with office.database.work() as work:
        migrating.change(office, work, PAUL, plan, mapping={}, reason="", takes_decisions=False)
    with office.database.work() as work, pytest.raises(migrating.PlannerCannotRun):
        migrating.begin(office, work, PAUL, plan)
    with office.database.work() as work, pytest.raises(migrating.ReasonNeeded):
        migrating.begin(office, work, ANN, plan)
    auditor = Actor("person:3", "", frozenset({"auditor"}))
    with office.database.work() as work, pytest.raises(NotAllowed):
        migrating.begin(office, work, auditor, plan)
    story.waits_at("assess_intake")


def test_a_plan_goes_to_another_version_that_was_approved_with_a_mapping_that_can_be(office: Office) -> None:
    with office.database.work() as work:
        changed = file_of(office).replace("Soort en dringendheid bepalen", "Melding bekijken").encode()
        publishing.publish(office, work, ANN, "process", changed)
    with office.database.work() as work, pytest.raises(migrating.NotApproved):
        migrating.make(office, work, ANN, "complaint", 1, 2)
    with office.database.work() as work, pytest.raises(migrating.SameVersion):
        migrating.make(office, work, ANN, "complaint", 1, 1)
    other_id(office)
    with office.database.work() as work, pytest.raises(MappingRefused) as refused:
        migrating.make(office, work, ANN, "complaint", 1, 3, mapping={"assess_intake": "send_acknowledgement"})
    assert [error["field"] for error in refused.value.errors] == ["assess_intake"]


def test_a_plan_under_way_is_not_changed_thrown_away_or_started_twice(story: Story) -> None:
    office = story.office
    plan = taken_along(office)
    with office.database.work() as work, pytest.raises(migrating.PlanStarted):
        migrating.begin(office, work, ANN, plan)
    with office.database.work() as work, pytest.raises(migrating.PlanStarted):
        migrating.change(office, work, ANN, plan, mapping={}, reason="x", takes_decisions=False)
    with office.database.work() as work, pytest.raises(migrating.PlanStarted):
        migrating.discard(office, work, ANN, plan)
    draft = planned(office, 2, 1, look_at_it="assess_intake")
    with office.database.work() as work, pytest.raises(migrating.PlanNotDone):
        migrating.undo(office, work, PAUL, draft)
    with office.database.work() as work:
        migrating.discard(office, work, PAUL, draft)
    with office.database.reading() as reading, pytest.raises(migrating.PlanNotFound):
        migrating.find(reading, draft)


def test_the_office_remembers_who_planned_and_who_carried_out(story: Story) -> None:
    office = story.office
    plan = taken_along(office)
    with office.database.reading() as reading:
        told = [e for e in office.log.read(reading, "office") if e.activity == "migration"]
        closed = reading.session.scalar(select(UserTask.closed_at).where(UserTask.case_id == story.case_id))
    assert [(e.resource, e.data["state"], e.data["plan"]) for e in told] == [
        (ANN.id, "draft", plan),
        (PAUL.id, "running", plan),
    ]
    assert closed is None
