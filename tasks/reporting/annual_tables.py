"""The tables of an annual report: counted from what became of each case, with the words of the code lists.

A cell may be hidden in what is made public: a small number in a small group can point at somebody. A total less what is shown tells
what is hidden, so the next smallest are hidden too, until two or more cells share a sum that none of them can be read from.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

HIDDEN = None
Label = Callable[[str], str]
# A number of a table: the code of its line, and its column.
Cell = tuple[str, str]


@dataclass(frozen=True)
class Row:
    """One line: its code, its words, and a number per column. None is a number that is not made public."""

    code: str
    label: str
    numbers: tuple[float | None, ...]


@dataclass(frozen=True)
class Table:
    """A table: what it counts, the names of its columns of numbers, its lines, and a sentence where it needs one.

    Words change and are translated; `key` and `codes`, those of the columns, never do.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    note: str = ""
    has_totals: bool = True
    codes: tuple[str, ...] = ()

    @property
    def totals(self) -> tuple[float | None, ...]:
        """Per column; unknown where a cell is hidden."""
        return tuple(_total(row.numbers[at] for row in self.rows) for at in range(len(self.columns)))

    @property
    def hidden(self) -> frozenset[Cell]:
        """The cells that are not shown."""
        return frozenset(
            (row.code, column)
            for row in self.rows
            for column, number in zip(self.columns, row.numbers, strict=True)
            if number is HIDDEN
        )

    @property
    def has_numbers(self) -> bool:
        """False when there is nothing to count."""
        return any(number != 0 for row in self.rows for number in row.numbers)

    @property
    def largest(self) -> float:
        """The largest number of the first column, for the bars of a chart."""
        return max((row.numbers[0] or 0 for row in self.rows), default=0)


def _total(numbers: Iterable[float | None]) -> float | None:
    known = list(numbers)
    return None if None in known else sum(number or 0 for number in known)


def one_column(
    key: str,
    title: str,
    column: tuple[str, str],
    counted: Counter[str],
    label: Label,
    note: str = "",
    order: Sequence[str] | None = None,
) -> Table:
    """A table of one number per code, in an order of its own or the largest first. `column` is the code of its column, with its words."""
    codes = sorted(counted, key=lambda code: (-counted[code], code)) if order is None else order
    code, words = column
    rows = tuple(Row(each, label(each), (counted[each],)) for each in codes)
    return Table(key, title, (words,), rows, note, codes=(code,))


def several_columns(
    key: str, title: str, columns: Mapping[str, str], counted: Counter[tuple[str, str]], label: Label, note: str = ""
) -> Table:
    """A table of (row, column) counts. `columns` are the codes of the columns in their order, with their words."""
    totals: Counter[str] = Counter()
    for (code, _), count in counted.items():
        totals[code] += count
    order = sorted(totals, key=lambda code: (-totals[code], code))
    rows = (Row(code, label(code), tuple(counted[code, column] for column in columns)) for code in order)
    return Table(key, title, tuple(columns.values()), tuple(rows), note, codes=tuple(columns))


def public(table: Table, least: int, kept: AbstractSet[Cell] = frozenset()) -> Table:
    """The table with every number from 1 up to `least` hidden, and others where a column or the whole table would tell it.

    `kept` are the cells that an earlier publication hid: shown now, they would tell what that one hid beside them.
    """
    width = len(table.columns)
    cells = [row.numbers[at] or 0 for row in table.rows for at in range(width)]
    names = [(row.code, column) for row in table.rows for column in table.columns]
    hidden = {at for at, number in enumerate(cells) if 0 < number < least or (number and names[at] in kept)}
    for column in range(width):
        hidden |= _more(cells, hidden, range(column, len(cells), width), least)
    hidden |= _more(cells, hidden, range(len(cells)), least)
    rows = (
        replace(row, numbers=tuple(HIDDEN if line * width + at in hidden else n for at, n in enumerate(row.numbers)))
        for line, row in enumerate(table.rows)
    )
    return replace(table, rows=tuple(rows))


def _more(cells: Sequence[float], hidden: AbstractSet[int], places: Sequence[int], least: int) -> set[int]:
    """What must be hidden besides, among places that have a sum: two that share less than twice the least could each be told from it."""
    mine = {at for at in places if at in hidden}
    others = sorted((at for at in places if cells[at] >= least and at not in mine), key=lambda at: (cells[at], at))
    while mine and others and (len(mine) < 2 or sum(cells[at] for at in mine) < 2 * least):
        mine.add(others.pop(0))
    return mine
