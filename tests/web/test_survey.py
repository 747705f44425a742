"""What people thought of us: asked by a link, answered once without a script, and shown in shares that point at nobody."""

import re
from collections.abc import Callable
from functools import partial

from sqlalchemy import select

from cases.surveys import SurveyAnswer, SurveyInvitation
from forms.schema import Form
from tasks.models import Mail
from tasks.office import Office
from tasks.reporting import surveys
from tests.stories.stage import Story
from tests.stories.test_life import FOUNDED
from tests.web.conftest import Visitor

QUESTIONS = ("clear", "in_time", "heard", "impartial", "outcome_explained", "satisfied")


def links(office: Office) -> list[str]:
    with office.database.reading() as reading:
        bodies = reading.session.scalars(select(Mail.body).order_by(Mail.id))
        return [found[0] for body in bodies if (found := re.search(r"/enquete/[\w-]{43}", body))]


def test_a_survey_is_answered_once_and_the_answer_tells_nobody_whose_it_is(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    story = Story(sqlite_office).given_an_opened_file().goes_straight_to_assessment()
    story.completes("assess", **FOUNDED).completes("close_case").after(14)
    to_complainant, to_service = links(sqlite_office)
    mies = visit()
    assert "De ombudsdienst koos geen partij tussen de dienst en mij" in mies.get(to_complainant).text
    half = mies.form(to_complainant, {"clear": "5"})
    assert (half.status_code, 'value="5"' in half.text, "checked" in half.text) == (422, True, True)
    given = dict.fromkeys(QUESTIONS, "4")
    assert "Wij kregen uw antwoord." in mies.form(to_complainant, given).text
    assert "Wij kregen uw antwoord." in mies.post(to_complainant, data={"_csrf": mies.cookies["ombudsflow_csrf"]}).text
    assert "koos geen partij tussen de klager en ons" in visit().get(to_service).text
    assert "U antwoordt liever niet." in visit().form(to_service, {"_decline": "1"}).text
    with sqlite_office.database.reading() as reading:
        (kept,) = reading.session.scalars(select(SurveyAnswer))
        states = list(reading.session.scalars(select(SurveyInvitation.state).order_by(SurveyInvitation.id)))
    assert (kept.side, kept.answers, states) == ("complainant", given, ["answered", "declined"])
    assert set(SurveyAnswer.__table__.columns.keys()) == {"key", "side", "year", "answers"}
    assert visit().get("/enquete/" + "x" * 43).status_code == 404


def marked(mark: str, form: Form) -> dict[str, str]:
    """The same answer to each question of a form."""
    return {each.key: mark for each in form.inputs()}


def test_shares_are_shown_from_five_answers_on_and_both_sides_lie_beside_each_other(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    story = Story(sqlite_office).given_a_complaint()
    oscar = visit("ombudsman")
    assert "nog niemand bevraagd" in oscar.get("/tevredenheid").text
    for side, marks in (("complainant", "44441"), ("authority", "4411")):
        for mark in marks:
            with sqlite_office.database.work() as work:
                secret = surveys.invite(work, story.case_id, side, "nl", sqlite_office.clock.now())
            with sqlite_office.database.work() as work:
                surveys.answer(sqlite_office, work, secret, partial(marked, mark))
    few = oscar.get("/tevredenheid/2026").text
    assert "80 %" in few
    assert "nog te weinig antwoorden van beide kanten" in few
    with sqlite_office.database.work() as work:
        secret = surveys.invite(work, story.case_id, "authority", "nl", sqlite_office.clock.now())
        work.session.flush()
        surveys.answer(sqlite_office, work, secret, partial(marked, "5"))
    both = oscar.get("/tevredenheid/2026").text
    assert "Van de klagers vindt 80 % dat wij geen partij kozen, van de diensten 60 %." in both
    assert "Klagers vinden dat 20 procentpunt vaker." in both
    assert visit("case_handler").get("/tevredenheid/2026").status_code == 403


def test_reading_the_questions_locks_nothing_for_the_database_refuses_that_to_who_only_reads(
    postgresql_office: Office,
) -> None:
    story, now = Story(postgresql_office).given_a_complaint(), postgresql_office.clock.now()
    with postgresql_office.database.work() as work:
        secret = surveys.invite(work, story.case_id, "complainant", "nl", now)
    with postgresql_office.database.reading() as reading:
        assert surveys.find(reading, secret, now).side == "complainant"
