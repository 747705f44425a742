"""The case pages: the file in tabs, documents as attachments, messages that move the diagram, and looks that are recorded."""

import re
from collections.abc import Callable

import pytest

from history import looks
from identity.people import Actor
from tasks.case_file import case_list
from tasks.office import Office
from tests.stories.stage import Story
from tests.web.conftest import Visitor
from tests.web.counting import statements

Visit = Callable[..., Visitor]
TABS = ("", "/partijen", "/grieven", "/brieven", "/stukken", "/termijnen", "/tijdlijn", "/verloop")


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("", ["De app hing", "mies@example.org", "De klager", "Iets melden in dit dossier"]),
        ("/partijen", ["Mies Vandevoorde", "De Lijn"]),
        ("/grieven", ["Grief 1", "nog niet beoordeeld"]),
        ("/brieven", ["wacht op verzending"]),
        ("/stukken", ["Er zijn nog geen stukken"]),
        ("/termijnen", ["Ontvangstmelding aan de klager", "gehaald op", "10 kalenderdagen vanaf"]),
        ("/tijdlijn", ["Klacht ontvangen, dossier", "Afgewerkt: Soort en dringendheid bepalen", "Regel toegepast"]),
        ("/verloop", ["data-active", "decide_admissibility", "De stappen in woorden"]),
    ],
)
def test_each_tab_shows_its_part(visit: Visit, sqlite_office: Office, tab: str, words: list[str]) -> None:
    story = Story(sqlite_office).given_a_complaint()
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    answer = visit("case_handler").get(f"/dossiers/{story.case.number}{tab}")
    assert answer.status_code == 200
    for each in words:
        assert each in answer.text, each


def test_who_may_not_see_cases_is_told_there_is_none(visit: Visit, sqlite_office: Office) -> None:
    number = Story(sqlite_office).given_a_complaint().case.number
    for role in ("admin", "process_manager"):
        someone = visit(role)
        for tab in TABS:
            assert someone.get(f"/dossiers/{number}{tab}").status_code == 404
            assert someone.get(f"/dossiers/2020-9999{tab}").status_code == 404
    assert visit().get(f"/dossiers/{number}", follow_redirects=False).status_code == 303


def test_an_auditor_reads_everything_and_changes_nothing(visit: Visit, sqlite_office: Office) -> None:
    number = Story(sqlite_office).given_a_complaint().case.number
    auditor = visit("auditor")
    for tab in TABS:
        assert auditor.get(f"/dossiers/{number}{tab}").status_code == 200
    assert "Iets melden" not in auditor.get(f"/dossiers/{number}").text
    assert auditor.get(f"/dossiers/{number}/melding/complaint_withdrawn").status_code == 403
    refused = auditor.form(
        f"/dossiers/{number}/stukken", files={"files": ("a.txt", b"tekst")}, seen=f"/dossiers/{number}/stukken"
    )
    assert refused.status_code == 403


