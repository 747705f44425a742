"""Whoever wants to report a breach at the office is led away before anything is kept; what came in as a complaint goes no further."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tasks.office import Office
from tests.stories.stage import NOT_CONTACTED, Story
from tests.web.conftest import Visitor, token_of
from web.app import build

ADDRESS = "https://meldpunt.example.org"


@pytest.fixture
def led(sqlite_office: Office) -> Office:
    """An office that knows where the reports house is."""
    return replace(sqlite_office, settings=replace(sqlite_office.settings, reports_url=ADDRESS))


def test_the_front_page_the_form_and_the_signpost_lead_to_the_reports_house(
    led: Office, visit: Callable[..., Visitor]
) -> None:
    with TestClient(build(led)) as visitor:
        for page in ("/", "/klacht"):
            assert f'href="{ADDRESS}" rel="noreferrer"' in visitor.get(page).text, page
        asked = {"_csrf": token_of(visitor.get("/wegwijzer").text), "story": "Ik wil als klokkenluider iets melden."}
        assert f'href="{ADDRESS}"' in visitor.post("/wegwijzer", data=asked).text
    assert "meldpunt" not in visit().get("/").text, "an office without a reports house says nothing of one"


@pytest.mark.parametrize(
    ("services", "says"), [("VDAB", "het meldpunt voor inbreuken"), ("gemeente Elderbeke", "Audit Vlaanderen")]
)
def test_a_complaint_that_is_a_report_is_given_to_nobody_and_its_sender_told_where_to_go(
    sqlite_office: Office, services: str, says: str
) -> None:
    story = Story(sqlite_office).given_a_complaint(services=services, **NOT_CONTACTED)
    story.completes("assess_intake", matter="whistleblowing", judged_urgent="nee")
    story.is_closed("doorverwezen")
    assert [letter.to_role for letter in story.letters()][-1] == "complainant"
    assert says in story.letters()[-1].body
    assert not any(letter.to_role == "other_body" for letter in story.letters()), "nothing goes on without consent"
