"""The yearly figures of the services, their network and the signals, in a real browser."""

import pytest

from identity.roles import OMBUDSMAN
from tests.browser.conftest import Open, Site, looks_right
from tests.tasks.test_first_line_campaign import answers, asked
from tests.web.test_clusters import complaints

pytestmark = pytest.mark.browser


def test_the_pages_about_services_look_right(site: Site, open_page: Open) -> None:
    asked(site.office, "de_lijn", "vdab")
    answers(site.office, "de_lijn")
    complaints(site.office, 5)
    looks_right(open_page, "/jaarcijfers/2025", "yearly-figures", OMBUDSMAN)
    looks_right(open_page, "/jaarcijfers/2025/boek/vlaams", "book", OMBUDSMAN)
    looks_right(open_page, "/signalen", "signals", OMBUDSMAN)
    looks_right(open_page, "/netwerk/overleg", "meetings", OMBUDSMAN)
