"""The auditor replays a case, checks its chain, sees who looked, and takes it out as a file."""

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import etree

from history.log import Event
from history.replay import frames
from identity.people import Actor
from identity.roles import FIRST_LINE, STAFF_ROLES
from tasks.background.clock_source import TravellingClock
from tasks.case_file import looks
from tasks.office import Office
from tests.conformance.bpmn.drawing import boundary, compensate, each, ends, go, throw, user
from tests.stories.stage import Story
from tests.tasks.filming import Film
from tests.web.conftest import Visitor

NUMBER = "2026-0001"


@pytest.fixture
def auditor(visit: Callable[..., Visitor], sqlite_office: Office, clock: TravellingClock) -> Visitor:
    """An auditor, and a case that came as far as the choice between mediation and investigation."""
    story = Story(sqlite_office).given_a_complaint()
    clock.advance(timedelta(days=3))
    story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    story.completes("decide_admissibility", decision="admitted")
    return visit("auditor")


def _step_of(office: Office, activity: str, transition: str) -> int:
    with office.database.reading() as reading:
        film = frames(office.log.read(reading, "case:1"))
    return next(f.number for f in film if (f.activity, f.transition) == (activity, transition))


def _listed(page: str, state: str) -> list[str]:
    found = re.search(rf'data-{state}="([^"]*)"', page)
    assert found
    return found[1].split(",")


def _behind_the_back(office: Office, statement: str) -> None:
    with office.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER event_no_update")
        connection.exec_driver_sql("DROP TRIGGER event_no_delete")
        connection.exec_driver_sql(statement)


def test_a_case_is_found_and_every_step_has_its_address(auditor: Visitor, sqlite_office: Office) -> None:
    assert NUMBER in auditor.get("/herbeleven?zoek=boete").text
    assert "Geen dossier gevonden" in auditor.get("/herbeleven?zoek=zonnepanelen").text
    page = auditor.get(f"/herbeleven/{NUMBER}").text
    with sqlite_office.database.reading() as reading:
        count = len(frames(sqlite_office.log.read(reading, "case:1")))
    assert len(re.findall(rf'href="/herbeleven/{NUMBER}/\d+">', page)) == count + 2  # the tab and the button too
    for step in range(1, count + 1):
        answer = auditor.get(f"/herbeleven/{NUMBER}/{step}")
        assert answer.status_code == 200
        assert f"stap {step} / {count}" in answer.text
    assert auditor.get(f"/herbeleven/{NUMBER}/{count + 1}").status_code == 404
    assert auditor.get(f"/herbeleven/{NUMBER}/0").status_code == 404
    assert auditor.get("/herbeleven/2026-9999").status_code == 404


def test_the_list_can_leave_out_what_the_system_did_by_itself(auditor: Visitor) -> None:
    page = auditor.get(f"/herbeleven/{NUMBER}?toon=mensen").text
    assert "Klacht ontvangen, dossier" in page
    assert "Afgewerkt: Soort en dringendheid bepalen" in page
    assert "het systeem" not in page
    assert "Toon alle" in page


def test_a_completed_user_task_shows_who_when_why_and_the_form_as_filled(
    auditor: Visitor, sqlite_office: Office
) -> None:
    step = _step_of(sqlite_office, "assess_intake", "completed")
    page = auditor.get(f"/herbeleven/{NUMBER}/{step}").text
    assert "Afgewerkt: Soort en dringendheid bepalen" in page
    assert "Het formulier zoals ingevuld" in page
    assert "Is het dringend" in page
    assert "do 8 januari 2026" in page
    assert "Onthaal" in page
    following = auditor.get(f"/herbeleven/{NUMBER}/{step + 1}").text
    assert f'volgde op <a href="/herbeleven/{NUMBER}/{step}">stap {step}</a>' in following


def test_the_complaint_as_received_shows_what_became_known(auditor: Visitor) -> None:
    page = auditor.get(f"/herbeleven/{NUMBER}/1").text
    assert "Klacht ontvangen" in page
    assert "Mies Vandevoorde" in page
    assert "(persoonlijk)" in page
    assert "Geboortejaar" not in page  # a question left open is no change


def test_a_decision_shows_its_inputs_and_the_row_that_fired(auditor: Visitor, sqlite_office: Office) -> None:
    step = _step_of(sqlite_office, "check_admissibility", "completed")
    page = auditor.get(f"/herbeleven/{NUMBER}/{step}").text
    assert "Beslissing: Ontvankelijkheid (versie 1)" in page
    assert re.search(r"rij \d+ van \d+", page)
    assert "Eerste lijn gehad" in page
    assert page.count('class="lit"') == 1
    assert "(deze rij besliste)" in page


