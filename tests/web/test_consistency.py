"""Like cases that ended differently stand beside each other, with why; what a handler says about it is kept in both."""

from collections.abc import Callable
from typing import Any

from history import looks
from tasks.office import Office
from tests.stories.stage import Story
from tests.stories.test_life import FOUNDED
from tests.web.conftest import Visitor

PAGE = "/vergelijken"


def assessed(office: Office, finding: str, norms: list[str], **answers: Any) -> Story:
    story = Story(office).given_an_opened_file(**answers).goes_straight_to_assessment()
    return story.completes(
        "assess", **FOUNDED | {"grievances": [{"finding": finding, "remedy": "geen", "norms": norms}]}
    )


def test_like_cases_with_another_finding_are_shown_until_somebody_says_why(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    handler = visit("case_handler")
    assert "Geen verschil dat nog niet uitgelegd is." in handler.get(PAGE).text
    one, two = (assessed(sqlite_office, *found).case.number for found in (("gegrond", ["11"]), ("ongegrond", [])))
    same = assessed(sqlite_office, "gegrond", ["11"]).case.number
    other_story = {
        "narrative": "Mijn kind kreeg geen plaats op school.",
        "subject": "School",
        "desired_outcome": "Plaats",
    }
    elsewhere = assessed(sqlite_office, "ongegrond", [], **other_story).case.number
    page = handler.get(PAGE).text
    assert "2 paren zonder uitleg" in page
    assert "zelfde dienst, 100 % van de woorden gemeenschappelijk" in page
    assert elsewhere not in page
    beside = handler.get(f"{PAGE}/{one}").text
    assert (f'id="met-{two}"' in beside, f'id="met-{same}"' in beside) == (True, False)
    with sqlite_office.database.reading() as reading:
        assert [[each.what for each in looks.of(reading, f"case:{n}")] for n in (1, 2, 3)] == [
            ["comparison"],
            ["comparison"],
            [],
        ]
    empty = handler.form(f"{PAGE}/{one}", {"other": two, "reason": " "})
    assert (empty.status_code, 'id="reason-1-error"' in empty.text) == (422, True)
    told = handler.form(f"{PAGE}/{one}", {"other": two, "reason": "In het tweede dossier was de app wel hersteld."})
    assert "In het tweede dossier was de app wel hersteld." in told.text
    assert "1 paar zonder uitleg" in handler.get(PAGE).text
    assert "2026-0001" in handler.get(f"{PAGE}?alles=1").text
    assert f"Vergeleken met dossier {one}" in handler.get(f"/dossiers/{two}/tijdlijn").text
    assert handler.form(f"{PAGE}/{one}", {"other": "1999-0001", "reason": "Anders."}).status_code == 404
