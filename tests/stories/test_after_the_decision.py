"""After the decision: recommendations in a register, a minister who must answer, a second look by others, and what people thought of us."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cases.models import Case
from cases.recommendations import Recommendation
from cases.surveys import SurveyAnswer, SurveyInvitation
from identity.people import Actor
from tasks import completion, worklist
from tasks.errors import FormNotAccepted, HandledEarlier
from tasks.office import Office
from tests.stories.stage import COMPLAINT, Story, person
from tests.stories.test_life import FOUNDED


def recommended(office: Office, **answers: Any) -> Story:
    """A founded complaint with a recommendation that waits for the service's answer."""
    story = Story(office).given_an_opened_file().goes_straight_to_assessment()
    story.completes("assess", **{**FOUNDED, "next_step": "recommendation"})
    return story.completes(
        "issue_recommendation",
        recommendation_kind="general",
        recommendation_priority="high",
        recommendation="Meld storingen op tijd.",
        answer_within_days=30,
        **answers,
    )


def refused(office: Office) -> Story:
    """The service refuses, and the minister has to answer."""
    story = recommended(office).completes(
        "answer_recommendation", recommendation_answer="refused", recommendation_reason="Te duur."
    )
    return story.completes("decide_ministerial_route", to_minister="ja", minister="Mobiliteit").sent("L19")


def kept(story: Story) -> Recommendation:
    with story.office.database.reading() as reading:
        return reading.session.scalars(select(Recommendation).where(Recommendation.case_id == story.case_id)).one()


def test_a_recommendation_is_kept_and_looked_at_again_until_it_is_done(sqlite_office: Office) -> None:
    story = recommended(sqlite_office)
    row = kept(story)
    assert (row.kind, row.priority, row.text, row.status) == ("general", "high", "Meld storingen op tijd.", "open")
    assert row.due_on == story.today + timedelta(days=30)
    story.completes("answer_recommendation", recommendation_answer="accepted", recommendation_reason="Wij doen dit.")
    again = story.today + timedelta(days=90)
    story.completes("check_recommendation", recommendation_done="later", check_again_on=again.isoformat()).waits_at()
    assert (kept(story).answer, kept(story).next_check_on) == ("accepted", again)
    story.after(89).waits_at().after(1).waits_at("check_recommendation")
    story.completes("check_recommendation", recommendation_done="ja", recommendation_evidence="Zie de nieuwe app.")
    row = kept(story)
    assert (row.status, row.evidence, row.next_check_on) == ("done", "Zie de nieuwe app.", None)
    story.completes("close_case").is_closed("afgehandeld")


def test_a_minister_who_stays_silent_is_reminded_and_then_reported_without_names(sqlite_office: Office) -> None:
    story = refused(sqlite_office)
    assert kept(story).to_minister_on == story.today
    story.after(40).waits_at("ministerial_note").after(1).sent("L19R").waits_at("ministerial_note")
    story.after(29).waits_at("decide_minister_silence")
    report = {"minister_silence": "report", "silence_note": "Mevrouw Vandevoorde kreeg een boete."}
    with pytest.raises(FormNotAccepted) as told:
        story.completes("decide_minister_silence", **report)
    assert "‘Vandevoorde’ in “… Mevrouw Vandevoorde kreeg een boete. …”" in told.value.errors[0]["message"]
    story.completes("decide_minister_silence", **{**report, "silence_note": "De klager kreeg een boete."}).sent("L20Z")
    assert "De klager kreeg een boete." in story.letters()[-1].body
    row = kept(story)
    assert (row.status, row.to_parliament_on) == ("not_done", story.today)
    story.waits_at("close_case")


def test_a_note_that_comes_late_still_goes_to_parliament(sqlite_office: Office) -> None:
    story = refused(sqlite_office).after(71)
    story.completes("decide_minister_silence", minister_silence="note_came", late_note="Neen.").waits_at(
        "note_to_parliament"
    )
    story.completes("note_to_parliament", parliament_note="De minister blijft bij neen.").sent("L20")


