"""The pages about keeping and destroying: nothing goes at the first click."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.stories.stage import Story
from tests.tasks.test_keeping import closed
from tests.web.conftest import Visitor

LIST = "/bewaring"


def test_what_may_go_is_listed_and_goes_only_when_asked_twice(
    sqlite_office: Office, visit: Callable[..., Visitor], clock: TravellingClock
) -> None:
    number = closed(sqlite_office).case.number
    clock.advance(timedelta(days=3700))
    lies = visit("case_handler")
    oscar = visit("ombudsman")
    assert number in oscar.get(LIST).text
    asked = oscar.form(f"{LIST}/vernietigen", {"number": number}, seen=LIST).text
    assert "1 dossier vernietigen?" in asked
    assert number in oscar.get(LIST).text
    done = oscar.form(f"{LIST}/vernietigen", {"number": number, "sure": "1"}, seen=LIST).text
    assert "1 dossier is vernietigd." in done
    assert "Van geen enkel dossier is de bewaartermijn om." in done
    assert number in oscar.get(f"{LIST}/bewijzen").text
    assert "Dit dossier is vernietigd op" in oscar.get(f"/dossiers/{number}/bewaring").text
    for tab in ("", "/partijen", "/stukken", "/bewijs", "/bemiddeling", "/samen", "/overdracht", "/belangenconflict"):
        main = lies.get(f"/dossiers/{number}{tab}").text.partition("<main")[2]
        assert "Er kan niets meer in gebeuren." in main, tab
        assert "<form" not in main and "/melding/" not in main, tab
    piece = {"files": ("a.txt", b"nog iets", "text/plain")}
    refused = lies.form(f"/dossiers/{number}/stukken", files=piece, seen="/account")
    assert (refused.status_code, "er kan niets meer in gebeuren" in refused.text) == (403, True)
    refused = lies.form(
        f"/dossiers/{number}/melding/summary_wanted", {"summary_wanted_why": "Leerrijk."}, seen="/account"
    )
    assert refused.status_code == 403
    assert oscar.get(f"/dossiers/{number}").status_code == 200
    assert visit("auditor").get(f"/herbeleven/{number}").status_code == 200


def test_a_hold_is_placed_with_a_reason_and_lifted(sqlite_office: Office, visit: Callable[..., Visitor]) -> None:
    number = closed(sqlite_office).case.number
    page = f"/dossiers/{number}/bewaring"
    oscar = visit("ombudsman")
    assert "Wij bewaren dit dossier tot en met" in oscar.get(page).text
    empty = oscar.form(page, {"what": "hold", "reason": ""})
    assert (empty.status_code, "Schrijf waarom u dit doet." in empty.text) == (422, True)
    held = oscar.form(page, {"what": "hold", "reason": "De rechtbank vroeg het op."}).text
    assert "moet bewaard blijven" in held
    assert "De klager vraagt om alles te wissen" not in held
    refused = oscar.form(page, {"what": "erase", "sure": "1"})
    assert (refused.status_code, "Hef eerst de bewaring op." in refused.text) == (409, True)
    lifted = oscar.form(page, {"what": "lift", "hold": "1"}).text
    assert "moet bewaard blijven" not in lifted
    assert oscar.form(page, {"what": "lift", "hold": "geen getal"}).status_code == 422


def test_the_complainants_own_data_are_one_file(sqlite_office: Office, visit: Callable[..., Visitor]) -> None:
    number = closed(sqlite_office).case.number
    answer = visit("ombudsman").get(f"/dossiers/{number}/gegevens")
    assert "lees-mij.txt" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert visit("case_handler").get(f"/dossiers/{number}/gegevens").status_code == 403


def test_an_auditor_reads_and_changes_nothing(sqlite_office: Office, visit: Callable[..., Visitor]) -> None:
    number = Story(sqlite_office).given_a_complaint().case.number
    aude = visit("auditor")
    page = aude.get(f"/dossiers/{number}/bewaring").text
    assert "Dit dossier is nog open." in page
    assert "Bewaar langer" not in page
    assert (
        aude.form(f"/dossiers/{number}/bewaring", {"what": "hold", "reason": "x"}, seen="/account").status_code == 403
    )
