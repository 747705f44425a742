"""No editor loses anything: every shipped file, opened and written again, differs in nothing and can be published."""

import subprocess
from pathlib import Path

import pytest

from engine.differences import between
from engine.findings import ERROR
from identity.people import Actor
from tasks.studio import publishing
from tests.browser.conftest import Open, Site
from tests.browser.constructs import CONSTRUCTS
from tests.browser.drawn import with_drawing
from web.assets import build

PETRA = Actor("person:1", "Petra", frozenset({"process_manager"}))
# Our own drawing has no labels yet: the editor adds them the first time, and nothing the second.
TWICE = """async (source) => {
  const once = await window.written("process", source);
  return [once, await window.written("process", once)];
}"""
ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {
    "process": sorted((ROOT / "workflows").glob("*.bpmn")),
    "decision": sorted((ROOT / "workflows").glob("*.dmn")),
    "form": sorted((ROOT / "forms").glob("*.form")),
}


@pytest.fixture(scope="module")
def editors(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The editors' own source with a door to call them by."""
    build.main()
    bundle = tmp_path_factory.mktemp("roundtrip") / "roundtrip.js"
    script = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
    source = Path(__file__).with_name("roundtrip.ts")
    subprocess.run([build.node(), script, source, "--bundle", "--log-level=error", f"--outfile={bundle}"], check=True)
    return bundle.read_text()


@pytest.mark.parametrize("kind", ["process", "decision", "form"])
def test_what_an_editor_writes_is_what_it_read(open_page: Open, site: Site, editors: str, kind: str) -> None:
    page = open_page("/studio/formulieren/close_case/bewerken", "process_manager", login="petra")
    page.evaluate(editors)
    lost = {}
    for file in SHIPPED[kind]:
        before = file.read_bytes()
        after = page.evaluate("([kind, source]) => window.written(kind, source)", [kind, before.decode()]).encode()
        with site.office.database.reading() as reading:
            findings = publishing.check(site.office, reading, kind, after)
        errors = [finding.sentence for finding in findings if finding.severity == ERROR]
        if errors or between(kind, before, after):
            lost[file.name] = (errors, between(kind, before, after))
    assert lost == {}
    assert SHIPPED[kind]


def test_whatever_may_be_drawn_comes_back_as_it_was_and_is_published(open_page: Open, site: Site, editors: str) -> None:
    page = open_page("/studio/formulieren/close_case/bewerken", "process_manager", login="petra")
    page.evaluate(editors)
    lost = {}
    for name, drawn in CONSTRUCTS.items():
        before = with_drawing(drawn.replace('formId="form"', 'formId="choose_approach"'))
        after, again = page.evaluate(TWICE, before)
        changes = [each for each in between("process", before.encode(), after.encode()) if each.kind != "moved"]
        changes += between("process", after.encode(), again.encode())
        with site.office.database.work() as work:
            made = publishing.publish(site.office, work, PETRA, "process", after.encode())
        if changes or made.definition.state != "draft":
            lost[name] = changes
    assert lost == {}
