"""Taking running cases along: planned by one person, carried out by another, case by case, and back again while nothing moved on."""

import logging
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from engine.errors import MappingRefused
from engine.models import ProcessInstance
from history.moves import Place
from history.replay import frames
from identity.people import Actor
from identity.permissions import NotAllowed
from tasks import clock as ticking
from tasks import completion, definition_words, migrating, migration_rehearsal, migration_run, publishing, timeline
from tasks.clock_source import TravellingClock
from tasks.models import CaseMigration, UserTask
from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED, Story, person
from tests.tasks.investigating import ad_hoc, chooses, doing, given, investigation, seen
from tests.tasks.migrations import (
    ANN,
    PAUL,
    counted,
    file_of,
    history_holds,
    newer,
    planned,
    renamed,
    started,
    taken_back,
)

FORM = 'formId="assess_intake"/><zeebe:assignmentDefinition candidateGroups="intake_officer"'


@pytest.fixture
def story(office: Office) -> Story:
    return Story(office).given_a_complaint()


def other_id(office: Office) -> int:
    """A version in which the first task has another id and name."""
    name = ("Soort en dringendheid bepalen", "Melding bekijken")
    return newer(office, renamed(file_of(office), "assess_intake", "look_at_it"), name)


def taken_along(office: Office) -> int:
    """The running cases go to a version where the first task has another id."""
    plan = planned(office, 1, other_id(office), assess_intake="look_at_it")
    started(office, plan)
    migration_run.advance(office)
    return plan


def moves(office: Office, plan: int) -> list[CaseMigration]:
    with office.database.reading() as reading:
        query = select(CaseMigration).where(CaseMigration.plan_id == plan).order_by(CaseMigration.id)
        return list(reading.session.scalars(query))


# -- the way there --------------------------------------------------------------------------------------------------------


def test_a_case_goes_along_with_its_task_and_goes_on_by_the_new_version(story: Story) -> None:
    office, before = story.office, story.open("assess_intake")
    with office.database.work() as work:
        completion.claim(office, work, person("intake_officer"), before.id)
    taken_along(office)
    row = story.waits_at("look_at_it").open("look_at_it")
    assert (row.id, row.name, row.assignee, row.due_at) == (before.id, "Melding bekijken", "person:1", before.due_at)
    assert row.definition_id != before.definition_id
    history_holds(story)
    story.completes("look_at_it", matter="complaint", judged_urgent="nee")
    history_holds(story)


def test_the_case_remembers_the_move_and_every_moment_is_on_its_own_drawing(story: Story) -> None:
    office = story.office
    plan = taken_along(office)
    story.completes("look_at_it", matter="complaint", judged_urgent="nee")
    with office.database.reading() as reading:
        events = office.log.read(reading, f"case:{story.case_id}")
        told = timeline.of(office, reading, story.case_id, definition_words.load(reading), {PAUL.id: "Pol"})
    [moved] = [event for event in events if event.transition == "migrated"]
    assert (moved.resource, moved.role) == (PAUL.id, "process_manager")
    assert (
        moved.data.items()
        >= {
            "process": "complaint",
            "from": 1,
            "to": 2,
            "plan": plan,
            "reason": "De stap heet nu anders",
            "renamed": {"assess_intake": "look_at_it"},
            "undone": False,
        }.items()
    )
    film = frames(events)
    at = next(frame.number for frame in film if frame.transition == "migrated")
    assert film[at - 2].state.active == {Place("complaint", 1, "assess_intake"): 1}
    assert film[at - 1].state.active == {Place("complaint", 2, "look_at_it"): 1}
    assert {place.version for place in film[-1].state.visited if place.key == "complaint"} == {2}
    [line] = [entry for entry in told if entry.title.startswith("Overgezet naar versie 2")]
    assert (line.who, line.details) == ("Pol", ("De stap heet nu anders",))


def test_a_task_with_another_form_and_role_gets_them_and_who_may_not_do_it_lets_go(story: Story) -> None:
    office, before = story.office, story.open("assess_intake")
    with office.database.work() as work:
        completion.claim(office, work, person("intake_officer"), before.id)
    role = FORM.replace("intake_officer", "case_handler").replace("assess_intake", "choose_approach")
    started(office, planned(office, 1, newer(office, (FORM, role))))
    migration_run.advance(office)
    row = story.open("assess_intake")
    assert (row.form_key, row.form_version, row.role, row.assignee) == ("choose_approach", 1, "case_handler", None)
    assert row.version > before.version


