"""What nobody uses is not kept: every name at the top of a module is asked for somewhere in the program."""

import ast
from pathlib import Path

from tests.architecture.test_rooms import ROOT, sources, tree_of

# Asked for by other means than a name in the code: what they are there for.
FOR_OTHERS = {
    "feel.RULES": "importing it registers the rules of types",
    "feel.builtins.FAMILIES": "importing them registers the functions",
    "feel.compiler.FAMILIES": "importing them registers what nodes mean",
    "engine.parsing.dmn.check": "the findings of a decision by themselves, for whoever writes one",
    "history.replay.fold": "what the history says stands where, compared with the engine after every step of a test",
    "service.from_environment": "uvicorn finds it by its name",
    "tasks.scenarios.reporting.deed_of": "a house's verbs are a module",
    "tasks.studio.shipped.FORMS": "what is shipped, which tests look at whole",
    "web.access.REPORTS_PAGES": "the table that every role is tried against",
    "web.access.ROUTE_ACTIONS": "the table that every role is tried against",
    "web.gathered.of_templates": "tests compare catalogues with it",
}


def test_every_name_is_used() -> None:
    trees = {_module(path): tree_of(path) for path in sources()}
    used: dict[str, set[str]] = {module: _used(tree, trees) for module, tree in trees.items()}
    anywhere = set().union(*used.values())
    unused = {
        f"{module}.{name}"
        for module, tree in trees.items()
        for name in _defined(tree)
        if f"{module}.{name}" not in anywhere and name not in used[module] and not _is_rule(module, name)
    }
    more = sorted(unused - set(FOR_OTHERS))
    assert not more, "nobody uses " + ", ".join(more)
    assert set(FOR_OTHERS) <= unused, "used after all: take it off the list"


def _is_rule(module: str, name: str) -> bool:
    """A rule of the lint is a module: who lists it calls its `check`."""
    return module.startswith("engine.lint.") and name == "check"


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _defined(tree: ast.Module) -> set[str]:
    """Functions, plain classes and constants. What carries a decorator is found by that, a table by its mapping."""
    found = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.decorator_list:
            found.add(node.name)
        elif isinstance(node, ast.ClassDef) and not node.decorator_list:
            found |= {node.name} - ({node.name} if "Base" in map(ast.unparse, node.bases) else set())
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return {name for name in found if not name.startswith("__")}


def _used(tree: ast.Module, modules: dict[str, ast.Module]) -> set[str]:
    """Names of its own that a module reads, and `module.name` of what it takes from others."""
    aliases: dict[str, str] = {}
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                used.add(f"{node.module}.{each.name}")
                aliases[each.asname or each.name] = f"{node.module}.{each.name}"
        elif isinstance(node, ast.Import):
            aliases |= {each.asname or each.name: each.name for each in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            used.add(node.value)  # an annotation that looks ahead, or `__all__`
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            used.add(f"{aliases.get(first, first)}.{rest}")
    return used
