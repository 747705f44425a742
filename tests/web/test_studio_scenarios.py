"""Scenario tests in the studio: seen, added, changed, removed, run on one's working copy, and in the way of a wrong table."""

import re
from collections.abc import Callable

import pytest

from tasks.office import Office
from tasks.studio import decision_scenarios
from tests.stories.stage import Story
from tests.web.conftest import Visitor
from tests.web.test_studio import edit, in_use

Visit = Callable[..., Visitor]
URGENCY = "/studio/beslissingen/urgency"
HERE = f"{URGENCY}/proefgevallen"


@pytest.fixture
def petra(visit: Visit) -> Visitor:
    return visit("process_manager", login="petra")


@pytest.fixture
def pol(visit: Visit) -> Visitor:
    return visit("process_manager", login="pol")


def kept(office: Office, key: str = "urgency") -> decision_scenarios.Kept:
    with office.database.reading() as reading:
        return decision_scenarios.of(reading, key)


def test_the_page_says_which_cases_hold_and_lights_the_row(petra: Visitor) -> None:
    page = petra.get(HERE).text
    assert "3 van 3 kloppen" in page
    assert "Getest op versie 1" in page
    one = petra.get(f"{HERE}?geval=1").text
    assert '<tr class="lit"><th scope="row">1<span class="visually-hidden"> (deze rij paste)' in one
    assert '<label for="in.judged_urgent">Oordeel van het onthaal</label>' in one
    assert 'name="in.judged_urgent" value="ja"' in one
    assert "Proefgevallen" in petra.get(URGENCY).text


def test_a_process_manager_adds_changes_and_removes_a_case(petra: Visitor, sqlite_office: Office) -> None:
    fields = {"revision": "1", "name": "Misschien", "in.judged_urgent": "misschien", "answer": "false"}
    added = petra.form(HERE, {**fields, "rows": "2", "action": "save"})
    assert "4 van 4 kloppen" in added.text
    last = kept(sqlite_office).file.scenarios[-1]
    assert (last.name, dict(last.inputs), last.expected, last.rows) == (
        "Misschien",
        {"judged_urgent": "misschien"},
        False,
        (2,),
    )
    changed = petra.form(HERE, {**fields, "was": "Misschien", "revision": "2", "answer": "true"})
    assert "3 van 4 kloppen" in changed.text
    assert "verwacht true, kreeg false" in changed.text
    removed = petra.form(HERE, {"was": "Misschien", "revision": "3", "action": "remove"})
    assert "3 van 3 kloppen" in removed.text
    assert "geen enkel proefgeval" not in removed.text
    first = kept(sqlite_office).file.scenarios[0].name
    without_first = petra.form(HERE, {"was": first, "revision": "4", "action": "remove"})
    assert "geen enkel proefgeval gebruikt rij 1." in without_first.text


def test_several_answers_have_a_field_each(petra: Visitor, sqlite_office: Office) -> None:
    there = "/studio/beslissingen/first_line_gate/proefgevallen"
    page = petra.get(f"{there}?geval=3").text
    assert 'name="out.gate" value="bypassed"' in page
    assert 'name="in.facts_on" value="2026-01-09"' in page
    fields = {"revision": "1", "name": "Niets gekend", "action": "save"}
    told = {"out.gate": "not_passed", "out.reason": "termijn_loopt_nog", "out.transfer": "none"}
    assert "12 van 12 kloppen" in petra.form(there, {**fields, **told}).text


def test_they_are_tried_on_the_working_copy_and_stop_publishing(petra: Visitor, sqlite_office: Office) -> None:
    wrong = in_use(sqlite_office, "decision", "urgency").replace("<text>false</text>", "<text>true</text>")
    page = edit(petra, URGENCY, wrong, action="publish")
    assert (
        "Proefgeval &#39;Het onthaal vindt het niet dringend&#39; klopt niet: verwacht false, kreeg true." in page.text
    )
    tried = petra.get(HERE).text
    assert ("Getest op uw werkkopie" in tried, "1 van 3 kloppen" in tried) == (True, True)
    refused = petra.form(f"{URGENCY}/publiceren")
    assert refused.status_code == 422
    assert "klopt niet" in refused.text


