"""Which ombudsman? In a real browser, on a wide and a small screen."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, looks_right

pytestmark = pytest.mark.browser


def test_the_questions_look_right(open_page: Open) -> None:
    looks_right(open_page, "/wegwijzer", "signpost")


def test_somebody_asks_with_the_keyboard_and_reads_the_answer(open_page: Open) -> None:
    page = open_page("/wegwijzer")
    page.get_by_label("Over welke dienst of welk bedrijf gaat het?").fill("RVA; VDAB")
    page.get_by_label("Wat loopt er mis?").fill("Ze sturen mij van het kastje naar de muur.")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Toon wie mij helpt").press("Enter")
    expect(page.get_by_role("heading", level=3)).to_have_text(["Vlaamse Ombudsdienst", "Federale Ombudsman"])
