"""Like cases that ended differently stand beside each other, with why; what a handler says about it is kept in both."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cases.models import Case, Grievance
from history import looks
from tasks.office import Office
from tasks.reporting import consistency
from tests.stories.stage import Story, person
from tests.stories.test_life import FOUNDED
from tests.web.conftest import Visitor
from tests.web.counting import statements

PAGE = "/vergelijken"
HAMID = person("case_handler")


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


def many(office: Office, count: int) -> None:
    """Assessed cases about one service and one theme with much the same words, of which every fiftieth ended differently."""
    with office.database.work() as work:
        for number in range(1, count + 1):
            work.session.add(
                Case(
                    id=number,
                    number=f"2025-{number:04}",
                    channel="web",
                    subject="De bus",
                    received_at=office.clock.now() + timedelta(hours=number - count),
                    secret_hash=str(number),
                    authority_key="de_lijn",
                    authority_name="De Lijn",
                    search_text=f"bus reed niet door straat kenmerk{number}",
                    assessed_theme="openbaar_vervoer",
                )
            )
        work.session.flush()
        for number in range(1, count + 1):
            finding = "gegrond" if number % 50 == 0 else "ongegrond"
            work.session.add(Grievance(case_id=number, number=1, finding=finding, norms=[]))


def test_every_assessed_case_comes_by_and_a_page_asks_no_more_of_the_database_when_there_are_more(
    sqlite_office: Office,
) -> None:
    many(sqlite_office, 300)
    seen: list[str] = []
    sent: list[int] = []
    after = 0
    while True:
        with statements(sqlite_office.database) as counted, sqlite_office.database.reading() as reading:
            page = consistency.page(sqlite_office, reading, HAMID, is_open=True, after=after)
        seen += [pair.one.number for pair in page.pairs]
        sent.append(len(counted.asked))
        after = page.next
        if not after:
            break
    # The first 49 have nothing of another finding before them, the next 49 one case, the others two or more; three at most are shown.
    assert (len(set(seen)), len(seen)) == (300 - 49, 49 + 196 * 2 + 6 * 3)
    assert max(sent) == 6
