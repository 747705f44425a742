"""The page of cases that belong together: what looks alike is suggested with the reason, many are joined, told and taken out at once."""

from collections.abc import Callable
from datetime import timedelta

from cases.related import MERGED, following
from tasks.background.clock_source import TravellingClock
from tasks.joined import bulk
from tasks.office import Office
from tests.stories.stage import Story
from tests.stories.test_together import leading_with
from tests.web.conftest import Visitor


def test_whoever_complained_twice_is_suggested_with_the_reason_and_merged_by_a_person(
    sqlite_office: Office, visit: Callable[..., Visitor], clock: TravellingClock
) -> None:
    first = Story(sqlite_office).given_a_complaint()
    Story(sqlite_office).given_a_complaint(complainant_name="Iemand Anders", email="anders@example.be")
    clock.advance(timedelta(days=3))
    again = Story(sqlite_office).given_a_complaint(narrative="De app van De Lijn hing en ik kreeg toch een boete.")
    hilde = visit("case_handler")
    page = f"/dossiers/{again.case.number}/samen"
    shown = hilde.get(page).text
    assert "zelfde e-mailadres, zelfde dienst" in shown
    assert f"Ja, samenvoegen met {first.case.number}" in shown
    assert "Ja, samenvoegen met" not in visit("intake_officer").get(page).text
    done = hilde.form(f"{page}/dubbel", {"into": first.case.number}, seen=page).text
    assert "Dit is dezelfde klacht als" in done
    assert "melding/merge_undone" in done
    again.is_closed("samengevoegd")
    other = hilde.get(f"/dossiers/{first.case.number}/samen").text
    assert "Zelfde klacht, hier samengevoegd" in other
    assert f"/dossiers/{again.case.number}/stukken" in other
    told = hilde.get(f"/dossiers/{first.case.number}/tijdlijn").text
    assert f"Dossier {again.case.number} is dezelfde klacht: hier samengevoegd" in told
    with sqlite_office.database.reading() as reading:
        assert len(reading.session.execute(following(first.case_id, MERGED)).all()) == 1


def test_many_are_joined_told_in_their_own_language_and_taken_out(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    leading, followers = leading_with(sqlite_office, 5)
    hilde, page = visit("case_handler"), f"/dossiers/{leading.case.number}/samen"
    assert "Gaan misschien over hetzelfde" in hilde.get(page).text
    unknown = hilde.form(f"{page}/voegen", {"numbers": "1999-0001"}, seen=page)
    assert (unknown.status_code, "Deze nummers kennen wij niet: 1999-0001." in unknown.text) == (422, True)
    assert hilde.form(f"{page}/voegen", {}, seen=page).status_code == 422
    found = hilde.get(f"{page}?zoek=boete").text
    assert "5 dossiers passen hierbij." in found
    hilde.form(f"{page}/voegen", {"all": "1", "words": "boete"}, seen=page)
    busy = hilde.form(f"{page}/voegen", {"numbers": followers[0].case.number}, seen=page)
    assert (busy.status_code, "is nog onderweg" in busy.text) == (409, True)
    assert bulk.advance(sqlite_office) == 5
    joined = hilde.get(page).text
    assert "5 gevoegde dossiers, 5 wachten" in joined
    assert "klaar, 5 van 5 dossiers." in joined

    half = hilde.form(f"{page}/bericht", {"told_nl": "Nieuws.", "told_fr": "Nouvelles."}, seen=page)
    assert (half.status_code, "Vul de tekst in het Duits in." in half.text) == (422, True)
    assert "Nouvelles." in half.text, "what was typed is kept"
    texts = {f"told_{name}": f"Nieuws {name}." for name in ("nl", "fr", "de", "en")}
    asked = hilde.form(f"{page}/bericht", texts, seen=page).text
    assert "Dit bericht vertrekt naar 5 klagers." in asked
    assert ">Nieuws de.</textarea>" in asked
    assert bulk.advance(sqlite_office) == 0
    hilde.form(f"{page}/bericht", {**texts, "sure": "1"}, seen=page)
    bulk.advance(sqlite_office)
    assert "Nieuws de." in followers[2].letters()[-1].body
    without = hilde.form(f"{page}/apart", {"number": followers[0].case.number}, seen=page)
    assert without.status_code == 422, "a reason is asked"
    hilde.form(f"{page}/apart", {"number": followers[0].case.number, "apart_reason": "Anders."}, seen=page)
    bulk.advance(sqlite_office)
    followers[0].waits_at("request_information")
    assert "4 gevoegde dossiers, 4 wachten" in hilde.get(page).text
    verdict = f"/dossiers/{followers[1].case.number}/melding/joined_decided"
    assert 'name="grievances-0-grievance" value="1"' in hilde.get(verdict).text
    another = {"grievances-0-row": "1", "grievances-0-grievance": "1", "assessment_text": "Nee.", "_add": "grievances"}
    more = hilde.form(verdict, another).text
    assert (more.count('class="row"'), "Nee.</textarea>" in more) == (2, True), "a row more, and nothing is decided"
    follower = hilde.get(f"/dossiers/{followers[1].case.number}/samen").text
    assert "het wacht op de uitkomst van" in follower
    assert (
        f"Gevoegd bij dossier {leading.case.number}" in hilde.get(f"/dossiers/{followers[1].case.number}/tijdlijn").text
    )
    told = hilde.get(f"/dossiers/{leading.case.number}/tijdlijn").text
    assert "Aan 5 dossiers gevraagd: Klachten voegen" in told
    assert "Klachten voegen: 5 dossiers klaar" in told


def test_a_case_by_itself_says_so_to_who_only_reads(sqlite_office: Office, visit: Callable[..., Visitor]) -> None:
    number = Story(sqlite_office).given_a_complaint().case.number
    assert "Dit dossier staat op zichzelf." in visit("auditor").get(f"/dossiers/{number}/samen").text
