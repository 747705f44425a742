"""Mending a process, and a step that is stuck, on every screen; with the diagram that shows where it is."""

from tests.browser.conftest import Open, Site, looks_right
from tests.tasks.test_mending import WHY, stuck
from tests.web.conftest import hire


def test_the_pages_that_mend_are_accessible_on_every_screen(open_page: Open, site: Site) -> None:
    _, incident_id = stuck(site.office)
    looks_right(open_page, "/beheer/processen", "processes", "process_manager")
    looks_right(open_page, "/beheer/processen/1", "process", login="process_manager")
    looks_right(open_page, "/beheer/vastgelopen", "incidents", login="process_manager")
    looks_right(open_page, f"/beheer/vastgelopen/{incident_id}", "incident", login="process_manager")
    hire(site.office, "bert", "admin")
    looks_right(open_page, f"/beheer/vastgelopen/{incident_id}", "incident-administrator", login="bert")


def test_a_process_is_moved_by_keyboard_and_the_picture_follows(open_page: Open, site: Site) -> None:
    story, _ = stuck(site.office)
    page = open_page("/beheer/processen/1", "process_manager")
    page.wait_for_selector("[data-element-id=start_deadlines].here, .djs-element[data-element-id=start_deadlines]")
    page.locator("#move summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Termijnen starten").check()
    page.select_option("#activate", "decide_admissibility")
    page.fill("#reason-move", WHY)
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Het proces is verplaatst.")
    assert [row.element_id for row in story._open()] == ["decide_admissibility"]
    looks_right(open_page, "/beheer/processen/1?variabele=received_on", "process-correct", login="process_manager")
    page.goto("/beheer/processen/1?variabele=received_on#correct")
    page.fill("#value", "gisteren")
    page.fill("#reason-correct", WHY)
    page.get_by_role("button", name="Verbeteren").click()
    page.wait_for_selector("text=Deze waarde kan niet gelezen worden")
    assert page.input_value("#value") == "gisteren"