def test_a_table_changed_by_one_tried_and_taken_into_use_by_another_decides_and_says_which_version(
    petra: Visitor, pol: Visitor, visit: Visit, sqlite_office: Office
) -> None:
    wider = in_use(sqlite_office, "decision", "urgency").replace('<text>"ja"</text>', '<text>"ja", "zeker"</text>')
    page = edit(petra, URGENCY, wider, action="publish")
    told = {"name": "Zeker", "in.judged_urgent": "zeker", "answer": "true", "rows": "1"}
    tried = petra.form(HERE, {**told, "revision": "1", "action": "save"}).text
    assert "4 van 4 kloppen" in tried and f'href="{URGENCY}/publiceren"' in tried
    assert "&#34;ja&#34;, &#34;zeker&#34;" in page.text
    petra.form(f"{URGENCY}/publiceren")
    there = f"{URGENCY}/versies/2"
    assert f'href="{HERE}"' in pol.get(there).text, "who takes it into use can see what was tried"
    pol.form(f"{there}/activeren", seen=there)

    story = Story(sqlite_office).given_a_complaint()
    story.completes("assess_intake", matter="complaint", judged_urgent="ja")
    timeline = visit("case_handler").get(f"/dossiers/{story.case.number}/tijdlijn").text
    assert "versie 2, rij 1: Dienstnorm" in timeline.partition("Regel toegepast: Dringendheid")[2]
    auditor, film = visit("auditor"), f"/herbeleven/{story.case.number}"
    step = re.search(rf'"({film}/\d+)">Beslissing: Dringendheid bepalen<', auditor.get(film).text)
    assert step is not None
    assert "Beslissing: Dringendheid (versie 2)" in auditor.get(step[1]).text


def test_what_is_typed_stays_when_it_is_refused(petra: Visitor, sqlite_office: Office) -> None:
    fields = {
        "revision": "1",
        "name": "Half",
        "in.judged_urgent": "ja",
        "answer": "true",
        "action": "save",
    }
    refused = petra.form(HERE, {**fields, "rows": "twee"})
    assert (refused.status_code, "Schrijf rijnummers met een komma" in refused.text) == (422, True)
    assert 'value="Half"' in refused.text and 'value="twee"' in refused.text
    stale = petra.form(HERE, {**fields, "revision": "0"})
    assert (stale.status_code, "Iemand veranderde intussen" in stale.text) == (409, True)
    double = petra.form(HERE, {**fields, "name": "Het onthaal zei niets"})
    assert (double.status_code, "eigen naam" in double.text) == (422, True)
    assert kept(sqlite_office).revision == 1


def test_what_a_colleague_removed_meanwhile_shifts_nobodys_change_to_another_case(
    petra: Visitor, pol: Visitor, sqlite_office: Office
) -> None:
    first, second, third = (each.name for each in kept(sqlite_office).file.scenarios)
    pol.form(HERE, {"was": first, "revision": "1", "action": "remove"})
    mine = {"was": second, "name": "Van Petra", "answer": "false", "action": "save"}
    stale = petra.form(HERE, {**mine, "revision": "1"})
    assert (stale.status_code, f'name="was" value="{second}"' in stale.text) == (409, True)
    petra.form(HERE, {**mine, "revision": "2"})
    assert [each.name for each in kept(sqlite_office).file.scenarios] == ["Van Petra", third]
    pol.form(HERE, {"was": "Van Petra", "revision": "3", "action": "remove"})
    gone = petra.form(HERE, {**mine, "was": "Van Petra", "revision": "3"})
    assert (gone.status_code, "verwijderde intussen dit proefgeval" in gone.text) == (409, True)
    assert 'name="was" value=""' in gone.text and 'value="Van Petra"' in gone.text, "to be kept anew, or left"


def test_cases_come_and_go_as_a_file(petra: Visitor, sqlite_office: Office) -> None:
    content = petra.get(f"{HERE}/bestand").content
    assert content == kept(sqlite_office).file.as_bytes()
    one = b'{"decision": "urgency", "scenarios": [{"name": "Een", "inputs": {}, "expected": false}]}'
    there = f"{HERE}/opladen"
    page = petra.form(there, {"revision": "1"}, seen=HERE, files={"file": ("urgency.json", one, "application/json")})
    assert "1 van 1 kloppen" in page.text
    other = one.replace(b"urgency", b"competence")
    refused = petra.form(there, {"revision": "2"}, seen=HERE, files={"file": ("x.json", other, "application/json")})
    assert (refused.status_code, "zijn van &#39;competence&#39;" in refused.text) == (422, True)


def test_an_auditor_reads_and_a_handler_does_not_come_in(visit: Visit) -> None:
    auditor = visit("auditor")
    page = auditor.get(HERE)
    assert (page.status_code, "Nieuw proefgeval" in page.text) == (200, False)
    assert auditor.form(HERE, {"revision": "1", "name": "x", "action": "save"}, seen=HERE).status_code == 403
    assert visit("case_handler").get(HERE).status_code == 403


def test_what_the_table_checks_find_stands_in_the_cell_before_publishing(petra: Visitor, sqlite_office: Office) -> None:
    table = in_use(sqlite_office, "decision", "urgency").replace('hitPolicy="FIRST"', 'hitPolicy="UNIQUE"')
    page = edit(petra, URGENCY, table, action="publish").text
    assert 'class="marked">ja<span' not in page
    assert '<th scope="row" class="marked">2<span class="cell-finding">Rij 1 en rij 2 passen allebei als' in page
    gap = in_use(sqlite_office, "decision", "urgency").replace("<text>-</text>", '<text>"nee"</text>')
    page = edit(petra, URGENCY, gap, action="publish", revision=1).text
    assert '<p class="note warn">Geen enkele rij past als Oordeel van het onthaal een andere tekst is.' in page
