"""Running the office and one's own account, on every screen."""

from sqlalchemy import update

from engine.models import Definition, ProcessInstance
from tasks.operating import presence
from tests.browser.conftest import Open, Site, looks_right
from tests.stories.stage import Story
from tests.web.conftest import hire
from tests.web.test_user_task import GOOD


def test_the_operations_pages_are_accessible_on_every_screen(open_page: Open, site: Site) -> None:
    story = Story(site.office).given_a_complaint()
    task = story.open("assess_intake")
    with site.office.database.work() as work:
        work.session.execute(update(ProcessInstance).values(decisions=None))  # it asks the table in use
        work.session.execute(update(Definition).where(Definition.key == "urgency").values(state="retired"))
    page = open_page(f"/taken/{task.id}", "intake_officer")
    page.check(f"input[name=matter][value={GOOD['matter']}]")
    page.check("input[name=judged_urgent][value=nee]")
    page.get_by_role("button", name="Afwerken").click()
    page.wait_for_selector("text=Bewaard, maar het dossier loopt vast")
    for role in (presence.SERVE, presence.WORKER):
        presence.Presence(site.office, role).say()
    looks_right(open_page, "/beheer", "operations", "admin")
    for name in ("vastgelopen", "traagste-stappen", "mail", "mensen", "mensen/admin", "sleutels"):
        looks_right(open_page, f"/beheer/{name}", f"operations-{name.replace('/', '-')}", login="admin")
    looks_right(open_page, f"/taken/{task.id}", "task-stuck", login="intake_officer")
    page = open_page("/beheer/vastgelopen", login="admin")
    page.check("[data-all]")
    assert page.locator("tbody input:checked").count() == page.locator("tbody tr").count() == 1


def test_giving_a_task_to_a_colleague_and_ones_own_account(open_page: Open, site: Site) -> None:
    task = Story(site.office).given_a_complaint().open("assess_intake")
    hire(site.office, "bob", "intake_officer", name="Bob De Bruyn")
    looks_right(open_page, f"/taken/{task.id}/doorgeven", "delegate", "intake_officer")
    looks_right(open_page, "/account", "account", login="intake_officer")
    page = open_page(f"/taken/{task.id}/doorgeven", login="intake_officer")
    page.check("text=Bob De Bruyn")
    page.get_by_role("button", name="Doorgeven").click()
    page.wait_for_selector("text=Opgenomen door Bob De Bruyn")
