"""The register of recommendations, in a real browser."""

import pytest

from tasks.reporting import recommendations
from tasks.reporting.recommendations import Wording
from tests.browser.conftest import Open, Site, looks_right
from tests.stories.stage import person
from tests.stories.test_after_the_decision import recommended

pytestmark = pytest.mark.browser


def test_the_register_looks_right(site: Site, open_page: Open) -> None:
    recommended(site.office)
    wording = Wording("Meld storingen", "Zeg het als de app niet werkt.", "De app toont nu een melding.")
    with site.office.database.work() as work:
        recommendations.publish(site.office, work, person("ombudsman"), 1, wording, is_looked_at=True)
    looks_right(open_page, "/aanbevelingen", "recommendations-public")
    looks_right(open_page, "/opvolging/1", "recommendations-one", "ombudsman", login="oda")
