"""What a complainant reads about their case: plain steps, what comes next, and what they can do."""

from datetime import date

from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED, Story
from tests.stories.test_life import FOUNDED


def test_a_new_complaint_says_where_it_is_and_what_comes_next(office: Office) -> None:
    status = Story(office).given_a_complaint().status
    assert [(step.name, step.is_current) for step in status.steps] == [
        ("Wij hebben uw klacht ontvangen", False),
        ("Wij kijken na waarover uw klacht gaat", True),
    ]
    assert status.now == "Wij kijken na waarover uw klacht gaat"
    assert status.next == "Wij beslissen of wij uw klacht kunnen behandelen"
    assert status.until == date(2026, 1, 8)
    assert status.may == {"complaint_withdrawn", "information_added"}


def test_a_forwarded_complaint_names_the_day_by_which_the_authority_answers(office: Office) -> None:
    story = Story(office).given_a_complaint(**NOT_CONTACTED)
    status = story.completes("assess_intake", matter="complaint", judged_urgent="nee").status
    assert status.now == "De dienst behandelt uw klacht"
    assert status.until == date(2026, 2, 19)


def test_a_court_case_can_be_told_only_while_the_complaint_is_handled(office: Office) -> None:
    story = Story(office).given_a_complaint()
    assert "court_case_started" not in story.status.may
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    assert "court_case_started" in story.status.may
    story.completes("decide_admissibility", decision="admitted")
    assert "court_case_started" in story.status.may
    story.goes_straight_to_assessment().completes("assess", **FOUNDED)
    assert "court_case_started" not in story.status.may


def test_a_withdrawn_complaint_is_told_as_closed_and_asks_nothing_more(office: Office) -> None:
    story = Story(office).given_an_opened_file().receives("complaint_withdrawn", role="complainant")
    assert story.is_closed("ingetrokken").status.now == "Uw dossier is afgesloten"
    assert story.status.until is None
    assert story.status.may == frozenset()
