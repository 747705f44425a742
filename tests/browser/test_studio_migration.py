"""The plan that takes running cases along, as a process manager sees it: the rehearsal, the progress that keeps itself up to date, the result."""

import pytest

from tasks.office import Office
from tasks.studio import migration_run
from tests.browser.conftest import Open, Site, looks_right
from tests.stories.stage import NOT_CONTACTED, Story
from tests.tasks.migrations import file_of, newer, planned, renamed, started

PLAN, OTHER = "/studio/overzetten/1", "/studio/overzetten/2"


@pytest.fixture
def plan(site: Site) -> int:
    """Four cases on two steps, one of which the new version no longer has; another timer than before on the other."""
    office: Office = site.office
    for _ in range(3):
        Story(office).given_a_complaint()
    Story(office).given_a_complaint(**NOT_CONTACTED).completes("assess_intake", matter="complaint", judged_urgent="nee")
    newer(office, renamed(file_of(office), "assess_intake", "look_at_it"))
    return planned(office, 1, 2)


def test_a_plan_that_still_asks_a_choice(open_page: Open, plan: int) -> None:
    looks_right(open_page, PLAN, "studio-migration-draft", "process_manager")


def test_the_page_of_the_version_leads_to_it(open_page: Open, plan: int) -> None:
    looks_right(open_page, "/studio/diagrammen/complaint/versies/2", "studio-migration-version", "process_manager")


def test_progress_shows_itself_and_ends_in_the_result(open_page: Open, site: Site, plan: int) -> None:
    started(site.office, planned(site.office, 1, 2, assess_intake="look_at_it"))
    looks_right(open_page, OTHER, "studio-migration-running", "process_manager")
    page = open_page(OTHER, login="process_manager")
    migration_run.advance(site.office)
    page.get_by_role("heading", name="Terugzetten").wait_for()
    assert page.locator("progress").count() == 0
    looks_right(open_page, OTHER, "studio-migration-result", login="process_manager")


def test_the_plan_is_changed_without_javascript(open_page: Open, plan: int) -> None:
    page = open_page(PLAN, "process_manager", javascript=False)
    page.select_option('select[name="naar.assess_intake"]', "look_at_it")
    page.fill("#reason", "De stap heet nu anders")
    page.get_by_role("button", name="Bewaren en opnieuw proberen").click()
    assert page.locator(".migration-tally li").first.inner_text().startswith("4")
