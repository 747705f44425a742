"""The front page, the complaint form and the page of a case in a real browser: with and without JavaScript, by keyboard, on a phone."""

import re

import pytest
from playwright.sync_api import BrowserContext, Dialog, FilePayload, Page, expect

from tests.browser.conftest import Open, Site, check_page, looks_right
from tests.stories.stage import NOT_CONTACTED
from tests.stories.test_life import FOUNDED
from tests.web.test_citizen import LAST, STEPS
from tests.web.test_links import WITHHELD, Received, forwarded
from tests.web.test_survey import QUESTIONS, links

pytestmark = pytest.mark.browser


def fill_step(page: Page, answers: dict[str, str]) -> None:
    """Answer the questions of the step as a person does, in order."""
    for name, value in answers.items():
        field = page.locator(f'#fields [name="{name}"]')
        if field.first.get_attribute("type") == "radio":
            page.locator(f'#fields [name="{name}"][value="{value}"]').check()
        else:
            field.fill(value)


def go_on(page: Page) -> None:
    page.locator(".actions .primary").click()


def fill_all(page: Page) -> None:
    """Given a form filled in up to the overview."""
    for number in range(1, LAST + 1):
        expect(page.locator(".progress-count")).to_have_text(f"stap {number} van 6")
        fill_step(page, STEPS[number])
        go_on(page)
    expect(page).to_have_url(re.compile("/klacht/nakijken$"))


def wait_for_save(page: Page) -> None:
    expect(page.locator("#draft-state")).to_contain_text("Concept bewaard om")


def test_the_front_page_has_two_doors(open_page: Open) -> None:
    looks_right(open_page, "/", "home")
    page = open_page("/", width="390")
    page.click("text=Een klacht indienen")
    expect(page).to_have_url(re.compile("/klacht$"))


def test_the_page_to_follow_a_case_looks_right(open_page: Open) -> None:
    looks_right(open_page, "/volg", "follow")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", ["1280", "390"])
def test_each_step_looks_right_with_its_mistakes(open_page: Open, width: str, dark: bool) -> None:
    page = open_page("/klacht", width=width, dark=dark)
    look = f"{width}-{'dark' if dark else 'light'}"
    page.fill("#services", "lijn")
    expect(page.locator(".match").first).to_be_visible()
    check_page(page, f"complaint-1-{look}")
    page.fill("#services", STEPS[1]["services"])
    go_on(page)
    go_on(page)
    expect(page.locator("#error-summary")).to_be_focused()
    check_page(page, f"complaint-2-mistakes-{look}")
    for number in range(2, LAST + 1):
        fill_step(page, STEPS[number])
        check_page(page, f"complaint-{number}-{look}")
        go_on(page)
    check_page(page, f"complaint-review-{look}")
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert sideways <= 0
    page.check("#consent")
    page.click("text=Klacht versturen")
    expect(page.locator("#received")).to_be_visible()
    check_page(page, f"complaint-sent-{look}")


