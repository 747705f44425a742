"""The pages of the first line as a browser shows them: how far the services are, and noting a complaint at one."""

from datetime import timedelta

from tasks.background.clock_source import TravellingClock
from tests.browser.conftest import Open, Site, looks_right
from tests.stories.test_first_line import AtService, handler


def test_the_first_line_is_accessible_on_every_screen(open_page: Open, site: Site, travelling: TravellingClock) -> None:
    AtService(site.office).noted(handler(site.office, "vera", "vdab"))
    AtService(site.office).noted(handler(site.office)).takes()
    travelling.advance(timedelta(days=46))
    looks_right(open_page, "/eerste-lijn", "first-line", "ombudsman")
