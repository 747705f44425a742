"""A service that cannot answer in time asks for more: the handler decides, and what hangs on the last day follows."""

from datetime import date, timedelta

import pytest

from cases.deadlines import local_day
from identity.people import Actor
from tasks import worklist
from tasks.citizens import more_time
from tasks.citizens.more_time import MoreTimeAskedAlready, NoMoreTime
from tasks.errors import FormNotAccepted, UserTaskAlreadyCompleted
from tasks.models import UserTask
from tasks.office import Office
from tests.stories.stage import Story
from tests.stories.test_investigation import chooses, under_inquiry

QUESTION = {"has_questions": "ja", "questions": "Waarom kreeg de klager een boete?", "term_days": 20}
REASON = "De dienst die de app maakt, antwoordt ons niet."


def asked(office: Office, **answers: object) -> Story:
    """The service has a question, to be answered within twenty days."""
    story = Story(office).given_an_opened_file(**answers).completes("choose_approach", approach="investigation")
    return story.completes("request_information", **QUESTION).waits_at("answer_information")


def asks(story: Story, until: date, question: UserTask | None = None) -> Story:
    """The service asks more time behind its link."""
    waiting = question or story.open("answer_information")
    holder = Actor(worklist.holder_of(waiting), "", frozenset({waiting.role}))
    with story.office.database.work() as work:
        row = worklist.get(work, holder, waiting.id)
        answers = {"proposed_on": until.isoformat(), "more_time_reason": REASON}
        more_time.ask(story.office, work, holder, row, answers)
    return story


def last_day(story: Story, element_id: str = "answer_information") -> date:
    due_at = story.open(element_id).due_at
    assert due_at is not None
    return local_day(due_at)


def test_a_service_gets_more_time_and_is_reminded_after_the_new_day_only(sqlite_office: Office) -> None:
    story = asked(sqlite_office).after(15)
    due, later = story.due("service_answer_by"), story.due("service_answer_by") + timedelta(days=10)
    asks(story, later).waits_at("answer_information", "decide_more_time")
    assert (last_day(story), story.facts()["more_time_asked.text"]) == (due, REASON), "nothing is given yet"
    story.completes("decide_more_time", more_time_granted="ja", new_on=later.isoformat()).waits_at("answer_information")
    assert (story.due("service_answer_by"), last_day(story)) == (later, later)
    assert "20 kalenderdagen vanaf 5 januari 2026; 10 dagen erbij" in next(
        each.explanation for each in story.deadlines() if each.name == "service_answer_by"
    )
    granted = story.sent("L08V").letters()[-1]
    assert granted.to_address is not None and "4 februari 2026" in granted.body
    story.after(13)  # three days late by the day there was at first
    assert [each.template for each in story.letters()].count("L09") == 0
    story.after(3).sent("L08V", "L09").after(10).sent("L09", "L10").after(10).sent("L10", "L11")
    story.completes("answer_information", answer="Het spijt ons.").waits_at("review_answer")
    assert all(each.met_at for each in story.deadlines() if each.rule == "service_answer_by")


def test_a_service_that_gets_no_more_time_reads_why_and_keeps_its_day(sqlite_office: Office) -> None:
    story = asked(sqlite_office)
    due = story.due("service_answer_by")
    asks(story, due + timedelta(days=5))
    with pytest.raises(MoreTimeAskedAlready):
        asks(story, due + timedelta(days=6))
    story.completes("decide_more_time", more_time_granted="nee", more_time_motivation="De klager wacht al een jaar.")
    refused = story.waits_at("answer_information").sent("L08W").letters()[-1]
    assert "De klager wacht al een jaar." in refused.body and "25 januari 2026" in refused.body
    assert (story.due("service_answer_by"), last_day(story)) == (due, due)
    asks(story, due + timedelta(days=5)).waits_at("answer_information", "decide_more_time")


