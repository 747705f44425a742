"""The pages of the first line: a handler notes a complaint and works on it; the ombudsman sees which service is late."""

from collections.abc import Callable
from datetime import timedelta

from identity.people import Actor
from tasks import sight
from tasks.at_services import openings
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.stories.stage import Story
from tests.stories.test_first_line import TOLD, AtService, handler
from tests.web.conftest import Visitor


def test_a_handler_notes_a_complaint_and_sees_no_other_file(
    visit: Callable[..., Visitor], sqlite_office: Office, clock: TravellingClock
) -> None:
    of_office = Story(sqlite_office).given_a_complaint()
    lena = visit("first_line_handler", login="lena", authority="de_lijn")
    assert "/eerste-lijn/nieuw" in lena.get("/werklijst").text
    later = lena.form("/eerste-lijn/nieuw", {**TOLD, "arrived_on": "2026-02-01"})
    assert (later.status_code, TOLD["narrative"] in later.text) == (422, True)
    assert "niet later binnengekomen" in later.text
    opened = lena.form("/eerste-lijn/nieuw", {**TOLD, "arrived_on": "2026-01-02"})
    assert opened.url.path == "/dossiers/2026-0002", opened.text
    assert "Klacht bij de dienst zelf" in opened.text
    assert "12 januari 2026" in lena.get("/dossiers/2026-0002/termijnen").text, "ten days from when it came in"
    assert lena.get(f"/dossiers/{of_office.case.number}").status_code == 404
    assert of_office.case.number not in lena.get("/dossiers").text + lena.get("/werklijst?lijst=alle").text
    assert "Niets is te laat" in visit("ombudsman").get("/eerste-lijn").text
    clock.advance(timedelta(days=12))  # whoever was logged in no longer is
    late = visit("auditor").get("/eerste-lijn?dienst=de_lijn").text
    assert all(words in late for words in ("Te laat bij De Lijn", "2026-0002", "ontvangstmelding of weigering"))
    assert TOLD["subject"] not in late, "what it is about stands in the file of the service"


def test_the_ombudsman_opens_a_file_of_a_service_with_a_reason_that_the_service_reads(
    visit: Callable[..., Visitor], sqlite_office: Office, clock: TravellingClock
) -> None:
    first, own = AtService(sqlite_office).noted(handler(sqlite_office)), Story(sqlite_office).given_a_complaint()
    oscar, page = visit("ombudsman", login="oscar"), f"/dossiers/{first.case.number}"
    asked = {"number": first.case.number, "reason": "De klager belt dat niemand antwoordt."}
    assert oscar.get(page).status_code == 404
    assert oscar.form("/eerste-lijn/openen", {**asked, "reason": " "}).status_code == 422
    for number in ("2026-9999", own.case.number):
        assert oscar.form("/eerste-lijn/openen", {**asked, "number": number}).status_code == 404
    assert visit("case_handler").post("/eerste-lijn/openen", data=asked).status_code == 403
    assert oscar.form("/eerste-lijn/openen", asked).url.path == page
    papers = oscar.get(f"{page}/stukken").text
    assert "Dit dossier is van de dienst zelf" in papers and 'type="file"' not in papers, "to be read, and nothing else"
    assert 'href="/werklijst"' in papers, "the menu leads away from here"
    refused = oscar.form(f"{page}/stukken", seen=page)
    assert (refused.status_code, sight.FileOfTheService().sentence in refused.text) == (403, True)
    assert visit("ombudsman", login="rik").get(page).status_code == 404, "who did not say why"
    lena = visit("first_line_handler", login="lena2", authority="de_lijn")
    told = lena.get(f"{page}/tijdlijn").text
    expected = ("geopend door de ombudsdienst", asked["reason"], "Oscar")
    assert [words for words in expected if words not in told] == []
    clock.advance(openings.OPEN_FOR + timedelta(seconds=1))
    assert (openings.end_old(sqlite_office), openings.end_old(sqlite_office)) == (1, 0)
    with sqlite_office.database.reading() as reading:
        assert not sight.sees(reading, Actor("person:3", "Oscar", frozenset({"ombudsman"})), first.case_id)


def test_the_administrator_gives_a_service_its_handler_and_nobody_both_roles(visit: Callable[..., Visitor]) -> None:
    bert = visit("admin")
    wanted = {"login": "lena", "name": "Lena", "password": "een heel lang wachtwoord", "roles": "first_line_handler"}
    assert "hoort bij één dienst" in bert.form("/beheer/mensen", wanted).text
    assert (
        "hoort bij één dienst" in bert.form("/beheer/mensen", {**wanted, "roles": "mediator", "authority": "vdab"}).text
    )
    assert "staat niet in het register" in bert.form("/beheer/mensen", {**wanted, "authority": "nowhere"}).text
    assert "VDAB" in bert.form("/beheer/mensen", {**wanted, "authority": "vdab"}).text.partition("Iemand toevoegen")[0]


def test_the_term_for_the_council_of_state_is_told_in_the_letter_on_the_page_and_in_the_file(
    visit: Callable[..., Visitor], sqlite_office: Office
) -> None:
    story = "De dienst schrijft dat ik naar de Raad van State kan."
    told = Story(sqlite_office).given_a_complaint(narrative=story, facts_on="2025-12-20")
    letter = next(each for each in told.letters() if each.template == "L01")
    days = ("60 dagen", "van 5 januari 2026", "5 mei 2026", "44 dagen", "18 juni 2026")
    assert [part for part in days if part not in letter.body] == []
    tab = visit("case_handler").get(f"/dossiers/{told.case.number}/termijnen").text
    assert all(part in tab for part in days)
    other = Story(sqlite_office).given_a_complaint()
    letter = next(each for each in other.letters() if each.template == "L01")
    assert "een klacht stopt beroepstermijnen niet" in letter.body
