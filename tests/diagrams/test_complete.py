"""Every number of the list of what the library does wrong has its twin, and every rule its page."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from engine import lint, support_page
from engine.parsing import dmn
from engine.support_rows import rows
from tasks.letters import letter_texts
from tasks.studio import decision_scenarios

HERE = Path(__file__).resolve().parent
LINT = HERE.parent.parent / "docs" / "lint"


def numbers(letter: str) -> set[int]:
    """The numbers that stand in the names of the tests of this folder."""
    names = [name for file in HERE.glob("test_*.py") for name in re.findall(r"def (test_\w+)", file.read_text())]
    return {int(number) for name in names for number in re.findall(rf"_{letter}(\d\d)", name)}


def test_every_silent_and_every_loud_fault_has_a_twin() -> None:
    assert numbers("s") == set(range(1, 35))
    assert numbers("l") == set(range(1, 13))


def test_every_rule_has_its_page_and_every_page_its_rule() -> None:
    modules = [import_module(f"engine.lint.{found.name}") for found in iter_modules(lint.__path__)]
    rules = {module.RULE for module in modules if hasattr(module, "RULE")} | {
        dmn.RULE,
        decision_scenarios.RULE,
        letter_texts.RULE,
        letter_texts.PLAIN,
        "forms",
    }
    assert {page.stem for page in LINT.glob("*.md")} == rules
    for page in LINT.glob("*.md"):
        assert page.read_text(encoding="utf-8").startswith(f"# {page.stem}: ")


def test_every_row_of_the_support_table_names_a_test_that_exists() -> None:
    tests = HERE.parent
    for row in rows():
        file, _, name = row.shown_by.partition("::")
        assert f"def {name}(" in (tests / file).read_text(encoding="utf-8"), row


def test_the_page_of_what_is_supported_says_what_the_gate_does() -> None:
    assert support_page.PAGE.read_text(encoding="utf-8") == support_page.page()
