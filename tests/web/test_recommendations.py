"""The register of recommendations: what the office follows, and what anybody may read once a text names nobody."""

import re
from collections.abc import Callable
from datetime import timedelta

from history import looks
from tasks.office import Office
from tests.stories.stage import Story
from tests.stories.test_after_the_decision import recommended
from tests.web.conftest import Visitor

PUBLIC, OWN = "/aanbevelingen", "/opvolging"
WORDING = {"what": "publish", "title": "Meld storingen", "text": "Zeg het als de app niet werkt.", "language": "nl"}


def test_a_text_that_names_somebody_is_refused_with_the_place_and_one_that_does_not_is_public(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    recommended(sqlite_office)
    anybody, oscar = visit(), visit("ombudsman")
    assert "Er staat nog geen aanbeveling in dit register." in anybody.get(PUBLIC).text
    page = f"{OWN}/1"
    assert "Meld storingen op tijd." in oscar.get(page).text
    with sqlite_office.database.reading() as reading:
        assert [look.what for look in looks.of(reading, "case:1")] == ["recommendation:1"]
    named = oscar.form(page, {**WORDING, "text": "Mies Vandevoorde kreeg een boete."})
    assert named.status_code == 422
    assert "staat nog wie het is: ‘Mies Vandevoorde’" in named.text
    doubtful = oscar.form(page, {**WORDING, "text": "Volgens Petra Peeters werkt de app."})
    assert "Zijn dit namen van mensen?" in doubtful.text
    assert "Petra Peeters" in doubtful.text
    assert anybody.get(f"{PUBLIC}.json").json() == {"recommendations": []}
    assert oscar.form(page, WORDING).status_code == 200
    shown = anybody.get(PUBLIC)
    assert "Zeg het als de app niet werkt." in shown.text
    assert "Meld storingen op tijd." not in shown.text
    number = Story(sqlite_office)
    number.case_id = 1
    assert number.case.number not in shown.text
    assert not [name for name in shown.cookies if "session" in name]
    (told,) = anybody.get(f"{PUBLIC}.json").json()["recommendations"]
    assert (told["title"], told["status"], told["addressee"]) == ("Meld storingen", "open", "De Lijn")
    assert "Meld storingen;Zeg het als de app niet werkt." in anybody.get(f"{PUBLIC}.csv").text
    assert "Geen aanbeveling past hierbij." in anybody.get(f"{PUBLIC}?stand=done").text
    oscar.form(page, {"what": "withdraw"})
    assert "Meld storingen" not in anybody.get(PUBLIC).text
    assert "Nos recommandations" in anybody.form("/taal", {"language": "fr", "next": PUBLIC}, seen=PUBLIC).text


def test_another_case_it_rests_on_is_added_by_its_number_and_its_names_count_too(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    recommended(sqlite_office)
    other = Story(sqlite_office).given_a_complaint(complainant_name="Rachid Benali").case.number
    oscar, page = visit("ombudsman"), f"{OWN}/1"
    wrong = oscar.form(page, {"what": "source", "number": "1999-0001"})
    assert (wrong.status_code, "Kijk het nummer na." in wrong.text) == (422, True)
    assert f'href="/dossiers/{other}"' in oscar.form(page, {"what": "source", "number": other}).text
    named = oscar.form(page, {**WORDING, "text": "Ook meneer Benali kreeg een boete."})
    assert (named.status_code, "‘Benali’" in named.text) == (422, True)
    handler = visit("case_handler")
    assert handler.get(OWN).status_code == 200
    assert handler.form(page, WORDING, seen="/account").status_code == 403
    assert oscar.get(f"{OWN}/99").status_code == 404


def test_what_became_of_it_stands_on_its_page_and_what_is_looked_at_again_soon_can_be_listed(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    story = recommended(sqlite_office)
    story.completes("answer_recommendation", recommendation_answer="accepted", recommendation_reason="Wij doen dit.")
    again = story.today + timedelta(days=45)
    story.completes("check_recommendation", recommendation_done="later", check_again_on=again.isoformat())
    handler = visit("case_handler")
    page = " ".join(re.sub("<[^>]+>", " ", handler.get(f"{OWN}/1").text.partition('id="course"')[2]).split())
    assert "Gedaan ma 5 januari 2026" in page
    assert "De dienst antwoordde : aanvaard" in page
    assert "Nagekeken : loopt" in page
    assert "Geen aanbeveling past hierbij." in handler.get(f"{OWN}?kijk=1").text
    story.after(20)
    handler = visit("case_handler", login="later")
    assert "A2026-1" in handler.get(f"{OWN}?kijk=1").text
    due = story.after(25).open("check_recommendation").due_at
    assert due is not None and (due - sqlite_office.clock.now()) < timedelta(days=15)
