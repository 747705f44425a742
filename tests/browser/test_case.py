"""The case and its task as staff works with them: draft kept by itself, fields that come and go, the diagram with where we are."""

import re

from playwright.sync_api import expect

from tasks import completion
from tests.browser.conftest import Open, Site, check_page, log_in, looks_right
from tests.stories.stage import NOT_CONTACTED, Story, person

# What people write: a word without an end, another script, a name with an emoji.
UNRULY = {
    "subject": f"الحافلة {'z' * 90}",
    "narrative": f"{'A' * 1000}\nانتظرت الحافلة لمدة ساعة ولم تأت.",
    "complainant_name": f"🦊 {'Van Steenberghe-' * 6}",
}


def at_admissibility(site: Site, **answers: str) -> Story:
    old = {"facts_on": "2024-01-05", "first_line_on": "2024-02-01"}
    story = Story(site.office).given_a_complaint(name_withheld="ja", **old, **answers)
    return story.completes("assess_intake", matter="complaint", judged_urgent="ja", intake_note="Belt na vijf uur.")


def test_a_task_is_accessible_on_every_screen(open_page: Open, site: Site) -> None:
    task = at_admissibility(site, **UNRULY).open("decide_admissibility")
    looks_right(open_page, f"/taken/{task.id}", "task", "case_handler")


def test_an_answer_that_came_by_post_is_noted_in_a_page_for_everyone(open_page: Open, site: Site) -> None:
    story = Story(site.office).given_a_complaint(**NOT_CONTACTED)
    task = story.completes("assess_intake", matter="complaint", judged_urgent="nee").open("answer_first_line")
    with site.office.database.work() as work:
        completion.save_draft(site.office, work, person("intake_officer"), task.id, {"on_behalf.channel": "post"})
    looks_right(open_page, f"/taken/{task.id}", "task-on-behalf", "case_handler")


def test_the_tabs_of_a_case_are_accessible_on_every_screen(open_page: Open, site: Site) -> None:
    story = at_admissibility(site, **UNRULY)
    story.receives("information_added", added="Nog een foto van het scherm.")
    number = story.case.number
    looks_right(open_page, f"/dossiers/{number}", "case", "case_handler")
    for tab in ("partijen", "grieven", "brieven", "stukken", "termijnen", "tijdlijn"):
        looks_right(open_page, f"/dossiers/{number}/{tab}", f"case-{tab}", login="case_handler")
    letter = story.letters()[0]
    looks_right(open_page, f"/dossiers/{number}/brieven/{letter.id}", "case-letter", login="case_handler")
    looks_right(open_page, "/dossiers", "cases", login="case_handler")


def test_the_course_shows_the_diagram_with_where_the_case_is(open_page: Open, site: Site) -> None:
    number = at_admissibility(site).case.number
    page = open_page(f"/dossiers/{number}/verloop", "case_handler")
    page.wait_for_selector('.diagram[data-ready="yes"]')
    active = page.locator(".diagram .djs-element.active")
    assert active.get_attribute("data-element-id") == "decide_admissibility"
    active.click()
    steps = page.locator("[data-element]:visible")
    assert steps.count() == 1
    assert "Ontvankelijkheid" in steps.inner_text()
    check_page(page, "case-verloop-1280-light")
    plain = open_page(f"/dossiers/{number}/verloop", login="case_handler", width="390", javascript=False)
    assert plain.locator("[data-element]:visible").count() > 5


def test_what_is_typed_is_kept_by_itself_and_fields_follow_the_answers(open_page: Open, site: Site) -> None:
    task = at_admissibility(site).open("decide_admissibility")
    page = open_page(f"/taken/{task.id}", "case_handler")
    assert page.locator("#ground").count() == 0
    page.fill("#admissibility_motivation", "Te lang geleden.")
    page.check('input[name=decision][value="refused"]')
    page.wait_for_selector("#ground")
    expect(page.get_by_role("status")).to_contain_text("De vragen zijn aangepast aan uw antwoord.")
    assert page.input_value("#admissibility_motivation") == "Te lang geleden."
    page.wait_for_function("document.querySelector('[data-saved]').textContent.startsWith('Concept bewaard')")
    again = open_page(f"/taken/{task.id}", login="case_handler")
    assert again.input_value("#admissibility_motivation") == "Te lang geleden."
    again.select_option("#ground", "ouder_dan_1_jaar")
    again.press("input[name=decision][value=refused]", "Enter")
    again.wait_for_selector("text=De taak is nog niet afgewerkt")
    again.get_by_role("button", name="Afwerken").dblclick()
    again.wait_for_selector("text=Afgewerkt:")
    check_page(again, "task-done-1280-light")


def test_neither_a_lost_connection_nor_an_ended_session_loses_an_answer(open_page: Open, site: Site) -> None:
    task = at_admissibility(site).open("decide_admissibility")
    page = open_page(f"/taken/{task.id}", "case_handler")
    page.check('input[name=decision][value="refused"]')
    page.select_option("#ground", "ouder_dan_1_jaar")
    page.context.set_offline(True)
    page.fill("#admissibility_motivation", "Te lang geleden.")
    page.wait_for_selector("text=geen verbinding")
    page.click("text=Afwerken")  # nothing is sent into nowhere: the browser would show a page of its own instead
    assert page.input_value("#admissibility_motivation") == "Te lang geleden."
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.click("text=Afwerken")
    page.wait_for_selector("text=U bent ondertussen afgemeld")
    check_page(page, "task-kept-1280-light")
    log_in(page.context, "case_handler")  # in another tab, as the page says
    page.click("text=Probeer opnieuw")
    assert page.input_value("#admissibility_motivation") == "Te lang geleden."
    page.click("button >> text=Afwerken")
    page.wait_for_selector("text=Afgewerkt:")


def test_a_missing_answer_is_told_its_link_brings_one_there_and_one_may_go_back(open_page: Open, site: Site) -> None:
    task = at_admissibility(site).open("decide_admissibility")
    page = open_page(f"/taken/{task.id}", "case_handler")
    page.click("text=Afwerken")
    summary = page.locator("#error-summary")
    assert re.search(r"Beslissing", summary.inner_text())
    check_page(page, "task-errors-1280-light")
    page.locator("#error-summary a").first.click()
    assert page.evaluate("document.activeElement.name") == "decision"
    page.keyboard.press("Space")
    page.check('input[name=decision][value="refused"]')
    page.select_option("#ground", "ouder_dan_1_jaar")
    page.fill("#admissibility_motivation", "Te lang geleden.")
    page.click("button >> text=Afwerken")
    page.wait_for_selector("text=Afgewerkt:")
    page.go_back()  # to the page with the mistake, which does not ask to send it again: by now the task is done
    page.wait_for_selector("text=Afgewerkt:")
