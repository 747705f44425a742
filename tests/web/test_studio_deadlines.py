"""Terms in the studio: rules with their sources, a new version with what it moves, closing days, and a colleague who carries it out."""

from collections.abc import Callable

import pytest

from tasks.deadlines import deadline_run
from tasks.office import Office
from tests.tasks.test_deadline_plans import WHY, WORKING, asked, shortened
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]
HERE = "/studio/termijnen"
RULE, PLAN = f"{HERE}/regels/service_answer_by", f"{HERE}/wijzigingen/1"


@pytest.fixture
def petra(visit: Visit) -> Visitor:
    return visit("process_manager", login="petra")


@pytest.fixture
def pol(visit: Visit) -> Visitor:
    return visit("process_manager", login="pol")


def test_from_the_list_of_rules_to_dates_that_moved(petra: Visitor, pol: Visitor, sqlite_office: Office) -> None:
    story = asked(sqlite_office)
    listed = petra.get(HERE).text
    assert "Antwoord van de dienst op onze vraag" in listed and "nog na te kijken" in listed
    assert "Er is nog niets veranderd." in listed
    shown = petra.form(RULE, {**WORKING, "reason": WHY}, seen=RULE)
    assert str(shown.url).endswith(PLAN)
    assert story.case.number in shown.text
    assert "ma 19 januari 2026" in shown.text and "vr 23 januari 2026" in shown.text
    assert "U stelde deze wijziging voor" in shown.text
    assert f'<a href="{PLAN}">Termijnen: Antwoord van de dienst op onze vraag</a>' in pol.get("/studio").text

    running = pol.form(f"{PLAN}/doorvoeren", seen=PLAN).text
    assert "0 van 1 dossiers bekeken" in running and "dist/progress.js" in running
    for _ in range(3):
        deadline_run.advance(sqlite_office)
    done = pol.get(PLAN).text
    assert "doorgevoerd" in done and "datum verschoven" in done and "vr 23 januari 2026" in done
    assert "wacht op" not in pol.get(HERE).text
    assert "Wacht op een tweede persoon" not in pol.get("/studio").text
    file = petra.get(RULE).text
    assert file.count("werkdagen") > 1 and "20 kalenderdagen" in file
    assert (
        "staat stil terwijl er een zaak bij de rechter loopt" in file
        and 'name="pauses_for_court_case" value="ja" checked' in file
    )


def test_mistakes_are_told_at_their_fields_and_nothing_typed_is_lost(petra: Visitor) -> None:
    answer = petra.form(RULE, {**WORKING, "value": "heel lang", "reason": WHY}, seen=RULE)
    assert answer.status_code == 422
    assert 'value="heel lang"' in answer.text and WHY in answer.text
    assert '<a href="#value">Schrijf een geheel getal' in answer.text
    year = f"{HERE}/dagen/2027"
    answer = petra.form(year, {"on": "2027-07-21", "name": "Dubbel", "remove": "2026-07-11", "reason": WHY}, seen=year)
    assert answer.status_code == 422
    assert "Die dag is al een feestdag: Nationale feestdag." in answer.text
    assert 'value="2026-07-11" checked' in answer.text
    assert petra.get(f"{HERE}/regels/niets").status_code == 404


def test_closing_days_of_a_year_with_the_public_holidays(petra: Visitor, pol: Visitor, sqlite_office: Office) -> None:
    year = f"{HERE}/dagen/2027"
    page = petra.get(year).text
    assert "zo 11 juli 2027" in page and "elk jaar gesloten" in page and "Paasmaandag" in page
    shown = petra.form(year, {"on": "2027-05-07", "name": "Brugdag", "reason": "Beslist door de directie"}, seen=year)
    assert "Geen enkele datum verschuift" in shown.text and "vr 7 mei 2027: Brugdag" in shown.text
    pol.form(f"{PLAN}/doorvoeren", seen=PLAN)
    deadline_run.advance(sqlite_office)
    assert "Brugdag" in petra.get(year).text and "Brugdag" not in petra.get(f"{HERE}/dagen/2028").text


def test_a_change_is_thrown_away_and_an_auditor_only_looks(visit: Visit, petra: Visitor, sqlite_office: Office) -> None:
    plan_id = shortened(sqlite_office)
    auditor = visit("auditor")
    page = auditor.get(f"{HERE}/wijzigingen/{plan_id}").text
    assert "Alleen een procesbeheerder kan dit." in page and "<form method" not in page.split("<main")[1]
    assert "Een nieuwe versie" not in auditor.get(RULE).text
    gone = petra.form(f"{PLAN}/weggooien", seen=PLAN)
    assert str(gone.url).endswith(HERE)
    assert petra.get(PLAN).status_code == 404
