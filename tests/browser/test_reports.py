"""The reports house in a real browser: what a reporter reads, and the code that the page can copy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tasks.office import Office
from tasks.reports_house import mailbox
from tests.browser.conftest import Open, Site, check_page, looks_right, serving
from tests.reports.conftest import reports as reports  # the house
from tests.reports.conftest import reports_template as reports_template
from tests.reports.test_story import REPORT

pytestmark = pytest.mark.browser


@pytest.fixture
def site(reports: Office) -> Iterator[Site]:
    with serving(reports) as running:
        yield running


def test_a_report_is_written_its_code_kept_and_its_mailbox_opened(site: Site, browser: Browser) -> None:
    enter = Open(browser, site)
    looks_right(enter, "/melding", "report-form")
    page = enter("/melding", width="390")
    for name, value in REPORT.items():
        field = page.locator(f"[name={name}]")
        if field.first.get_attribute("type") == "radio":
            page.locator(f"[name={name}][value={value}]").check()
        elif field.first.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.click("main button.primary")
    code = page.input_value("#code")
    check_page(page, "report-code-390-light")
    assert page.locator("[data-copy]").is_visible() and page.locator("[data-print]").is_visible()
    page.click("main a.primary")
    check_page(page, "report-door-390-light")
    page.fill("#code", code)
    page.click("main button.primary")
    check_page(page, "report-mailbox-390-light")
    assert REPORT["subject"] in page.inner_text("h1")
    with site.office.database.reading() as reading:
        assert mailbox.is_known(reading, mailbox.secret_of(site.office, code))
    enter.close()
