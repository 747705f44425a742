"""The page for process managers names every function there is, in its own part, and the limits as they are."""

import re
from pathlib import Path

from feel.builtins import TABLE
from feel.builtins.strings import LONGEST_PATTERN
from feel.lexer import LONGEST_TEXT
from feel.parser import DEEPEST
from feel.run import LONGEST_LIST, STEPS

PAGE = (Path(__file__).parents[2] / "docs" / "feel.md").read_text(encoding="utf-8")


def functions_under(heading: str) -> set[str]:
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    table = [line.split("|")[1] for line in part.splitlines() if line.startswith("| `")]
    return {name for cell in table for name in re.findall(r"`([a-z][a-z0-9 ]*)\(", cell)}


def test_the_page_names_every_function() -> None:
    standard = {name for name, function in TABLE.items() if not function.dialect}
    dialect = {name for name, function in TABLE.items() if function.dialect}
    assert functions_under("Functies van de norm") == standard
    assert functions_under("Functies die alleen Camunda heeft") - {"date and time"} == dialect


def test_the_page_says_the_limits() -> None:
    for limit in (LONGEST_TEXT, DEEPEST, STEPS, LONGEST_LIST, LONGEST_PATTERN, 34):
        assert f"| {limit:,} |".replace(",", " ") in PAGE
