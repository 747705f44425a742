"""Cases told for anybody, in a real browser."""

import pytest

from tests.browser.conftest import Open, Site, looks_right
from tests.stories.test_summaries import published

pytestmark = pytest.mark.browser


def test_cases_in_brief_look_right(site: Site, open_page: Open) -> None:
    published(site.office)
    looks_right(open_page, "/samenvattingen", "summaries-public")
