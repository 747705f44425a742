"""PostgreSQL is gone for a while, and comes back: people and programs are told, nothing is lost, and all goes on by itself."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from cases.models import Case
from storage.unit_of_work import DatabaseGone
from tasks.background import clock as ticking
from tasks.background.clock_source import TravellingClock
from tests.faults.conftest import Desk, Server
from tests.load.client import COMPLAINT
from tests.stories.stage import NOT_CONTACTED, Story

GONE = "De databank antwoordt niet. Er is niets half gebeurd; probeer het straks opnieuw."
ANSWERS = {
    "matter": "complaint",
    "judged_urgent": "nee",
    "intake_note": "Een lange nota die niemand opnieuw wil typen.",
}


def cases(desk: Desk) -> int:
    with desk.office.database.reading() as reading:
        return reading.session.scalar(select(func.count()).select_from(Case)) or 0


def test_while_the_database_is_gone_everybody_is_told_and_afterwards_all_goes_on(
    postgresql_desk: Desk, server: Server, clock: TravellingClock
) -> None:
    desk, row = postgresql_desk, postgresql_desk.story.open("assess_intake")
    late = Story(desk.office).given_a_complaint(**NOT_CONTACTED)
    late.completes("assess_intake", matter="complaint", judged_urgent="nee").waits_at("answer_first_line")
    page, key = f"/taken/{row.id}", uuid4().hex
    form = {"_csrf": _token(desk, page), "_version": str(row.version), **ANSWERS}
    server.stop()

    told = [desk.browser.get("/werklijst"), desk.browser.get(page), desk.browser.post(page, data=form)]
    told += [desk.browser.post("/account/wachtwoord", data=form), desk.call("GET", "/worklist")]
    told += [desk.call("POST", "/complaints?form=complaint_by_phone", key=key, json={"answers": COMPLAINT})]
    told += [desk.browser.get("/readyz")]
    assert [(answer.status_code, answer.headers["retry-after"]) for answer in told] == [(503, "5")] * len(told)
    assert all(GONE in answer.text for answer in told)
    assert all(ANSWERS["intake_note"] in answer.text for answer in told[2:4]), "what was typed comes back"
    assert _token_in(told[2].text) == form["_csrf"], "and can be sent again as it is"
    assert told[4].headers["content-type"] == told[5].headers["content-type"] == "application/problem+json"
    assert told[5].json()["title"] == "DatabaseGone"
    assert desk.browser.get("/healthz").status_code == 200
    assert ticking.tick(desk.office) == 0

    server.start()
    assert desk.browser.get("/readyz").status_code == 200, "the lines that died are replaced"
    assert cases(desk) == 2
    assert desk.browser.post(page, data=form, follow_redirects=False).status_code == 303
    opened = [
        desk.call("POST", "/complaints?form=complaint_by_phone", key=key, json={"answers": COMPLAINT}) for _ in range(2)
    ]
    assert [answer.status_code for answer in opened] == [201, 201]
    assert cases(desk) == 3
    clock.advance(timedelta(days=50))
    assert ticking.tick(desk.office) > 0
    assert late.open("return_offer")


def test_a_turn_that_is_cut_in_the_middle_leaves_nothing_behind(postgresql_desk: Desk, server: Server) -> None:
    desk, before = postgresql_desk, cases(postgresql_desk)
    with pytest.raises(DatabaseGone), desk.office.database.work() as work:
        work.session.execute(select(Case).with_for_update())
        server.stop()
        work.session.execute(select(func.count()).select_from(Case))
    server.start()
    assert cases(desk) == before
    desk.story.completes("assess_intake", matter="complaint", judged_urgent="nee")


def _token(desk: Desk, page: str) -> str:
    return _token_in(desk.browser.get(page).text)


def _token_in(text: str) -> str:
    return text.split('name="_csrf" value="')[1].split('"')[0]
