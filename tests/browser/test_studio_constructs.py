"""What the editor offers of what the engine runs: repeating a step, steps to choose; in Dutch, and nothing that is refused."""

from playwright.sync_api import Page, expect

from tasks.studio import working_copies
from tests.browser.conftest import Site
from tests.browser.test_studio import MEDIATION, Edit, edit
from tests.browser.test_studio_roundtrip import PETRA

__all__ = ["edit"]  # the fixture


def change(page: Page, element_id: str) -> None:
    """The menu in which an element becomes another, or repeats."""
    page.locator(f'.djs-element[data-element-id="{element_id}"] .djs-hit').first.click(
        force=True, position={"x": 4, "y": 4}
    )
    page.locator('.djs-context-pad [data-action="replace"]').click()


def section(page: Page, title: str) -> None:
    page.locator(".bio-properties-panel-group-header", has_text=title).click()


def feel(page: Page, entry: str, text: str) -> None:
    page.locator(f'[data-entry-id="{entry}"] .cm-content').fill(text)


def saved(page: Page, site: Site) -> str:
    """What the working copy says now."""
    page.get_by_role("button", name="Bewaren", exact=True).click()
    expect(page.locator("[data-state]")).to_contain_text("Werkkopie bewaard")
    with site.office.database.reading() as reading:
        copy = working_copies.find(reading, PETRA, "process", "mediation")
        assert copy is not None
        return " ".join(copy.content.decode().split())


def test_a_step_is_made_a_loop_with_its_condition_and_limit(edit: Edit, site: Site) -> None:
    page = edit(MEDIATION, "process_manager", login="petra")
    change(page, "record_failure")
    page.locator(".djs-popup-header .entry[title='Lus']").click()
    page.keyboard.press("Escape")
    section(page, "Lus")
    feel(page, "loopCondition", "next = true")
    page.get_by_label("Hoogstens zo vaak").fill("5")
    page.get_by_label("Ook voor de eerste keer nagaan").check(force=True)
    page.screenshot(path="tests/screenshots/studio-loop-1280.png", full_page=True)
    written = saved(page, site)
    assert '<standardLoopCharacteristics testBefore="true" loopMaximum="5">' in written
    assert ">=next = true</loopCondition>" in written
    page.reload()
    expect(page.locator("form[data-editor][data-ready=yes]")).to_be_visible()
    assert saved(page, site) == written, "opened again nothing is lost"


def test_a_step_is_done_a_number_of_times_or_for_each_of_a_list(edit: Edit, site: Site) -> None:
    page = edit(MEDIATION, "process_manager", login="petra")
    change(page, "record_failure")
    page.locator(".djs-popup-header .entry[title='Meerdere na elkaar']").click()
    page.keyboard.press("Escape")
    section(page, "Herhaling")
    expect(page.get_by_text("Naam van elk deel")).to_be_visible()
    feel(page, "loopCardinality", "3")
    written = saved(page, site)
    assert '<multiInstanceLoopCharacteristics isSequential="true">' in written
    assert ">=3</loopCardinality>" in written


def test_a_part_becomes_steps_to_choose_one_at_a_time(edit: Edit, site: Site) -> None:
    page = edit(MEDIATION, "process_manager", login="petra")
    change(page, "talks")
    page.locator(".djs-popup .entry", has_text="Stappen naar keuze").first.click()
    section(page, "Volgorde")
    page.get_by_label("Een stap tegelijk").check(force=True)
    expect(page.locator(".bio-properties-panel-group-header", has_text="Wanneer klaar")).to_be_visible()
    for refused in ("Implementation", "Lijst van uitkomsten"):
        expect(page.locator(".bio-properties-panel-group-header", has_text=refused)).to_have_count(0)
    expect(page.locator(".bio-properties-panel-header-type")).to_have_text("Stappen naar keuze")
    page.screenshot(path="tests/screenshots/studio-choose-1280.png", full_page=True)
    assert 'adHocSubProcess id="talks"' in (written := saved(page, site))
    assert 'ordering="Sequential"' in written


def test_what_is_refused_is_not_offered(edit: Edit) -> None:
    page = edit(MEDIATION, "process_manager", login="petra")
    page.locator('.djs-palette [data-action="create-anything"], .djs-palette [data-action="create"]').last.click()
    search = page.locator(".djs-popup-search input")
    for text, offered in (
        ("wegen", "Keuze van een of meer wegen"),
        ("signaal", "Einde met signaal"),
        ("herstel", "Herstel vragen"),
    ):
        search.fill("")
        search.press_sequentially(text)
        expect(page.locator(".djs-popup-results .entry", has_text=offered).first).to_be_visible()
    search.fill("")
    search.press_sequentially("complex")
    expect(page.locator(".djs-popup-results .entry", has_text="omplex")).to_have_count(0)
