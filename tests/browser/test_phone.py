"""Noting a complaint by telephone, as somebody does it with a caller on the line."""

from tests.browser.conftest import Open, Site, looks_right
from tests.stories.stage import Story


def test_the_phone_screen_is_accessible_on_every_screen(open_page: Open) -> None:
    looks_right(open_page, "/telefoon", "phone", "intake_officer")


def test_a_call_is_noted_while_fields_and_earlier_cases_follow(open_page: Open, site: Site) -> None:
    story = Story(site.office).given_a_complaint(complainant_name="Jan Peeters")
    page = open_page("/telefoon", "intake_officer")
    page.select_option("#complaint_channel", "phone")
    page.fill("#services", "de lijn")
    page.fill("#subject", "Bus reed door")
    page.fill("#narrative", "De bus stopte niet aan de halte.")
    page.fill("#desired_outcome", "Excuses.")
    page.fill("#facts_on", "2026-01-02")
    page.check("input[name=first_line_contacted][value=nee]")
    page.set_input_files("#files", {"name": "boete.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    page.check("input[name=court_pending][value=ja]")
    # In one go: the field that was found may have given place to a new one before it is used.
    page.evaluate("narrative.focus(); narrative.setSelectionRange(3, 3)")
    page.wait_for_selector("[name=court_same_object]")
    page.keyboard.type("volle ")  # where one was typing, also when fields came
    assert page.input_value("#narrative") == "De volle bus stopte niet aan de halte."
    assert page.locator("#files").evaluate("field => field.files.length") == 1
    page.check("input[name=court_pending][value=nee]")
    page.wait_for_selector("[name=court_same_object]", state="detached")
    page.check("input[name=filer_kind][value=person]")
    page.fill("#complainant_name", "Peeters Jan")
    page.wait_for_selector(f"[data-same] >> text={story.case.number}")
    for name, value in (("name_withheld", "nee"), ("complaint_language", "nl"), ("is_anonymous", "nee")):
        page.check(f"input[name={name}][value={value}]")
    page.get_by_role("button", name="Klacht noteren").click()
    page.wait_for_url("**/telefoon/2026-0002")
    assert "Het nummer van het dossier is 2026-0002" in page.inner_text("main")
