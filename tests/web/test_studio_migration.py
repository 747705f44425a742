"""Taking running cases along, on its page: a plan with choices, its rehearsal, a colleague who carries it out, and the way back."""

from collections.abc import Callable

import pytest

from history.replay import frames
from tasks.office import Office
from tasks.studio import migration_run
from tests.stories.stage import Story
from tests.tasks.migrations import file_of, newer, renamed
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]
VERSION = "/studio/diagrammen/complaint/versies/2"
PLAN = "/studio/overzetten/1"


@pytest.fixture
def petra(visit: Visit) -> Visitor:
    return visit("process_manager", login="petra")


@pytest.fixture
def pol(visit: Visit) -> Visitor:
    return visit("process_manager", login="pol")


@pytest.fixture
def story(sqlite_office: Office) -> Story:
    """A case on the first version, and a second version in which its step has another id."""
    found = Story(sqlite_office).given_a_complaint()
    newer(sqlite_office, renamed(file_of(sqlite_office), "assess_intake", "look_at_it"))
    return found


def plan(petra: Visitor, **more: str) -> str:
    """A plan by Petra with the right choice and a reason; the page."""
    made = petra.form(f"{VERSION}/meenemen", {"van": "1"}, seen=VERSION)
    assert str(made.url).endswith(PLAN)
    kept = petra.form(PLAN, {"naar.assess_intake": "look_at_it", "reason": "De stap heet anders", **more})
    assert kept.status_code == 200
    return str(kept.text)


def test_from_the_page_of_a_version_to_cases_that_stand_on_it(
    petra: Visitor, pol: Visitor, story: Story, sqlite_office: Office
) -> None:
    page = petra.get(VERSION).text
    assert "Lopende dossiers meenemen" in page
    assert "versie 1: 1 open dossier" in page
    made = petra.form(f"{VERSION}/meenemen", {"van": "1"}, seen=VERSION).text
    assert '<strong>1</strong> <span class="badge warn">vragen een keuze' in made
    assert "staat niet meer in de nieuwe versie" in made
    assert '<option value="look_at_it">' in made
    kept = petra.form(PLAN, {"naar.assess_intake": "look_at_it", "reason": "De stap heet anders"}).text
    assert '<strong>1</strong> <span class="badge good">gaan mee' in kept
    assert '<option value="look_at_it" selected>' in kept
    assert "U maakte dit plan" in kept
    told = f'<a href="{PLAN}">Dossiers overzetten: Behandeling van een klacht, naar versie 2</a>'
    assert told in pol.get("/studio").text

    running = pol.form(f"{PLAN}/uitvoeren", seen=PLAN).text
    assert told not in pol.get("/studio").text
    assert "0 van 1 dossiers" in running
    assert 'src="/static/dist/progress.js' in running
    migration_run.advance(sqlite_office)
    over = pol.get(PLAN).text
    assert '<strong>1</strong> <span class="badge good">overgezet' in over
    assert "1 dossier zette sinds het overzetten nog geen stap" in over
    story.waits_at("look_at_it")
    assert "Lopende dossiers meenemen" in pol.get(VERSION).text
    assert "van versie 1 naar 2" in pol.get(VERSION).text


def test_back_for_the_chosen_cases_or_all(pol: Visitor, petra: Visitor, story: Story, sqlite_office: Office) -> None:
    plan(petra)
    pol.form(f"{PLAN}/uitvoeren", seen=PLAN)
    migration_run.advance(sqlite_office)
    nothing = pol.form(f"{PLAN}/terug", seen=PLAN)
    assert nothing.status_code == 200
    migration_run.advance(sqlite_office)
    story.waits_at("look_at_it")
    back = pol.form(f"{PLAN}/terug", {"dossier": "1"}, seen=PLAN).text
    assert "Bezig met terugzetten" in back
    migration_run.advance(sqlite_office)
    assert '<strong>1</strong> <span class="badge info">teruggezet' in pol.get(PLAN).text
    story.waits_at("assess_intake")


