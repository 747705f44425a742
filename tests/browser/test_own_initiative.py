"""A file on the office's own initiative, and the figures of operations, as a browser shows them."""

from datetime import timedelta

from tasks.background.clock_source import TravellingClock
from tests.browser.conftest import Open, Site, looks_right
from tests.diagrams.shapes import END
from tests.engine.office import flows, user
from tests.tasks.arriving import every, publish, tick


def test_a_file_nobody_complained_about_is_accessible_on_every_screen(
    open_page: Open, site: Site, travelling: TravellingClock
) -> None:
    publish(site.office, every("R/PT1H") + user("look_back", "ombudsman") + END + flows("s>look_back;look_back>e"))
    travelling.advance(timedelta(hours=1))
    tick(site.office)
    looks_right(open_page, "/dossiers/2026-0001", "own-initiative", "ombudsman")
    looks_right(open_page, "/dossiers/2026-0001/tijdlijn", "own-initiative-timeline", login="ombudsman")
