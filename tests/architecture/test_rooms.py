"""The house rules no other tool knows: import direction, one place that commits, one room that knows SpiffWorkflow, sizes."""

import ast
import re
from collections.abc import Iterator
from functools import cache
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
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
ROOMS = set(MAY_IMPORT) | {"service", "cli"}
# Where the framework asks for it: bodies, middleware, start-up. Everything else is sync (docs/decisions/0002).
ASYNC = {
    "service.py",
    "tasks/background/crew.py",
    "web/api/sent.py",
    "web/app.py",
    "web/bench.py",
    "web/arriving/bodies.py",
    "web/context.py",
    "web/arriving/dealing.py",
    "web/precedence.py",
    "web/security.py",
    "web/text.py",
    "web/watched.py",
}


def sources() -> list[Path]:
    rooms = [path for room in (*MAY_IMPORT, "cli") for path in (ROOT / room).rglob("*.py")]
    return [
        path
        for path in [*rooms, *ROOT.glob("*.py")]
        if "node_modules" not in path.parts and "versions" not in path.parts
    ]


@cache
def text_of(path: Path) -> str:
    return path.read_text()


@cache  # each rule looks at each file
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


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
    room, tree = room_of(path), tree_of(path)
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
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert name != "commit" or room_of(path) == "storage", f"{path}:{node.lineno} commits"
            is_bare = isinstance(node.func, ast.Name)
            assert not (is_bare and name in ("eval", "exec")), f"{path}:{node.lineno} evaluates text"


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of every function in a file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.name}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    assert len(text_of(path).splitlines()) <= 400, "split it by noun"
    assert [name for name, length in functions(path) if length > 60] == []


def test_nine_functions_in_ten_have_thirty_lines_or_less() -> None:
    lengths = sorted(length for path in sources() for _, length in functions(path))
    assert lengths[len(lengths) * 9 // 10] <= 30


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_one_colour_and_no_failure_passed_over(path: Path) -> None:
    text = text_of(path)
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.AsyncFunctionDef):
            assert path.relative_to(ROOT).as_posix() in ASYNC, f"{path.name}:{node.lineno} is async"
        if isinstance(node, ast.ExceptHandler):
            is_broad = node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException")
            is_silent = all(isinstance(step, ast.Pass) for step in node.body)
            assert not (is_broad and is_silent), f"{path.name}:{node.lineno} hides a failure"
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text)


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_line_of_the_log_is_a_fixed_sentence(path: Path) -> None:
    if path.relative_to(ROOT).as_posix() not in (
        "tasks/operating/logs.py",
        "engine/instances.py",
    ):  # levels of libraries
        assert "getLogger" not in text_of(path), "use storage.watching.logger: its fields are on a list"
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            is_log = getattr(node.func.value, "id", "") in ("_log", "log")
            is_fixed = len(node.args) == 1 and isinstance(node.args[0], ast.Constant)
            assert is_fixed or not is_log, f"{path.name}:{node.lineno}: what differs goes into fields"


@pytest.mark.parametrize("path", sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    text = text_of(path)
    assert not text.strip() or ast.get_docstring(tree_of(path)), "a module begins with its purpose"


@pytest.mark.parametrize("room", ["tasks", "web"])
def test_a_large_room_has_folders_by_subject(room: str) -> None:
    loose = sorted(path.stem for path in (ROOT / room).glob("*.py"))
    assert len(loose) <= 24, f"put it in the folder of its subject: {loose}"
    for folder in (ROOT / room).iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            assert len(list(folder.glob("*.py"))) <= 24, f"{folder.name} is about more than one thing"