def test_the_diagram_stands_as_it_stood(auditor: Visitor, sqlite_office: Office) -> None:
    opened = _step_of(sqlite_office, "assess_intake", "activated")
    page = auditor.get(f"/herbeleven/{NUMBER}/{opened}").text
    assert _listed(page, "active") == ["assess_intake"]
    assert "Soort en dringendheid bepalen" in page
    assert "send_acknowledgement" in _listed(page, "visited")
    assert "choose_approach" not in _listed(page, "visited")
    address = re.search(r'data-diagram-url="([^"]+)"', page)
    assert address
    drawing = auditor.get(address[1])
    assert b'id="complaint"' in drawing.content
    assert etree.fromstring(drawing.content) is not None


def test_a_step_inside_a_called_diagram_shows_that_diagram(auditor: Visitor, sqlite_office: Office) -> None:
    story = Story(sqlite_office)
    story.case_id = 1
    story.completes("choose_approach", approach="mediation")
    step = _step_of(sqlite_office, "propose_settlement", "activated")
    page = auditor.get(f"/herbeleven/{NUMBER}/{step}").text
    assert 'data-diagram-url="/herbeleven/diagram/mediation/1"' in page
    assert "propose_settlement" in _listed(page, "active")
    whole = auditor.get(f"/herbeleven/{NUMBER}/{step}?diagram=complaint.1").text
    assert 'data-diagram-url="/herbeleven/diagram/complaint/1"' in whole
    assert "mediation_step" in whole
    assert auditor.get(f"/herbeleven/{NUMBER}/{step}?diagram=niets.9").status_code == 200


def test_every_look_is_recorded_and_listed(auditor: Visitor, sqlite_office: Office, clock: TravellingClock) -> None:
    auditor.get(f"/herbeleven/{NUMBER}/1")
    auditor.get(f"/herbeleven/{NUMBER}/2")
    page = auditor.get(f"/herbeleven/{NUMBER}/wie-keek").text
    assert page.count("Het verloop (herbeleven)") == 1
    assert "Auditor" in page
    clock.advance(timedelta(minutes=11))
    auditor.get(f"/herbeleven/{NUMBER}/uitvoer.json?persoonlijk=ja")
    page = auditor.get(f"/herbeleven/{NUMBER}/wie-keek").text
    assert "Uitvoer als JSON, met persoonsgegevens" in page
    admin = Actor("person:9", "Bert", frozenset({"admin"}))
    with sqlite_office.database.reading() as reading:
        for what in ("process:1", "incident:1", "recommendation:1", "post"):
            looks.keep(sqlite_office, reading, admin, 1, what)
    listed = re.findall(r"<td>([^<]*)</td></tr>", auditor.get(f"/herbeleven/{NUMBER}/wie-keek").text)
    assert not [what for what in listed if re.search(r"[a-z]+:\d+", what)], "what was looked at, in words"
    later = auditor.get(f"/herbeleven/{NUMBER}/wie-keek?voor=1").text
    assert "<tbody>\n</tbody>" in later, "nobody looked before the first event"
    assert "Keten klopt" in auditor.get(f"/herbeleven/{NUMBER}").text


def test_the_case_leaves_as_xes_and_json_without_personal_values_unless_asked(auditor: Visitor) -> None:
    xes = auditor.get(f"/herbeleven/{NUMBER}/uitvoer.xes")
    assert xes.headers["content-disposition"] == f'attachment; filename="{NUMBER}.xes"'
    assert etree.fromstring(xes.content).tag.endswith("log")
    assert "Vandevoorde" not in xes.text
    told = json.loads(auditor.get(f"/herbeleven/{NUMBER}/uitvoer.json").text)
    assert told["case"] == NUMBER
    assert "Vandevoorde" not in json.dumps(told)
    assert "Vandevoorde" in auditor.get(f"/herbeleven/{NUMBER}/uitvoer.json?persoonlijk=ja").text
    assert "Vandevoorde" in auditor.get(f"/herbeleven/{NUMBER}/uitvoer.xes?persoonlijk=ja").text


def test_a_broken_chain_shows_red_at_the_first_event_that_does_not_hold(
    auditor: Visitor, sqlite_office: Office
) -> None:
    step = _step_of(sqlite_office, "assess_intake", "completed")
    with sqlite_office.database.reading() as reading:
        seq = next(e.seq for e in sqlite_office.log.read(reading, "case:1") if e.activity == "assess_intake" and e.role)
    _behind_the_back(sqlite_office, f"UPDATE event SET resource = 'person:9' WHERE stream = 'case:1' AND seq = {seq}")
    page = auditor.get(f"/herbeleven/{NUMBER}").text
    assert "Keten gebroken" in page
    assert f"Vanaf hier, gebeurtenis {seq}, klopt de keten niet" in page
    assert page.index("replay-break") < page.index(f'/herbeleven/{NUMBER}/{step}"', page.index("<tbody>"))
    assert "niet te vertrouwen" in auditor.get(f"/herbeleven/{NUMBER}/{step}").text
    assert "niet te vertrouwen" not in auditor.get(f"/herbeleven/{NUMBER}/{step - 1}").text
    chains = auditor.get("/herbeleven/ketens").text
    assert f"Dossier {NUMBER}" in chains


