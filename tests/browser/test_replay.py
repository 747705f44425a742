"""The film in a real browser: the diagram with the state of each step, playing, and pages that everyone can read."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from history.replay import frames
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.browser.conftest import Open, Site, looks_right
from tests.stories.stage import Story

NUMBER = "2026-0001"
pytestmark = pytest.mark.browser


@pytest.fixture
def case(site: Site, travelling: TravellingClock) -> Office:
    """A case on its way through mediation."""
    story = Story(site.office).given_a_complaint()
    travelling.advance(timedelta(days=3))
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    travelling.advance(timedelta(days=2))
    story.completes("decide_admissibility", decision="admitted").completes("choose_approach", approach="mediation")
    return site.office


def _step(office: Office, activity: str, transition: str) -> int:
    with office.database.reading() as reading:
        film = frames(office.log.read(reading, "case:1"))
    return next(f.number for f in film if (f.activity, f.transition) == (activity, transition))


def _marked(page: Page, element: str, state: str) -> None:
    expect(page.locator(f'.djs-element[data-element-id="{element}"].{state}')).to_have_count(1)


def _at_step(page: Page, number: int) -> None:
    expect(page.locator("#replay-bar strong")).to_contain_text(f"stap {number} /")


def test_the_diagram_shows_where_the_case_stood_and_moves_with_the_steps(case: Office, open_page: Open) -> None:
    step = _step(case, "assess_intake", "activated")
    page = open_page(f"/herbeleven/{NUMBER}/{step}", "auditor")
    expect(page.locator("#replay-diagram[data-ready]")).to_be_visible()
    _marked(page, "assess_intake", "active")
    _marked(page, "send_acknowledgement", "visited")
    page.click("#replay-bar a[rel=next]")
    _at_step(page, step + 1)
    assert page.url.endswith(f"/{step + 1}")
    expect(page.locator("[role=status]")).to_contain_text("Afgewerkt: Soort en dringendheid bepalen")
    _marked(page, "assess_intake", "visited")
    expect(page.locator('.djs-element[data-element-id="assess_intake"].active')).to_have_count(0)
    page.keyboard.press("ArrowLeft")
    _at_step(page, step)
    _marked(page, "assess_intake", "active")
    page.go_back()
    _at_step(page, step + 1)


def test_playing_runs_to_the_end_across_diagrams_and_stops_there(case: Office, open_page: Open) -> None:
    with case.database.reading() as reading:
        total = len(frames(case.log.read(reading, "case:1")))
    page = open_page(f"/herbeleven/{NUMBER}/{total - 6}", "auditor")
    page.click("[data-play='4']")
    expect(page.locator("[data-play='4']")).to_have_attribute("aria-pressed", "true")
    _at_step(page, total)
    expect(page.locator("[data-play='4']")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#replay-diagram")).to_have_attribute("data-diagram-url", "/herbeleven/diagram/mediation/1")
    _marked(page, "propose_settlement", "active")


def test_without_javascript_every_step_is_a_page_that_says_the_same_in_words(case: Office, open_page: Open) -> None:
    step = _step(case, "assess_intake", "activated")
    page = open_page(f"/herbeleven/{NUMBER}", "auditor", javascript=False)
    page.click(f'tbody a[href="/herbeleven/{NUMBER}/{step}"]')
    expect(page.locator("#replay-standing")).to_contain_text("Soort en dringendheid bepalen")
    expect(page.locator("[data-replay-controls]")).to_be_hidden()
    page.click("#replay-bar a[rel=next]")
    _at_step(page, step + 1)


def test_the_film_looks_right(case: Office, open_page: Open) -> None:
    step = _step(case, "check_admissibility", "completed")
    looks_right(open_page, f"/herbeleven/{NUMBER}/{step}", "replay-decision", "auditor")


def test_a_filled_form_and_the_lists_look_right(case: Office, open_page: Open) -> None:
    step = _step(case, "choose_approach", "completed")
    looks_right(open_page, f"/herbeleven/{NUMBER}/{step}", "replay-form", "auditor")
    lists = {"": "cases", f"/{NUMBER}": "steps", f"/{NUMBER}/wie-keek": "looks", "/ketens": "chains"}
    for path, name in lists.items():
        looks_right(open_page, f"/herbeleven{path}", f"replay-{name}", login="auditor")
