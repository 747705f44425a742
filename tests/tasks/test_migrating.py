"""Taking running cases along: planned by one person, carried out by another, case by case, and back again while nothing moved on."""

import logging
import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from history.moves import Place
from history.replay import frames
from tasks import completion
from tasks.background import clock as ticking
from tasks.background.clock_source import TravellingClock
from tasks.case_file import timeline
from tasks.office import Office
from tasks.studio import definition_words, migrating, migration_run
from tests.stories.stage import NOT_CONTACTED, Story, person
from tests.tasks.investigating import ad_hoc, chooses, doing, given, investigation, seen
from tests.tasks.migrations import (
    PAUL,
    counted,
    file_of,
    history_holds,
    moves,
    newer,
    other_id,
    planned,
    renamed,
    started,
    taken_along,
    taken_back,
)

FORM = 'formId="assess_intake"/><zeebe:assignmentDefinition candidateGroups="intake_officer"'


@pytest.fixture
def story(office: Office) -> Story:
    return Story(office).given_a_complaint()


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
    given_too = (
        '"intake_officer"/><zeebe:ioMapping><zeebe:input source="=1 + 1" target="urgency_hint"/></zeebe:ioMapping>'
    )
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
