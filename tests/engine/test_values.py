"""FEEL's values survive being stored: the same value, of the same type."""

import json

import pytest

import feel
from engine.values import NotStorable, dump, load


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "true",
        "12",
        "12.50",
        '"tekst"',
        '@"2026-11-27"',
        '@"10:30:00"',
        '@"10:30:00+01:00"',
        '@"10:30:00@Europe/Brussels"',
        '@"10:30:00.123456789"',
        '@"2026-11-27T10:30:00"',
        '@"2026-11-27T10:30:00Z"',
        '@"P10D"',
        '@"-P1Y6M"',
        '@"12026-11-27"',
        '@"-0044-03-15"',
        '@"12026-11-27T10:30:00@Europe/Brussels"',
        '[1, {a: @"2026-11-27", b: [null, 0.5]}]',
    ],
)
def test_a_value_is_stored_and_read_again(text: str) -> None:
    value = feel.compile(text).evaluate({})
    again = load(json.loads(json.dumps(dump(value))))
    assert feel.compile("is(a, b) or a = b").evaluate({"a": value, "b": again}) is True
    assert feel.compile("string([a]) = string([b])").evaluate({"a": value, "b": again}) is True


@pytest.mark.parametrize("text", ["[1..3]", "function(x) x"])
def test_what_lives_only_in_an_expression_is_refused(text: str) -> None:
    with pytest.raises(NotStorable):
        dump(feel.compile(text).evaluate({}))
