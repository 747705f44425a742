"""The login page, as people see it."""

from tests.browser.conftest import Open, looks_right


def test_the_login_page_is_accessible_on_every_screen(open_page: Open) -> None:
    looks_right(open_page, "/aanmelden", "login")


def test_a_wrong_password_is_told_on_the_page(open_page: Open) -> None:
    page = open_page("/aanmelden", javascript=False)
    page.fill("#login", "ann")
    page.fill("#password", "iets anders")
    page.click("button.primary")
    assert page.get_by_role("alert").inner_text().startswith("Aanmelden lukte niet")
