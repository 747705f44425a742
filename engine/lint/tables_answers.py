"""The answers of a table agree: rows of an ANY table that fit together say the same, and only allowed answers are given."""

from collections.abc import Iterator

from engine.dmn.boxed import Literal
from engine.dmn.tables import Output, Rule
from engine.findings import WARNING, Finding
from engine.lint.tables_columns import Grid, constants_in, said
from engine.lint.tables_overlap import cell, overlaps
from feel.values import kind

RULE = "table_answers"
NUMBERS_ONLY = ("SUM",)


def check(grid: Grid) -> Iterator[Finding]:
    """One finding per pair of rows that contradict each other, and per answer that is not allowed."""
    table = grid.table
    if table.hit_policy == "ANY":
        for earlier, later, example in overlaps(grid):
            if _words(table.rules[earlier]) != _words(table.rules[later]):
                sentence = (
                    f"Rij {earlier + 1} en rij {later + 1} passen allebei als {example}, en geven een ander antwoord. "
                    "Geef ze hetzelfde antwoord, of maak een van de twee nauwer."
                )
                yield Finding(cell(grid, later), RULE, WARNING, sentence)
    for rule in table.rules:
        for place, output in enumerate(table.outputs):
            sentence = _wrong(rule, place, output, table.aggregation)
            if sentence:
                yield Finding(rule.answers[place] or rule.id or table.id, RULE, WARNING, sentence)


def _words(rule: Rule) -> list[str]:
    return [logic.code.text.strip() if isinstance(logic, Literal) else "" for logic in rule.outputs]


def _wrong(rule: Rule, place: int, output: Output, aggregation: str | None) -> str:
    """Why a constant answer cannot be given; empty when it can."""
    logic = rule.outputs[place]
    if not isinstance(logic, Literal) or not constants_in(logic.code.text):
        return ""
    value = logic.code.evaluate({})
    if output.values and value is not None and value not in output.values:
        allowed = ", ".join(said(each) for each in output.values)
        return f"Het antwoord {said(value)} is niet toegelaten; toegelaten zijn {allowed}."
    if aggregation in NUMBERS_ONLY and kind(value) not in ("number", "days and time duration", "null"):
        return f"Het antwoord {said(value)} kan niet opgeteld worden."
    return ""