def test_what_is_asked_or_given_lies_between_the_last_day_and_what_the_rule_allows(sqlite_office: Office) -> None:
    story = asked(sqlite_office)
    due = story.due("service_answer_by")
    for early in (due, story.today - timedelta(days=1)):
        with pytest.raises(FormNotAccepted) as refused:
            asks(story, early)
        assert [each["field"] for each in refused.value.errors] == ["proposed_on"]
    asks(story.after(22), story.today + timedelta(days=1))  # late already, and reminded
    allowed = story.today + timedelta(days=20)
    for wrong in (story.today, allowed + timedelta(days=1)):
        with pytest.raises(FormNotAccepted):
            story.completes("decide_more_time", more_time_granted="ja", new_on=wrong.isoformat())
    story.completes("decide_more_time", more_time_granted="ja", new_on=allowed.isoformat())
    assert story.due("service_answer_by") == allowed
    story.after(22)
    assert [each.template for each in story.letters()].count("L09") == 1, "a reminder that went out is not sent again"


def test_whoever_needs_help_soon_does_not_wait_long(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint().completes("assess_intake", matter="complaint", judged_urgent="ja")
    story.completes("decide_admissibility", decision="admitted").completes("choose_approach", approach="investigation")
    asks(story.completes("request_information", **QUESTION), story.due("service_answer_by") + timedelta(days=20))
    with pytest.raises(FormNotAccepted):
        story.completes(
            "decide_more_time", more_time_granted="ja", new_on=str(story.due("service_answer_by") + timedelta(days=6))
        )


def test_an_answer_that_comes_first_makes_the_decision_needless_and_nothing_more_can_be_asked(
    sqlite_office: Office,
) -> None:
    story = asked(sqlite_office)
    waiting, later = story.open("answer_information"), story.due("service_answer_by") + timedelta(days=3)
    asks(story, later).completes("answer_information", answer="Toch op tijd.").waits_at("review_answer")
    holder = Actor(worklist.holder_of(waiting), "", frozenset({"authority"}))
    with pytest.raises(UserTaskAlreadyCompleted), sqlite_office.database.work() as work:
        more_time.ask(sqlite_office, work, holder, worklist.get(work, holder, waiting.id), {})
    story.completes("review_answer", investigation_next="ask_again").completes("request_information", **QUESTION)
    asks(story, story.due("service_answer_by_2") + timedelta(days=3)).waits_at("answer_information", "decide_more_time")


def test_staff_notes_what_a_service_asks_by_telephone(sqlite_office: Office) -> None:
    story = asked(sqlite_office)
    later = story.due("service_answer_by") + timedelta(days=3)
    story.receives("more_time_asked", proposed_on=later.isoformat(), more_time_reason=REASON)
    story.waits_at("answer_information", "decide_more_time")


def test_no_more_time_is_asked_where_the_law_gives_the_days(sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint(
        first_line_contacted="nee", first_line_on=None, first_line_answer=None, first_line_answered_on=None
    )
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("answer_first_line")
    with pytest.raises(NoMoreTime):
        asks(story, story.today + timedelta(days=60), story.open("answer_first_line"))


def test_of_two_further_questions_each_has_its_own_day_and_its_own_request(sqlite_office: Office) -> None:
    story = chooses(under_inquiry(sqlite_office), "ask_further", "ask_further")
    story.completes("ask_further", further_questions="En nu?", term_days=10)
    first, due = story.open("answer_further"), story.due("service_answer_by")
    story.completes("ask_further", further_questions="En dan?", term_days=30)
    with sqlite_office.database.reading() as reading:
        open_ones = worklist.open_of_case(reading, story.case_id)
    second = next(row for row in open_ones if row.element_id == "answer_further" and row.id != first.id)
    asks(story, due + timedelta(days=3), first)
    asks(story, story.due("service_answer_by_2") + timedelta(days=3), second)
    story.completes("decide_more_time", more_time_granted="ja", new_on=str(due + timedelta(days=3)))
    assert last_day(story, "answer_further") == story.due("service_answer_by") == due + timedelta(days=3)
    assert story.due("service_answer_by_2") == due + timedelta(days=20), "the other question keeps its own"
    story.after(13).completes("answer_further", answer="Het spijt ons.").waits_at("answer_further", "decide_more_time")
    assert "L09" not in [each.template for each in story.letters()]
    story.completes("answer_further", answer="Nogmaals.").waits_at()
