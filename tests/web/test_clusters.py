"""Early warning: a service with strikingly many complaints, and the inquiry that begins from there, to its end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from cases import facts
from cases.models import Case, Letter
from identity.people import Actor
from tasks import completion
from tasks.accounts import STREAM
from tasks.background.clock_source import TravellingClock
from tasks.joined import clusters
from tasks.models import UserTask
from tasks.office import Office
from tests.stories.stage import Story, person
from tests.web.conftest import Visitor

OSCAR = person("ombudsman")


def complaints(office: Office, count: int, **answers: Any) -> None:
    for _ in range(count):
        story = Story(office).given_a_complaint(**answers)
        story.completes("assess_intake", matter="complaint", judged_urgent="nee", theme="openbaar_vervoer")


def completes(office: Office, case_id: int, element_id: str, **answers: Any) -> None:
    with office.database.work() as work:
        open_now = select(UserTask).where(UserTask.case_id == case_id, UserTask.closed_at.is_(None))
        row = work.session.scalars(open_now.where(UserTask.element_id == element_id)).one()
        actor = (
            Actor(f"authority:{row.id}", "", frozenset({"authority"})) if row.role == "authority" else person(row.role)
        )
        completion.complete(office, work, actor, row.id, answers)


def test_a_spike_is_shown_by_service_and_theme_and_an_inquiry_hears_the_service_before_it_concludes(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    office = sqlite_office
    oscar = visit("ombudsman")
    assert "Er valt nu niets op." in oscar.get("/signalen").text
    complaints(office, 5)
    page = oscar.get("/signalen").text
    assert "Openbaar vervoer" in page and page.count('href="/dossiers?dienst=de_lijn"') == 2
    opened = oscar.form("/signalen", {"service": "de_lijn", "theme": "openbaar_vervoer"})
    number = str(opened.url).rpartition("/")[2]
    again = oscar.form("/signalen", {"service": "de_lijn", "theme": "openbaar_vervoer"})
    assert again.status_code == 409 and number in again.text, "a second click opens no second inquiry"
    assert f'Er loopt een onderzoek: <a href="/dossiers/{number}">' in oscar.get("/signalen").text
    with office.database.reading() as reading:
        case = reading.session.scalars(select(Case).where(Case.number == number)).one()
        known = facts.known(reading, case.id)
    assert known["inquiry.reason"] == "5 klachten in vier weken; gewoonlijk zijn dat er 0,0."
    assert len(known["inquiry.cases"]) == 5  # type: ignore[arg-type]
    completes(office, case.id, "set_scope", inquiry_question="Waarom?", inquiry_reason="Veel klachten.")
    completes(office, case.id, "ask_service", has_questions="ja", questions="Hoeveel?", term_days="20")
    completes(office, case.id, "answer_inquiry", answer="Twaalf.")
    completes(
        office, case.id, "judge_answer", inquiry_next="findings", reply_days="10", provisional_findings="Te veel."
    )
    completes(office, case.id, "reply_inquiry", findings_reply="Akkoord.")
    completes(office, case.id, "conclude", inquiry_conclusion="Het loopt mis.", inquiry_recommends="nee")
    with office.database.reading() as reading:
        assert reading.session.get_one(Case, case.id).closed_at is not None
        letters = list(reading.session.scalars(select(Letter.template).where(Letter.case_id == case.id)))
    assert [each for each in letters if each != "vraag"] == ["L08O", "L16D"]


def test_what_is_usual_is_no_signal(sqlite_office: Office, visit: Callable[..., Visitor]) -> None:
    office = sqlite_office
    complaints(office, 26)
    with office.database.work() as work:
        rows = list(work.session.scalars(select(Case).order_by(Case.id)))
        for week, row in enumerate(rows[:20]):
            row.received_at -= timedelta(days=29 + 18 * week)
    with office.database.reading() as reading:
        assert [(each.recent, each.signal) for each in clusters.found(office, reading, OSCAR)] == [
            (6, "weak"),
            (6, "weak"),
        ]
    with office.database.work() as work:
        for row in work.session.scalars(select(Case).where(Case.id.in_([each.id for each in rows[20:23]]))):
            row.received_at -= timedelta(days=40)
    assert "Er valt nu niets op." in visit("auditor").get("/signalen").text


def test_what_is_put_aside_with_a_reason_stays_away_until_as_many_come_in_after_it(
    sqlite_office: Office, clock: TravellingClock, visit: Callable[..., Visitor]
) -> None:
    office, away = sqlite_office, "/signalen/wegzetten"
    oscar, auditor = visit("ombudsman"), visit("auditor")
    complaints(office, 5)
    about = {"service": "de_lijn", "theme": "openbaar_vervoer"}
    empty = oscar.form(away, {**about, "reason": " "}, seen="/signalen")
    assert (empty.status_code, "waarom dit geen onderzoek vraagt" in empty.text) == (422, True)
    assert auditor.form(away, {**about, "reason": "Een actie."}, seen="/account").status_code == 403
    page = oscar.form(away, {**about, "reason": "Een actie op sociale media."}, seen="/signalen").text
    assert ("Er valt nu niets op." in page, "Een actie op sociale media." in page) == (True, True)
    clock.advance(timedelta(days=3))
    complaints(office, 4)
    oscar = visit("ombudsman", login="oscar")
    assert "Er valt nu niets op." in oscar.get("/signalen").text, "the same spike, with four more"
    complaints(office, 1)
    assert "5 klachten in vier weken" in oscar.get("/signalen").text
    back = oscar.form("/signalen/terug", {"signal": "1"}, seen="/signalen").text
    assert ("10 klachten in vier weken" in back, "Weggezet" in back) == (True, False)
    with office.database.reading() as reading:
        told = [each for each in office.log.read(reading, STREAM) if each.activity == "early_warning"]
    assert [(each.transition, each.personal) for each in told] == [
        ("put_aside", {"why": "Een actie op sociale media."}),
        ("taken_back", {}),
    ]