def test_a_review_is_done_by_somebody_who_did_not_handle_the_case(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file().goes_straight_to_assessment()
    story.completes("assess", **FOUNDED).completes("close_case")
    story.receives("review_requested", role="complainant", review_ground="Nieuw feit.")
    asked = story.open("accept_review")
    for command in (
        lambda work, actor: completion.claim(sqlite_office, work, actor, asked.id),
        lambda work, actor: completion.complete(sqlite_office, work, actor, asked.id, {"review_accepted": "ja"}),
    ):
        with pytest.raises(HandledEarlier), sqlite_office.database.work() as work:
            command(work, person("ombudsman"))
    with sqlite_office.database.reading() as reading:
        assert worklist.next_for(reading, person("ombudsman"), besides=0) is None
        colleague = Actor("person:2", "Noor", frozenset({"ombudsman"}))
        found = worklist.next_for(reading, colleague, besides=0)
    assert found is not None
    assert found.id == asked.id
    story.completes("accept_review", review_accepted="ja")
    # What is in the called investigation is for others too, since the activity around it says so.
    assert story.open("request_information").not_by == "person:1"


def surveyed(story: Story) -> list[SurveyInvitation]:
    with story.office.database.reading() as reading:
        return list(reading.session.scalars(select(SurveyInvitation).order_by(SurveyInvitation.id)))


def test_both_sides_are_asked_two_weeks_after_closing(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file().goes_straight_to_assessment()
    story.completes("assess", **FOUNDED).completes("close_case").after(13)
    assert surveyed(story) == []
    story.after(1).sent("L27", "L27")
    assert [(each.side, each.language) for each in surveyed(story)] == [("complainant", "nl"), ("authority", "nl")]
    to_service = story.letters()[-1]
    assert COMPLAINT["complainant_name"] not in to_service.body
    with sqlite_office.database.reading() as reading:
        assert list(reading.session.scalars(select(SurveyAnswer))) == []


def test_nobody_is_asked_about_a_complaint_that_was_taken_back(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file()
    story.receives("complaint_withdrawn", role="complainant", withdrawal_reason="Het is opgelost.").after(20)
    assert surveyed(story) == []


def progress_letters(story: Story) -> list[str]:
    return [letter.body for letter in story.letters() if letter.template == "L12"]


def test_who_hears_nothing_for_thirty_days_is_told_where_the_case_is(office: Office) -> None:
    story = Story(office).given_an_opened_file(complaint_language="fr").after(29)
    assert progress_letters(story) == []
    story.after(1)
    (told,) = progress_letters(story)
    assert "Où en est votre dossier : " in told
    assert "Wij" not in told
    story.after(15).receives("information_added", role="complainant", added="Nog iets.").after(29)
    assert len(progress_letters(story)) == 1
    story.after(1)
    assert len(progress_letters(story)) == 2


def test_no_news_is_sent_while_a_judge_decides_or_after_closing(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file()
    story.receives("court_case_started", role="complainant", court="Raad van State", same_object="ja")
    story.completes("decide_suspension", suspend="ja")
    story.after(70)
    with sqlite_office.database.reading() as reading:
        assert reading.session.get_one(Case, story.case_id).closed_at is None
    assert progress_letters(story) == []
    closed = Story(sqlite_office).given_an_opened_file().goes_straight_to_assessment()
    closed.completes("assess", **FOUNDED).completes("close_case").after(45)
    assert progress_letters(closed) == []


def test_a_case_stays_silent_no_longer_than_its_rule_says(sqlite_office: Office) -> None:
    """The term is a rule like any other: it counts from the last contact, whatever day the case began."""
    story = Story(sqlite_office).given_an_opened_file().after(12)
    story.receives("information_added", role="complainant", added="Nog iets.").after(29)
    assert progress_letters(story) == []
    assert story.today == date(2026, 2, 15)
    story.after(1)
    assert len(progress_letters(story)) == 1
