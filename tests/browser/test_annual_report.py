"""The annual report in a real browser."""

import pytest

from tests.browser.conftest import Open, Site, looks_right
from tests.stories.stage import Story

pytestmark = pytest.mark.browser


def test_the_report_looks_right(site: Site, open_page: Open) -> None:
    for _ in range(3):
        Story(site.office).given_an_opened_file()
    looks_right(open_page, "/verslag/2026", "annual-report", "auditor")
