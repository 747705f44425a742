"""A row that never gives the answer is a mistake, or a leftover that somebody will believe."""

from collections.abc import Iterator

from engine.dmn.boxed import Literal
from engine.dmn.tables import Table
from engine.findings import WARNING, Finding
from engine.lint.tables_columns import Grid, constants_in
from engine.lint.tables_overlap import cell
from engine.lint.tables_search import Search

RULE = "table_unreachable"


def check(grid: Grid) -> Iterator[Finding]:
    """One finding per row that can never fit, or that other rows always come before."""
    search = Search(grid)
    for row in range(len(grid.table.rules)):
        if not grid.known >> row & 1:
            continue
        within = [column.points_of(row) for column in grid.columns]
        if not all(within):
            sentence = f"Rij {row + 1} kan nooit passen: geen enkele toegelaten waarde voldoet aan al haar cellen."
            yield Finding(cell(grid, row), RULE, WARNING, sentence)
            continue
        before = _before(grid.table, row) & grid.known
        if before and not search.uncovered(before, within):
            sentence = f"Rij {row + 1} geeft nooit het antwoord: bij elke invoer die past, gaat een andere rij voor."
            yield Finding(cell(grid, row), RULE, WARNING, sentence)


def _before(table: Table, row: int) -> int:
    """The rows that win from this one when both fit, as bits."""
    if table.hit_policy == "FIRST":
        return (1 << row) - 1
    if table.hit_policy != "PRIORITY":
        return 0
    ranks = [_rank(table, each) for each in range(len(table.rules))]
    own = ranks[row]
    if own is None:
        return 0
    return sum(
        1 << other
        for other, rank in enumerate(ranks)
        if rank is not None and (rank, other) < (own, row) and other != row
    )


def _rank(table: Table, row: int) -> tuple[int, ...] | None:
    """The rank of a row's answer; None when it is not a constant."""
    answers = []
    for logic in table.rules[row].outputs:
        if not isinstance(logic, Literal) or not constants_in(logic.code.text):
            return None
        answers.append(logic.code.evaluate({}))
    return table.rank(tuple(answers))
