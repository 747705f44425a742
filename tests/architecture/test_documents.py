"""What is written down keeps up with the code: settings, commands, decisions and their checks."""

import inspect
import re
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from cli import app
from tasks.office import Settings

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
OPERATING = (ROOT / "docs" / "operating.md").read_text()
# What the map calls besides modules.
OBJECTS = {"engine", "log", "office", "database", "queue", "model", "work", "cases"}
PARTS = ("**Context.**", "**Decision.**", "**Consequences.**", "**Considered.**", "**Checked by**")


def test_every_setting_is_explained() -> None:
    read = set(re.findall(r"OMBUDSFLOW_[A-Z_]+", inspect.getsource(Settings)))

    explained = set(re.findall(r"^\| `(OMBUDSFLOW_[A-Z_]+)` \|", OPERATING, re.MULTILINE))

    assert read == explained


def test_no_other_file_reads_a_setting() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for room in "engine tasks forms cases history identity feel web storage".split()
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"os\.(environ|getenv)", path.read_text())
    }
    assert readers <= {"tasks/office.py", "web/assets/build.py"}


def test_every_command_is_mentioned() -> None:
    group = get_command(app)
    assert isinstance(group, typer.core.TyperGroup)
    for name, command in group.commands.items():
        inside = command.commands if isinstance(command, typer.core.TyperGroup) else {}
        assert f"ombudsflow {name}" in OPERATING, name
        for each in inside:
            assert re.search(rf"ombudsflow {name} [a-z|]*\b{each}\b", OPERATING), f"{name} {each}"


@pytest.mark.parametrize("page", DECISIONS, ids=lambda p: p.stem)
def test_a_decision_fits_one_page_and_names_its_check(page: Path) -> None:
    text = page.read_text()
    assert re.match(rf"# {page.stem[:4]} \S", text)
    assert len(text.splitlines()) <= 45
    assert [part for part in PARTS if part not in text] == []
    checks = re.findall(r"`(tests/[\w/.]+)`", text.partition("**Checked by**")[2])
    assert checks, "name the test that enforces it"
    assert [check for check in checks if not (ROOT / check).exists()] == []


def test_the_first_decisions_are_there() -> None:
    assert {page.stem[:4] for page in DECISIONS} >= {f"{number:04d}" for number in range(1, 9)}


def test_links_between_documents_lead_somewhere_and_some_link_leads_to_each() -> None:
    """Those to pages of the site, in docs/aan-de-slag, are followed by tests/web/test_first_steps.py."""
    pages, linked = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")], set[Path]()
    for page in pages:
        for target, heading in re.findall(r"\]\((?!https?:|mailto:|/)([^)#]*)#?([^)]*)\)", page.read_text()):
            there = (page.parent / target).resolve() if target else page
            assert there.exists(), f"{page.name} points at {target}"
            assert not heading or heading in _headings(there), f"{page.name} points at {target}#{heading}"
            linked |= {there, *there.glob("*.md")}
    assert [page.name for page in pages[1:] if page not in linked and page.parent.name != "lint"] == []


def _headings(page: Path) -> set[str]:
    """What its headings are called in an address."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def test_what_the_map_names_is_there() -> None:
    rooms = "engine tasks forms cases history identity feel web storage".split()
    files = [path for each in rooms for path in (ROOT / each).rglob("*.py") if "versions" not in path.parts]
    said: dict[str, str] = {}
    for path in files:
        name = path.stem if path.stem != "__init__" else path.parent.name
        said[name] = said.get(name, "") + path.read_text()
    text = (ROOT / "docs" / "architecture.md").read_text()
    called = {pair for pair in re.findall(r"`(?:\w+\.)*([a-z]\w+)\.(\w+)(?:/\w+)*\(", text) if pair[0] not in OBJECTS}
    assert len(called) > 50
    gone = [f"{module}.{name}" for module, name in called if not re.search(rf"\b{name}\b", said.get(module, ""))]
    gone += [named for named in re.findall(r"`((?:\w+/)+\w+\.py)`", text) if not (ROOT / named).exists()]
    assert not gone, gone
