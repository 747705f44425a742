"""The pages of a transfer: looked at before it is kept, opened once, sent with its ground, acknowledged."""

import io
from collections.abc import Callable
from pathlib import Path

from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.conftest import _office, _sqlite_copy
from tests.stories.stage import Story
from tests.stories.test_transfer import know_each_other, sent, with_a_paper
from tests.web.conftest import Visitor, token_of


def test_a_file_is_looked_at_first_and_opened_when_it_is_the_same(
    sqlite_office: Office,
    visit: Callable[..., Visitor],
    sqlite_office_template: Path,
    tmp_path: Path,
    clock: TravellingClock,
) -> None:
    (tmp_path / "other").mkdir()
    with _sqlite_copy(sqlite_office_template, tmp_path / "other") as database:
        other = _office(database, tmp_path / "other", clock)
        file = sent(other, with_a_paper(other)).getvalue()
        ines, page = visit("intake_officer"), "/overdracht"

        def post(address: str, **fields: str) -> str:
            given = {"_csrf": token_of(ines.get(page).text), **fields}
            return ines.post(address, data=given, files={"package": ("a.zip", io.BytesIO(file))}).text

        assert "Dit kantoor kennen wij niet." in post(f"{page}/bekijken")
        know_each_other(sqlite_office, other)
        shown = post(f"{page}/bekijken")
        assert "Er is nog niets bewaard." in shown
        assert "Ik kreeg een boete van 107 euro." in shown
        assert "Dit is niet het bestand dat u net bekeek." in post(f"{page}/openen", digest="0")
        digest = shown.partition('name="digest" value="')[2].partition('"')[0]
        opened = post(f"{page}/openen", digest=digest)
        assert "Gekomen van Ombudsdienst van de stad" in opened
        assert "Dit pakket namen wij al aan." in post(f"{page}/bekijken")
    receipt = ines.get("/dossiers/2026-0001/overdracht/ontvangstbewijs")
    assert receipt.headers["content-disposition"].endswith("ontvangstbewijs-2026-0001.json")


def test_a_case_leaves_as_a_file_with_its_ground_and_that_is_noted(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    story = with_a_paper(sqlite_office)
    hilde, page = visit("case_handler"), f"/dossiers/{story.case.number}/overdracht"
    incomplete = hilde.form(page, {"to": "De stad"})
    assert (incomplete.status_code, 'value="De stad"' in incomplete.text) == (422, True)
    answers = {"to": "De stad", "ground": "consent", "basis": "Zie zijn mail van maandag.", "document": "1"}
    file = hilde.form(page, answers)
    assert (file.headers["content-type"], file.content[:2]) == ("application/zip", b"PK")
    assert "Doorgegeven aan De stad" in hilde.get(page).text
    assert "Grond: Zie zijn mail van maandag." in hilde.get(f"/dossiers/{story.case.number}/tijdlijn").text
    token = token_of(hilde.get(page).text)
    wrong = hilde.post(
        f"{page}/ontvangstbewijs", data={"_csrf": token}, files={"receipt": ("b.json", io.BytesIO(b"{}"))}
    )
    assert wrong.status_code == 422
    assert hilde.get(f"{page}/ontvangstbewijs").status_code == 404


def test_only_the_ombudsman_says_whom_we_trust(sqlite_office: Office, visit: Callable[..., Visitor]) -> None:
    Story(sqlite_office).given_a_complaint()
    oscar, key = visit("ombudsman"), visit().get("/overdracht/sleutel").text.splitlines()[1]
    refused = oscar.form("/overdracht/kantoren", {"name": "De stad", "public_key": "geen"}, seen="/overdracht")
    assert refused.status_code == 422
    known = oscar.form("/overdracht/kantoren", {"name": "De stad", "public_key": key}, seen="/overdracht").text
    assert "<strong>De stad</strong>" in known
    gone = oscar.form("/overdracht/kantoren", {"remove": "1"}, seen="/overdracht").text
    assert "Wij kennen nog geen enkel kantoor." in gone
    assert visit("case_handler").form("/overdracht/kantoren", {"remove": "1"}, seen="/overdracht").status_code == 403