def test_a_task_gets_what_only_the_new_version_gives_it_and_its_draft_stays(story: Story) -> None:
    office, before = story.office, story.open("assess_intake")
    with office.database.work() as work:
        lies = person("intake_officer")
        completion.claim(office, work, lies, before.id)
        completion.save_draft(office, work, lies, before.id, {"matter": "complaint"})
    given_too = '"intake_officer"/><zeebe:ioMapping><zeebe:input source="=1 + 1" target="urgency_hint"/></zeebe:ioMapping>'
    changed = FORM.replace('"intake_officer"', given_too)
    started(office, planned(office, 1, newer(office, (f"{FORM}/>", changed))))
    migration_run.advance(office)
    row = story.open("assess_intake")
    assert row.inputs == {**before.inputs, "urgency_hint": 2}
    assert row.draft == {"matter": "complaint"}
    history_holds(story)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")


def test_a_task_that_would_leave_the_office_keeps_the_case_where_it_is(story: Story) -> None:
    office = story.office
    outside = FORM.replace("intake_officer", "complainant")
    plan = planned(office, 1, newer(office, (FORM, outside)))
    started(office, plan)
    migration_run.advance(office)
    [move] = moves(office, plan)
    assert (move.state, move.former) == ("stayed", None)
    assert "van iemand op kantoor naar iemand erbuiten" in (move.why or "")
    assert story.waits_at("assess_intake").open("assess_intake").role == "intake_officer"
    history_holds(story)


