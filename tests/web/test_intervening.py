"""The ombudsman steps in on a case by hand: leaves a step out, does one again; told twice, with a reason, and seen on the diagram."""

import re
from collections.abc import Callable

from tasks.office import Office
from tests.stories.stage import Story
from tests.stories.test_life import FOUNDED
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]
WHY = "De beslissing rustte op een verkeerd stuk."


def test_a_step_is_done_again_at_the_second_click_and_the_diagram_shows_why(
    visit: Visit, sqlite_office: Office
) -> None:
    story = Story(sqlite_office).given_a_complaint().completes("assess_intake", matter="complaint", judged_urgent="nee")
    number, token = story.case.number, story.open("decide_admissibility").token_id
    page, oscar = f"/dossiers/{number}/ingrijpen", visit("ombudsman", login="oscar")
    given = {"token": token, "way": "opnieuw", "target": "assess_intake", "reason": WHY}
    assert oscar.form(page, {**given, "reason": ""}).status_code == 422
    unknown = oscar.form(page, {**given, "target": "close_case"})
    assert (unknown.status_code, "Kies de stap die begint." in unknown.text) == (422, True), "it was never done"
    asked = oscar.form(page, given).text
    for words in ("Dit zal er gebeuren", "Ontvankelijkheid beslissen", "Soort en dringendheid bepalen", WHY):
        assert words in asked
    story.waits_at("decide_admissibility")
    done = oscar.form(page, {**given, "sure": "1"}).text
    story.waits_at("assess_intake")
    assert 'data-moved="' in done and "assess_intake" in done.partition('data-moved="')[2].partition('"')[0]
    assert f"met de hand begonnen, Oscar. Reden: {WHY}" in done
    assert f"Reden: {WHY}" in oscar.get(f"/dossiers/{number}/tijdlijn").text
    film = visit("auditor").get(f"/herbeleven/{number}").text
    last = max(map(int, re.findall(rf"/herbeleven/{number}/(\d+)", film)))
    assert (
        "met de hand begonnen of beëindigd" in visit("auditor", login="aude").get(f"/herbeleven/{number}/{last}").text
    )
    assert story.status.now == "Wij kijken na waarover uw klacht gaat"
    assert oscar.form(page, {**given, "sure": "1"}).status_code == 422, "it does not stand there any more"
    story.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("decide_admissibility")


def test_a_step_is_left_out_by_who_may(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file().goes_straight_to_assessment().completes("assess", **FOUNDED)
    page = f"/dossiers/{story.case.number}/ingrijpen"
    given = {"token": story.open("close_case").token_id, "way": "overslaan", "reason": WHY}
    for role, status in (("case_handler", 403), ("auditor", 403), ("process_manager", 404)):
        assert visit(role).form(page, {**given, "sure": "1"}, seen="/account").status_code == status, role
    oscar = visit("ombudsman", login="oscar")
    assert oscar.form(page, {**given, "sure": "1"}).status_code == 200
    story.is_closed("afgehandeld").sent("L18S")
