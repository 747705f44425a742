"""The studio without a browser: from a working copy to a version in use, with a second person, and everything that is refused."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from httpx2 import Response

from engine import definitions
from engine.models import Definition
from tasks.office import Office
from tests.web.conftest import Visitor

Visit = Callable[..., Visitor]
MEDIATION = "/studio/diagrammen/mediation"
URGENCY = "/studio/beslissingen/urgency"
FORM = "/studio/formulieren/close_case"


@pytest.fixture
def petra(visit: Visit) -> Visitor:
    return visit("process_manager", login="petra")


@pytest.fixture
def pol(visit: Visit) -> Visitor:
    return visit("process_manager", login="pol")


def in_use(office: Office, kind: str, key: str) -> str:
    with office.database.reading() as reading:
        found = definitions.latest(reading, kind, key)
        assert found is not None
        return found.content.decode()


def edit(browser: Visitor, there: str, content: str, action: str = "save", revision: int = 0) -> Response:
    """Post the editor's form as a browser without JavaScript does: line ends become CRLF."""
    fields = {"content": content.replace("\n", "\r\n"), "action": action, "revision": str(revision)}
    answer: Response = browser.form(f"{there}/bewerken", fields)
    return answer


def test_a_change_goes_from_a_working_copy_to_a_version_in_use_by_two_people(
    petra: Visitor, pol: Visitor, sqlite_office: Office
) -> None:
    changed = in_use(sqlite_office, "process", "mediation").replace("Mislukking noteren", "Mislukking opschrijven")
    page = edit(petra, MEDIATION, changed, action="publish")
    assert str(page.url).endswith("/publiceren")
    assert "Mislukking opschrijven" in page.text and "<del>Mislukking noteren</del>" in page.text
    assert "publiceren als versie 2" in page.text

    published = petra.form(f"{MEDIATION}/publiceren")
    assert published.status_code == 200
    assert "U maakte deze versie zelf" in published.text
    assert "Ontwerp" in published.text

    refused = petra.form(f"{MEDIATION}/versies/2/activeren", seen=MEDIATION)
    assert refused.status_code == 409
    assert "mag ze niet zelf in gebruik nemen" in refused.text
    assert "Mislukking noteren" in in_use(sqlite_office, "process", "mediation")

    waits = f'<a href="{MEDIATION}/versies/2">Bemiddeling, versie 2</a> <span class="quiet-text">van Petra'
    assert (waits in petra.get("/studio").text, waits in pol.get("/studio").text) == (True, True)
    assert ("vraag een collega" in petra.get("/studio").text, "vraag een collega" in pol.get("/studio").text) == (
        True,
        False,
    )
    activated = pol.form(f"{MEDIATION}/versies/2/activeren", seen=f"{MEDIATION}/versies/2")
    assert activated.status_code == 200
    assert in_use(sqlite_office, "process", "mediation") == changed
    assert [badge for badge in ("Vervangen", "In gebruik") if badge in activated.text] == ["Vervangen", "In gebruik"]


def test_a_pattern_that_does_not_say_what_it_asks_is_warned_of(petra: Visitor, sqlite_office: Office) -> None:
    there, content = "/studio/formulieren/first_line_received", in_use(sqlite_office, "form", "first_line_received")
    without = re.sub(r',\s*"patternErrorMessage": "[^"]*"', "", content)
    assert without != content
    assert "maar zegt niet welke" in edit(petra, there, without, action="check").text
    again = edit(petra, there, content.replace("1011 AB", "2000"), action="check", revision=1).text
    assert 'id="bevindingen"' in again and "maar zegt niet welke" not in again


def test_the_history_of_the_office_tells_who_published_and_who_took_into_use(
    petra: Visitor, pol: Visitor, sqlite_office: Office
) -> None:
    edit(petra, FORM, in_use(sqlite_office, "form", "close_case").replace("Slotbericht", "Laatste bericht"))
    petra.form(f"{FORM}/publiceren")
    pol.form(f"{FORM}/versies/2/activeren", seen=f"{FORM}/versies/2")
    with sqlite_office.database.reading() as reading:
        told = [e for e in sqlite_office.log.read(reading, "office") if e.activity == "definition"]
    assert [(e.data["key"], e.data["version"], e.data["state"]) for e in told] == [
        ("close_case", 2, "draft"),
        ("close_case", 2, "active"),
    ]
    assert told[0].resource != told[1].resource


