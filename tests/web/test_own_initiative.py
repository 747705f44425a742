"""A file the office opened by itself: the same pages as any other, without a complainant, and it says why it is there."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.diagrams.shapes import END
from tests.engine.office import flows, script, user
from tests.tasks.arriving import every, publish, tick
from tests.web.conftest import Visitor

TABS = ("", "/partijen", "/grieven", "/brieven", "/stukken", "/termijnen", "/tijdlijn", "/verloop")


@pytest.fixture
def begun(sqlite_office: Office, clock: TravellingClock) -> Office:
    """A process that begins every hour has begun."""
    publish(sqlite_office, every("R/PT1H") + user("look_back", "ombudsman") + END + flows("s>look_back;look_back>e"))
    clock.advance(timedelta(hours=1))
    assert tick(sqlite_office) == 1
    return sqlite_office


def test_it_stands_in_the_worklist_and_is_done_like_any_task(begun: Office, visit: Callable[..., Visitor]) -> None:
    browser = visit("ombudsman")
    assert "look_back" in browser.get("/werklijst").text
    page = browser.get("/taken/1")
    assert page.status_code == 200
    assert "Op eigen initiatief" in page.text
    done = browser.form("/taken/1", {"closing_text": "Gezien."})
    assert done.status_code == 200
    assert "look_back" not in browser.get("/werklijst").text


@pytest.mark.parametrize("tab", TABS)
def test_every_page_of_its_file_opens(begun: Office, visit: Callable[..., Visitor], tab: str) -> None:
    page = visit("ombudsman").get(f"/dossiers/2026-0001{tab}")
    assert page.status_code == 200
    assert "None" not in page.text
    assert "onbekend" not in page.text
    if tab == "/tijdlijn":
        assert "Dossier geopend op eigen initiatief, nummer 2026-0001" in page.text
        assert "Begonnen op het voorziene moment" in page.text


def test_the_film_shows_it(begun: Office, visit: Callable[..., Visitor]) -> None:
    auditor = visit("auditor")
    page = auditor.get("/herbeleven/2026-0001")
    assert page.status_code == 200
    assert "Dossier geopend op eigen initiatief" in page.text


def test_the_history_of_what_ran_without_a_file_is_checked_too(
    sqlite_office: Office, clock: TravellingClock, visit: Callable[..., Visitor]
) -> None:
    publish(sqlite_office, every("R/PT1H") + script("count", "1", "counted") + END + flows("s>count;count>e"))
    clock.advance(timedelta(hours=1))
    assert tick(sqlite_office) == 1
    with sqlite_office.database.reading() as reading:
        assert "instance:1" in {stream for stream, verdict in sqlite_office.log.verify_all(reading) if verdict.ok}
    page = visit("auditor").get("/herbeleven/ketens")
    assert page.status_code == 200
