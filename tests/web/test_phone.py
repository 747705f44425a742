"""Noting a complaint by telephone: one screen, kept, opened once, with earlier cases of the same name."""

import re
from collections.abc import Callable

from sqlalchemy import func, select

from cases.models import Case, ComplaintDraft
from tasks.office import Office
from tests.stories.stage import COMPLAINT, Story
from tests.web.conftest import Visitor, token_of

Visit = Callable[..., Visitor]
CALL: dict[str, object] = {**COMPLAINT, "complaint_channel": "phone", "is_anonymous": "nee"}


def note_of(html: str) -> str:
    found = re.search(r'name="_note" value="([^"]+)"', html)
    assert found
    return found[1]


def count(office: Office, table: type[Case] | type[ComplaintDraft]) -> int:
    with office.database.reading() as reading:
        return reading.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_call_becomes_a_case_with_what_to_tell_the_caller(visit: Visit, sqlite_office: Office) -> None:
    officer = visit("intake_officer")
    page = officer.get("/telefoon").text
    note = {"_csrf": token_of(page), "_note": note_of(page), **CALL}
    officer.post("/telefoon/concept", data=note)
    answer = officer.post("/telefoon", data=note)
    assert answer.url.path == "/telefoon/2026-0001"
    assert "ombudsflow_phone" not in officer.cookies, "the address of the citizen's page follows from it"
    assert "Het nummer van het dossier is 2026-0001" in answer.text
    assert "Nu doen: Soort en dringendheid bepalen" in answer.text
    with sqlite_office.database.reading() as reading:
        case = reading.session.scalars(select(Case)).one()
        assert (case.channel, case.complainant_name) == ("phone", "Mies Vandevoorde")


def test_pressing_twice_opens_one_case(visit: Visit, sqlite_office: Office) -> None:
    officer = visit("intake_officer")
    page = officer.get("/telefoon")
    sent = {"_csrf": token_of(page.text), "_note": note_of(page.text), **CALL}
    assert officer.post("/telefoon", data=sent).url == officer.post("/telefoon", data=sent).url
    assert count(sqlite_office, Case) == 1
    assert count(sqlite_office, ComplaintDraft) == 0


def test_missing_answers_are_named_and_the_rest_is_kept(visit: Visit, sqlite_office: Office) -> None:
    answer = visit("intake_officer").form("/telefoon", {"narrative": "De bus kwam niet.", "complaint_channel": "visit"})
    assert answer.status_code == 422
    assert "De bus kwam niet." in answer.text
    assert 'href="#subject"' in answer.text
    assert count(sqlite_office, Case) == 0


def test_a_note_is_kept_and_found_again(visit: Visit, sqlite_office: Office) -> None:
    officer = visit("intake_officer")
    page = officer.get("/telefoon")
    kept = {"_csrf": token_of(page.text), "_note": note_of(page.text), "narrative": "Belt terug om drie uur."}
    again = officer.post("/telefoon", data={**kept, "_save": "1"})
    assert "Belt terug om drie uur." in again.text
    assert note_of(again.text) == kept["_note"]
    fresh = officer.get("/telefoon").text
    assert "Belt terug" not in fresh
    assert "Ga daarmee verder" in fresh
    assert count(sqlite_office, ComplaintDraft) == 1


def test_earlier_cases_of_the_same_name_show_while_typing(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint()
    officer = visit("intake_officer")
    page = officer.get("/telefoon")
    typed = {
        "_csrf": token_of(page.text),
        "_note": note_of(page.text),
        "complainant_name": "vandevoorde",
        "first_line_contacted": "ja",
    }
    told = officer.post("/telefoon/concept", data=typed, headers={"Accept": "application/json"}).json()
    assert [each["number"] for each in told["same"]] == [story.case.number]
    assert 'name="first_line_on"' in told["fields"]


def test_only_the_front_office_notes_complaints(visit: Visit) -> None:
    for role in ("case_handler", "auditor", "admin"):
        assert visit(role).get("/telefoon").status_code == 403


def test_what_a_caller_is_told_of_a_case_is_for_who_may_see_it(visit: Visit, sqlite_office: Office) -> None:
    number, ines = Story(sqlite_office).given_a_complaint().case.number, visit("intake_officer")
    assert ines.get(f"/telefoon/{number}").status_code == 200
    ines.form(f"/dossiers/{number}/belangenconflict", {"reason": "Mijn zus werkt bij deze dienst."})
    assert ines.get(f"/telefoon/{number}").status_code == 404
