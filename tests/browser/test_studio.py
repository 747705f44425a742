"""The studio in a real browser: the three editors, findings on what they are about, and a change that two people bring into use."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Dialog, Page, expect
from sqlalchemy import select

from engine import definitions
from identity.people import Actor
from identity.roles import PROCESS_MANAGER
from tasks.errors import FormNotAccepted
from tasks.models import UserTask
from tasks.office import Office
from tasks.studio import publishing
from tests.browser.conftest import Open, Site, check_page, looks_right
from tests.stories.stage import Story
from tests.web.conftest import PASSWORD

COMPLAINT, MEDIATION = "/studio/diagrammen/complaint", "/studio/diagrammen/mediation"
URGENCY = "/studio/beslissingen/urgency"
CLOSING, INTAKE = "/studio/formulieren/close_case", "/studio/formulieren/assess_intake"
Edit = Callable[..., Page]


@pytest.fixture
def edit(open_page: Open) -> Iterator[Edit]:
    """`edit(MEDIATION, "process_manager", login="petra")`: the editor, opened; nothing may be wrong in the console at the end."""
    told: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not re.search("status of (403|409)|ERR_INTERNET_DISCONNECTED", message.text):
            told.append(message.text)

    def enter(address: str, *roles: str, login: str = "", width: str = "1280", whole: bool = True) -> Page:
        page = open_page("/studio", *roles, login=login, width=width)
        page.on("console", listen)
        page.on("pageerror", lambda problem: told.append(str(problem)))
        page.goto(f"{address}/bewerken")
        return opened(page, whole=whole)

    yield enter
    assert told == []


def opened(page: Page, *, whole: bool = True) -> Page:
    """Wait until the editor stands in the place of the text field; a long diagram is shown whole, or as it opens."""
    page.wait_for_selector("form[data-editor][data-ready=yes]")
    assert page.locator("#content").is_hidden(), page.locator("[data-state]").text_content()
    if whole and (all_of_it := page.get_by_role("button", name="Alles tonen")).count():
        all_of_it.click()
    return page


def pick(page: Page, element_id: str) -> None:
    page.locator(f'.djs-element[data-element-id="{element_id}"] .djs-hit').first.click(force=True)


def remove_arrow(page: Page, element_id: str) -> None:
    """Click halfway on the arrow, where nothing else lies, and press Delete."""
    x, y = page.locator(f'.djs-connection[data-element-id="{element_id}"] .djs-hit').first.evaluate(
        """path => { const half = path.getPointAtLength(path.getTotalLength() / 2), to = path.getScreenCTM();
        return [half.x * to.a + to.e, half.y * to.d + to.f]; }"""
    )
    page.mouse.click(x, y)
    page.keyboard.press("Delete")


def drag(page: Page, what: str, onto: str) -> None:
    """Pick up, move in small steps as a hand does, and let go just inside the upper edge."""
    start, end = (page.locator(each).first.bounding_box() for each in (what, onto))
    assert start is not None and end is not None
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 10, steps=3)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 5, steps=8)
    page.mouse.up()


def brought_into_use(site: Site, kind: str, key: str) -> None:
    """By a colleague, where that is not what the test is about."""
    with site.office.database.work() as work:
        newest = definitions.versions(work, kind, key)[0]
        publishing.activate(site.office, work, Actor("person:99", "Pol", frozenset({PROCESS_MANAGER})), newest.id)


def rename(page: Page, element_id: str, name: str) -> None:
    """As a person does: double-click, type, Enter."""
    page.locator(f'.djs-element[data-element-id="{element_id}"] .djs-hit').first.dblclick(force=True)
    field = page.locator(".djs-direct-editing-content")
    field.fill(name)
    field.press("Enter")
    expect(field).to_have_count(0)


def watermark_is_visible(page: Page, link: str) -> None:
    """The licence of the editors: their mark stays visible and nothing lies over it."""
    mark = page.locator(link).first
    expect(mark).to_be_visible()
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None and box["width"] > 40 and box["height"] > 15
    is_on_top = mark.evaluate(
        """mark => { const box = mark.getBoundingClientRect();
        const found = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return mark.contains(found); }"""
    )
    assert is_on_top, "something lies over the watermark"


def tasks_of(office: Office, case_id: int) -> list[tuple[str, int]]:
    """The open user tasks of a case: name and version of the diagram."""
    with office.database.reading() as reading:
        rows = reading.session.scalars(
            select(UserTask).where(UserTask.case_id == case_id, UserTask.closed_at.is_(None))
        )
        return [(row.name, definitions.get(reading, row.definition_id).version) for row in rows]


def test_a_step_drawn_by_one_is_brought_into_use_by_another(edit: Edit, open_page: Open, site: Site) -> None:
    running = Story(site.office).given_a_complaint()
    page = edit(COMPLAINT, "process_manager", login="petra", whole=False)
    pick(page, "send_acknowledgement")
    page.locator('.djs-context-pad [data-action="append"]').click()
    page.locator(".djs-popup-search input").press_sequentially("taak met")
    page.locator(".djs-popup-results .entry", has_text="Taak met formulier").click()
    drawn = page.locator('.djs-shape[data-element-id^="Activity_"]')
    expect(drawn).to_have_count(1)
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(drawn).to_have_count(0)
    page.get_by_role("button", name="Opnieuw doen").click()
    pick(page, str(drawn.get_attribute("data-element-id")))
    page.locator(".bio-properties-panel-group-header", has_text="Algemeen").click()
    page.locator("#bio-properties-panel-id").fill("call_complainant")
    rename(page, "call_complainant", "Klager opbellen")
    page.locator(".bio-properties-panel-group-header", has_text="Ingevuld").click()
    page.get_by_role("combobox", name="Formulier").select_option("waiting_ended")
    page.get_by_role("combobox", name="Rol").select_option("intake_officer")
    remove_arrow(page, "f_send_acknowledgement_assess_intake")
    pick(page, "call_complainant")
    page.locator('.djs-context-pad [data-action="connect"]').click()
    pick(page, "assess_intake")
    page.get_by_role("button", name="Publiceren…").click()
    page.wait_for_url("**/publiceren")
    expect(page.locator("#bevindingen")).to_contain_text("0 fouten")
    expect(page.locator('.finding[data-element="call_complainant"]')).to_have_count(0)
    expect(page.locator(".difference.added", has_text="Klager opbellen").first).to_be_visible()
    expect(page.get_by_text("versie 1: 1 open dossier")).to_be_visible()
    check_page(page, "studio-publish-1280")
    page.get_by_role("button", name="Publiceren als versie 2").click()
    expect(page.get_by_text("U maakte deze versie zelf.")).to_be_visible()
    expect(page.get_by_role("button", name="Versie 2 in gebruik nemen")).to_have_count(0)

    second = open_page(COMPLAINT, "process_manager", login="pol")
    second.get_by_role("link", name="Bekijken").click()
    second.get_by_role("button", name="Versie 2 in gebruik nemen").click()
    expect(second.get_by_role("heading", name="Versie 2, nu in gebruik")).to_be_visible()

    fresh = Story(site.office).given_a_complaint()
    assert tasks_of(site.office, fresh.case_id) == [("Klager opbellen", 2)]
    assert tasks_of(site.office, running.case_id) == [("Soort en dringendheid bepalen", 1)]
    running.completes("assess_intake", matter="complaint", judged_urgent="nee")
    assert {version for _, version in tasks_of(site.office, running.case_id)} == {1}


def test_a_refused_diagram_shows_its_finding_on_the_element(edit: Edit, site: Site) -> None:
    page = edit(MEDIATION, "process_manager", login="petra")
    page.locator('.djs-element[data-element-id="record_failure"] .djs-hit').first.click(force=True)
    page.locator(".bio-properties-panel-group-header", has_text="Formulier").click()
    page.locator("#bio-properties-panel-formId").fill("no_such_form")
    page.locator("#bio-properties-panel-formId").blur()
    page.get_by_role("button", name="Controleren").click()
    finding = page.locator('.finding[data-element="record_failure"]')
    expect(finding).to_contain_text("no_such_form")
    expect(page.locator(".djs-element.finding-error")).to_have_attribute("data-element-id", "record_failure")
    flag = page.locator(".finding-flag.error")
    expect(flag).to_have_count(1)
    assert "no_such_form" in (flag.get_attribute("title") or "")

    page.keyboard.press("Escape")
    page.locator('.djs-element[data-element-id="talks"] .djs-hit').first.click(force=True, position={"x": 4, "y": 4})
    finding.get_by_role("button", name="record_failure").click()
    expect(page.locator('.djs-element.selected[data-element-id="record_failure"]')).to_have_count(1)
    page.screenshot(path="tests/screenshots/studio-finding-1280.png", full_page=True)

    page.get_by_role("button", name="Publiceren…").click()
    page.wait_for_url("**/publiceren")
    expect(page.get_by_text("Los eerst de fouten op")).to_be_visible()
    expect(page.get_by_role("button", name="Publiceren als versie")).to_have_count(0)
    with site.office.database.reading() as reading:
        assert len(definitions.versions(reading, "process", "mediation")) == 1


def test_building_blocks_are_offered_and_what_they_write_can_be_published(edit: Edit) -> None:
    page = edit(MEDIATION, "process_manager", login="petra")
    page.locator('.djs-palette [data-action="create-anything"], .djs-palette [data-action="create"]').last.click()
    page.locator(".djs-popup-search input").fill("Brief versturen")
    expect(page.locator(".djs-popup-results .entry", has_text="Brief versturen").first).to_be_visible()
    page.keyboard.press("Escape")

    page.locator('.djs-element[data-element-id="invite_authority"] .djs-hit').first.click(force=True)
    page.get_by_role("button", name="Kiezen", exact=True).click()
    page.locator(".cmd-change-menu .entry, .djs-popup .entry", has_text="Brief versturen").first.click()
    page.locator(".bio-properties-panel-group-header", has_text="Ingevuld").click()
    chosen = page.get_by_role("combobox", name="Brief", exact=True)
    expect(chosen).to_have_value("L13")
    chosen.select_option("L14")
    expect(page.locator(".bio-properties-panel-group-header", has_text="Luisteraars")).to_have_count(0)
    page.get_by_role("button", name="Controleren").click()
    expect(page.locator("#bevindingen")).to_contain_text("0 fouten")
    page.get_by_role("button", name="Publiceren…").click()
    page.wait_for_url("**/publiceren")
    expect(page.locator(".difference", has_text="Dienst uitnodigen")).to_contain_text("L13 → L14")


def test_a_decision_table_is_changed_in_its_cells_and_keeps_its_sources(edit: Edit, site: Site) -> None:
    page = edit(URGENCY, "process_manager", login="petra")
    expect(page.get_by_text("Anders niet dringend", exact=True)).to_be_visible()
    cell = page.locator('[data-element-id="urgency_1_in_1"]')
    cell.click()
    cell.locator(".cm-content").fill('"ja", "zeker"')
    page.get_by_label("Welke rijen gelden").click()
    page.locator(".dms-select-options .option", has_text="(Unique)").click()
    page.get_by_role("button", name="Controleren").click()
    overlap = page.locator('.finding[data-severity="error"]')
    expect(overlap).to_contain_text("passen 2 rijen")
    page.get_by_role("button", name="Ongedaan maken").click()
    page.get_by_role("button", name="Controleren").click()
    expect(overlap).to_have_count(0)
    page.get_by_role("button", name="Publiceren…").click()
    page.wait_for_url("**/publiceren")
    expect(page.locator(".difference")).to_have_count(1)
    expect(page.locator(".difference")).to_contain_text("rij 1")
    expect(page.locator(".difference .changes")).to_contain_text('Oordeel van het onthaal"ja" → "ja", "zeker"')
    page.get_by_role("button", name="Publiceren als versie 2").click()
    page.wait_for_url("**/versies/2**")
    with site.office.database.reading() as reading:
        content = definitions.version(reading, "decision", "urgency", 2).content.decode()
    assert content.count("<annotationEntry>") == 2
    assert "<description>" not in content


def test_a_question_added_to_a_form_is_seen_before_it_is_asked(edit: Edit, site: Site) -> None:
    page = edit(INTAKE, "process_manager", login="petra")
    expect(page.locator('.fjs-palette-field[data-field-type="taglist"]')).to_have_count(0)
    drag(page, '.fjs-palette-field[data-field-type="select"]', '.fjs-element[data-id="field_matter"]')
    for group in ("Algemeen", "Antwoord", "Wat een antwoord moet zijn"):
        page.locator(".bio-properties-panel-group-header", has_text=group).first.click()
    page.get_by_role("textbox", name="Vraag", exact=True).fill("Over welk soort dienst gaat het?")
    page.get_by_label("Sleutel").fill("kind_of_service")
    page.get_by_label("Het antwoord gaat naar").select_option("case")
    page.get_by_label("Naam in het dossier").press_sequentially("intake.kind")
    page.get_by_label("Keuzes uit een codelijst").select_option("themes")
    page.get_by_label("Verplicht").check(force=True)
    page.get_by_role("button", name="Controleren").click()
    expect(page.locator("#bevindingen")).to_contain_text("0 fouten")
    expect(page.locator(".form-preview").get_by_label("Over welk soort dienst gaat het?")).to_be_visible()
    page.get_by_role("button", name="Publiceren…").click()
    page.wait_for_url("**/publiceren")
    expect(page.locator(".difference.added", has_text="Over welk soort dienst gaat het?")).to_be_visible()
    page.get_by_role("button", name="Publiceren als versie 2").click()
    page.wait_for_url("**/versies/2**")
    brought_into_use(site, "form", "assess_intake")
    story = Story(site.office).given_a_complaint()
    with pytest.raises(FormNotAccepted):
        story.completes("assess_intake", matter="complaint", judged_urgent="nee")
    story.completes("assess_intake", matter="complaint", judged_urgent="nee", kind_of_service="openbaar_vervoer")


def test_work_is_kept_through_a_lost_connection_and_a_second_window(edit: Edit, open_page: Open) -> None:
    first = edit(MEDIATION, "process_manager", login="petra")
    second = open_page(f"{MEDIATION}/bewerken", login="petra")
    opened(second)
    rename(second, "record_failure", "Akkoord vastleggen")
    second.keyboard.press("Control+s")
    expect(second.locator("[data-state]")).to_contain_text("Werkkopie bewaard om")

    rename(first, "record_failure", "Akkoord opschrijven")
    first.context.set_offline(True)
    first.get_by_role("button", name="Bewaren", exact=True).click()
    expect(first.locator("[data-state]")).to_contain_text("Niet bewaard: geen verbinding")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    first.on("dialog", stay)
    first.get_by_role("link", name="Studio", exact=True).first.click()
    first.context.set_offline(
        False
    )  # what was not saved is sent again by itself, and meets what the other window saved
    expect(first.locator("[data-state]")).to_contain_text("in een ander venster bewaard")
    assert asked == ["beforeunload"]
    first.get_by_role("button", name="Bewaren wat hier staat").click()
    expect(first.locator("[data-state]")).to_contain_text("Werkkopie bewaard om")
    expect(first.get_by_role("button", name="Bewaren wat hier staat")).to_be_hidden()
    second.reload()
    expect(second.locator("#content")).to_have_value(re.compile("Akkoord opschrijven"))


def test_logging_in_again_elsewhere_does_not_lose_what_was_drawn(edit: Edit, site: Site) -> None:
    page = edit(MEDIATION, "process_manager", login="petra")
    rename(page, "record_failure", "Akkoord opschrijven")
    page.context.clear_cookies()
    page.get_by_role("button", name="Bewaren").click()
    expect(page.locator("[data-state]")).to_contain_text("U bent afgemeld")

    other = page.context.new_page()
    other.goto("/aanmelden")
    other.fill("#login", "petra")
    other.fill("#password", PASSWORD)
    other.click("button.primary")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.locator("[data-state]")).to_contain_text("Werkkopie bewaard om")


@pytest.mark.parametrize(
    ("address", "name", "link"),
    [
        (f"{COMPLAINT}/bewerken", "studio-diagram", "a.bjs-powered-by"),
        (f"{URGENCY}/bewerken", "studio-decision", "a.bjs-powered-by"),
        (f"{CLOSING}/bewerken", "studio-form", "a.fjs-powered-by-link"),
        (MEDIATION, "studio-definition", "a.bjs-powered-by"),
        (f"{MEDIATION}/versies/1", "studio-version", "a.bjs-powered-by"),
    ],
)
def test_the_editors_keep_their_watermark_at_every_width(open_page: Open, address: str, name: str, link: str) -> None:
    for width in ("1280", "390"):
        first = width == "1280"
        page = open_page(address, *(["process_manager"] if first else []), login="petra", width=width)
        page.wait_for_selector("[data-ready=yes]")
        check_page(page, f"{name}-{width}")
        watermark_is_visible(page, link)


def test_without_javascript_the_source_is_read_changed_and_checked(open_page: Open) -> None:
    page = open_page(f"{CLOSING}/bewerken", "process_manager", login="petra", javascript=False)
    source = page.locator("#content")
    expect(source).to_be_visible()
    source.fill(source.input_value().replace("textarea", "hologram"))
    page.get_by_role("button", name="Controleren").click()
    expect(page.locator('.finding[data-severity="error"]')).to_have_count(1)
    page.screenshot(path="tests/screenshots/studio-source-1280.png")


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/studio/diagrammen", "studio"),
        (f"{MEDIATION}/verschillen", "studio-differences"),
        (f"{URGENCY}/versies/1", "studio-table"),
        (CLOSING, "studio-fields"),
        ("/studio/brieven/L06/bewerken?controleren=ja", "studio-letter"),
        ("/studio/uitleg/references", "studio-explanation"),
    ],
)
def test_the_pages_are_good_to_look_at(open_page: Open, address: str, name: str) -> None:
    looks_right(open_page, address, name, "process_manager")
