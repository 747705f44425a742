"""Terms in the studio, as a process manager sees them: the rules, a new version, the closing days, what moves, and the progress."""

import pytest

from tasks.deadlines import deadline_plans, deadline_run
from tasks.office import Office
from tests.browser.conftest import Open, Site, looks_right
from tests.stories.stage import NOT_CONTACTED, Story
from tests.tasks.migrations import PAUL
from tests.tasks.test_deadline_plans import asked, first_line, shortened

HERE = "/studio/termijnen"
PLAN = f"{HERE}/wijzigingen/1"


@pytest.fixture
def plan(site: Site) -> int:
    """Three open cases at the first line, one of them old enough to come to lie in the past."""
    office: Office = site.office
    first_line(office).after(14)
    for _ in range(2):
        Story(office).given_a_complaint(**NOT_CONTACTED).completes(
            "assess_intake", matter="complaint", judged_urgent="nee"
        )
    asked(office)
    return shortened(office)


def test_the_rules_and_the_changes(open_page: Open, plan: int) -> None:
    looks_right(open_page, HERE, "studio-deadlines", "process_manager")


def test_a_rule_and_its_mistakes_without_javascript(open_page: Open, plan: int) -> None:
    looks_right(open_page, f"{HERE}/regels/first_line_handle_by", "studio-deadline-rule", "process_manager")
    page = open_page(f"{HERE}/regels/first_line_handle_by", login="process_manager", javascript=False)
    page.fill("#value", "x")
    page.fill("#reason", "Nieuw decreet")
    page.get_by_role("button", name="Bekijken wat verschuift").click()
    assert page.locator(".error-summary").count() == 1
    assert page.input_value("#reason") == "Nieuw decreet"


def test_the_closing_days_of_a_year_and_a_double_click_that_plans_one_more(open_page: Open, plan: int) -> None:
    looks_right(open_page, f"{HERE}/dagen/2027", "studio-closing-days", "process_manager")
    page = open_page(f"{HERE}/dagen/2027", login="process_manager")
    page.fill("#on", "2027-12-24")
    page.fill("#name", "Brugdag")
    page.fill("#reason", "Beslist in het overleg")
    page.get_by_role("button", name="Bekijken wat verschuift").dblclick()
    page.wait_for_url("**/wijzigingen/2")
    page.goto(HERE)
    assert page.locator(".deadline-plans tbody tr").count() == 2


def test_what_moves_and_the_progress_that_ends_in_the_result(open_page: Open, site: Site, plan: int) -> None:
    looks_right(open_page, PLAN, "studio-deadline-preview", "process_manager")
    with site.office.database.work() as work:
        deadline_plans.begin(site.office, work, PAUL, plan)
    page = open_page(PLAN, login="process_manager")
    assert page.locator("progress").count() == 1
    for _ in range(3):
        deadline_run.advance(site.office)
    page.locator("progress").wait_for(state="detached")
    assert page.locator(".deadline-shifts tbody tr").count() == 3
