"""What a handler sees of cases that belong together, and of a case that goes to another office."""

import pytest

from tasks.joined import bulk, transfers
from tasks.office import Office
from tests.browser.conftest import Open, looks_right
from tests.stories.stage import person
from tests.stories.test_together import leading_with, sent_round

pytestmark = pytest.mark.browser


def test_cases_that_belong_together_and_a_case_that_leaves(open_page: Open, sqlite_office: Office) -> None:
    leading, followers = leading_with(sqlite_office, 5)
    sent_round(sqlite_office, leading, "complaint_joined", followers[:3], joined_to=leading.case.number)
    bulk.advance(sqlite_office)
    with sqlite_office.database.work() as work:
        key = transfers.signer(sqlite_office).public_key
        transfers.trust(sqlite_office, work, person("ombudsman"), "Ombudsdienst van de stad", key)
    number = leading.case.number
    looks_right(open_page, f"/dossiers/{number}/samen?zoek=boete", "samen", "case_handler", login="hilde")
    looks_right(open_page, f"/dossiers/{number}/overdracht", "overdracht", login="hilde")
    looks_right(open_page, "/overdracht", "overdracht-kantoren", "ombudsman", login="oscar")