def test_a_case_of_which_somebody_made_an_event_unreadable_still_opens(auditor: Visitor, sqlite_office: Office) -> None:
    _behind_the_back(sqlite_office, "UPDATE event SET data = 'weg' WHERE stream = 'case:1' AND seq IN (5, 9)")
    assert "Vanaf hier, gebeurtenis 5" in auditor.get(f"/herbeleven/{NUMBER}").text
    assert auditor.get(f"/herbeleven/{NUMBER}/3").status_code == 200


def test_a_very_long_case_comes_in_pages(auditor: Visitor, sqlite_office: Office) -> None:
    data = {"instance": 1, "definition": ["complaint", 1], "flow": "f", "type": "service_task"}
    now = sqlite_office.clock.now()
    rounds = [
        Event("send_refusal", "activated", now, "system:engine", "", {**data, "token": f"t{n}"}) for n in range(600)
    ]
    with sqlite_office.database.work() as work:
        sqlite_office.log.append(work, "case:1", rounds)
    page = auditor.get(f"/herbeleven/{NUMBER}").text
    following = re.search(r'href="\?(vanaf=\d+)"', page)
    assert following
    assert page.count("<tr>") == 501
    assert "Klacht ontvangen" not in auditor.get(f"/herbeleven/{NUMBER}?{following[1]}").text


def test_a_tail_that_was_cut_off_shows_after_the_last_step(auditor: Visitor, sqlite_office: Office) -> None:
    auditor.get(f"/herbeleven/{NUMBER}")
    _behind_the_back(sqlite_office, "DELETE FROM event WHERE stream = 'case:1' AND seq > 20")
    page = auditor.get(f"/herbeleven/{NUMBER}").text
    assert "Hier ontbreekt gebeurtenis 21" in page


def test_whole_chains_are_said_to_be_whole(auditor: Visitor) -> None:
    page = auditor.get("/herbeleven/ketens").text
    assert "De keten klopt" in page
    assert "Niemand heeft iets gewijzigd" in page


def test_many_chains_are_walked_a_portion_at_a_time(auditor: Visitor, sqlite_office: Office) -> None:
    Story(sqlite_office).given_a_complaint()
    page = auditor.get("/herbeleven/ketens?portie=1").text
    following = re.search(r'href="(\?[^"]*na=[^"]+)"', page)
    assert following
    last = auditor.get("/herbeleven/ketens" + following[1].replace("&amp;", "&")).text
    assert "Alle ketens nagekeken" not in page
    assert "De volgende ketens nakijken" not in last
    assert auditor.get("/herbeleven/ketens?portie=0").status_code == 404


def test_an_erased_case_says_so_and_stays_replayable(auditor: Visitor, sqlite_office: Office) -> None:
    with sqlite_office.database.work() as work:
        sqlite_office.log.erase(work, "case:1", sqlite_office.clock.now())
    page = auditor.get(f"/herbeleven/{NUMBER}/1").text
    assert "zijn gewist" in page
    assert "Vandevoorde" not in page.split("replay-step", 1)[1]
    assert "Keten klopt" in page


@pytest.mark.parametrize("role", sorted(STAFF_ROLES - {"auditor"}))
def test_nobody_but_the_auditor_replays(visit: Callable[..., Visitor], sqlite_office: Office, role: str) -> None:
    Story(sqlite_office).given_a_complaint()
    somebody = visit(role, authority="de_lijn" if role == FIRST_LINE else None)
    paths = ["", "/ketens", f"/{NUMBER}", f"/{NUMBER}/1", f"/{NUMBER}/wie-keek", f"/{NUMBER}/uitvoer.xes"]
    for path in [*paths, f"/{NUMBER}/uitvoer.json", "/diagram/complaint/1", "/2026-9999"]:
        assert somebody.get(f"/herbeleven{path}").status_code == 403, path
    assert visit().get(f"/herbeleven/{NUMBER}", follow_redirects=False).status_code == 303


def test_a_step_that_undoes_another_and_one_of_several_are_told(
    visit: Callable[..., Visitor], sqlite_office: Office
) -> None:
    drawn = (
        user("book", each('["a", "b"]', "part")),
        boundary("regret", "book", compensate()),
        user("unbook", isForCompensation=True),
        '<association id="undoing" sourceRef="regret" targetRef="unbook" associationDirection="One"/>',
    )
    film = Film(sqlite_office, *drawn, throw("undo", compensate()), ends("e"), go("s book undo e")).completes("book")
    auditor, last = visit("auditor"), len(film.frames())
    page = auditor.get(f"/herbeleven/{NUMBER}/{last}").text
    assert "Afgewerkt: book (1 van 2)" in page
    assert re.search(r"<li>book <span[^>]*>\(film: 2 van 2\)", page)
    film.completes("book")
    page = auditor.get(f"/herbeleven/{NUMBER}/{len(film.frames())}").text
    assert "<dt>Maakt ongedaan</dt><dd>book</dd>" in page
    assert _listed(page, "active") == ["undo", "unbook"]
