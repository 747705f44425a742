"""A value as a person types it: what is written can be read again."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.values import dump
from feel.values import parse_duration
from tasks.operating import literals

PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    st.text(st.characters(exclude_categories=["Cs", "Cc"])),
    st.dates(),
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc é", min_size=1), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_is_read_again(value: Any) -> None:
    assert dump(literals.read(literals.written(value))) == dump(value)


@pytest.mark.parametrize(
    ("value", "text", "kind"),
    [
        (None, "null", "leeg"),
        (True, "true", "ja of nee"),
        (Decimal("1E+3"), "1000", "getal"),
        ('zeg "ja"\n', '"zeg \\"ja\\"\\n"', "tekst"),
        (date(2026, 1, 5), 'date("2026-01-05")', "dag"),
        (time(9, 30), 'time("09:30:00")', "uur"),
        (datetime(2026, 1, 5, 9, tzinfo=ZoneInfo("UTC")), 'date and time("2026-01-05T09:00:00+00:00")', "dag en uur"),
        (parse_duration("P1DT2H"), 'duration("P1DT2H")', "duur"),
        (["a", 1], '["a", 1]', "lijst"),
        ({"a b": {"c": None}}, '{"a b": {"c": null}}', "groep"),
    ],
)
def test_each_sort_of_value(value: Any, text: str, kind: str) -> None:
    assert (literals.written(value), literals.kind_of(value)) == (text, kind)
    assert dump(literals.read(text)) == dump(value)


@pytest.mark.parametrize("text", ["", "x", "1 +", '"open', "count(items)", "[1", "9" * 30_000])
def test_what_is_no_literal_is_refused(text: str) -> None:
    with pytest.raises(literals.NotAValue) as refused:
        literals.read(text, "amount")
    assert refused.value.errors[0]["field"] == "amount"
