"""Where a diagram leaves to people what is done next: who may choose, what the history keeps, what the worklist shows."""

import pytest
from sqlalchemy import select

from engine.errors import InstanceNotActive
from history.log import verify
from history.replay import fold
from identity.people import Actor
from identity.permissions import NotAllowed
from tasks.case_file import timeline
from tasks.models import OpenChoice
from tasks.office import Office
from tasks.operating import mending
from tasks.studio.definition_words import load as load_words
from tasks.treatment import choosing, open_choices
from tasks.turn import stream_of
from tests.tasks.arriving import open_tasks
from tests.tasks.investigating import (
    HANDLER,
    OMBUDSMAN,
    STEPS,
    ad_hoc,
    case_of,
    chooses,
    completes,
    doing,
    given,
    investigation,
    seen,
)


def rows(office: Office) -> list[OpenChoice]:
    with office.database.reading() as reading:
        return list(reading.session.scalars(select(OpenChoice)))


def test_people_choose_what_is_done_until_it_is_enough(office: Office) -> None:
    case = given(office, investigation(ad_hoc()))
    [choice] = seen(office, case)
    assert (choice.name, choice.role, choice.is_mine) == ("Onderzoeksdaden", "", True)
    assert [(each.element_id, each.name) for each in choice.steps] == [
        ("ask_documents", "Stukken opvragen"),
        ("visit_site", "Ter plaatse gaan kijken"),
        ("hear_witness", "Een getuige horen"),
    ]
    chooses(office, case, "hear_witness", "ask_documents")
    assert doing(office, case) == ["hear_witness", "ask_documents"]
    assert [each.under_way for each in seen(office, case)[0].steps] == [1, 0, 1]
    completes(office, open_tasks(office, case.id)[0])
    chooses(office, case, "hear_witness")
    completes(office, open_tasks(office, case.id)[0], "mediation")
    assert doing(office, case) == ["conclude"]
    assert (seen(office, case), rows(office)) == ([], [])


def test_the_history_keeps_who_chose_what_and_folds_to_where_the_process_is(office: Office) -> None:
    case = given(office, investigation(ad_hoc()))
    chooses(office, case, "visit_site", "ask_documents")
    with office.database.reading() as reading:
        assert verify(reading, stream_of(case_of(case))).ok
        events = office.log.read(reading, stream_of(case_of(case)))
        active = office.engine.active(reading, case.id)
        told = timeline.of(office, reading, case_of(case), load_words(reading), {HANDLER.id: "Lies"})
    [chosen] = [event for event in events if event.activity == "choice"]
    assert (chosen.transition, chosen.resource, chosen.role) == ("decided", HANDLER.id, "case_handler")
    assert (chosen.data["element"], chosen.data["steps"]) == ("investigate", ["visit_site", "ask_documents"])
    assert {element: count for (_, element), count in fold(events).items()} == active
    [line] = [entry for entry in told if entry.title.startswith("Volgende stap gekozen")]
    assert (line.title, line.who) == (
        "Volgende stap gekozen: Ter plaatse gaan kijken, Stukken opvragen",
        "Lies",
    )


def test_one_by_one_the_chosen_steps_wait_their_turn(office: Office) -> None:
    case = given(office, investigation(ad_hoc(more='ordering="Sequential"')))
    chooses(office, case, "visit_site", "ask_documents")
    [choice] = seen(office, case)
    assert (choice.is_sequential, doing(office, case)) == (True, ["visit_site"])
    assert [(each.under_way, each.queued) for each in choice.steps] == [(0, 1), (1, 0), (0, 0)]
    completes(office, open_tasks(office, case.id)[0])
    assert doing(office, case) == ["ask_documents"]


def test_in_a_lane_only_its_role_chooses(office: Office) -> None:
    case = given(office, investigation(ad_hoc(), role="ombudsman"))
    assert [each.is_mine for each in seen(office, case)] == [False]
    with pytest.raises(choosing.NotYourChoice):
        chooses(office, case, "visit_site")
    with office.database.reading() as reading:
        assert open_choices.waiting_for(reading, HANDLER) == []
        [line] = open_choices.waiting_for(reading, OMBUDSMAN)
    assert (line.case_number, line.name, line.role) == ("2026-0001", "Onderzoeksdaden", "ombudsman")
    chooses(office, case, "visit_site", actor=OMBUDSMAN)
    assert doing(office, case) == ["visit_site"]


def test_who_handles_no_cases_chooses_nothing(office: Office) -> None:
    case = given(office, investigation(ad_hoc()))
    for role in ("auditor", "admin", "process_manager"):
        stranger = Actor("person:9", "", frozenset({role}))
        with pytest.raises(NotAllowed):
            chooses(office, case, "visit_site", actor=stranger)
        with office.database.reading() as reading:
            assert open_choices.waiting_for(reading, stranger) == []


def test_what_cannot_be_chosen_is_refused_and_nothing_begins(office: Office) -> None:
    case = given(office, investigation(ad_hoc()))
    other = given(office, investigation(ad_hoc(STEPS + "<documentation/>")))
    with pytest.raises(choosing.NothingChosen) as nothing:
        chooses(office, case)
    assert nothing.value.errors == [{"field": "step", "message": "Kies minstens één stap."}]
    with pytest.raises(choosing.NothingChosen, match="hoogstens 50"):
        chooses(office, case, *["visit_site"] * 51)
    for name in ("conclude", "investigate", "nergens"):
        with pytest.raises(choosing.NotAStep):
            chooses(office, case, name)
    with pytest.raises(choosing.ChoiceNotOpen), office.database.work() as work:
        choosing.choose(office, work, HANDLER, case_of(other), seen(office, case)[0].id, ["visit_site"])
    assert doing(office, case) == doing(office, other) == []


def test_the_same_choice_sent_twice_begins_once(office: Office) -> None:
    case = given(office, investigation(ad_hoc()))
    version = seen(office, case)[0].version
    chooses(office, case, "visit_site", version=version)
    with pytest.raises(choosing.ChoiceChanged):
        chooses(office, case, "visit_site", version=version)
    assert doing(office, case) == ["visit_site"]
    chooses(office, case, "visit_site", version=seen(office, case)[0].version)
    assert doing(office, case) == ["visit_site", "visit_site"]


def test_while_a_process_is_suspended_nothing_is_chosen(office: Office) -> None:
    case = given(office, investigation(ad_hoc()))
    choice, manager = seen(office, case)[0].id, Actor("person:7", "Petra", frozenset({"process_manager"}))
    with office.database.work() as work:
        mending.suspend(office, work, manager, case.id, "Even wachten op de rechter.")
    assert seen(office, case) == []
    with pytest.raises(choosing.ChoiceNotOpen) as refused, office.database.work() as work:
        choosing.choose(office, work, HANDLER, case_of(case), choice, ["visit_site"])
    assert isinstance(refused.value.__cause__, InstanceNotActive)


def test_a_choice_that_is_taken_away_leaves_the_worklist(office: Office) -> None:
    case = given(office, investigation(ad_hoc()))
    chooses(office, case, "visit_site")
    manager = Actor("person:7", "Petra", frozenset({"process_manager"}))
    with office.database.work() as work:
        mending.terminate(office, work, manager, case.id, "Dubbel geopend.")
    assert (rows(office), doing(office, case)) == ([], [])