def test_what_is_saved_is_there_again_for_its_maker_and_for_nobody_else(
    petra: Visitor, pol: Visitor, sqlite_office: Office
) -> None:
    changed = in_use(sqlite_office, "decision", "urgency").replace("Anders niet dringend", "Verder niet dringend")
    edit(petra, URGENCY, changed)
    assert "Verder niet dringend" in petra.get(f"{URGENCY}/bewerken").text
    assert petra.get(f"{URGENCY}/werkkopie").text == changed
    assert 'info">uw werkkopie' in petra.get("/studio").text
    assert "Verder niet dringend" not in pol.get(f"{URGENCY}/bewerken").text
    assert pol.get(f"{URGENCY}/werkkopie").status_code == 404


def test_an_unchanged_text_field_is_no_change(petra: Visitor, sqlite_office: Office) -> None:
    edit(petra, MEDIATION, in_use(sqlite_office, "process", "mediation"))
    assert "Er is niets veranderd" in petra.get(f"{MEDIATION}/publiceren").text
    petra.form(f"{MEDIATION}/publiceren")
    assert petra.get(f"{MEDIATION}/versies/2").status_code == 404


def test_two_windows_do_not_overwrite_each_other(petra: Visitor, sqlite_office: Office) -> None:
    content = in_use(sqlite_office, "form", "close_case")
    edit(petra, FORM, content.replace("Slotbericht", "Eerste"), revision=0)
    late = edit(petra, FORM, content.replace("Slotbericht", "Tweede"), revision=0)
    assert late.status_code == 409
    assert "in een ander venster bewaard" in late.text
    assert "Tweede aan de klager" in late.text, "what was typed stays on the page"
    assert "Eerste" in petra.get(f"{FORM}/werkkopie").text


def test_a_version_published_meanwhile_is_not_replaced_unseen(
    petra: Visitor, pol: Visitor, sqlite_office: Office
) -> None:
    content = in_use(sqlite_office, "form", "close_case")
    edit(petra, FORM, content.replace("Slotbericht", "Van Petra"))
    edit(pol, FORM, content.replace("Slotbericht", "Van Pol"))
    pol.form(f"{FORM}/publiceren")

    refused = petra.form(f"{FORM}/publiceren")
    assert refused.status_code == 409
    assert "Uw werkkopie vertrok van versie 1, maar intussen is er versie 2" in refused.text
    assert petra.form(f"{FORM}/publiceren", {"replaces": "2"}).status_code == 200
    assert "Van Petra" in petra.get(f"{FORM}/versies/3/bestand").text


