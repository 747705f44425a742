"""The worklist as it is worked with: on a desk, on a phone, by keyboard."""

from datetime import timedelta

from playwright.sync_api import expect

from tasks.background.clock_source import TravellingClock
from tests.browser.conftest import Open, Site, looks_right
from tests.browser.reading import reads_well
from tests.stories.stage import NOT_CONTACTED, Story

SUBJECTS = [
    "Bus kwam drie keer niet",
    "Premie geweigerd zonder uitleg",
    "Al zes maanden geen antwoord op mijn aanvraag voor een sociale woning in de rand van Gent",
    "Boete na overstap",
]


def filled(site: Site, clock: TravellingClock) -> list[Story]:
    """A morning's worklist: late, due today, later, claimed, withheld."""
    made = []
    for number, subject in enumerate(SUBJECTS):
        withheld = "ja" if number == 1 else "nee"
        made.append(Story(site.office).given_a_complaint(subject=subject, name_withheld=withheld))
        clock.advance(timedelta(days=1))
    made[0].completes("assess_intake", matter="complaint", judged_urgent="ja")
    Story(site.office).given_a_complaint(**NOT_CONTACTED).completes(
        "assess_intake", matter="complaint", judged_urgent="nee"
    )
    return made


def test_the_worklist_is_accessible_on_every_screen(open_page: Open, site: Site, travelling: TravellingClock) -> None:
    filled(site, travelling)
    looks_right(open_page, "/werklijst?lijst=alle&zoek=e", "worklist", "intake_officer", "case_handler")


def test_nothing_of_a_line_is_cut_off_on_a_desk(open_page: Open, site: Site, travelling: TravellingClock) -> None:
    filled(site, travelling)
    page = open_page("/werklijst?lijst=alle", "intake_officer", "case_handler")
    hidden = page.locator(".table-wrap").evaluate("each => each.scrollWidth - each.clientWidth")
    assert hidden <= 0


def test_an_empty_worklist_is_accessible_too(open_page: Open) -> None:
    looks_right(open_page, "/werklijst", "worklist-empty", "intake_officer")


def test_the_list_is_worked_with_the_keyboard_alone(open_page: Open, site: Site, travelling: TravellingClock) -> None:
    stories = filled(site, travelling)
    page = open_page("/werklijst?sorteer=number", "intake_officer")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    first = page.locator("tbody tr").first
    assert first.locator("[data-open]").evaluate("link => link === document.activeElement")
    page.keyboard.press("c")
    page.wait_for_selector("text=Teruggeven")
    expect(first.locator("[data-open]")).to_be_focused()  # on with the row where one was
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "zoek"
    page.keyboard.type("premie")
    page.keyboard.press("Enter")
    page.wait_for_url("**zoek=premie**")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/taken/*")
    assert page.inner_text(".case-head h1") == SUBJECTS[1]
    assert stories[1].case.number in page.inner_text(".case-head")
    for path in (page.url, "/werklijst?lijst=alle", f"/dossiers/{stories[0].case.number}"):
        page.goto(path)
        reads_well(page)
