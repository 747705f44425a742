"""Looking for an input that a set of rows leaves open, column by column. Bounded: a hostile table costs no more than a limit."""

from collections.abc import Sequence

from engine.lint.tables_columns import Grid, Point

MOST_STEPS = 60_000


class TooMany(Exception):
    """Deze tabel onderscheidt te veel gevallen om na te gaan."""


class Search:
    """Finds inputs of which none of some rows fits. A column's point is tried only once for the same rows left."""

    def __init__(self, grid: Grid) -> None:
        self._columns = grid.columns
        self._left = MOST_STEPS

    def uncovered(
        self, rows: int, within: Sequence[int] | None = None, most: int = 1
    ) -> list[tuple[Point | None, ...]]:
        """Up to `most` inputs no row of `rows` passes, inside the points given per column. None is a column that does not matter.

        Raises TooMany when the table tells too many cases apart.
        """
        found: list[tuple[Point | None, ...]] = []
        self._try(rows, within, (), most, set(), found)
        return found

    def _try(
        self,
        rows: int,
        within: Sequence[int] | None,
        chosen: tuple[Point | None, ...],
        most: int,
        seen: set[tuple[int, int]],
        found: list[tuple[Point | None, ...]],
    ) -> None:
        at = len(chosen)
        if not rows:
            found.append(chosen + (None,) * (len(self._columns) - at))
            return
        if at == len(self._columns) or (at, rows) in seen or len(found) >= most:
            return
        self._left -= 1
        if self._left < 0:
            raise TooMany
        seen.add((at, rows))
        column = self._columns[at]
        for place, point in enumerate(column.points):
            if within is None or within[at] >> place & 1:
                self._try(rows & column.rows[place], within, (*chosen, point), most, seen, found)


def told(grid: Grid, found: Sequence[Point | None]) -> str:
    """`Leeftijd tussen 3 en 5 ligt en Status "x" is`."""
    parts = [
        f"{column.label} {point.said}" for column, point in zip(grid.columns, found, strict=True) if point is not None
    ]
    return " en ".join(part for part in parts if not part.endswith("om het even")) or "er niets is ingevuld"