def test_a_refused_diagram_shows_its_findings_and_publishes_nothing(petra: Visitor, sqlite_office: Office) -> None:
    broken = in_use(sqlite_office, "process", "mediation").replace('formId="record_failure"', 'formId="no_such_form"')
    page = edit(petra, MEDIATION, broken, action="check")
    assert page.status_code == 200
    assert 'data-element="record_failure" data-severity="error"' in page.text
    assert "no_such_form" in page.text

    refused = petra.form(f"{MEDIATION}/publiceren")
    assert refused.status_code == 422
    assert 'data-element="record_failure"' in refused.text
    assert petra.get(f"{MEDIATION}/versies/2").status_code == 404
    assert petra.get(f"{MEDIATION}/werkkopie").text == broken, "the working copy is still there to mend"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("leeg.bpmn", b"", "geen geldige XML"),
        ("scherp.bpmn", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "DOCTYPE"),
        ("foto.png", b"\x89PNG", "eindigen op .bpmn, .dmn, .form of .letter"),
        ("geen_id.form", b"{}", "geen bruikbare id"),
        ("geen_json.form", b"{", "geen bruikbare id"),
        ("diep.form", b"[" * 200_000, "geen bruikbare id"),
        ("diep.bpmn", b"<a>" * 10_000, "geen geldige XML"),
        ("pad.form", b'{"id": "../../etc/passwd"}', "geen bruikbare id"),
        ("geen_proces.bpmn", b"<definitions/>", "geen bruikbare id"),
        ("groot.bpmn", b"<a>" + b" " * 5 * 1024 * 1024 + b"</a>", "groter dan 5 MB"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_what_to_do(
    petra: Visitor, name: str, content: bytes, sentence: str
) -> None:
    answer = petra.form("/studio/opladen", seen="/studio", files={"file": (name, content)})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'info">uw werkkopie' not in answer.text


def test_an_uploaded_file_becomes_the_working_copy_and_is_checked(petra: Visitor, sqlite_office: Office) -> None:
    changed = in_use(sqlite_office, "process", "mediation").replace('name="Voorstel doen"', 'name="Een voorstel doen"')
    page = petra.form("/studio/opladen", seen="/studio", files={"file": ("x.bpmn", changed.encode())})
    assert str(page.url).endswith("/studio/diagrammen/mediation/bewerken?controleren=ja#bevindingen")
    assert "Een voorstel doen" in page.text
    assert "Bevindingen" in page.text
    other = changed.replace("Een voorstel", "Ons voorstel").encode()
    again = petra.form("/studio/opladen", seen="/studio", files={"file": ("x.bpmn", other)})
    assert again.status_code == 409
    assert "al een werkkopie" in again.text


@pytest.mark.parametrize(
    ("kind", "plural"), [("process", "diagrammen"), ("decision", "beslissingen"), ("form", "formulieren")]
)
def test_something_new_can_be_published_as_it_starts(petra: Visitor, pol: Visitor, kind: str, plural: str) -> None:
    fields = {"kind": kind, "key": "new_thing", "name": 'Iets "nieuws" & meer'}
    assert petra.form("/studio/nieuw", fields, seen="/studio").status_code == 200
    there = f"/studio/{plural}/new_thing"
    assert petra.form("/studio/nieuw", fields, seen="/studio").status_code == 409
    assert "Nog niets gepubliceerd" in petra.get(there).text
    published = petra.form(f"{there}/publiceren")
    assert published.status_code == 200, published.text
    assert "wacht tot een tweede persoon" in petra.get(there).text
    assert pol.form(f"{there}/versies/1/activeren", seen=f"{there}/versies/1").status_code == 200
    assert "Iets &#34;nieuws&#34; &amp; meer" in petra.get(f"/studio/{plural}").text


def test_a_working_copy_can_be_thrown_away_and_an_older_version_taken_up_again(
    petra: Visitor, sqlite_office: Office
) -> None:
    content = in_use(sqlite_office, "form", "close_case")
    edit(petra, FORM, content.replace("Slotbericht", "Anders"))
    petra.form(f"{FORM}/publiceren")
    taken = petra.form(f"{FORM}/versies/1/overnemen", seen=f"{FORM}/versies/1")
    assert str(taken.url).endswith("/bewerken")
    assert petra.get(f"{FORM}/werkkopie").text == content
    assert petra.form(f"{FORM}/weggooien", seen=FORM).status_code == 200
    assert petra.get(f"{FORM}/werkkopie").status_code == 404


def test_every_version_can_be_read_fetched_and_compared(petra: Visitor, sqlite_office: Office) -> None:
    content = in_use(sqlite_office, "decision", "urgency")
    edit(petra, URGENCY, content.replace('"ja"', '"ja", "zeker"'))
    petra.form(f"{URGENCY}/publiceren")
    assert petra.get(f"{URGENCY}/versies/1/bestand").text == content
    kept = petra.get(f"{URGENCY}/versies/2/bestand?opslaan=ja")
    assert kept.headers["content-disposition"] == 'attachment; filename="urgency-v2.dmn"'
    compared = petra.get(f"{URGENCY}/verschillen?van=1&naar=2").text
    assert "rij 1" in compared and "Oordeel van het onthaal" in compared and "&#34;zeker&#34;" in compared
    assert "<del>" in petra.get(f"{URGENCY}/verschillen").text


def test_the_island_saves_and_checks_without_leaving_the_page(petra: Visitor, sqlite_office: Office) -> None:
    content = in_use(sqlite_office, "process", "mediation").replace('type="letter.send"', 'type="letter.burn"', 1)
    fields = {"content": content, "action": "check", "revision": "0"}
    answer = petra.form(f"{MEDIATION}/bewerken", fields, headers={"accept": "application/json"})
    told = answer.json()
    assert told["revision"] == 1
    assert 'data-element="invite_authority"' in told["findings"] and "letter.burn" in told["findings"]
    late = petra.form(f"{MEDIATION}/bewerken", fields, headers={"accept": "application/json"})
    assert (late.status_code, late.json()["revision"]) == (409, 1)


def test_only_the_editor_may_set_style_attributes(petra: Visitor) -> None:
    assert "style-src 'self' 'unsafe-inline'" in petra.get(f"{MEDIATION}/bewerken").headers["content-security-policy"]
    for path in ("/studio", MEDIATION, f"{MEDIATION}/versies/1", f"{MEDIATION}/versies/1/bestand"):
        answer = petra.get(path)
        assert answer.status_code == 200
        assert "unsafe" not in answer.headers["content-security-policy"]
    assert petra.get(f"{MEDIATION}/versies/1/bestand").headers["content-type"] == "text/plain; charset=utf-8"


def test_an_auditor_reads_everything_and_changes_nothing(visit: Visit) -> None:
    auditor = visit("auditor")
    for path in ("/studio", MEDIATION, f"{MEDIATION}/versies/1", f"{MEDIATION}/versies/1/bestand"):
        assert auditor.get(path).status_code == 200
    assert auditor.get(f"{MEDIATION}/bewerken").status_code == 403
    for path in ("bewerken", "publiceren", "weggooien", "versies/1/activeren", "versies/1/overnemen"):
        assert auditor.form(f"{MEDIATION}/{path}", {"content": "x"}, seen="/studio").status_code == 403, path
    assert auditor.form("/studio/opladen", seen="/studio", files={"file": ("a.form", b'{"id":"a"}')}).status_code == 403
    fields = {"kind": "form", "key": "mine", "name": "Mine"}
    assert auditor.form("/studio/nieuw", fields, seen="/studio").status_code == 403


@pytest.mark.parametrize("role", ["intake_officer", "case_handler", "mediator", "ombudsman", "admin"])
def test_the_studio_is_closed_to_others(visit: Visit, role: str) -> None:
    browser = visit(role)
    for path in ("/studio", MEDIATION, f"{MEDIATION}/versies/1/bestand", "/studio/sjablonen.json"):
        assert browser.get(path).status_code == 403, path


@pytest.mark.parametrize(
    "path",
    [
        "/studio/schilderijen/mediation",
        "/studio/diagrammen/bestaat_niet",
        "/studio/diagrammen/bestaat_niet/bewerken",
        f"{MEDIATION}/versies/99",
        f"{MEDIATION}/verschillen?van=7&naar=9",
        "/studio/uitleg/bestaat_niet",
        "/studio/uitleg/..%2F..%2Fpyproject",
    ],
)
def test_what_does_not_exist_is_not_found(petra: Visitor, path: str) -> None:
    assert petra.get(path).status_code == 404


def test_every_rule_has_an_explanation_for_people(petra: Visitor) -> None:
    rules = sorted(file.stem for file in Path("docs/lint").glob("*.md"))
    assert {"supported", "structure", "references", "decisions", "forms"} <= set(rules)
    for rule in rules:
        page = petra.get(f"/studio/uitleg/{rule}")
        assert page.status_code == 200
        assert "<h1>" in page.text and "**" not in page.text
    assert "<li>Publiceer eerst het formulier" in petra.get("/studio/uitleg/references").text


def test_a_version_is_shown_as_people_will_meet_it(petra: Visitor, sqlite_office: Office) -> None:
    edit(petra, URGENCY, in_use(sqlite_office, "decision", "urgency").replace('"ja"', '"ja", "zeker"'))
    petra.form(f"{URGENCY}/publiceren")
    page = petra.get(f"{URGENCY}/versies/2").text
    assert page.count('<tr class="lit">') == 1, "the changed row, and no other"
    assert "Anders niet dringend" in page
    form = petra.get(f"{FORM}/versies/1").text
    assert "Slotbericht aan de klager" in form and "disabled" in form
    assert 'data-changed=""' in petra.get(f"{MEDIATION}/versies/1").text


def test_the_building_blocks_offer_every_job_type_and_only_what_exists(petra: Visitor, sqlite_office: Office) -> None:
    from tasks.handlers import JOB_TYPES
    from tasks.studio import building_blocks

    blocks = petra.get("/studio/sjablonen.json").json()
    offered = {building_blocks.job_type_of(block) for block in blocks} - {""}
    assert offered == JOB_TYPES
    written = [
        building_blocks.job_type_of(json.loads(f.read_text())) for f in Path("workflows/templates").glob("*.json")
    ]
    assert set(written) <= JOB_TYPES, "no block for a job type that nobody handles"
    letter = next(block for block in blocks if building_blocks.job_type_of(block) == "letter.send")
    choices = {p["label"]: {c["value"] for c in p["choices"]} for p in letter["properties"] if "choices" in p}
    assert choices["Brief"] == {f.name.removesuffix(".nl.txt") for f in Path("workflows/letters").glob("*.nl.txt")}
    user_task = next(block for block in blocks if block["id"] == "ombudsflow.user_task")
    forms = next(p for p in user_task["properties"] if p.get("label") == "Formulier")["choices"]
    with sqlite_office.database.reading() as reading:
        assert {choice["value"] for choice in forms} == definitions.keys(reading, "form")


def test_a_colleague_who_changes_the_same_is_named_on_both_pages(
    petra: Visitor, pol: Visitor, sqlite_office: Office
) -> None:
    edit(petra, FORM, in_use(sqlite_office, "form", "close_case").replace("Slotbericht", "Eerste"))
    for page in (pol.get(FORM), pol.get(f"{FORM}/bewerken")):
        assert "Petra heeft hier ook een werkkopie van" in page.text
        assert "Eerste aan de klager" not in page.text, "what she writes stays hers"
    assert "heeft hier ook een werkkopie" not in petra.get(FORM).text


def test_a_form_that_names_no_code_list_there_is_cannot_be_published(petra: Visitor, sqlite_office: Office) -> None:
    there = "/studio/formulieren/assess_intake"
    edit(petra, there, in_use(sqlite_office, "form", "assess_intake").replace('"themes"', '"thema"'))
    refused = petra.form(f"{there}/publiceren")
    assert refused.status_code == 422
    assert "De codelijst &#39;thema&#39; bestaat niet. Kies een van: " in refused.text


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("authority_correction", "gebruikt dat antwoord bij &#39;Andere dienst?&#39;"),
        ("judged_urgent", "gebruikt dat antwoord bij de beslissing &#39;urgency&#39;"),
        ("intake_note", ""),
    ],
)
def test_a_question_whose_answer_a_diagram_needs_cannot_be_dropped(
    petra: Visitor, sqlite_office: Office, key: str, told: str
) -> None:
    there = "/studio/formulieren/assess_intake"
    content = in_use(sqlite_office, "form", "assess_intake")
    renamed = content.replace(f'"key": "{key}"', '"key": "called_otherwise"')
    assert renamed != content
    page = edit(petra, there, renamed, action="publish").text
    assert (told in page, "Los eerst de fouten op" in page) == (True, bool(told))
    assert petra.form(f"{there}/publiceren").status_code == (422 if told else 200)


