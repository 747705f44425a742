"""Choosing a next step in a real browser: looks, axe, the keyboard, and without JavaScript."""

from tests.browser.conftest import Open, Site, looks_right
from tests.tasks.investigating import ad_hoc, chooses, doing, given, investigation

CASE = "/dossiers/2026-0001"


def test_the_page_looks_right_with_steps_under_way(open_page: Open, site: Site) -> None:
    case = given(site.office, investigation(ad_hoc()))
    chooses(site.office, case, "ask_documents")
    looks_right(open_page, CASE, "choose-step", "case_handler")
    looks_right(open_page, "/werklijst", "choose-step-worklist", "case_handler", "ombudsman")


def test_without_a_script_the_keyboard_chooses(open_page: Open, site: Site) -> None:
    case = given(site.office, investigation(ad_hoc()))
    page = open_page(CASE, "case_handler", javascript=False)
    page.get_by_label("Ter plaatse gaan kijken").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Begin deze stappen").focus()
    page.keyboard.press("Enter")
    page.get_by_text("loopt nu").wait_for()
    assert doing(site.office, case) == ["visit_site"]
