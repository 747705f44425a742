"""The page of a decision's scenario tests, and a table with what was found in its cells, in a real browser: looked at, read by axe."""

import pytest
from playwright.sync_api import expect

from engine import definitions
from engine.vocabulary import Vocabulary
from tests.browser.conftest import Open, Site, looks_right
from tests.engine.dmn_files import NAMESPACE, decision, file, input_data, knowledge, literal
from tests.engine.test_table_checks import table

HERE = "/studio/beslissingen/first_line_gate/proefgevallen"


@pytest.mark.parametrize(("address", "name"), [(HERE, "scenarios"), (f"{HERE}?geval=8", "scenarios_one")])
def test_the_page_looks_right(open_page: Open, address: str, name: str) -> None:
    looks_right(open_page, address, name, "process_manager")


def publish(site: Site, content: bytes) -> None:
    with site.office.database.work() as work:
        definitions.publish(
            work, "decision", content, actor_id="person:1", at=site.office.clock.now(), vocabulary=Vocabulary()
        )


def test_findings_stand_in_the_cells(open_page: Open, site: Site) -> None:
    rows = [("< 18", '"x"', '"minor"'), ("[17..65]", '"x"', '"adult"'), ("> 70", "-", '"senior"')]
    publish(site, table('hitPolicy="UNIQUE"', *rows, columns=2))
    looks_right(open_page, "/studio/beslissingen/top/versies/1", "table_findings", "process_manager")


def test_a_graph_is_shown_whole(open_page: Open, site: Site) -> None:
    publish(
        site,
        file(
            input_data("amount", "number"),
            knowledge("rounded", "n:number", literal("round half up(n, 2)")),
            decision("base", literal("amount * 0.02"), "input:amount", name="Basis"),
            decision("fee", literal("rounded(Basis + 3)"), "decision:base", "knowledge:rounded", name="Vergoeding"),
        ),
    )
    looks_right(open_page, "/studio/beslissingen/fee/versies/1", "decision_graph", "process_manager")


def test_a_file_of_dmn_1_5_is_edited_and_keeps_its_version(open_page: Open, site: Site) -> None:
    publish(site, table('hitPolicy="FIRST"', ("< 18", '"minor"'), ("-", '"adult"')))
    page = open_page("/studio/beslissingen/top/bewerken", "process_manager", login="petra")
    cell = page.locator('[data-element-id="r1c1"]')
    cell.click()
    cell.locator(".cm-content").fill("< 21")
    page.locator('[data-element-id="r2c1"]').click()
    page.get_by_role("button", name="Publiceren…").click()
    page.wait_for_url("**/publiceren")
    expect(page.locator(".difference .changes")).to_contain_text("< 18 → < 21")
    page.get_by_role("button", name="Publiceren als versie 2").click()
    page.wait_for_url("**/versies/2**")
    with site.office.database.reading() as reading:
        content = definitions.version(reading, "decision", "top", 2).content.decode()
    assert (NAMESPACE in content, "20191111" in content) == (True, False)
