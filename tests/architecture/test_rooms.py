"""The house rules no other tool knows: import direction, one place that commits, one room that knows SpiffWorkflow, sizes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BELOW = {"feel", "problems"}
# Each room may import the rooms listed beside it, and those below all.
MAY_IMPORT = {
    "feel": set(),
    "problems": set(),
    "storage": set(),
    "history": {"storage"},
    "identity": {"history", "storage"},
    "cases": {"identity", "history", "storage"},
    "engine": {"storage"},
    "forms": {"identity"},
    "tasks": {"cases", "engine", "forms", "identity", "history", "storage"},
    "web": {"tasks", "cases", "engine", "forms", "identity", "history", "storage"},
}
ROOMS = set(MAY_IMPORT) | {"service", "cli"}


def sources() -> list[Path]:
    rooms = [path for room in MAY_IMPORT for path in (ROOT / room).rglob("*.py")]
    return [
        path
        for path in [*rooms, *ROOT.glob("*.py")]
        if "node_modules" not in path.parts and "versions" not in path.parts
    ]


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_rightwards_only(path: Path) -> None:
    room, tree = room_of(path), ast.parse(path.read_text())
    named = set(imports(tree))
    reached = {name.split(".")[0] for name in named} & ROOMS - {room}
    if room not in ("service", "cli"):
        assert reached <= MAY_IMPORT[room] | BELOW - {room}, f"{path} imports {reached}"
    if room != "engine":
        assert not any(name.startswith("SpiffWorkflow") for name in named), "only engine/ knows SpiffWorkflow"
    if room == "web":
        assert not any(name.startswith("engine.instances") for name in named), "only tasks/ drives instances"


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_only_storage_commits_and_nothing_evaluates_text(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert name != "commit" or room_of(path) == "storage", f"{path}:{node.lineno} commits"
            is_bare = isinstance(node.func, ast.Name)
            assert not (is_bare and name in ("eval", "exec")), f"{path}:{node.lineno} evaluates text"


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 460, f"{path} is longer than 460 lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 60, f"{path}:{node.lineno} {node.name} has {length} lines"


def test_lock_files_name_no_registry() -> None:
    for name in ("requirements.lock", "package-lock.json"):
        file = ROOT / name
        text = file.read_text() if file.exists() else ""
        assert '"resolved": "http' not in text
        assert "--index-url" not in text
