"""A column of a decision table as the few kinds of input its cells tell apart.

Out of the constants in the cells come points (each constant, one between each two, one on either side, any other text): two
inputs between the same constants pass the same cells, so the points stand for everything. A cell that is more than
constants, comparisons, intervals and `not` is opaque: nothing is claimed about its row.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import pairwise
from typing import Any

import feel
from engine.dmn.tables import Input, Table
from engine.dmn.types import ANY
from feel.values import kind

_STRING = r'"(?:[^"\\]|\\.)*"'
_CONSTANT = re.compile(
    rf"(?:date and time|date|time|duration)\s*\(\s*{_STRING}\s*\)|@{_STRING}|{_STRING}"
    r"|(?<![\w)\]])(?<![^.]\.)-?\d+(?:\.\d+)?(?!\w)|(?<!\w)(?:true|false|null)(?!\w)"
)
_BETWEEN = re.compile(r"(?:\s|not\s*(?=\()|[()\[\],]|\.\.|<=|>=|!=|[<>=])*")
_STEPS = {
    "number": "1",
    "date": '@"P1D"',
    "date and time": '@"PT1S"',
    "time": '@"PT1S"',
    "days and time duration": '@"PT1S"',
    "years and months duration": '@"P1M"',
}
_LESS = feel.compile("a < b")
_MIDDLE = feel.compile("(a + b) / 2")
_BELOW = {name: feel.compile(f"a - {step}") for name, step in _STEPS.items()}
_ABOVE = {name: feel.compile(f"a + {step}") for name, step in _STEPS.items()}
_SAID = feel.compile("string(a)")
OTHER_TEXT = "\x00een andere tekst"  # no cell can hold it
MOST_POINTS = 400
MOST_SAID = 3


@dataclass(frozen=True)
class Point:
    """One input that stands for all like it, and how to say them."""

    value: Any
    said: str


@dataclass(frozen=True)
class Column:
    """The points of a column that its cells tell apart; `rows[p]` has bit r set when row r passes point p."""

    label: str
    points: tuple[Point, ...]
    rows: tuple[int, ...]

    def points_of(self, row: int) -> int:
        """The points a row passes, as bits."""
        return sum(1 << place for place, mask in enumerate(self.rows) if mask >> row & 1)


@dataclass(frozen=True)
class Grid:
    """A table's columns; `opaque` are the rows nothing is claimed about."""

    table: Table
    columns: tuple[Column, ...]
    opaque: int

    @property
    def known(self) -> int:
        """The rows that can be reasoned about, as bits."""
        return ((1 << len(self.table.rules)) - 1) & ~self.opaque


def grid(table: Table) -> Grid:
    """The table as points and rows."""
    opaque = sum(
        1 << number
        for number, rule in enumerate(table.rules)
        if any(constants_in(test.text) is None for test in rule.tests)
    )
    return Grid(table, tuple(_column(table, place, opaque) for place in range(len(table.inputs))), opaque)


def constants_in(text: str) -> list[str] | None:
    """The constants of a cell as written; None when the cell is more than comparisons with constants."""
    if text.strip() in ("-", ""):
        return []
    rest = _CONSTANT.sub(" ", text)
    return _CONSTANT.findall(text) if _BETWEEN.fullmatch(rest) else None


def _column(table: Table, place: int, opaque: int) -> Column:
    asked = table.inputs[place]
    tests = [rule.tests[place] for rule in table.rules]
    known = [test.text for number, test in enumerate(tests) if not opaque >> number & 1]
    points = _allowed(asked, _points(asked, known))
    passed: dict[str, list[bool]] = {}
    for text in known:
        if text not in passed:
            test = tests[next(n for n, each in enumerate(tests) if each.text == text)]
            passed[text] = [test.matches(point.value, {}) for point in points]
    everything = [True] * len(points)
    rows = [
        sum(
            1 << number
            for number, test in enumerate(tests)
            if (everything if opaque >> number & 1 else passed[test.text])[at]
        )
        for at in range(len(points))
    ]
    return _merged(asked.label, points, rows)


def _merged(label: str, points: list[Point], rows: list[int]) -> Column:
    """Points that pass the same rows are one, said with the first few of them."""
    alike: dict[int, list[Point]] = {}
    for point, mask in zip(points, rows, strict=True):
        alike.setdefault(mask, []).append(point)
    return Column(label, tuple(Point(each[0].value, _either(each)) for each in alike.values()), tuple(alike))


def _either(points: list[Point]) -> str:
    words = [point.said for point in points[:MOST_SAID]] + ["enzovoort"] * (len(points) > MOST_SAID)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} of {words[-1]}"


def _allowed(asked: Input, points: list[Point]) -> list[Point]:
    """Only what may go into the column."""
    kept = [
        point
        for point in points
        if (asked.wanted is ANY or asked.wanted.accepts(point.value))
        and (asked.allowed is None or point.value is None or asked.allowed.matches(point.value, {}))
    ]
    return kept or points[:1]


def _points(asked: Input, cells: Iterable[str]) -> list[Point]:
    texts = dict.fromkeys(constant for cell in cells for constant in constants_in(cell) or [])
    if asked.allowed is not None:
        texts |= dict.fromkeys(constants_in(asked.allowed.text) or [])
    values = [feel.compile(text).evaluate({}) for text in list(texts)[:MOST_POINTS]]
    found: list[Point] = []
    for name in dict.fromkeys(kind(value) for value in values):
        found += _points_of_kind(name, [value for value in values if kind(value) == name])
    return found or [Point(OTHER_TEXT, "om het even")]


def _points_of_kind(name: str, values: list[Any]) -> list[Point]:
    if name == "boolean":
        return [Point(True, "waar is"), Point(False, "onwaar is")]
    if name == "string":
        texts = [Point(value, f'"{value}" is') for value in dict.fromkeys(values)]
        return [*texts, Point(OTHER_TEXT, "een andere tekst is")]
    if name == "null":
        return [Point(None, "leeg is")]
    return list(_ordered(name, values)) if name in _STEPS else []


def _ordered(name: str, values: list[Any]) -> Iterator[Point]:
    """Each constant, what lies between two, and what lies outside."""
    order = sorted(values, key=cmp_to_key(_compared))
    order = [value for at, value in enumerate(order) if at == 0 or _compared(order[at - 1], value)]
    yield from (Point(value, f"{said(value)} is") for value in order)
    yield Point(_BELOW[name].evaluate({"a": order[0]}), f"minder dan {said(order[0])} is")
    for low, high in pairwise(order):
        between = _between(name, low, high)
        if between is not None:
            yield Point(between, f"tussen {said(low)} en {said(high)} ligt")
    yield Point(_ABOVE[name].evaluate({"a": order[-1]}), f"meer dan {said(order[-1])} is")


def _between(name: str, low: Any, high: Any) -> Any:
    """A value between two; None when there is none, as between two days that follow each other."""
    middle = _MIDDLE if name == "number" else _ABOVE[name]
    value = middle.evaluate({"a": low, "b": high})
    return value if _LESS.evaluate({"a": value, "b": high}) is True else None


def _compared(left: Any, right: Any) -> int:
    if _LESS.evaluate({"a": left, "b": right}) is True:
        return -1
    return 1 if _LESS.evaluate({"a": right, "b": left}) is True else 0


def said(value: Any) -> str:
    """A value as it is written in the table."""
    return f'"{value}"' if isinstance(value, str) else str(_SAID.evaluate({"a": value}))
