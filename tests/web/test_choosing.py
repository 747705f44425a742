"""Choosing a next step on the pages: on the case, in the worklist, without a script."""

import re
from collections.abc import Callable

from tasks.office import Office
from tests.tasks.investigating import ad_hoc, doing, given, investigation
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]
CASE = "/dossiers/2026-0001"


def form_of(html: str) -> tuple[str, dict[str, str]]:
    """Where the form of the choice goes, and what it carries besides the steps."""
    found = re.search(rf'action="({CASE}/kiezen/\d+)".*?name="version" value="(\d+)"', html, re.DOTALL)
    assert found, html
    return found[1], {"version": found[2]}


def test_a_case_handler_chooses_on_the_case(visit: Visit, sqlite_office: Office) -> None:
    case = given(sqlite_office, investigation(ad_hoc()))
    handler = visit("case_handler")
    assert (
        f'<a href="{CASE}"><span class="number">2026-0001</span> Onderzoeksdaden</a>' in handler.get("/werklijst").text
    )
    assert "Hierboven kunt u wel een volgende stap kiezen" in handler.get("/werklijst").text
    page = handler.get(CASE).text
    for words in ("Kies een volgende stap", "Onderzoeksdaden", "Ter plaatse gaan kijken", "Begin deze stappen"):
        assert words in page, words
    address, sent = form_of(page)
    after = handler.form(address, {**sent, "step": ["visit_site", "hear_witness"]}, seen=CASE)
    assert (after.status_code, after.url.path) == (200, CASE)
    assert after.text.count("loopt nu") == 2
    assert doing(sqlite_office, case) == ["visit_site", "hear_witness"]
    course = handler.get(f"{CASE}/verloop").text
    assert 'data-active="investigate,visit_site,hear_witness" data-waiting=""' in course
    assert "Volgende stap gekozen: Ter plaatse gaan kijken, Een getuige horen" in handler.get(f"{CASE}/tijdlijn").text
    twice = handler.form(address, {**sent, "step": "hear_witness"}, seen=CASE)
    assert twice.status_code == 409
    assert "Dit dossier ging ondertussen verder" in twice.text
    assert re.search(r'value="hear_witness" checked', twice.text), "what was chosen stays chosen"
    assert doing(sqlite_office, case) == ["visit_site", "hear_witness"]


def test_nothing_chosen_is_told_and_nothing_begins(visit: Visit, sqlite_office: Office) -> None:
    case = given(sqlite_office, investigation(ad_hoc()))
    handler = visit("case_handler")
    address, sent = form_of(handler.get(CASE).text)
    refused = handler.form(address, sent, seen=CASE)
    assert refused.status_code == 422
    assert "Kies minstens één stap." in refused.text
    assert handler.form(address, {**sent, "step": "x" * 5000}, seen=CASE).status_code == 422
    assert handler.form(f"{CASE}/kiezen/{2**70}", sent, seen=CASE).status_code in (404, 409, 422)
    assert doing(sqlite_office, case) == []


def test_whose_choice_it_is_not_reads_whose_it_is(visit: Visit, sqlite_office: Office) -> None:
    given(sqlite_office, investigation(ad_hoc(), role="ombudsman"))
    page = visit("case_handler").get(CASE).text
    assert "Deze keuze is aan de ombudsman." in page
    assert "Begin deze stappen" not in page
    assert "Onderzoeksdaden" not in visit("mediator").get("/werklijst").text
    assert "Begin deze stappen" in visit("ombudsman").get(CASE).text
    assert "Begin deze stappen" not in visit("auditor").get(CASE).text