def test_who_made_the_plan_and_who_has_no_reason_are_told(petra: Visitor, pol: Visitor, story: Story) -> None:
    plan(petra)
    refused = petra.form(f"{PLAN}/uitvoeren", seen=PLAN)
    assert refused.status_code == 409
    assert "mag het niet zelf uitvoeren" in refused.text
    petra.form(PLAN, {"naar.assess_intake": "look_at_it", "reason": ""})
    assert "Er staat nog geen reden bij het plan" in pol.get(PLAN).text
    refused = pol.form(f"{PLAN}/uitvoeren", seen=PLAN)
    assert refused.status_code == 422
    assert "Schrijf op waarom" in refused.text
    story.waits_at("assess_intake")


def test_a_wrong_choice_is_told_and_what_was_typed_stays(petra: Visitor, story: Story) -> None:
    plan(petra)
    answer = petra.form(
        PLAN, {"naar.assess_intake": "send_acknowledgement", "reason": "Mijn reden", "takes_decisions": "ja"}
    )
    assert answer.status_code == 422
    assert "is in de nieuwe versie iets anders" in answer.text
    assert "Mijn reden</textarea>" in answer.text
    assert 'value="ja" checked' in answer.text
    long = petra.form(PLAN, {"reason": "x" * 1001})
    assert (long.status_code, "x" * 1001 in long.text) == (422, True)


def test_a_plan_is_thrown_away(petra: Visitor, story: Story) -> None:
    plan(petra)
    gone = petra.form(f"{PLAN}/weggooien", seen=PLAN)
    assert str(gone.url).endswith(VERSION)
    assert petra.get(PLAN).status_code == 404


def test_an_auditor_reads_a_plan_and_changes_nothing(visit: Visit, petra: Visitor, story: Story) -> None:
    plan(petra)
    auditor = visit("auditor")
    page = auditor.get(PLAN)
    assert page.status_code == 200
    assert "Bewaren en opnieuw proberen" not in page.text
    assert auditor.form(f"{PLAN}/uitvoeren", seen=PLAN).status_code == 403


@pytest.mark.parametrize("van", ["", "2", "99", "een", "9" * 30])
def test_a_version_that_is_none_to_come_from_is_refused(petra: Visitor, story: Story, van: str) -> None:
    answer = petra.form(f"{VERSION}/meenemen", {"van": van}, seen=VERSION)
    assert answer.status_code in (404, 422)
    assert petra.get(PLAN).status_code == 404


def test_who_replays_the_case_sees_each_moment_on_its_own_drawing(
    visit: Visit, petra: Visitor, pol: Visitor, story: Story, sqlite_office: Office
) -> None:
    plan(petra)
    pol.form(f"{PLAN}/uitvoeren", seen=PLAN)
    migration_run.advance(sqlite_office)
    story.completes("look_at_it", matter="complaint", judged_urgent="nee")
    auditor = visit("auditor")
    with sqlite_office.database.reading() as reading:
        film = frames(sqlite_office.log.read(reading, f"case:{story.case_id}"))
    at = next(frame.number for frame in film if frame.transition == "migrated")
    there = f"/herbeleven/{story.case.number}"
    before, moved, after = (auditor.get(f"{there}/{step}").text for step in (at - 1, at, at + 2))
    assert "/herbeleven/diagram/complaint/1" in before
    assert "/herbeleven/diagram/complaint/2" not in before
    for page in (moved, after):
        assert "/herbeleven/diagram/complaint/2" in page
        assert "/herbeleven/diagram/complaint/1" not in page
    assert "Overgezet naar versie 2" in moved
    assert "De stap heet anders" in moved
    course = auditor.get(f"/dossiers/{story.case.number}/verloop").text
    assert "complaint/2" in course
    assert "complaint/1" not in course
