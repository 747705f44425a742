"""The checks of tables: what they claim is true, at the right cell, and they claim all of it."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.findings import WARNING, Finding
from engine.lint import tables
from engine.lint.tables_columns import constants_in, grid
from engine.lint.tables_overlap import overlaps
from engine.parsing.dmn import load
from engine.publishing import check as publishing_check
from engine.vocabulary import Vocabulary
from tests.engine.dmn_files import escaped, file

NOW = datetime(2026, 11, 27, tzinfo=UTC)
Row = tuple[str, ...]


def table(policy: str, *rows: Row, columns: int = 1, more: str = "", output: str = "", kind: str = "") -> bytes:
    """Rows are tests and then one answer; cells are called r1c1, their answers r1a."""
    body = ""
    for r, (*tests, answer) in enumerate(rows, start=1):
        cells = "".join(
            f'<inputEntry id="r{r}c{c}"><text>{escaped(t)}</text></inputEntry>' for c, t in enumerate(tests, start=1)
        )
        body += f'<rule id="r{r}">{cells}<outputEntry id="r{r}a"><text>{escaped(answer)}</text></outputEntry></rule>'
    wanted = f'typeRef="{kind}"' if kind else ""
    inputs = "".join(
        f'<input label="{name}"><inputExpression {wanted}><text>{name}</text></inputExpression>{more}</input>'
        for name in "abcdef"[:columns]
    )
    return file(
        f'<decision id="top" name="top"><decisionTable id="t" {policy}>{inputs}'
        f'<output name="o">{output}</output>{body}</decisionTable></decision>'
    )


def unique(*rows: Row, columns: int = 1, more: str = "", output: str = "", kind: str = "") -> list[Finding]:
    return tables.check(load(table('hitPolicy="UNIQUE"', *rows, columns=columns, more=more, output=output, kind=kind)))


def said(findings: list[Finding], rule: str) -> list[tuple[str, str]]:
    return [(f.element_id, f.sentence) for f in findings if f.rule == f"table_{rule}"]


# -- overlap ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "example"),
    [
        ("< 18", "[17..65]", "a 17 is"),
        ("<= 18", ">= 18", "a 18 is"),
        ("[1..3]", "(2..5)", "a 3 is"),
        ('"x", "y"', 'not("x")', 'a "y" is'),
        ("true", "-", "a waar is"),
        ('date("2026-01-01")', '< date("2026-02-01")', "a 2026-01-01 is"),
        ('> @"P1D"', '@"P2D"', "a P2D is"),
        ("null", "null, 3", "a leeg is"),
    ],
)
def test_overlapping_rows_are_found_with_an_input_that_shows_it(first: str, second: str, example: str) -> None:
    [(place, sentence)] = said(unique((first, "1"), (second, "2")), "overlap")
    assert f"Rij 1 en rij 2 passen allebei als {example}" in sentence
    assert place == ("r2" if second == "-" else "r2c1")


@pytest.mark.parametrize(
    ("first", "second"),
    [("< 18", ">= 18"), ('"x"', 'not("x")'), ("[1..3)", "[3..5]"), ("true", "false"), ("1", '"1"'), ("> n", "> 3")],
)
def test_rows_that_exclude_each_other_or_cannot_be_compared_are_left_alone(first: str, second: str) -> None:
    assert said(unique((first, "1"), (second, "2")), "overlap") == []


def test_rows_overlap_only_when_every_column_does() -> None:
    assert said(unique(("< 5", '"x"', "1"), ("> 3", '"y"', "2"), columns=2), "overlap") == []
    [(place, sentence)] = said(unique(("< 5", '"x"', "1"), ("> 3", "-", "2"), columns=2), "overlap")
    assert (place, "a tussen 3 en 5 ligt en b" in sentence) == ("r2c1", True)


def test_the_other_policies_may_overlap() -> None:
    for policy in ("FIRST", "COLLECT", "RULE ORDER"):
        found = tables.check(load(table(f'hitPolicy="{policy}"', ("> 1", "1"), ("> 0", "2"))))
        assert said(found, "overlap") == []


# -- gap ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        (("< 18", "> 18"), "a 18 is"),
        (("[1..3]", "> 5"), "minder dan 1 is"),
        (('"x"', '"y"'), "een andere tekst is"),
        (("true",), "a onwaar is"),
        (('< date("2026-01-01")', '> date("2026-01-01")'), "a 2026-01-01 is"),
    ],
)
def test_an_input_without_a_row_is_named(cells: tuple[str, ...], missing: str) -> None:
    found = said(unique(*[(cell, "1") for cell in cells]), "gap")
    assert {place for place, _ in found} == {"t"}
    assert any(missing in sentence for _, sentence in found), found


def test_allowed_values_close_a_gap_and_so_do_a_default_and_a_last_row() -> None:
    rows: list[Row] = [('"x"', "1"), ('"y"', "2")]
    assert said(unique(*rows, more='<inputValues><text>"x", "y"</text></inputValues>'), "gap") == []
    assert said(unique(*rows, output="<defaultOutputEntry><text>0</text></defaultOutputEntry>"), "gap") == []
    assert said(tables.check(load(table('hitPolicy="FIRST"', *rows, ("-", "3")))), "gap") == []
    assert said(unique(("true", "1"), ("false", "2"), kind="boolean"), "gap") == []
    assert said(tables.check(load(table('hitPolicy="COLLECT"', *rows))), "gap") == []


def test_days_that_follow_each_other_leave_no_gap() -> None:
    found = unique(('<= date("2026-01-01")', "1"), ('>= date("2026-01-02")', "2"))
    assert (said(found, "gap"), said(found, "overlap")) == ([], [])


def test_a_cell_that_is_more_than_constants_may_fill_a_gap() -> None:
    assert said(unique(("< 5", "1"), (">= limit", "2")), "gap") == []
    assert constants_in(">= limit") is None
    assert constants_in("[-5..-1], 3.5") == ["-5", "-1", "3.5"]
    assert constants_in("3-1") is None


# -- unreachable, answers -----------------------------------------------------------------------------------------------


def test_a_row_behind_others_is_found() -> None:
    found = tables.check(load(table('hitPolicy="FIRST"', ("< 5", "1"), (">= 5", "2"), ("7", "3"))))
    assert said(found, "unreachable") == [
        ("r3c1", "Rij 3 geeft nooit het antwoord: bij elke invoer die past, gaat een andere rij voor.")
    ]
    values = "<outputValues><text>1, 2</text></outputValues>"
    found = tables.check(load(table('hitPolicy="PRIORITY"', ("7", "2"), ("> 5", "1"), ("-", "2"), output=values)))
    assert [place for place, _ in said(found, "unreachable")] == ["r1c1"]


def test_a_row_nothing_allowed_can_pass_is_found() -> None:
    found = unique(('"z"', "1"), ("-", "2"), more='<inputValues><text>"x", "y"</text></inputValues>')
    assert "kan nooit passen" in said(found, "unreachable")[0][1]
    assert "kan nooit passen" in said(unique(("[5..3]", "1")), "unreachable")[0][1]


def test_rows_that_contradict_and_answers_that_are_not_allowed_are_found() -> None:
    found = tables.check(load(table('hitPolicy="ANY"', ("> 1", "10"), ("> 2", "11"), ("> 3", "10"))))
    assert [place for place, _ in said(found, "answers")] == ["r2c1", "r3c1"]
    found = unique(("-", '"c"'), output='<outputValues><text>"a", "b"</text></outputValues>')
    assert said(found, "answers") == [("r1a", 'Het antwoord "c" is niet toegelaten; toegelaten zijn "a", "b".')]
    found = tables.check(load(table('hitPolicy="COLLECT" aggregation="SUM"', ("-", '"c"'))))
    assert "kan niet opgeteld worden" in said(found, "answers")[0][1]


def test_publishing_shows_them_as_warnings() -> None:
    found = publishing_check("decision", table('hitPolicy="UNIQUE"', ("> 1", "1"), ("> 0", "2")), Vocabulary())
    assert {(f.rule, f.severity) for f in found} == {("table_overlap", WARNING), ("table_gap", WARNING)}


# -- all of it, and in time ---------------------------------------------------------------------------------------------

CELLS = ["-", "1", "< 3", ">= 2", "[1..3]", "(1..4)", "not(2)", "1, 3", "> 2.5"]
TEXTS = ["-", '"x"', '"x", "y"', 'not("x")']
EVERY_NUMBER = [0, 1, 1.5, 2, 2.25, 2.5, 2.75, 3, 3.5, 4, 5]
EVERY_TEXT = ["x", "y", "z"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(TEXTS)), min_size=1, max_size=5))
def test_overlaps_and_gaps_are_exactly_those_that_trying_everything_finds(rows: list[tuple[str, str]]) -> None:
    model = load(table('hitPolicy="UNIQUE"', *[(a, b, "1") for a, b in rows], columns=2))
    [found] = list(tables.tables_of(model))
    pairs, gaps = set(), 0
    for a, b in product(EVERY_NUMBER, EVERY_TEXT):
        result = model.explain("top", {"a": Decimal(str(a)), "b": b}, NOW)
        hits = [number - 1 for _, _, number, _ in result.matched]
        pairs |= {(one, other) for one in hits for other in hits if one < other}
        gaps += not hits
    assert {(one, other) for one, other, _ in overlaps(grid(found))} == pairs
    assert bool(said(tables.check(model), "gap")) == bool(gaps)


def test_a_hostile_table_is_stopped_and_says_so() -> None:
    rows = [(*(f"not({(n * 7 + c * 3) % 50})" for c in range(6)), "1") for n in range(200)]
    begin = time.perf_counter()
    found = unique(*rows, columns=6)
    assert time.perf_counter() - begin < 5
    assert len(found) <= 4 * tables.MOST_FINDINGS
    refused = publishing_check(
        "decision", table('hitPolicy="FIRST"', *[(str(n), str(n)) for n in range(6001)]), Vocabulary()
    )
    assert [f.sentence for f in refused] == ["Het bestand heeft meer dan 12000 cellen en uitdrukkingen. Splits het op."]
    too_many = unique(*[(str(n), "1") for n in range(tables.MOST_ROWS + 1)])
    assert "Splits ze op" in too_many[0].sentence
