"""The film of a case: its steps in order, each with its reason, what was said, what changed, and where the case stood."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from history.log import Recorded
from history.moves import Place
from history.replay import Frame, fold, frames
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.history.events import at, moved
from tests.stories.stage import Story


@pytest.fixture
def film(office: Office, clock: TravellingClock) -> list[Frame]:
    """A complaint judged at intake three days after it came."""
    story = Story(office).given_a_complaint()
    clock.advance(timedelta(days=3))
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    with office.database.reading() as reading:
        return frames(office.log.read(reading, "case:1"))


def _step(film: list[Frame], activity: str, transition: str) -> Frame:
    return next(frame for frame in film if (frame.activity, frame.transition) == (activity, transition))


def test_an_automatic_element_is_one_step_with_everything_it_did(film: list[Frame]) -> None:
    sent = _step(film, "send_acknowledgement", "completed")
    assert [event.transition for event in sent.events[:2]] == ["activated", "sent"]
    assert sent.events[-1].activity == "send_acknowledgement"
    assert "letter" in [note.activity for note in sent.notes]
    assert sent.place == Place("complaint", 1, "send_acknowledgement")


def test_a_user_task_is_a_step_when_it_opens_and_one_when_it_is_completed(film: list[Frame]) -> None:
    opened, done = _step(film, "assess_intake", "activated"), _step(film, "assess_intake", "completed")
    assert opened.state.active == {Place("complaint", 1, "assess_intake"): 1}
    assert (done.resource, done.role) == ("person:1", "intake_officer")
    assert done.at - opened.at == timedelta(days=3)
    assert done.answers.items() >= {"matter": "complaint", "judged_urgent": "nee"}.items()


def test_each_step_knows_which_step_set_it_off(film: list[Frame]) -> None:
    received, opened = film[0], _step(film, "assess_intake", "activated")
    done, decided = _step(film, "assess_intake", "completed"), _step(film, "determine_urgency", "completed")
    assert (received.activity, received.because) == ("case", None)
    assert opened.because == received.number
    assert done.because == opened.number
    assert decided.because == done.number


def test_what_became_known_is_told_with_old_and_new_and_marked_when_personal(film: list[Frame]) -> None:
    known = {change.name: change for change in film[0].changes}
    assert known["complainant.name"].new == "Mies Vandevoorde"
    assert known["complainant.name"].is_personal
    assert known["first_line.contacted"].is_personal, "whatever its form says: no figure is made of it"
    assert not known["complaint.language"].is_personal
    outcome = {change.name: change for frame in film for change in frame.changes if frame.number > 1}
    assert outcome["is_urgent"].new is False


def test_a_decision_is_told_with_its_inputs_and_the_row_that_fired(film: list[Frame]) -> None:
    [decided] = _step(film, "check_admissibility", "completed").decisions
    assert (decided.decision, decided.version) == ("admissibility", 1)
    assert decided.inputs["Feiten ouder dan een jaar"] is False
    [(table, _, row, notes)] = decided.rows
    assert table == "admissibility"
    assert row >= 1
    assert notes


def test_the_path_grows_and_never_shrinks(film: list[Frame]) -> None:
    for before, after in pairwise(film):
        assert all(after.state.visited.get(place, 0) >= times for place, times in before.state.visited.items())
        assert all(after.state.flows.get(flow, 0) >= times for flow, times in before.state.flows.items())
    taken = {place.element_id for place in film[-1].state.flows}
    assert any(flow.startswith("f_assess_intake_") for flow in taken), "the way out of the first user task was taken"


def test_a_deadline_that_is_met_is_no_element_that_is_left() -> None:
    events = [
        moved(1, "term", "activated", token="a"),
        Recorded("deadline", "completed", at(2), "system:engine", "", {"token": "a", "name": "term"}, seq=2),
    ]
    assert fold(events) == Counter({(1, "term"): 1})
    [frame] = frames(events)
    assert [note.activity for note in frame.notes] == ["deadline"]


def test_two_tokens_on_one_element_count_as_two_and_leave_one_by_one() -> None:
    events = [
        moved(1, "ask", "activated", token="a", flow="f1"),
        moved(2, "ask", "activated", token="b", flow="f1"),
        moved(3, "ask", "completed", token="a"),
        moved(4, "ask", "cancelled", token="b"),
    ]
    place = Place("p", 1, "ask")
    counts = [frame.state.active.get(place, 0) for frame in frames(events)]
    assert counts == [1, 2, 1, 0]
    assert frames(events)[-1].state.visited == {place: 2}
    assert frames(events)[-1].state.flows == {Place("p", 1, "f1"): 2}


def test_an_incident_keeps_the_token_where_it_is() -> None:
    events = [moved(1, "send", "activated", token="a"), moved(2, "send", "incident", token="a")]
    assert fold(events) == Counter({(1, "send"): 1})
    assert [frame.transition for frame in frames(events)] == ["activated", "incident"]


def test_a_claim_stands_at_the_element_it_is_about_and_a_look_is_no_step() -> None:
    events = [
        moved(1, "ask", "activated", token="a"),
        Recorded("case", "looked", at(2), "person:2", "auditor", {"what": "case"}, seq=2),
        Recorded("ask", "claimed", at(3), "person:1", "case_handler", {"token": "a", "assignee": "person:1"}, seq=3),
    ]
    opened, claimed = frames(events)
    assert (claimed.place, claimed.because) == (Place("p", 1, "ask"), opened.number)
    assert claimed.state.active == {Place("p", 1, "ask"): 1}


def test_a_history_of_nothing_is_a_film_of_nothing() -> None:
    assert frames([]) == []
    assert fold([]) == Counter()


def test_a_loop_of_thousands_of_rounds_is_told_in_a_moment() -> None:
    events = []
    for turn in range(5_000):
        events.append(moved(2 * turn + 1, "again", "activated", token=f"t{turn}", flow="back"))
        events.append(moved(2 * turn + 2, "again", "completed", token=f"t{turn}"))
    film = frames(events)
    assert len(film) == 5_000
    assert film[-1].state.visited == {Place("p", 1, "again"): 5_000}
