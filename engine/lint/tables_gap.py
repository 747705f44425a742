"""A table that must give one answer has one for every input; else the case would stop there without an answer."""

from collections.abc import Iterator

from engine.dmn.tables import SINGLE
from engine.findings import WARNING, Finding
from engine.lint.tables_columns import Grid
from engine.lint.tables_search import Search, told

RULE = "table_gap"
MOST = 3


def check(grid: Grid) -> Iterator[Finding]:
    """Some inputs that no row takes, at the table."""
    table = grid.table
    if table.hit_policy not in SINGLE or any(output.default for output in table.outputs):
        return
    for example in Search(grid).uncovered((1 << len(table.rules)) - 1, most=MOST):
        sentence = (
            f"Geen enkele rij past als {told(grid, example)}. Voeg een rij toe, geef een standaardantwoord, "
            "of zeg bij de kolom welke waarden toegelaten zijn."
        )
        yield Finding(table.id, RULE, WARNING, sentence)
