"""Two rows of a UNIQUE table may not fit the same input: the case would stop there, for somebody must choose."""

from collections.abc import Iterator

from engine.findings import WARNING, Finding
from engine.lint.tables_columns import Grid
from engine.lint.tables_search import told

RULE = "table_overlap"


def overlaps(grid: Grid) -> Iterator[tuple[int, int, str]]:
    """(earlier row, later row, an input both pass), rows counted from 0."""
    rows = [row for row in range(len(grid.table.rules)) if grid.known >> row & 1]
    passes = {row: [column.points_of(row) for column in grid.columns] for row in rows}
    for at, later in enumerate(rows):
        for earlier in rows[:at]:
            shared = [a & b for a, b in zip(passes[earlier], passes[later], strict=True)]
            if all(shared):
                example = [
                    column.points[(bits & -bits).bit_length() - 1]
                    for column, bits in zip(grid.columns, shared, strict=True)
                ]
                yield earlier, later, told(grid, example)


def check(grid: Grid) -> Iterator[Finding]:
    """One finding per pair of rows, at the later row."""
    if grid.table.hit_policy != "UNIQUE":
        return
    for earlier, later, example in overlaps(grid):
        sentence = (
            f"Rij {earlier + 1} en rij {later + 1} passen allebei als {example}. Er mag er maar één passen: "
            "maak een van de twee nauwer, of kies FIRST."
        )
        yield Finding(cell(grid, later), RULE, WARNING, sentence)


def cell(grid: Grid, row: int) -> str:
    """Where a finding on a row is shown: its first cell that asks something, else the row."""
    rule = grid.table.rules[row]
    asked = [key for key, test in zip(rule.cells, rule.tests, strict=True) if key and test.text.strip() != "-"]
    return asked[0] if asked else rule.id or grid.table.id
