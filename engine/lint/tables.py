"""The checks of decision tables at publishing: overlap, gap, unreachable row, answers that do not agree.

In: the model of a file. Out: findings at cells and tables, all warnings: columns may depend on each other in ways a table
does not show, and a case that meets the fault stops with an incident instead of going on.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any

from engine.decisions import DecisionModel
from engine.dmn.graph import Decision, Knowledge
from engine.dmn.tables import Table
from engine.findings import WARNING, Finding
from engine.lint import tables_answers, tables_gap, tables_overlap, tables_unreachable
from engine.lint.tables_columns import grid
from engine.lint.tables_search import TooMany

MOST_ROWS = 600
MOST_FINDINGS = 30  # of one rule on one table
RULES = (tables_overlap, tables_gap, tables_unreachable, tables_answers)


def check(model: DecisionModel) -> list[Finding]:
    """The findings on every table of the file itself; what it imports was checked where it was published."""
    return [finding for table in tables_of(model) for finding in _check(table)]


def tables_of(model: DecisionModel) -> Iterator[Table]:
    """Every table, also those inside other logic."""
    for key, element in model.graph.elements.items():
        if "#" not in key and isinstance(element, Decision):
            yield from _inside(element.logic)
        elif "#" not in key and isinstance(element, Knowledge):
            yield from _inside(element.definition)


def _inside(logic: Any) -> Iterator[Table]:
    if isinstance(logic, Table):
        yield logic
    elif isinstance(logic, tuple):
        for each in logic:
            yield from _inside(each)
    elif isinstance(logic, dict):
        yield from _inside(tuple(logic.values()))
    elif is_dataclass(logic):
        for part in fields(logic):
            yield from _inside(getattr(logic, part.name))


def _check(table: Table) -> list[Finding]:
    if len(table.rules) > MOST_ROWS:
        return [_too_big(table, f"De tabel heeft meer dan {MOST_ROWS} rijen")]
    found: list[Finding] = []
    read = grid(table)
    for rule in RULES:
        try:
            found += islice(rule.check(read), MOST_FINDINGS)
        except TooMany:
            found.append(_too_big(table, "De tabel onderscheidt te veel gevallen"))
            break
    return found


def _too_big(table: Table, why: str) -> Finding:
    sentence = f"{why}: overlappingen en gaten zijn niet nagegaan. Splits ze op in twee tabellen."
    return Finding(table.id, tables_gap.RULE, WARNING, sentence)
