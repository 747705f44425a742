"""The annual report as a page and as files."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import etree
from pypdf import PdfReader

from tasks import intake
from tasks.background.clock_source import TravellingClock
from tasks.office import Office, SettingRefused, Settings
from tasks.reporting import annual_counting
from tests.stories.stage import COMPLAINT, Story, person
from tests.tasks.test_annual_report import counted
from tests.tasks.test_printing import text_of
from tests.web.conftest import Visitor
from web.app import build
from web.reporting.feeds import ATOM


def test_the_page_of_this_year_has_every_figure_and_its_digest(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    for _ in range(6):
        Story(sqlite_office).given_a_complaint()
    reader, address = visit("auditor"), "/verslag/2026"
    before = reader.get(address).text
    assert ("Dit jaar is nog niet geteld." in before, "Tel dit jaar" in before) == (True, True)
    assert reader.get(f"{address}/csv").status_code == 409
    under_way = reader.form(f"{address}/tellen", seen=address).text
    assert ("Dit jaar wordt geteld" in under_way, "0 %" in under_way, "Tel dit jaar" in under_way) == (
        True,
        True,
        False,
    )
    annual_counting.advance(sqlite_office)
    page = reader.get("/verslag").text
    assert ("Jaarverslag 2026" in page, "Geteld op ma 5 januari 2026" in page, "Tel opnieuw" in page) == (
        True,
        True,
        True,
    )
    assert "Dit jaar is nog niet voorbij." in page
    assert "<td>6</td>" in page
    assert "Controlegetal:" in page


def test_the_files_hold_the_same_figures(sqlite_office: Office, visit: Callable[..., Visitor]) -> None:
    for _ in range(6):
        Story(sqlite_office).given_a_complaint()
    counted(sqlite_office)
    reader = visit("ombudsman")
    data = json.loads(reader.get("/verslag/2026/json").text)
    languages = next(table for table in data["tables"] if table["key"] == "languages")
    assert languages["rows"] == [{"code": "nl", "label": "Nederlands", "numbers": [6]}]
    lines = reader.get("/verslag/2026/csv").text.splitlines()
    assert "languages;Ontvangen, volgens taal;nl;Nederlands;cases;dossiers;6" in lines
    assert "languages;Reçus, par langue;nl;Néerlandais;cases;dossiers;6" in reader.get("/verslag/2026/csv?taal=fr").text
    book = zipfile.ZipFile(io.BytesIO(reader.get("/verslag/2026/xlsx").content))
    assert b"Nederlands" in book.read("xl/sharedStrings.xml")
    book = zipfile.ZipFile(io.BytesIO(reader.get("/verslag/2026/xlsx?taal=en").content))
    words = book.read("xl/sharedStrings.xml")
    assert (b">Dutch<" in words, b">code<" in words, b"Nederlands" in words) == (True, True, False)
    paper = reader.get("/verslag/2026/pdf?openbaar=1")
    assert paper.content == reader.get("/verslag/2026/pdf?openbaar=1").content
    printed = text_of(paper.content)
    assert "Ontvangen, volgens taal" in printed
    assert data["digest"] in printed.replace(" ", "")
    assert reader.get("/verslag/2026/csv?openbaar=1").text.splitlines()[-1].endswith(data["digest"])


def test_what_is_published_has_no_small_numbers(sqlite_office: Office, visit: Callable[..., Visitor]) -> None:
    Story(sqlite_office).given_a_complaint()
    counted(sqlite_office)
    page = visit("auditor").get("/verslag/2026?openbaar=1").text
    assert '<abbr title="minder dan 5, of af te leiden">–</abbr>' in page
    assert "<td>1</td>" not in page


def test_a_year_without_anything_says_so_and_a_wrong_one_is_not_there(
    sqlite_office: Office, visit: Callable[..., Visitor]
) -> None:
    counted(sqlite_office, 2025)
    reader = visit("auditor")
    assert "In dit jaar is er niets ontvangen en niets afgesloten." in reader.get("/verslag/2025").text
    assert reader.get("/verslag/2099").status_code == 404
    assert visit("intake_officer").get("/verslag/2026").status_code == 403


def test_a_year_that_is_over_is_made_public_and_stays_what_it_was(
    sqlite_office: Office, clock: TravellingClock, visit: Callable[..., Visitor]
) -> None:
    for _ in range(6):
        Story(sqlite_office).given_a_complaint()
    clock.advance(timedelta(days=400))
    anybody, oscar, public = visit(), visit("ombudsman"), "/jaarverslag/2026"
    assert "Er is nog geen jaarverslag openbaar." in anybody.get("/jaarverslag").text
    too_early = oscar.form("/verslag/2027", {}, seen="/account")
    assert (too_early.status_code, "Dit jaar is nog niet voorbij. Het verslag kan" in too_early.text) == (409, True)
    assert visit("auditor").form("/verslag/2026", {}, seen="/account").status_code == 403
    assert anybody.get(public).status_code == 404
    uncounted = oscar.form("/verslag/2026", {}, seen="/account")
    assert (uncounted.status_code, "Tel het eerst opnieuw" in uncounted.text) == (409, True)
    counted(sqlite_office)
    page = oscar.form("/verslag/2026", {}, seen="/account").text
    assert "<td>6</td>" in page
    told = anybody.get(f"{public}/json")
    assert told.json()["digest"] == oscar.get("/verslag/2026/json").json()["digest"]
    assert told.json()["digest"] in page
    french = anybody.get(f"{public}/json?taal=fr").json()
    assert french["digest"] == told.json()["digest"]
    assert (french["language"], french["tables"][1]["title"]) == ("fr", "Reçus, par langue")
    assert french["tables"][1]["columns"] == [{"code": "cases", "label": "dossiers"}]
    seen = {"If-None-Match": told.headers["ETag"]}
    oscar.form("/verslag/2026", {}, seen="/account")
    assert anybody.get(f"{public}/json", headers=seen).status_code == 304
    (entry,) = etree.fromstring(anybody.get("/jaarverslag.atom").content).iter(f"{{{ATOM}}}entry")
    assert entry.findtext(f"{{{ATOM}}}title") == "Jaarverslag 2026"
    assert "Reçus, par langue" in anybody.form("/taal", {"language": "fr", "next": public}, seen=public).text
    assert anybody.get(f"{public}/pdf").content.startswith(b"%PDF")
    files = anybody.get("/open-data.json").json()["dcat:dataset"]
    assert {each["@language"]: each["@value"] for each in files[-1]["dct:title"]}["fr"] == "Rapport annuel 2026"
    addresses = [each["dcat:accessURL"]["@id"] for data in files for each in data["dcat:distribution"]]
    assert f"{sqlite_office.settings.base_url}{public}/csv" in addresses
    assert {anybody.get(each.removeprefix(sqlite_office.settings.base_url)).status_code for each in addresses} == {200}
    assert "CC0 1.0" in anybody.get("/open-data").text


def test_a_later_version_says_why_and_what_changed_and_keeps_out_what_the_first_left_out(
    sqlite_office: Office, clock: TravellingClock, visit: Callable[..., Visitor]
) -> None:
    for _ in range(6):
        Story(sqlite_office).given_a_complaint()
    clock.advance(timedelta(days=400))
    counted(sqlite_office)
    anybody, oscar, public = visit(), visit("ombudsman"), "/jaarverslag/2026"
    oscar.form("/verslag/2026", {}, seen="/account")
    assert "De cijfers zijn dezelfde" in oscar.get("/verslag/2026?openbaar=1").text
    # A letter of that year that was found afterwards.
    with sqlite_office.database.work() as work:
        at = clock.now() - timedelta(days=390)
        intake.receive(sqlite_office, work, person("intake_officer"), COMPLAINT, received_at=at)
    stale = oscar.form("/verslag/2026", {"reason": "Er lag nog een brief."}, seen="/account")
    assert (stale.status_code, "Tel het eerst opnieuw" in stale.text) == (409, True)
    counted(sqlite_office)
    before_it = oscar.get("/verslag/2026?openbaar=1").text
    assert "Wat er anders is dan in het openbare verslag" in before_it
    refused = oscar.form("/verslag/2026", {"reason": ""}, seen="/account")
    assert (refused.status_code, "waarom er een nieuwe versie komt" in refused.text) == (422, True)
    shown = oscar.form("/verslag/2026", {"reason": "Er lag nog een brief."}, seen="/account").text
    for told in ("Versie 2, ", "Er lag nog een brief.", "Wat er anders is dan in versie 1", "<td>6</td><td>7</td>"):
        assert told in shown
    first = anybody.get(f"{public}?versie=1").text
    assert ("<td>6</td>" in first, "die niet meer geldt" in first) == (True, True)
    assert anybody.get(f"{public}/json?versie=1").json()["digest"] in first
    assert anybody.get(f"{public}?versie=3").status_code == 404


def test_the_paper_is_in_the_language_of_its_reader_with_the_same_figures_and_digest(
    sqlite_office: Office, clock: TravellingClock, visit: Callable[..., Visitor]
) -> None:
    for _ in range(6):
        Story(sqlite_office).given_a_complaint()
    Story(sqlite_office).given_a_complaint(complaint_language="fr")
    clock.advance(timedelta(days=400))
    counted(sqlite_office)
    anybody, public = visit(), "/jaarverslag/2026"
    visit("ombudsman").form("/verslag/2026", {}, seen="/account")
    page = anybody.form("/taal", {"language": "de", "next": public}, seen=public).text
    assert f"{public}/pdf?taal=de" in page
    digest = anybody.get(f"{public}/json").json()["digest"]
    for language, title, words in (
        ("fr", "Rapport annuel 2026", "Reçus, par langue"),
        ("de", "Jahresbericht 2026", "weniger als 5, oder ableitbar"),
        ("en", "Annual report 2026", "less than 5, or could be worked out"),
    ):
        answer = anybody.get(f"{public}/pdf?taal={language}")
        assert f"jaarverslag-2026-openbaar-{language}.pdf" in answer.headers["Content-Disposition"]
        document = PdfReader(io.BytesIO(answer.content))
        printed = text_of(answer.content)
        assert (title in printed, words in printed, digest in printed.replace(" ", "")) == (True, True, True), language
        assert str(document.root_object["/Lang"]) == language
        for dutch in ("Omschrijving", "Ontvangen", "Geteld", "aantallen"):
            assert dutch not in printed


def test_the_licence_is_what_the_office_chose_in_words_and_for_programs(sqlite_office: Office) -> None:
    settings = Settings.from_environment({"OMBUDSFLOW_LICENCE": "cc-by"})
    with Visitor(build(replace(sqlite_office, settings=settings))) as anybody:
        page = anybody.get("/open-data").text
        assert "als erbij staat dat het van ons komt" in page
        assert 'href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>' in page
        told = anybody.get("/open-data.json").json()
    used = {each["dct:license"]["@id"] for data in told["dcat:dataset"] for each in data["dcat:distribution"]}
    assert used == {told["dct:license"]["@id"]} == {"https://creativecommons.org/licenses/by/4.0/"}
    with pytest.raises(SettingRefused):
        Settings.from_environment({"OMBUDSFLOW_LICENCE": "vrij"})
