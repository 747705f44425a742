"""What people see when something is wrong with the office itself: a plain sentence and a way on, at every width, light and dark."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect
from sqlalchemy import make_url

from tasks.office import Office
from tests.browser.conftest import Open, Site, looks_right
from tests.stories.stage import Story


@contextmanager
def without_database(office: Office) -> Iterator[None]:
    """As when somebody moves the file away while the office is served."""
    file = Path(make_url(office.database.url).database or "")
    away = file.parent / "away"
    away.mkdir()
    office.database.engine.dispose()
    for each in list(
        file.parent.glob(f"{file.name}*")
    ):  # also what a connection in use has not put into the file itself yet
        each.rename(away / each.name)
    yield
    office.database.engine.dispose()
    for each in file.parent.glob(f"{file.name}*"):  # what was begun in its place
        each.unlink()
    for each in list(away.iterdir()):
        each.rename(file.parent / each.name)


def test_without_its_database_the_office_says_so_and_gives_back_what_was_typed(open_page: Open, site: Site) -> None:
    task = Story(site.office).given_a_complaint().open("assess_intake")
    open_page.to_look("/account", "intake_officer")
    page = open_page(f"/taken/{task.id}", login="intake_officer")
    page.check("input[name=matter][value=complaint]")
    page.check("input[name=judged_urgent][value=nee]")
    page.fill("[name=intake_note]", "Een lange nota die niemand opnieuw wil typen.")
    with without_database(site.office):
        page.click("button >> text=Afwerken")
        expect(page.locator("main")).to_contain_text("De databank antwoordt niet")
        expect(page.locator("main")).to_contain_text("Een lange nota die niemand opnieuw wil typen.")
        looks_right(open_page, "/dossiers?zoek=bus", "problem-503", login="intake_officer")
        elsewhere = open_page.to_look("/dossiers?zoek=bus", login="intake_officer")
        expect(elsewhere.get_by_text("Aanmelden")).to_have_count(
            0
        )  # nobody is asked to log in where that cannot be known
    elsewhere.get_by_role("link", name="Probeer opnieuw").click()
    expect(elsewhere).to_have_url(re.compile(r"/dossiers\?zoek=bus$"))
    expect(elsewhere.get_by_role("heading", name="Dossiers")).to_be_visible()
    page.get_by_role("button", name="Probeer opnieuw").click()
    page.wait_for_selector("text=Afgewerkt:")