def test_every_look_is_recorded_once_in_a_while(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint()
    handler = visit("case_handler")
    letter = story.letters()[0]
    for path in ("", "/tijdlijn", f"/brieven/{letter.id}", ""):
        assert handler.get(f"/dossiers/{story.case.number}{path}").status_code == 200
    with sqlite_office.database.reading() as reading:
        seen = [look.what for look in looks.of(reading, f"case:{story.case_id}")]
    assert sorted(seen) == ["case", f"letter:{letter.id}"]


def test_who_may_not_open_a_task_reads_whose_turn_it_is_without_a_link(visit: Visit, sqlite_office: Office) -> None:
    number = Story(sqlite_office).given_a_complaint().case.number
    assert 'href="/taken/' in visit("case_handler").get(f"/dossiers/{number}").text
    seen = visit("auditor").get(f"/dossiers/{number}").text
    assert "Soort en dringendheid bepalen" in seen or "Ontvankelijkheid beslissen" in seen
    assert 'href="/taken/' not in seen


def test_a_document_leaves_as_an_attachment_only(visit: Visit, sqlite_office: Office) -> None:
    number = Story(sqlite_office).given_a_complaint().case.number
    page = f"/dossiers/{number}/stukken"
    handler = visit("case_handler")
    added = handler.form(page, files={"files": ("../../Brief é.txt", b"Geachte", "text/html")})
    assert "Brief é.txt" in added.text
    assert "Stuk toegevoegd" in handler.get(f"/dossiers/{number}/tijdlijn").text
    file = handler.get(f"{page}/1")
    assert file.content == b"Geachte"
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''Brief%20%C3%A9.txt"
    assert file.headers["content-type"].startswith("text/plain")
    assert file.headers["x-content-type-options"] == "nosniff"


def test_a_document_of_another_case_does_not_exist_here(visit: Visit, sqlite_office: Office) -> None:
    first, second = Story(sqlite_office).given_a_complaint(), Story(sqlite_office).given_a_complaint()
    handler = visit("case_handler")
    handler.form(f"/dossiers/{first.case.number}/stukken", files={"files": ("a.txt", b"tekst")})
    assert handler.get(f"/dossiers/{first.case.number}/stukken/1").status_code == 200
    assert handler.get(f"/dossiers/{second.case.number}/stukken/1").status_code == 404


def test_a_refused_file_says_why_on_the_page(visit: Visit, sqlite_office: Office) -> None:
    page = f"/dossiers/{Story(sqlite_office).given_a_complaint().case.number}/stukken"
    handler = visit("case_handler")
    answer = handler.form(page, files={"files": ("virus.pdf", b"MZ\x90\x00")})
    assert answer.status_code == 422
    assert "is niet wat de naam zegt" in answer.text
    assert "Er is niets toegevoegd. Kies alle bestanden opnieuw." in answer.text
    assert handler.form(page, {}).status_code == 422


def test_a_withdrawal_told_to_staff_closes_the_case(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file()
    handler = visit("case_handler")
    address = f"/dossiers/{story.case.number}/melding/complaint_withdrawn"
    assert "Klacht intrekken" in handler.get(address).text
    answer = handler.form(address, {"withdrawal_reason": "Het is opgelost."})
    assert "Melding: Klacht intrekken" in answer.text
    story.is_closed("ingetrokken")


def test_a_message_nobody_waits_for_is_refused_with_what_was_typed(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_a_complaint()
    handler = visit("case_handler")
    address = f"/dossiers/{story.case.number}/melding/authority_corrected"
    assert handler.get(address).status_code == 409
    answer = handler.form(
        address, {"correction": "De boete is terugbetaald."}, seen=f"/dossiers/{story.case.number}/stukken"
    )
    assert answer.status_code == 409
    assert "De boete is terugbetaald." in answer.text
    assert handler.get(f"/dossiers/{story.case.number}/melding/onzin").status_code == 409


def test_information_asked_of_the_complainant_waits_for_their_answer(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file()
    handler = visit("case_handler")
    address = f"/dossiers/{story.case.number}/melding/information_requested"
    handler.form(address, {"missing": "Stuur ons de boete.", "term_days": "14"})
    assert [task.role for task in story._open()].count("complainant") == 1


def test_the_diagram_of_a_case_is_served_to_those_who_see_the_case(visit: Visit, sqlite_office: Office) -> None:
    number = Story(sqlite_office).given_a_complaint().case.number
    handler = visit("case_handler")
    answer = handler.get(f"/dossiers/{number}/diagram/complaint/1")
    assert answer.headers["content-type"].startswith("application/xml")
    assert b"<definitions" in answer.content
    assert handler.get(f"/dossiers/{number}/diagram/mediation/1").status_code == 404
    assert visit("admin").get(f"/dossiers/{number}/diagram/complaint/1").status_code == 404


def test_cases_are_found_filtered_and_exported_without_formulas(visit: Visit, sqlite_office: Office) -> None:
    Story(sqlite_office).given_a_complaint(subject="=HYPERLINK(1)", complainant_name="Jan Peeters")
    Story(sqlite_office).given_a_complaint(subject="Geheim", complainant_name="Els Geens", name_withheld="ja")
    Story(sqlite_office).given_a_complaint().receives("complaint_withdrawn", role="complainant")
    handler = visit("case_handler")
    assert "1 dossier<" in handler.get("/dossiers?zoek=peeters").text
    closed = handler.get("/dossiers?stand=afgesloten").text
    assert "1 dossier<" in closed and "Filters weg" in closed
    assert "Geen dossier past hierbij" in handler.get("/dossiers?zoek=zzz").text
    table = handler.get("/dossiers.csv").content.decode("utf-8-sig")
    assert "'=HYPERLINK(1)" in table
    assert ";=HYPERLINK" not in table
    assert "Els Geens" not in table
    assert visit("admin").get("/dossiers").status_code == 403


def test_a_case_and_its_task_ask_the_database_little_however_long_the_file(visit: Visit, sqlite_office: Office) -> None:
    story = Story(sqlite_office).given_an_opened_file()
    task = story.open("choose_approach")
    handler = visit("case_handler")
    handler.get(f"/taken/{task.id}")  # the look is recorded, and what is parsed once is parsed
    with statements(sqlite_office.database) as counted:
        assert handler.get(f"/taken/{task.id}").status_code == 200
    assert len(counted.asked) <= 17, "\n".join(counted.asked)
    for tab in TABS:
        handler.get(f"/dossiers/{story.case.number}{tab}")
        with statements(sqlite_office.database) as counted:
            assert handler.get(f"/dossiers/{story.case.number}{tab}").status_code == 200
        assert len(counted.asked) <= 16, f"{tab}\n" + "\n".join(counted.asked)


def test_an_auditor_goes_from_the_case_to_its_replay(visit: Visit, sqlite_office: Office) -> None:
    number = Story(sqlite_office).given_a_complaint().case.number
    assert f'href="/herbeleven/{number}"' in visit("auditor").get(f"/dossiers/{number}").text
    assert "herbeleven" not in visit("case_handler").get(f"/dossiers/{number}").text


def test_every_case_comes_once_in_any_order(visit: Visit, sqlite_office: Office) -> None:
    for subject in ("Bus", "Aanslag", "Bus", "Dak", "Cijns"):
        Story(sqlite_office).given_a_complaint(subject=subject)
    handler = visit("case_handler")
    for sort in ("number", "-number", "subject", "-subject", "authority", "received", "-received", "onzin"):
        found, key = list[str](), ""
        while True:
            page = _page_of_two(sqlite_office, sort, key)
            found += [each.number for each in page.items]
            if page.next_key is None:
                break
            key = page.next_key
        assert sorted(found) == [f"2026-000{n}" for n in range(1, 6)], sort
    first = re.findall(r"data-open>([^<]+)<", handler.get("/dossiers?sorteer=subject").text)
    assert first == ["Aanslag", "Bus", "Bus", "Cijns", "Dak"]


def _page_of_two(office: Office, sort: str, key: str) -> case_list.CasePage:
    reader = Actor("person:1", "", frozenset({"case_handler"}))
    with office.database.reading() as reading:
        return case_list.page(reading, reader, case_list.CaseFilters(), sort=sort, key=key or None, limit=2)