def test_the_whole_form_without_javascript(open_page: Open, site: Site) -> None:
    page = open_page("/klacht", javascript=False, width="390")
    page.fill("#services", "de lij")
    page.click("text=Zoek dienst")
    page.locator("button.match", has_text="De Lijn").first.click()
    expect(page.locator("#services")).to_have_value("De Lijn")
    go_on(page)
    fill_step(page, STEPS[2])
    go_on(page)
    fill_step(page, {"first_line_contacted": "ja", "court_pending": "nee"})
    go_on(page)  # the answer brings more questions, on the same page
    expect(page.locator("#first_line_on")).to_be_visible()
    fill_step(page, STEPS[3])
    go_on(page)
    fill_step(page, STEPS[4])
    go_on(page)
    page.set_input_files("#files", {"name": "boete.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    page.click("text=Bestanden toevoegen")
    expect(page.locator(".files")).to_contain_text("boete.pdf")
    go_on(page)
    page.check("#consent")
    page.click("text=Klacht versturen")
    expect(page.locator(".big-number")).to_have_text(re.compile(r"\d{4}-\d{4}"))
    expect(page.locator(".papers").last).to_contain_text("boete.pdf")


def test_by_keyboard_alone_to_the_second_step_and_back_to_it_after_a_mistake(open_page: Open) -> None:
    page = open_page("/klacht")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.focus("#services")
    page.keyboard.type("de lijn")
    expect(page.locator(".match").first).to_be_visible()
    expect(page.locator("#diensten-status")).to_contain_text("gevonden")
    page.keyboard.press("Tab")
    expect(page.locator(".match").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#services")).to_have_value("De Lijn")
    expect(page.locator("#services")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".progress-count")).to_have_text("stap 2 van 6")
    go_on(page)
    expect(page.locator("#error-summary")).to_be_focused()
    fill_step(page, STEPS[2])
    go_on(page)
    expect(page.locator(".progress-count")).to_have_text("stap 3 van 6")
    page.go_back()  # a page with an address of its own: the browser does not ask whether to send anything again
    expect(page.locator("#subject")).to_have_value(STEPS[2]["subject"])
    expect(page.locator("#error-summary")).to_have_count(0)


def test_what_is_typed_is_kept_without_a_press_and_questions_follow_answers(open_page: Open) -> None:
    page = open_page("/klacht")
    fill_step(page, STEPS[1])
    wait_for_save(page)
    page.click("text=Stoppen en alles wissen")
    expect(page.locator("#wissen")).to_contain_text("kan niet ongedaan gemaakt worden")
    check_page(page, "complaint-resume-1280-light")
    page.goto("/klacht/stap/1")
    expect(page.locator("#services")).to_have_value("De Lijn")
    go_on(page)
    fill_step(page, STEPS[2])
    go_on(page)
    expect(page.locator("#first_line_on")).to_have_count(0)
    page.check("#first_line_contacted-1")
    expect(page.locator("#first_line_on")).to_be_visible()
    expect(page.locator("#first_line_contacted-1")).to_be_focused()
    page.check("#first_line_contacted-2")
    expect(page.locator("#first_line_on")).to_have_count(0)


def test_a_chosen_file_is_in_the_list_at_once_and_goes_out_again(open_page: Open) -> None:
    page = open_page("/klacht")
    for number in range(1, LAST):
        fill_step(page, STEPS[number])
        go_on(page)
    paper: FilePayload = {"name": "boete.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    film: FilePayload = {"name": "bus.mov", "mimeType": "video/quicktime", "buffer": b"ftypqt"}
    page.set_input_files("#files", [film, paper])
    expect(page.locator(".files")).to_contain_text("boete.pdf")
    # Said before it travelled, and once more on the page that the others brought.
    expect(page.locator("#files-refused")).to_contain_text("'bus.mov': films en geluid kunnen we hier niet aannemen.")
    check_page(page, "complaint-5-files-1280-light")
    page.set_input_files("#files", {"name": "spel.exe", "mimeType": "application/pdf", "buffer": b"MZ"})
    expect(page.locator("#error-summary")).to_contain_text("spel.exe")
    expect(page.locator(".files")).to_contain_text("boete.pdf")
    page.click("text=Verwijder")
    expect(page.locator(".files")).to_have_count(0)


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_the_form_fits_in_every_language(open_page: Open, language: str) -> None:
    page = open_page("/klacht", width="390")
    page.click(f".languages [value={language}]")
    for number in range(1, LAST + 1):
        fill_step(page, {**STEPS[number], **({"complaint_language": language} if number == 4 else {})})
        check_page(page, f"complaint-{number}-390-{language}")
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0
        go_on(page)
    page.check("#consent")
    page.click(".actions .primary")
    expect(page.locator("#received")).to_be_visible()
    check_page(page, f"complaint-sent-390-{language}")


def test_leaving_with_something_unsaved_warns(open_page: Open) -> None:
    page = open_page("/klacht")
    fill_step(page, STEPS[1])
    wait_for_save(page)
    context: BrowserContext = page.context
    context.set_offline(True)
    page.fill("#services", "De Lijn en nog iets")
    expect(page.locator("#draft-state")).to_contain_text("Nog niet bewaard")
    page.click("button.primary")  # nothing is sent into nowhere: the browser would show a page of its own instead
    expect(page.locator("#draft-state")).to_contain_text("Nog niet bewaard")
    expect(page.locator("#services")).to_have_value("De Lijn en nog iets")
    warned: list[str] = []

    def leave(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    context.set_offline(False)
    page.click(".brand")
    page.wait_for_url("**/")
    assert warned == ["beforeunload"]


def test_a_double_click_on_send_gives_one_complaint(open_page: Open, site: Site) -> None:
    page = open_page("/klacht")
    fill_all(page)
    page.check("#consent")
    page.dblclick("text=Klacht versturen")
    expect(page.locator(".big-number")).to_have_text("2026-0001")
    other = open_page("/klacht")
    fill_all(other)
    other.check("#consent")
    other.click("text=Klacht versturen")
    expect(other.locator(".big-number")).to_have_text("2026-0002")


def test_the_page_of_a_case_and_its_messages_look_right(open_page: Open, site: Site) -> None:
    story = Received(site.office).given_a_sent_complaint()
    story.receives("information_requested", missing="Welke halte was het?", term_days="14")
    looks_right(open_page, f"/volg/{story.secret}", "case-citizen")
    looks_right(open_page, f"/volg/{story.secret}/intrekken", "case-withdraw")
    page = open_page(f"/volg/{story.secret}", width="390")
    page.locator(".papers a").first.click()
    check_page(page, "case-letter-390-light")
    page.emulate_media(media="print")
    expect(page.locator(".site-header")).to_be_hidden()
    page.emulate_media(media="screen")
    page.goto(f"/volg/{story.secret}/informatie")
    page.fill("#added", "Ik zat in een tunnel.")
    page.context.set_offline(True)
    page.click("main .primary")
    expect(page.locator("#offline")).to_contain_text("U hebt nu geen internet")
    page.context.set_offline(False)
    page.click("main .primary")
    expect(page.locator(".said").first).to_have_text("Ik zat in een tunnel.")


def test_a_question_by_link_looks_right_before_and_after(open_page: Open, site: Site) -> None:
    story = forwarded(Received(site.office), **{**NOT_CONTACTED, **WITHHELD})
    link = story.link()
    looks_right(open_page, link, "link-question")
    page = open_page(link, javascript=False)
    page.click("text=Antwoord versturen")
    expect(page).to_have_url(re.compile("#antwoord$"))  # in sight, however long the letter above is
    check_javascript_free_errors(page)
    page.check('[name="first_line_outcome"][value="insufficient"]')
    page.fill("#first_line_text", "Wij bekijken de uren van deze lijn opnieuw.")
    page.click("text=Antwoord versturen")
    expect(page.locator("h1")).to_have_text("Uw antwoord is verstuurd")
    looks_right(open_page, link, "link-answered")


def check_javascript_free_errors(page: Page) -> None:
    """The summary links to the first choice of the question that is missing."""
    page.locator("#error-summary a").first.click()
    assert page.url.endswith("#first_line_outcome-1")


def test_how_it_ended_is_read_on_a_phone_and_the_questions_after_it_are_answered(open_page: Open, site: Site) -> None:
    story = Received(site.office).given_a_sent_complaint()
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    story.completes("decide_admissibility", decision="admitted").goes_straight_to_assessment()
    story.completes("assess", **FOUNDED).completes("close_case").after(14)
    page = open_page(f"/volg/{story.secret}", width="390")
    expect(page.locator("main")).to_contain_text("afgesloten")
    check_page(page, "case-closed-390-light")
    page.goto(links(site.office)[0])
    page.click("text=Verstuur mijn antwoord")
    expect(page.locator("#error-summary li")).to_have_count(6)
    check_page(page, "survey-mistakes-390-light")
    for question in QUESTIONS:
        page.check(f'[name="{question}"][value="4"]')
    page.click("text=Verstuur mijn antwoord")
    expect(page.locator("main")).to_contain_text("Wij kregen uw antwoord.")
