"""The annual report in a real browser."""

import pytest
from playwright.sync_api import expect

from tasks.reporting import annual_counting
from tests.browser.conftest import Open, Site, check_page, looks_right
from tests.stories.stage import Story
from tests.tasks.test_annual_report import AUDITOR, counted

pytestmark = pytest.mark.browser


def test_the_report_looks_right_and_so_does_a_year_that_is_being_counted(site: Site, open_page: Open) -> None:
    for _ in range(3):
        Story(site.office).given_an_opened_file()
    counted(site.office)
    looks_right(open_page, "/verslag/2026", "annual-report", "auditor")
    with site.office.database.work() as work:
        annual_counting.ask(site.office, work, AUDITOR, 2026)
    page = open_page.to_look("/verslag/2026", "auditor", login="auditor")
    expect(page.get_by_text("Dit jaar wordt geteld")).to_be_visible()
    check_page(page, "annual-report-counting-390-dark")
