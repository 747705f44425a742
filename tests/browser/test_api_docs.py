"""The API's page for people: readable at both widths, light and dark, and clean for axe."""

from tests.browser.conftest import Open, looks_right


def test_the_page_for_people_looks_right(open_page: Open) -> None:
    looks_right(open_page, "/api/v1/docs", "api-docs")