def test_checking_a_form_shows_it_as_people_will_meet_it(petra: Visitor, sqlite_office: Office) -> None:
    content = in_use(sqlite_office, "form", "close_case").replace("Slotbericht", "Laatste bericht")
    fields = {"content": content, "action": "check", "revision": "0"}
    told = petra.form(f"{FORM}/bewerken", fields, headers={"accept": "application/json"}).json()["findings"]
    assert "Zo ziet het formulier eruit" in told and "Laatste bericht aan de klager" in told
    assert "Laatste bericht aan de klager" in petra.get(f"{FORM}/publiceren").text


def test_hundreds_of_versions_come_in_portions_and_forms_are_found_by_name(
    petra: Visitor, sqlite_office: Office
) -> None:
    with sqlite_office.database.work() as work:
        work.session.add_all(
            Definition(
                kind="form",
                key="close_case",
                version=number,
                digest=str(number),
                name="Dossier afronden",
                content=b"{}",
                state="retired",
                created_by="person:1",
                created_at=sqlite_office.clock.now(),
            )
            for number in range(2, 121)
        )
    first = petra.get(FORM).text
    assert re.findall(r">versie (\d+)</a>", first) == [str(number) for number in range(120, 70, -1)]
    assert 'href="?na=71#versies"' in first and "Versie 1, nu in gebruik" not in first
    last = petra.get(f"{FORM}?na=21").text
    assert re.findall(r">versie (\d+)</a>", last) == [str(number) for number in range(20, 0, -1)]
    assert "Oudere versies" not in last

    assert re.findall(r'<a href="(/studio/\w+/\w+)">', petra.get("/studio?zoek=afronden DOSSIER").text) == [FORM]
    assert "Niets gevonden met deze woorden" in petra.get("/studio?zoek=bestaat-niet").text
    page = petra.get("/studio/formulieren").text
    following = re.search(r'rel="next" href="\?na=(\w+)"', page)
    assert following and page.count("<tr>") == 51
    rest = petra.get(f"/studio/formulieren?na={following[1]}").text
    assert f"/studio/formulieren/{following[1]}" not in rest and "Naar het begin" in rest
