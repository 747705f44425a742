"""No editor loses anything: every shipped file, opened and written again, differs in nothing and can be published."""

import subprocess
from pathlib import Path

import pytest

from engine.differences import between
from engine.findings import ERROR
from tasks import publishing
from tests.browser.conftest import Open, Site
from web.assets import build

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
