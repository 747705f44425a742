"""The complaint form without JavaScript: step by step, nothing lost, read back, sent once."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from cases import facts
from cases.documents import of_case
from cases.models import Case, ComplaintDraft
from tasks.citizens import suggestions
from tasks.citizens.drafts import MOST_FILES
from tasks.models import Mail
from tasks.office import Office
from tests.web.conftest import Visitor, token_of

STEPS: dict[int, dict[str, str]] = {
    1: {"services": "De Lijn"},
    2: {
        "subject": "Bus kwam drie keer niet",
        "narrative": "Drie keer kwam de bus van half acht niet.\nIk kwam te laat op mijn werk.",
        "desired_outcome": "Een bus die komt.",
        "facts_on": "2025-11-04",
    },
    3: {
        "first_line_contacted": "ja",
        "first_line_on": "2025-11-10",
        "first_line_answer": "insufficient",
        "court_pending": "nee",
    },
    4: {
        "filer_kind": "person",
        "complainant_name": "Mies Vandevoorde",
        "email": "mies@example.org",
        "name_withheld": "nee",
        "complaint_language": "nl",
    },
    5: {},
}
LAST = 5


def press(browser: Visitor, number: int, answers: dict[str, str], do: str = "verder", **more: object):  # type: ignore[no-untyped-def]
    """Fill in a step as its page asks, and press a button; does not follow where it leads."""
    address = f"/klacht/stap/{number}"
    page = browser.get(address).text
    shown = re.search(r'name="_shown" value="([^"]*)"', page)
    hidden = {"_csrf": token_of(page), "_shown": shown[1] if shown else "", "_do": do}
    return browser.post(address, data={**hidden, **answers}, follow_redirects=False, **more)  # type: ignore[arg-type]


def fill_in(browser: Visitor, upto: int = LAST, **changed: str) -> None:
    """Given the steps up to this one, filled in."""
    for number in range(1, upto + 1):
        answers = {**STEPS[number], **{k: v for k, v in changed.items() if k in STEPS[number]}}
        answer = press(browser, number, answers)
        if "#" in answer.headers.get("location", ""):  # an answer brought more questions
            answer = press(browser, number, answers)
        assert answer.status_code == 303, answer.text


def send(browser: Visitor):  # type: ignore[no-untyped-def]
    page = browser.get("/klacht/nakijken").text
    return browser.post("/klacht/versturen", data={"_csrf": token_of(page), "consent": "true"}, follow_redirects=False)


def cases(office: Office) -> list[Case]:
    with office.database.reading() as reading:
        return list(reading.session.scalars(select(Case)))


def test_a_complaint_goes_from_the_first_step_to_a_number_and_a_link(
    visit: Callable[..., Visitor], sqlite_office: Office
) -> None:
    browser = visit()
    assert "stap 1 van 6" in browser.get("/klacht").text
    fill_in(browser)
    overview = browser.get("/klacht/nakijken").text
    assert "Drie keer kwam de bus van half acht niet." in overview
    assert "Ik kreeg een antwoord, maar het volstaat niet" in overview
    assert "di 4 november 2025" in overview
    answer = send(browser)
    assert answer.status_code == 303
    assert re.fullmatch(r"/volg/[\w-]{43}\?nieuw=1", answer.headers["location"])
    [case] = cases(sqlite_office)
    with sqlite_office.database.reading() as reading:
        known = facts.known(reading, case.id)
    assert (case.subject, case.complainant_name) == ("Bus kwam drie keer niet", "Mies Vandevoorde")
    assert known["first_line.on"] == "2025-11-10"
    assert known["complaint.consent"] is True


def test_pressing_send_twice_gives_one_complaint_and_the_same_page(
    visit: Callable[..., Visitor], sqlite_office: Office
) -> None:
    browser = visit()
    fill_in(browser)
    token = token_of(browser.get("/klacht/nakijken").text)
    answers = [
        browser.post("/klacht/versturen", data={"_csrf": token, "consent": "true"}, follow_redirects=False)
        for _ in range(2)
    ]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(cases(sqlite_office)) == 1


def test_without_consent_nothing_is_sent_and_the_page_says_what_to_do(
    visit: Callable[..., Visitor], sqlite_office: Office
) -> None:
    browser = visit()
    fill_in(browser)
    token = token_of(browser.get("/klacht/nakijken").text)
    answer = browser.post("/klacht/versturen", data={"_csrf": token})
    assert (answer.url.path, 'href="#consent"' in answer.text) == ("/klacht/nakijken", True)
    assert cases(sqlite_office) == []


def test_a_step_with_a_mistake_comes_back_with_a_summary_and_everything_that_was_typed(
    visit: Callable[..., Visitor],
) -> None:
    browser = visit()
    fill_in(browser, upto=1)
    answer = press(browser, 2, {**STEPS[2], "narrative": "", "facts_on": "gisteren"})
    assert answer.headers["location"] == "/klacht/stap/2?fout=narrative+facts_on#error-summary"
    told = browser.get(answer.headers["location"]).text
    assert 'href="#narrative"' in told and 'href="#facts_on"' in told
    assert 'value="gisteren"' in told and "Bus kwam drie keer niet" in told
    press(browser, 2, STEPS[2])
    assert "error-summary" not in browser.get(answer.headers["location"]).text, "mended: nothing is wrong any more"


def test_going_back_keeps_a_half_filled_step(visit: Callable[..., Visitor]) -> None:
    browser = visit()
    fill_in(browser, upto=1)
    answer = press(browser, 2, {"subject": "Half af"}, do="terug")
    assert answer.headers["location"] == "/klacht/stap/1"
    assert 'value="Half af"' in browser.get("/klacht/stap/2").text


def test_an_answer_that_brings_more_questions_shows_them_before_they_are_missed(
    visit: Callable[..., Visitor],
) -> None:
    browser = visit()
    fill_in(browser, upto=2)
    page = browser.get("/klacht/stap/3").text
    assert "data-decides" in page
    answer = press(browser, 3, {"first_line_contacted": "nee", "court_pending": "nee"})
    assert answer.headers["location"].startswith("/klacht/stap/4")
    answer = press(browser, 3, {"first_line_contacted": "ja", "court_pending": "nee"})
    assert answer.headers["location"] == "/klacht/stap/3#first_line_on"
    shown = browser.get("/klacht/stap/3").text
    assert 'name="first_line_on"' in shown
    assert "Er is iets niet in orde" not in shown
    answer = press(browser, 3, {"first_line_contacted": "ja", "court_pending": "nee"})
    assert answer.headers["location"].startswith("/klacht/stap/3?fout=first_line_on")


def test_the_service_is_searched_by_a_button_and_chosen_by_another(visit: Callable[..., Visitor]) -> None:
    browser = visit()
    answer = press(browser, 1, {"services": "nmbs; de lij"}, do="zoek")
    page = browser.get(answer.headers["location"]).text
    assert 'value="kies:de_lijn"' in page
    assert "Wij kunnen u helpen" in page
    press(browser, 1, {"services": "nmbs; de lij"}, do="kies:de_lijn")
    assert 'value="nmbs; De Lijn"' in browser.get("/klacht/stap/1").text
    fragment = browser.get("/klacht/diensten", params={"q": "pensioen"}).text
    assert "Pensioenen van werknemers en ambtenaren" in fragment
    assert "Ombudsdienst Pensioenen" in fragment
    assert "<html" not in fragment
    assert "U kunt gewoon verdergaan" in browser.get("/klacht/diensten", params={"q": "qqqq"}).text


def test_who_did_not_contact_the_service_reads_what_happens_then_before_sending(
    visit: Callable[..., Visitor],
) -> None:
    browser = visit()
    fill_in(browser)
    assert "nog niet zelf aangesproken" not in browser.get("/klacht/nakijken").text
    press(browser, 3, {"first_line_contacted": "nee", "court_pending": "nee"})
    overview = browser.get("/klacht/nakijken").text
    assert "nog niet zelf aangesproken" in overview
    assert "45 dagen" in overview


def test_files_are_added_listed_removed_and_come_with_the_case(
    visit: Callable[..., Visitor], sqlite_office: Office
) -> None:
    browser = visit()
    fill_in(browser, upto=4)
    files = [
        ("files", ("brief.pdf", b"%PDF-1.7 brief", "application/pdf")),
        ("files", ("../foto.png", b"\x89PNG\r\n\x1a\n foto", "image/png")),
    ]
    assert press(browser, 5, {}, do="toevoegen", files=files).status_code == 303
    page = browser.get("/klacht/stap/5").text
    assert "brief.pdf" in page
    assert ">foto.png<" in page
    first = re.search(r'value="weg:(\d+)"', page)
    assert first is not None
    press(browser, 5, {}, do=f"weg:{first[1]}")
    assert "brief.pdf" not in browser.get("/klacht/stap/5").text
    send(browser)
    [case] = cases(sqlite_office)
    with sqlite_office.database.reading() as reading:
        assert [(d.name, d.source) for d in of_case(reading, case.id)] == [("foto.png", f"complainant:{case.id}")]


def test_a_file_that_is_refused_says_why_and_the_others_stay(visit: Callable[..., Visitor]) -> None:
    browser = visit()
    fill_in(browser, upto=4)
    files = [
        ("files", ("goed.pdf", b"%PDF-1.7", "application/pdf")),
        ("files", ("virus.exe", b"MZ\x90", "application/pdf")),
        ("files", ("leeg.pdf", b"", "application/pdf")),
    ]
    answer = press(browser, 5, {}, do="toevoegen", files=files)
    assert answer.status_code == 422
    assert "virus.exe" in answer.text
    assert "&#39;leeg.pdf&#39; is leeg" in answer.text
    assert "goed.pdf" in browser.get("/klacht/stap/5").text


def test_whoever_sends_too_much_from_a_telephone_keeps_what_can_be_kept_and_reads_the_rest_in_their_language(
    visit: Callable[..., Visitor],
) -> None:
    browser = visit()
    fill_in(browser, upto=4)
    browser.post("/taal", data={"_csrf": token_of(browser.get("/").text), "language": "de", "next": "/"})
    film = ("files", ("VID_1.MOV", b"ftypqt", "video/quicktime"))
    photos = [("files", (f"IMG_{n}.HEIC", b"ftypheic %d" % n, "image/heic")) for n in range(MOST_FILES + 2)]
    page = press(browser, 5, {}, do="toevoegen", files=[film, *photos]).text
    told = re.search(r'id="files-error">(.*?)</p>', page, re.DOTALL)
    assert told is not None
    assert "„VID_1.MOV“: Filme und Ton können wir hier nicht annehmen." in told[1]
    assert told[1].count("höchstens 20 Dateien") == 1, "said once, however many were too many"
    assert browser.get("/klacht/stap/5").text.count('class="file-name"') == MOST_FILES


def test_the_link_to_go_on_later_works_on_another_machine_and_after_sending(
    visit: Callable[..., Visitor], sqlite_office: Office
) -> None:
    browser = visit()
    fill_in(browser, upto=2)
    answer = press(browser, 3, {"first_line_contacted": "nee"}, do="link")
    assert (answer.status_code, "E-mail" in answer.text) == (422, False)
    assert "Vul een e-mailadres in" in answer.text
    press(browser, 3, {"first_line_contacted": "nee", "_mail": "mies@example.org"}, do="link")
    with sqlite_office.database.reading() as reading:
        mail = reading.session.scalars(select(Mail)).one()
    link = re.search(r"/klacht/verder/[\w-]{43}", mail.body)
    assert link is not None
    other = visit()
    resumed = other.get(link[0])
    assert "Ga verder" in resumed.text
    assert "Bus kwam drie keer niet" in other.get("/klacht/stap/2").text
    press(other, 3, {"first_line_contacted": "nee", "court_pending": "nee"})
    press(other, 4, STEPS[4])
    sent = send(other)
    there = browser.get(link[0], follow_redirects=False)
    assert there.headers["location"] == sent.headers["location"].partition("?")[0]


def test_a_wrong_link_is_a_sentence_and_wiping_leaves_nothing(
    visit: Callable[..., Visitor], sqlite_office: Office
) -> None:
    browser = visit()
    answer = browser.get("/klacht/verder/" + "x" * 43)
    assert answer.status_code == 404
    assert "dertig dagen" in answer.text
    fill_in(browser, upto=2)
    browser.form("/klacht/wissen", seen="/klacht")
    assert "stap 1 van 6" in browser.get("/klacht").text
    with sqlite_office.database.reading() as reading:
        assert reading.session.scalar(select(func.count()).select_from(ComplaintDraft)) == 0


def test_a_draft_that_is_gone_does_not_lose_the_step_that_is_being_sent(visit: Callable[..., Visitor]) -> None:
    browser = visit()
    fill_in(browser, upto=2)
    page = browser.get("/klacht/stap/3").text
    browser.form("/klacht/wissen", seen="/klacht")
    shown = re.search(r'name="_shown" value="([^"]*)"', page)
    assert shown is not None
    data = {"_csrf": token_of(page), "_shown": shown[1], "first_line_contacted": "nee", "court_pending": "nee"}
    assert browser.post("/klacht/stap/3", data=data, follow_redirects=False).status_code == 303
    overview = browser.get("/klacht/nakijken").text
    assert "Er ontbreekt nog iets" in overview
    assert 'href="/klacht/stap/1?nakijken=1#services"' in overview
    assert "Klacht versturen" not in overview


def test_changing_one_step_from_the_overview_goes_back_to_it(visit: Callable[..., Visitor]) -> None:
    browser = visit()
    fill_in(browser)
    page = browser.get("/klacht/stap/2?nakijken=1").text
    shown = re.search(r'name="_shown" value="([^"]*)"', page)
    assert shown is not None
    data = {"_csrf": token_of(page), "_shown": shown[1], **STEPS[2], "subject": "Anders"}
    answer = browser.post("/klacht/stap/2?nakijken=1", data=data, follow_redirects=False)
    assert answer.headers["location"] == "/klacht/nakijken"
    assert "Anders" in browser.get("/klacht/nakijken").text


def test_every_authority_that_is_suggested_says_what_it_is_and_who_helps(sqlite_office: Office) -> None:
    with sqlite_office.database.reading() as reading:
        for authority in sqlite_office.register.authorities:
            [found] = suggestions.named(sqlite_office, reading, authority.name)[:1]
            assert found.about, found.key
            assert found.may_help or found.other_body, found.key


@pytest.mark.parametrize("address", ["/klacht/stap/0", "/klacht/stap/99", "/klacht/stap/een"])
def test_a_step_that_does_not_exist_is_not_found(visit: Callable[..., Visitor], address: str) -> None:
    assert visit().get(address).status_code == 404


def test_a_form_without_its_token_is_refused(visit: Callable[..., Visitor], sqlite_office: Office) -> None:
    browser = visit()
    fill_in(browser)
    assert browser.post("/klacht/versturen", data={"consent": "true"}).status_code == 403
    assert cases(sqlite_office) == []


def test_a_token_that_is_too_old_gives_back_everything_typed_ready_to_send_again(
    visit: Callable[..., Visitor],
) -> None:
    browser = visit()
    page = browser.get("/klacht").text
    shown = re.search(r'name="_shown" value="([^"]*)"', page)
    assert shown is not None
    data = {"_csrf": "oud", "_shown": shown[1], "services": "De Lijn"}
    refused = browser.post("/klacht/stap/1", data=data)
    assert refused.status_code == 403
    assert "De Lijn" in refused.text
    again = browser.post("/klacht/stap/1", data={**data, "_csrf": token_of(refused.text)}, follow_redirects=False)
    assert again.status_code == 303


def test_the_language_of_the_page_is_proposed_for_our_letters(visit: Callable[..., Visitor]) -> None:
    browser = visit()
    browser.post("/taal", data={"_csrf": token_of(browser.get("/").text), "language": "de", "next": "/"})
    fill_in(browser, upto=3)
    assert re.search(r'name="complaint_language" value="de" checked', browser.get("/klacht/stap/4").text)
