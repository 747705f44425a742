"""A conflict of interest: whoever has one is out of the case everywhere, until the ombudsman lets them in again with a reason."""

import json
from collections.abc import Callable

import pytest

from history.log import Recorded
from identity.people import Actor
from tasks import completion, worklist
from tasks.case_file import case_list
from tasks.errors import PersonCannotTakeUserTask, UserTaskNotFound
from tasks.office import Office
from tasks.treatment import conflicts
from tasks.turn import stream_of
from tests.stories.stage import Story
from tests.web.conftest import Visitor, hire

Visit = Callable[..., Visitor]
WHY = "Mijn zus werkt bij deze dienst."


def events(office: Office, story: Story, *activities: str) -> list[Recorded]:
    with office.database.reading() as reading:
        found = office.log.read(reading, stream_of(story.case_id))
        return [each for each in found if each.activity in activities]


def test_whoever_declares_a_conflict_is_out_of_the_case_everywhere(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file()
    number, task = story.case.number, story.open("choose_approach").id
    lies, noor = visit("case_handler", login="lies"), visit("case_handler", login="noor")
    lies.form(f"/taken/{task}/opnemen", {}, seen=f"/taken/{task}")
    lies.form(
        f"/taken/{task}/concept", {"approach": "mediation", "approach_note": "Even bellen."}, seen=f"/taken/{task}"
    )
    page = f"/dossiers/{number}/belangenconflict"
    empty = lies.form(page, {"reason": ""})
    assert (empty.status_code, "Schrijf waarom u dit doet." in empty.text) == (422, True)
    told = lies.form(page, {"reason": WHY}).text
    assert "Uw belangenconflict is gemeld. Dat dossier ziet u niet meer" in told

    for address in (f"/dossiers/{number}", f"/dossiers/{number}/stukken", f"/taken/{task}", page):
        assert lies.get(address).status_code == 404, address
    for address in (
        "/dossiers",
        "/dossiers?zoek=boete",
        "/dossiers.csv",
        "/werklijst?lijst=all",
        "/werklijst.csv",
        "/",
    ):
        assert number not in lies.get(address).text, address
    assert number in noor.get("/dossiers").text
    assert "Even bellen." not in noor.get(f"/taken/{task}").text, "nobody goes on with the words of who is out"
    assert noor.form(f"/taken/{task}/opnemen", {}, seen=f"/taken/{task}").status_code == 200
    told = noor.get(f"/dossiers/{number}/tijdlijn").text
    assert "Belangenconflict gemeld" in told and "Teruggegeven: Aanpak kiezen" in told
    assert WHY not in noor.get(page).text, "why is for the ombudsman"
    declared = events(sqlite_office, story, "conflict")
    assert [dict(each.personal or {}) for each in declared] == [{"reason": WHY}]
    assert WHY not in json.dumps(dict(declared[0].data))


def test_lists_and_counts_leave_out_what_somebody_must_stay_out_of(office: Office) -> None:
    story, other = Story(office).given_an_opened_file(), Story(office).given_an_opened_file()
    lies = hire(office, "lies", "case_handler")
    barred, oscar = (
        Actor(f"person:{lies}", "Lies", frozenset({"case_handler"})),
        Actor("person:9", "", frozenset({"ombudsman"})),
    )
    with office.database.work() as work:
        conflicts.declare(office, work, oscar, story.case, WHY, lies)
    with office.database.reading() as reading:
        page = worklist.page(reading, barred, worklist.ALL, now=office.clock.now())
        assert ([each.case_id for each in page.items], page.total, page.counts[worklist.ALL]) == ([other.case_id], 1, 1)
        cases = case_list.page(reading, barred, case_list.CaseFilters())
        assert ([each.id for each in cases.items], cases.total) == ([other.case_id], 1)
        assert case_list.found(reading, barred, story.case.number) == []
        assert case_list.page(reading, oscar, case_list.CaseFilters()).total == 2


def test_the_ombudsman_keeps_out_who_worked_on_it_and_lets_them_in_with_a_reason(
    visit: Visit, sqlite_office: Office
) -> None:
    lies = visit("case_handler", login="lies")  # the first who is hired is whom the story's staff acts as
    story, oscar = Story(sqlite_office).given_an_opened_file(), visit("ombudsman", login="oscar")
    page = f"/dossiers/{story.case.number}/belangenconflict"
    assert "Lies (Soort en dringendheid bepalen, Ontvankelijkheid beslissen)" in oscar.get(page).text
    assert WHY in oscar.form(page, {"person_id": "1", "reason": WHY}).text
    assert oscar.form(page, {"person_id": "1", "reason": WHY}).status_code == 409
    assert oscar.form(page, {"person_id": "999", "reason": WHY}).status_code == 422
    assert lies.get(page).status_code == 404
    assert oscar.form(page, {"lift": "1", "reason": "x"}).status_code == 422, "a reason says something"
    assert "Ze werkt daar niet meer." in oscar.form(page, {"lift": "1", "reason": "Ze werkt daar niet meer."}).text
    assert oscar.form(page, {"lift": "1", "reason": WHY}).status_code == 404, "once is enough"
    assert lies.get(page).status_code == 200
    assert lies.form(page, {"lift": "1", "reason": WHY}).status_code == 403
    stands = [each.data["stands"] for each in events(sqlite_office, story, "conflict")]
    assert stands == [True, False]


def test_whoever_takes_in_a_complaint_about_the_office_keeps_the_ombudsman_complained_of_out(
    visit: Visit, sqlite_office: Office
) -> None:
    oscar, ines = visit("ombudsman", login="oscar"), visit("intake_officer", login="ines")
    story = Story(sqlite_office).given_a_complaint()
    page = f"/dossiers/{story.case.number}/belangenconflict"
    assert ines.form(page, {"person_id": "1", "reason": WHY}).status_code == 403, "an ordinary complaint"
    story.completes("assess_intake", matter="about_ombudsman", judged_urgent="nee")
    assert "gaat over onze eigen dienst" in ines.get(f"/dossiers/{story.case.number}").text
    assert WHY not in ines.form(page, {"person_id": "1", "reason": WHY}).text, (
        "what she wrote is the ombudsman's to read"
    )
    assert (oscar.get(page).status_code, visit("ombudsman", login="mia").get(page).status_code) == (404, 200)


def test_a_task_cannot_be_given_to_who_is_out(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file()
    task, lies = story.open("choose_approach"), hire(sqlite_office, "lies", "case_handler")
    oscar, noor = visit("ombudsman", login="oscar"), visit("case_handler", login="noor")
    page = f"/dossiers/{story.case.number}/belangenconflict"
    assert noor.form(page, {"person_id": str(lies), "reason": WHY}).status_code == 403, "only the ombudsman, of others"
    assert "niet in dit dossier" not in oscar.form(page, {"person_id": str(lies), "reason": WHY}).text
    assert "Lies" not in noor.get(f"/taken/{task.id}/doorgeven").text
    actor = Actor("person:99", "Noor", frozenset({"case_handler"}))
    with pytest.raises(PersonCannotTakeUserTask), sqlite_office.database.work() as work:
        completion.delegate(sqlite_office, work, actor, task.id, lies)
    with pytest.raises(UserTaskNotFound), sqlite_office.database.work() as work:
        barred = Actor(f"person:{lies}", "Lies", frozenset({"case_handler"}))
        completion.complete(sqlite_office, work, barred, task.id, {"approach": "mediation"})