def test_each_case_stands_for_itself_and_what_cannot_move_says_why(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    whole, broken, elsewhere = (Story(office).given_a_complaint() for _ in range(3))
    elsewhere.completes("assess_intake", matter="complaint", judged_urgent="nee")
    [gone] = {row.element_id for row in elsewhere._open()}
    with office.database.work() as work:
        work.session.execute(
            text("UPDATE process_instance SET state = 'this is no state' WHERE case_id = :case"),
            {"case": broken.case_id},
        )
    content = renamed(file_of(office), gone, "something_else")
    plan = planned(office, 1, newer(office, content))
    assert started(office, plan) == 3
    with caplog.at_level(logging.CRITICAL, "ombudsflow.migration"):
        migration_run.advance(office)
    assert counted(office, plan) == {"moved": 1, "stayed": 2}
    why = {move.case_id: move.why or "" for move in moves(office, plan) if move.state == "stayed"}
    assert "Er ging iets mis" in why[broken.case_id]
    assert "staat niet meer in de nieuwe versie" in why[elsewhere.case_id]
    history_holds(whole)
    with office.database.reading() as reading:
        assert migrating.find(reading, plan).row.state == "done"


# -- carried out bit by bit -----------------------------------------------------------------------------------------------


def test_what_a_tick_leaves_the_next_one_takes_and_a_crash_costs_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    stories = [Story(office).given_a_complaint() for _ in range(3)]
    plan = planned(office, 1, newer(office, ("Soort en dringendheid bepalen", "Melding bekijken")))
    started(office, plan)
    monkeypatch.setattr(migration_run, "BATCH", 1)
    assert migration_run.advance(office) == 1
    assert counted(office, plan) == {"moved": 1, "waiting": 2}

    def dies(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(migration_run, "_tell", dies)
        with pytest.raises(KeyboardInterrupt):
            migration_run.advance(office)
    assert counted(office, plan) == {"moved": 1, "waiting": 2}
    assert migration_run.advance(office) + migration_run.advance(office) == 2
    assert migration_run.advance(office) == 0
    for story in stories:
        history_holds(story)
        assert story.open("assess_intake").name == "Melding bekijken"


def test_two_processes_at_once_move_each_case_once(office: Office) -> None:
    stories = [Story(office).given_a_complaint() for _ in range(6)]
    plan = planned(office, 1, newer(office, ("Soort en dringendheid bepalen", "Melding bekijken")))
    started(office, plan)
    done: list[int] = []
    threads = [threading.Thread(target=lambda: done.append(migration_run.advance(office))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 6
    assert counted(office, plan) == {"moved": 6}
    for story in stories:
        with office.database.reading() as reading:
            told = [e.transition for e in office.log.read(reading, f"case:{story.case_id}")]
        assert told.count("migrated") == 1


def test_deadlines_go_on_after_the_move(office: Office, clock: TravellingClock) -> None:
    story = Story(office).given_a_complaint(**NOT_CONTACTED)
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("answer_first_line")
    clock.advance(timedelta(days=20))
    ticking.tick(office)
    plan = planned(office, 1, newer(office, ("P45D", "P90D")) if "P45D" in file_of(office) else other_id(office))
    started(office, plan)
    migration_run.advance(office)
    assert counted(office, plan) == {"moved": 1}
    clock.advance(timedelta(days=30))
    ticking.tick(office)
    assert "return_offer" in {row.element_id for row in story._open()}, "a timer that runs keeps its moment"
    history_holds(story)


# -- the way back ---------------------------------------------------------------------------------------------------------


def test_taken_back_a_case_is_as_it_was_and_remembers_both_ways(story: Story) -> None:
    office, before = story.office, story.open("assess_intake")
    plan = taken_along(office)
    taken_back(office, plan)
    migration_run.advance(office)
    row = story.waits_at("assess_intake").open("assess_intake")
    assert (row.name, row.definition_id) == (before.name, before.definition_id)
    history_holds(story)
    assert counted(office, plan) == {"undone": 1}
    with office.database.reading() as reading:
        told = [e.data["undone"] for e in office.log.read(reading, "case:1") if e.transition == "migrated"]
    assert told == [False, True]
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    history_holds(story)


def test_a_case_that_moved_on_stays_on_the_new_version(office: Office) -> None:
    first, second = Story(office).given_a_complaint(), Story(office).given_a_complaint()
    plan = taken_along(office)
    first.completes("look_at_it", matter="complaint", judged_urgent="nee")
    taken_back(office, plan)
    migration_run.advance(office)
    assert counted(office, plan) == {"kept": 1, "undone": 1}
    [kept, undone] = moves(office, plan)
    assert "intussen verder gegaan" in (kept.why or "")
    assert (kept.former, undone.former) == (None, None)
    second.waits_at("assess_intake")
    history_holds(first)


def test_one_case_goes_back_and_the_others_stay(office: Office) -> None:
    first, second = Story(office).given_a_complaint(), Story(office).given_a_complaint()
    plan = taken_along(office)
    with office.database.work() as work:
        migrating.undo(office, work, PAUL, plan, [moves(office, plan)[1].id])
    migration_run.advance(office)
    first.waits_at("look_at_it")
    second.waits_at("assess_intake")
    with office.database.reading() as reading:
        assert migrating.find(reading, plan).row.state == "done", "the other may still go back"


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


def test_what_people_may_choose_goes_along_under_its_new_name_and_lane(office: Office) -> None:
    case = given(office, investigation(ad_hoc()))
    before = renamed(file_of(office, "investigation"), "investigate", "research")
    number = newer(office, before, ("Onderzoeksdaden", "Onderzoek voeren"), key="investigation")
    plan = planned(office, number - 1, number, key="investigation", investigate="research")
    started(office, plan)
    migration_run.advance(office)
    assert counted(office, plan) == {"moved": 1}
    [choice] = seen(office, case)
    assert choice.name == "Onderzoek voeren"
    chooses(office, case, "visit_site")
    assert doing(office, case) == ["visit_site"]


def test_how_a_case_was_is_kept_only_as_long_as_it_can_go_back(office: Office) -> None:
    first, second = Story(office).given_a_complaint(), Story(office).given_a_complaint()
    plan = taken_along(office)
    assert migration_run.forget(office) == 0
    first.completes("look_at_it", matter="complaint", judged_urgent="nee")
    assert migration_run.forget(office) == 1
    assert [move.former is None for move in moves(office, plan)] == [True, False]
    taken_back(office, plan)
    migration_run.advance(office)
    assert counted(office, plan) == {"kept": 1, "undone": 1}
    second.waits_at("assess_intake")
