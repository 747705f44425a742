"""The studio in a real browser: the three editors, findings on what they are about, and a change that two people bring into use."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect
from sqlalchemy import select

from engine import definitions
from tasks.models import UserTask
from tasks.office import Office
from tests.browser.conftest import Open, Site, check_page, looks_right
from tests.stories.stage import Story
from tests.web.conftest import PASSWORD

COMPLAINT, MEDIATION = "/studio/diagrammen/complaint", "/studio/diagrammen/mediation"
URGENCY, CLOSING = "/studio/beslissingen/urgency", "/studio/formulieren/close_case"
Edit = Callable[..., Page]


@pytest.fixture
def edit(open_page: Open) -> Iterator[Edit]:
    """`edit(MEDIATION, "process_manager", login="petra")`: the editor, opened; nothing may be wrong in the console at the end."""
    told: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not re.search("status of (403|409)", message.text):
            told.append(message.text)

    def enter(address: str, *roles: str, login: str = "", width: str = "1280") -> Page:
        page = open_page("/studio", *roles, login=login, width=width)
        page.on("console", listen)
        page.on("pageerror", lambda problem: told.append(str(problem)))
        page.goto(f"{address}/bewerken")
        return opened(page)

    yield enter
    assert told == []


def opened(page: Page) -> Page:
    """Wait until the editor stands in the place of the text field; a long diagram is shown whole."""
    page.wait_for_selector("form[data-editor][data-ready=yes]")
    assert page.locator("#content").is_hidden(), page.locator("[data-state]").text_content()
    if (whole := page.get_by_role("button", name="Alles tonen")).count():
        whole.click()
    return page


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


def test_a_renamed_task_is_published_by_one_and_brought_into_use_by_another(edit: Edit, site: Site) -> None:
    running = Story(site.office).given_a_complaint()
    assert tasks_of(site.office, running.case_id) == [("Soort en dringendheid bepalen", 1)]

    page = edit(COMPLAINT, "process_manager", login="petra")
    rename(page, "assess_intake", "Klacht inschatten")
    expect(page.locator("[data-state]")).to_have_text("Niet bewaarde wijzigingen")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.locator("[data-state]")).to_contain_text("Werkkopie bewaard om")
    page.get_by_role("button", name="Controleren").click()
    expect(page.locator("#bevindingen")).to_contain_text("0 fouten")
    page.get_by_role("button", name="Publiceren…").click()
    page.wait_for_url("**/publiceren")
    expect(page.locator(".difference.changed")).to_have_count(1)
    expect(page.locator(".difference.changed")).to_contain_text("Soort en dringendheid bepalen → Klacht inschatten")
    expect(page.get_by_text("versie 1: 1 open dossier")).to_be_visible()
    check_page(page, "studio-publish-1280")
    page.get_by_role("button", name="Publiceren als versie 2").click()
    expect(page.get_by_text("U maakte deze versie zelf.")).to_be_visible()
    expect(page.get_by_role("button", name="Versie 2 in gebruik nemen")).to_have_count(0)

    second = edit(MEDIATION, "process_manager", login="pol")
    second.goto(COMPLAINT)
    second.get_by_role("link", name="Bekijken").click()
    check_page(second, "studio-approve-1280")
    second.get_by_role("button", name="Versie 2 in gebruik nemen").click()
    expect(second.get_by_role("heading", name="Versie 2, nu in gebruik")).to_be_visible()

    fresh = Story(site.office).given_a_complaint()
    assert tasks_of(site.office, fresh.case_id) == [("Klacht inschatten", 2)]
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
    page.locator('[data-element-id="urgency_2_in_1"]').click()
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


def test_a_form_is_changed_in_its_editor(edit: Edit, site: Site) -> None:
    page = edit(CLOSING, "process_manager", login="petra")
    page.locator(".fjs-element[data-id]", has_text="Slotbericht aan de klager").last.click()
    page.locator(".bio-properties-panel-group-header", has_text="Algemeen").click()
    label = page.get_by_role("textbox", name="Vraag", exact=True)
    label.fill("Laatste bericht")
    label.blur()
    page.get_by_role("button", name="Controleren").click()
    expect(page.locator("#bevindingen")).to_contain_text("0 fouten")
    page.get_by_role("button", name="Publiceren…").click()
    page.wait_for_url("**/publiceren")
    expect(page.locator(".difference .changes").first).to_contain_text("Slotbericht aan de klager → Laatste bericht")


def test_leaving_with_unsaved_work_asks_first_and_saving_elsewhere_is_told(edit: Edit, open_page: Open) -> None:
    first = edit(MEDIATION, "process_manager", login="petra")
    second = open_page(f"{MEDIATION}/bewerken", login="petra")
    opened(second)
    rename(second, "record_failure", "Akkoord vastleggen")
    second.keyboard.press("Control+s")
    expect(second.locator("[data-state]")).to_contain_text("Werkkopie bewaard om")

    rename(first, "record_failure", "Akkoord opschrijven")
    first.get_by_role("button", name="Bewaren").click()
    expect(first.locator("[data-state]")).to_contain_text("in een ander venster bewaard")
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    first.on("dialog", stay)
    first.get_by_role("link", name="Studio", exact=True).first.click()
    first.wait_for_url("**/studio")
    assert asked == ["beforeunload"]


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
