"""Mending a process on its page: everything that can be done there, what is refused keeps what was typed, and who sees what."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from engine.models import Incident, ProcessInstance
from tasks.office import Office
from tasks.operating import mending
from tests.stories.stage import Story
from tests.tasks.test_mending import MANAGER, WHY, stuck
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]


@pytest.fixture
def story(sqlite_office: Office) -> Story:
    return Story(sqlite_office).given_a_complaint()


def process_of(story: Story) -> str:
    with story.office.database.reading() as reading:
        query = select(ProcessInstance.id).where(ProcessInstance.case_id == story.case_id)
        return f"/beheer/processen/{reading.session.scalars(query).one()}"


def test_the_page_tells_where_the_process_is_and_nothing_of_the_file(visit: Visit, story: Story) -> None:
    page = visit("process_manager").get(process_of(story)).text
    for words in (
        "Waar het staat",
        story.open("assess_intake").name,
        story.case.number,
        "received_on",
        "date(&#34;2026-01-05&#34;)",
    ):
        assert words in page, words
    for words in ("Mies", "De app hing", "mies@example.org"):
        assert words not in page
    assert f"/dossiers/{story.case.number}" not in page.replace("data-diagram-url", ""), "who sees no case gets no link"


def test_the_ombudsman_comes_from_the_case_and_goes_back(visit: Visit, story: Story) -> None:
    ombudsman = visit("ombudsman")
    course = ombudsman.get(f"/dossiers/{story.case.number}/verloop").text
    link = re.search(r'href="(/beheer/processen\?nummer=[^"]+)"', course)
    assert link
    listed = ombudsman.get(link[1]).text
    assert process_of(story) in listed
    assert f'href="/dossiers/{story.case.number}/verloop"' in ombudsman.get(process_of(story)).text
    assert "processen?nummer" not in visit("case_handler").get(f"/dossiers/{story.case.number}/verloop").text


def test_suspend_resume_and_end(visit: Visit, story: Story) -> None:
    manager, address = visit("process_manager"), process_of(story)
    said: dict[str, object] = {"reason": WHY}
    without = manager.form(f"{address}/opschorten", {"reason": ""}, seen=address)
    assert (without.status_code, "Schrijf waarom u dit doet" in without.text) == (422, True)
    assert "Het proces is opgeschort." in manager.form(f"{address}/opschorten", said, seen=address).text
    again = manager.form(f"{address}/opschorten", said, seen=address)
    assert (again.status_code, f'value="{WHY}"' in again.text) == (409, True)
    task = story.open("assess_intake")
    answer: dict[str, object] = {"matter": "complaint", "judged_urgent": "nee"}
    refused = visit("intake_officer").form(f"/taken/{task.id}", answer)
    assert (refused.status_code, "opgeschort" in refused.text) == (409, True)
    assert "Het proces loopt weer." in manager.form(f"{address}/hervatten", said, seen=address).text
    ended = manager.form(f"{address}/beeindigen", said, seen=address).text
    assert "Dit proces is voorbij" in ended
    timeline = visit("case_handler").get(f"/dossiers/{story.case.number}/tijdlijn").text
    for words in ("Proces opgeschort", "Proces hervat", "Proces voorgoed beëindigd", f"Reden: {WHY}"):
        assert words in timeline, words


def test_a_move_shows_the_new_place_and_a_refused_one_keeps_what_was_chosen(visit: Visit, story: Story) -> None:
    manager, address = visit("process_manager"), process_of(story)
    token = re.search(r'name="cancel" value="(\w+)"', manager.get(address).text)
    assert token
    nothing = manager.form(f"{address}/verplaatsen", {"reason": WHY, "activate": ""}, seen=address)
    assert (nothing.status_code, "Kies minstens één stap" in nothing.text) == (422, True)
    wrong = manager.form(
        f"{address}/verplaatsen", {"reason": "x", "cancel": token[1], "activate": "end_referred"}, seen=address
    )
    assert wrong.status_code == 422
    assert f'value="{token[1]}" checked' in wrong.text
    assert '<option value="end_referred" selected>' in wrong.text
    moved = {"reason": WHY, "cancel": token[1], "activate": "decide_admissibility"}
    assert "Het proces is verplaatst." in manager.form(f"{address}/verplaatsen", moved, seen=address).text
    assert [row.element_id for row in story._open()] == ["decide_admissibility"]
    gone = manager.form(f"{address}/verplaatsen", moved, seen=address)
    assert gone.status_code == 409
    timeline = visit("case_handler").get(f"/dossiers/{story.case.number}/tijdlijn").text
    assert "Proces met de hand verplaatst" in timeline


def test_a_variable_is_corrected_from_its_line(visit: Visit, story: Story) -> None:
    manager, address = visit("process_manager"), process_of(story)
    chosen = manager.get(f"{address}?variabele=received_on").text
    assert '<details class="card gap" id="correct" open>' in chosen
    assert 'name="was" value="date(&#34;2026-01-05&#34;)"' in chosen
    typed: dict[str, object] = {"name": "received_on", "was": 'date("2026-01-05")', "value": "gisteren", "reason": WHY}
    wrong = manager.form(f"{address}/herstellen", typed, seen=address)
    assert (wrong.status_code, 'value="gisteren"' in wrong.text) == (422, True)
    right = typed | {"value": 'date("2026-01-02")'}
    assert "date(&#34;2026-01-02&#34;)" in manager.form(f"{address}/herstellen", right, seen=address).text
    outdated = manager.form(f"{address}/herstellen", right, seen=address)
    assert (outdated.status_code, "ondertussen gewijzigd" in outdated.text) == (409, True)
    timeline = visit("case_handler").get(f"/dossiers/{story.case.number}/tijdlijn").text
    assert "Variabele verbeterd: received_on" in timeline
    assert "05/01/2026 werd 02/01/2026" in timeline


def test_a_stuck_step_is_mended_on_its_page_and_the_administrator_sees_no_values(
    visit: Visit, sqlite_office: Office
) -> None:
    story, incident_id = stuck(sqlite_office)
    address = f"/beheer/vastgelopen/{incident_id}"
    admin = visit("admin").get(address).text
    assert "Wie kan dit herstellen" in admin
    assert 'name="value.rules" value=""' in admin
    assert "U ziet alleen de namen" in admin
    barred = visit("case_handler", "process_manager", login="both")
    barred.form(f"/dossiers/{story.case.number}/belangenconflict", {"reason": "Mijn zus werkt bij deze dienst."})
    assert 'name="value.rules" value=""' in barred.get(address).text
    assert barred.form(address, {"value.rules": "[]", "was.rules": "null"}).status_code == 404
    manager = visit("process_manager")
    page = manager.get(address).text
    assert 'name="value.rules" value="[&#34;no_such_rule&#34;]"' in page
    sent: dict[str, object] = {
        "value.rules": "[",
        "was.rules": '["no_such_rule"]',
        "value.received_on": 'date("2026-01-05")',
        "was.received_on": 'date("2026-01-05")',
    }
    wrong = manager.form(address, sent)
    assert (wrong.status_code, 'value="["' in wrong.text) == (422, True)
    assert "1 stap gaat weer verder." in manager.form(address, sent | {"value.rules": "[]"}).text
    with sqlite_office.database.reading() as reading:
        assert reading.session.scalars(select(Incident.resolved_by).where(Incident.id == incident_id)).one()
    assert [row.element_id for row in story._open()] == ["decide_admissibility"]
    assert manager.get(address).status_code == 404


def test_chosen_steps_are_tried_again_together(visit: Visit, sqlite_office: Office) -> None:
    (_, one), (_, two) = stuck(sqlite_office), stuck(sqlite_office)
    admin = visit("admin")
    told = admin.form("/beheer/vastgelopen", {"incident_id": [str(one), str(two), "x", "9" * 30]}).text
    assert "2 stappen lopen opnieuw vast" in told
    with sqlite_office.database.work() as work:
        row = work.session.get_one(Incident, sorted(_open_incidents(sqlite_office))[0])
        instance_id, token = row.instance_id, row.token_id
        mending.correct(sqlite_office, work, MANAGER, instance_id, {"rules": "[]"}, scope=token, reason=WHY)
    told = admin.form(
        "/beheer/vastgelopen", {"incident_id": [str(each) for each in _open_incidents(sqlite_office)]}
    ).text
    assert "1 stap gaat weer verder." in told
    assert "1 stap loopt opnieuw vast" in told


def _open_incidents(office: Office) -> list[int]:
    with office.database.reading() as reading:
        return list(reading.session.scalars(select(Incident.id).where(Incident.resolved_at.is_(None))))
