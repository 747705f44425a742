"""Patterns: those of XPath, in time that does not run away."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import feel
from feel.matching import search
from feel.patterns import BadPattern, program
from feel.run import Run
from tests.feel.test_values import value


@pytest.mark.parametrize(
    ("pattern", "flags", "text", "expected"),
    [
        ("^a*b", "", "aab", True),
        ("b$", "", "ab", True),
        ("^b", "", "a\nb", False),
        ("^b", "m", "a\nb", True),
        ("a.b", "", "a\nb", False),
        ("a.b", "s", "a\nb", True),
        ("KLACHT", "i", "klacht", True),
        ("[a-c]x", "i", "BX", True),
        ("a b", "x", "ab", True),
        (r"a\ sb", "x", "a b", True),
        ("a[ ]b", "x", "ab", False),
        ("a[ ]b", "x", "a b", True),
        ("[A-Z]", "i", "\u212a", True),  # the sign of Kelvin is a capital k
        ("[A-Z-[K]]", "i", "k", False),
        ("a.b", "q", "a.b", True),
        ("a.b", "q", "axb", False),
        ("[a-z-[aeiou]]", "", "e", False),
        ("[a-z-[aeiou]]", "", "f", True),
        ("[^a-c]", "", "b", False),
        (r"^\d{4}-\d{2}$", "", "2026-11", True),
        (r"^\d{4}-\d{2}$", "", "2026-1", False),
        (r"^\p{Lu}\p{Ll}+$", "", "Émile", True),
        (r"\P{L}", "", "abc", False),
        (r"^\p{IsBasicLatin}+$", "", "abé", False),
        (r"^\i\c*$", "", "naam-1", True),
        (r"\s\S", "", "a b", True),
        (r"^\w+$", "", "a_b", False),
        (r"(a)(b)\2\1", "", "abba", True),
        (r"(a)\1", "i", "aA", True),
        ("(a|ab)(c|bcd)(d*)", "", "abcd", True),
        ("x{2,3}y", "", "xy", False),
        ("x{2,}y", "", "xxxxy", True),
        ("(?:ab)+$", "", "abab", True),
        ("", "", "abc", True),
        ("a|b|", "", "", True),
        ("(a*)*b", "", "aaab", True),
        ("^(a?){3}$", "", "aa", True),
    ],
)
def test_a_pattern_matches(pattern: str, flags: str, text: str, expected: bool) -> None:
    assert value("matches(text, pattern, flags)", text=text, pattern=pattern, flags=flags) is expected


@pytest.mark.parametrize(
    ("pattern", "flags", "why"),
    [
        ("(", "", "haakje"),
        ("a)", "", "hoort niet"),
        ("*a", "", "hoort niet"),
        ("a**", "", "hoort niet"),
        ("[b-a]", "", "loopt achteruit"),
        ("[a", "", "te vroeg op"),
        ("a{2", "", "aantal"),
        ("a{3,2}", "", "aantal"),
        ("a{9999}", "", "kan niet"),
        (r"\y", "", "bestaat niet"),
        (r"\p{Xx}", "", "bestaat niet"),
        (r"\1(a)", "", "verwijst"),
        ("(" * 40 + "a" + ")" * 40, "", "te diep"),
        ("(a{1,60}){1,60}", "", "te lang"),
        ("a", "g", "vlaggen"),
    ],
)
def test_what_is_no_pattern_is_null_and_says_why(pattern: str, flags: str, why: str) -> None:
    found, warnings = feel.compile("matches(t, p, f)").evaluate_explained({"t": "a", "p": pattern, "f": flags})
    assert found is None
    assert why in warnings[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
        ('replace("abracadabra", "a.*?a", "*")', "*c*bra"),
        ('replace("2026-11-27", "(\\d+)-(\\d+)-(\\d+)", "$3/$2/$1")', "27/11/2026"),
        ('replace("a", "a", "\\$1")', "$1"),
        ('replace("a", "a", "$")', None),
        ('replace("abc", "", "-")', "-a-b-c-"),
        ('replace("a.b", ".", "x", "q")', "axb"),
        ('split("a1b22c", "\\d+")', ["a", "b", "c"]),
        ('split("John Doe", "\\s")', ["John", "Doe"]),
        ('split("abc", "")', ["a", "b", "c"]),
        ('extract("tel. 02 555 12 34", "\\d+")', ["02", "555", "12", "34"]),
    ],
)
def test_patterns_at_work(text: str, expected: object) -> None:
    assert value(text) == expected


pieces = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "^", "$"]),
    lambda inner: st.one_of(
        st.builds(lambda p, q: p + q, inner, inner),
        st.builds(lambda p, q: f"(?:{p}|{q})", inner, inner),
        inner.map(lambda p: f"({p})"),
        st.builds(lambda p, n: f"(?:{p}){n}", inner, st.sampled_from(["?", "+?", "{0,2}", "{2}"])),
        st.sampled_from(["a*", "b+", "a??", "[ab]*?", "(?:ab)*", "(a|b)+"]),
    ),
    max_leaves=6,
)


@settings(max_examples=500, deadline=None)
@given(pieces, st.text("abc", max_size=8))
def test_a_pattern_both_know_matches_where_pythons_does(pattern: str, text: str) -> None:
    expected = re.compile(pattern.replace("$", r"\Z"), re.DOTALL).search(text)
    found = search(program(pattern, "s"), text, 0, Run())
    assert (found and (found.start, found.end)) == (expected and expected.span())


@settings(max_examples=300, deadline=None)
@given(st.text("ab()[]{}|*+?^$.\\-d,1", max_size=12), st.text("ab", max_size=6))
def test_any_text_is_a_pattern_or_says_why_not(pattern: str, text: str) -> None:
    try:
        found = search(program(pattern, ""), text, 0, Run())
    except BadPattern as problem:
        assert str(problem)
        return
    assert found is None or 0 <= found.start <= found.end <= len(text)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "^(a|aa)*$", "^(a*)*$", "(a+a+)+y", "^(a|a?)+$", "(.*)(.*)(.*)(.*)(.*)b"]
)
def test_a_pattern_that_would_run_away_in_python_ends(pattern: str) -> None:
    began = time.process_time()
    text = "a" * 2_000 + "!"
    try:
        assert value("matches(text, pattern)", text=text, pattern=pattern) is False
    except feel.FeelError as problem:
        assert "stappen" in str(problem)
    assert time.process_time() - began < 0.5


def test_a_long_letter_can_be_searched() -> None:
    text = "Geachte mevrouw, " * 400
    assert value('matches(text, ".*klacht.*")', text=text) is False
    assert value('matches(text, "mevrouw, $")', text=text) is True
