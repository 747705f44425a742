"""Keeping and destroying, in a real browser."""

from datetime import timedelta

import pytest

from tasks.background.clock_source import TravellingClock
from tests.browser.conftest import Open, Site, looks_right
from tests.tasks.test_keeping import closed

pytestmark = pytest.mark.browser


def test_the_pages_look_right(site: Site, open_page: Open, travelling: TravellingClock) -> None:
    number = closed(site.office).case.number
    looks_right(open_page, f"/dossiers/{number}/bewaring", "keeping-case", "ombudsman", login="oscar")
    travelling.advance(timedelta(days=3700))
    looks_right(open_page, "/bewaring", "keeping-due", "ombudsman", login="oda")
