"""The islands: built once, typed, and within what the content policy allows."""

import re
import subprocess
from pathlib import Path

import pytest

from web.assets import build

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dist() -> Path:
    """Everything built."""
    build.main()
    return build.DIST


def test_building_again_touches_nothing(dist: Path) -> None:
    before = {file: file.stat().st_mtime_ns for file in dist.rglob("*") if file.suffix in (".js", ".css", ".woff2")}
    assert {f"{name}.js" for name in build.ENTRIES} <= {file.name for file in before}
    build.main()
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_the_islands_are_typed(dist: Path) -> None:
    node, compiler = build.node(), ROOT / "node_modules" / "typescript" / "bin" / "tsc"
    done = subprocess.run(
        [node, compiler, "--noEmit", "-p", ROOT / "web" / "assets" / "ts"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_what_pages_ask_for_is_built(dist: Path) -> None:
    asked = {
        name
        for page in (ROOT / "web" / "templates").rglob("*.html")
        for name in re.findall(r'asset\("((?:dist|css)/[^"~]+?\.(?:js|css|svg))"\)', page.read_text())
    }
    assert {"dist/viewer.js", "css/studio.css"} <= asked
    assert [name for name in sorted(asked) if not (ROOT / "web" / "assets" / name).is_file()] == []


def test_no_style_sheet_carries_a_font_or_asks_another_site(dist: Path) -> None:
    for sheet in dist.glob("*.css"):
        text = sheet.read_text()
        assert "data:application" not in text and "data:font" not in text, sheet.name
        assert not re.search(r"url\(['\"]?https?:", text), sheet.name
        assert not re.search(r"@import\s+['\"(]*https?:", text), sheet.name


def test_complainants_and_staff_never_load_an_editor(dist: Path) -> None:
    studio = ROOT / "web" / "templates" / "studio"
    for page in (ROOT / "web" / "templates").rglob("*.html"):
        if studio not in page.parents:
            assert not re.search(r"dist/(modeler|decisions|forms)\.", page.read_text()), page
    assert (dist / "viewer.js").stat().st_size < 300_000 < (dist / "modeler.js").stat().st_size


def test_in_the_dark_nothing_but_colours_differs() -> None:
    sheets = [
        file.read_text() for file in (ROOT / "web" / "assets").rglob("*") if file.suffix in (".css", ".ts", ".js")
    ]
    asked = sum(text.count("prefers-color-scheme") for text in sheets)
    found = [
        part for text in sheets for part in re.findall(r"\(prefers-color-scheme: dark\) {\s*:root {([^{}]*)}\s*}", text)
    ]
    assert (len(found), asked) == (1, 1), "only the colours of base.css ask whether it is dark"
    colour = r"(#[0-9a-f]{6}|[\d px]+ rgb\([\d %/]+\))"
    set_there = [each.strip() for each in found[0].split(";") if each.strip()]
    assert [each for each in set_there if not re.fullmatch(rf"--[\w-]+: {colour}", each)] == []
