"""Logging in, as people see it."""

from tests.browser.conftest import Open, Site, looks_right
from tests.web.conftest import PASSWORD, hire


def test_the_login_page_and_the_first_steps_are_accessible_on_every_screen(open_page: Open) -> None:
    looks_right(open_page, "/aanmelden", "login")
    looks_right(open_page, "/hulp", "help", "intake_officer", "case_handler")


def test_a_wrong_password_is_told_on_the_page_and_the_right_one_lets_in(open_page: Open, site: Site) -> None:
    hire(site.office, "ann", "intake_officer")
    page = open_page("/aanmelden", javascript=False)
    page.fill("#login", "ann")
    page.fill("#password", "iets anders")
    page.click("button.primary")
    assert page.get_by_role("alert").inner_text().startswith("Aanmelden lukte niet")
    page.fill("#login", "ann")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    page.wait_for_selector("text=Afmelden")
