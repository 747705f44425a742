"""A compiled table answers what a naive reading of it answers: row by row, cell by cell, with FEEL's own `in`."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import feel
from engine.dmn.tables import HIT_POLICIES
from engine.parsing.dmn import load
from tests.engine.dmn_files import escaped, file

NOW = datetime(2026, 11, 27, tzinfo=UTC)
NUMBER_CELLS = ["-", "1", "< 3", ">= 2", "[1..3]", "(1..4)", "not(2)", "1, 3", "null", "> b", "? * 2 > 4"]
TEXT_CELLS = ["-", '"x"', '"x", "y"', 'not("x")', "null"]
ANSWERS = ['"low"', '"middle"', '"high"']
ORDER = ["high", "middle", "low"]
row = st.tuples(st.sampled_from(NUMBER_CELLS), st.sampled_from(TEXT_CELLS), st.sampled_from(ANSWERS))


def table(policy: str, rows: list[tuple[str, str, str]]) -> bytes:
    body = "".join(
        f'<rule id="r{n}"><inputEntry><text>{escaped(a)}</text></inputEntry><inputEntry><text>{escaped(b)}</text></inputEntry>'
        f"<outputEntry><text>{answer}</text></outputEntry></rule>"
        for n, (a, b, answer) in enumerate(rows, start=1)
    )
    columns = "".join(f'<input label="{x}"><inputExpression><text>{x}</text></inputExpression></input>' for x in "at")
    values = ", ".join(f'"{each}"' for each in ORDER)
    return file(
        f'<decision id="top" name="top"><decisionTable hitPolicy="{policy}">{columns}'
        f'<output name="o"><outputValues><text>{values}</text></outputValues></output>{body}</decisionTable></decision>'
    )


def naively(policy: str, rows: list[tuple[str, str, str]], names: dict[str, Any]) -> tuple[Any, list[int], bool]:
    """(answer, rows that fired, is a mistake), straight from the standard's text."""

    def holds(cell: str, value: Any) -> bool:
        return cell == "-" or feel.compile_unary(cell).matches(value, names, NOW)

    fits = [
        (n, answer.strip('"'))
        for n, (a, t, answer) in enumerate(rows, 1)
        if holds(a, names["a"]) and holds(t, names["t"])
    ]
    answers = [answer for _, answer in fits]
    if (policy == "UNIQUE" and len(fits) > 1) or (policy == "ANY" and len(set(answers)) > 1):
        return None, [], True
    if policy in ("RULE ORDER", "COLLECT"):
        return answers, [n for n, _ in fits], False
    ranked = sorted(fits, key=lambda each: ORDER.index(each[1])) if policy in ("PRIORITY", "OUTPUT ORDER") else fits
    if policy == "OUTPUT ORDER":
        return [answer for _, answer in ranked], [n for n, _ in ranked], False
    return (ranked[0][1], [ranked[0][0]], False) if ranked else (None, [], False)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(HIT_POLICIES),
    st.lists(row, max_size=8),
    st.one_of(st.none(), st.integers(0, 5)),
    st.sampled_from(["x", "y", "z", None]),
    st.integers(0, 5),
)
def test_a_compiled_table_equals_a_naive_reading(
    policy: str, rows: list[tuple[str, str, str]], a: int | None, t: str | None, b: int
) -> None:
    names = {"a": a, "t": t, "b": b}
    answer, fired, is_mistake = naively(policy, rows, names)
    result = load(table(policy, rows)).explain("top", names, NOW)
    assert (result.value, bool(result.failures)) == (answer, is_mistake)
    if not is_mistake:
        assert [number for _, _, number, _ in result.matched] == fired
