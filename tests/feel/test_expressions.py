"""FEEL's expressions: three-valued logic, iteration, functions, unary tests, names, warnings."""

import pickle
from datetime import UTC, datetime

import pytest

import feel
from tests.feel.test_values import value


@pytest.mark.parametrize(("left", "right"), [(a, b) for a in (True, False, None) for b in (True, False, None)])
def test_logic_has_three_values(left: bool | None, right: bool | None) -> None:
    both = False if False in (left, right) else None if None in (left, right) else True
    either = True if True in (left, right) else None if None in (left, right) else False
    assert value("a and b", a=left, b=right) is both
    assert value("a or b", a=left, b=right) is either
    assert value("not(a)", a=left) is (None if left is None else not left)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 and true", None),
        ("1 and false", False),
        ('"x" or true', True),
        ("1 = 1.0", True),
        ('1 = "1"', None),
        ("1 != 2", True),
        ("null = null", True),
        ("null != 1", True),
        ("null < 1", None),
        ("true < false", None),
        ("[1, 2] = [1, 2]", True),
        ("{a: 1} = {a: 1.0}", True),
        ("if null then 1 else 2", 2),
        ("if 1 then 1 else 2", 2),
        ("if true then if false then 1 else 2 else 3", 2),
        ("1 instance of number", True),
        ('date("2026-01-01") instance of date', True),
        ("null instance of number", False),
        ("for i in [1, 2] return i * 2", [2, 4]),
        ("for i in 1..3 return i", [1, 2, 3]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1, 2], j in [10, 20] return i + j", [11, 21, 12, 22]),
        ("for i in 1..4 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3]),
        ("for i in null return i", None),
        ("some x in [1, 2] satisfies x > 1", True),
        ("some x in [1, null] satisfies x > 1", None),
        ("every x in [1, 2] satisfies x > 0", True),
        ("every x in [] satisfies x > 0", True),
        ("{f: function(a, b) a - b, r: f(3, 1)}.r", 2),
        ("{f: function(a, b) a - b, r: f(b: 3, a: 1)}.r", -2),
        ('substring(string: "ombud", start position: 2, length: 1)', "m"),
        ('substring(text: "ombud")', None),
        ("(1)(2)", None),
        ("(function(first value, second value) first value - second value)(3, 1)", 2),
        ("for my item in [1, 2] return my item + 1", [2, 3]),
        ("{a b: {c d: 1}, e: a b.c d}.e", 1),
        ('{date: 3, r: date("2026-01-01").year + date}.r', 2029),
        ("{count: function(x) x, r: count(7)}.r", 7),
        ('{date: 3, r: date(from: "2026-01-01").year + date}.r', 2029),
        ("{count: 2, r: count([7]) + count}.r", 3),
        ("unknown(1)", None),
    ],
)
def test_expressions(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("test", "given", "expected"),
    [
        ("-", None, True),
        ("5", 5, True),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a", "b")', None, True),
        ("< 5", 4, True),
        (">= 5", 4, False),
        ("[1..5]", 5, True),
        ("(1..5)", 5, False),
        ("< 1, > 9", 10, True),
        ("null", None, True),
        ("null", 0, False),
        ("true", True, True),
        ("true", None, False),
        ("[1, 2]", 2, True),
        ("limit", 3, True),
        ("> limit", 4, True),
        ("? > limit and ? < 9", 5, True),
        ('contains(?, "ach")', "klacht", True),
        ('date("2026-01-01")', "2026-01-01", False),
        ("< 5", "a", False),
        ("count(?) > 1", [1, 2], True),
    ],
)
def test_a_cell_of_a_table_tests_its_input(test: str, given: object, expected: bool) -> None:
    assert feel.compile_unary(test).matches(given, {"limit": 3}) is expected


def test_names_with_spaces_are_read_when_they_are_known() -> None:
    found = feel.compile("days  late + 1", names=["days late"])
    assert found.evaluate({"days late": 2}) == 3
    assert found.names == {"days late"}


def test_an_expression_knows_its_variables_and_survives_being_copied() -> None:
    found = feel.compile("for i in list return i + offset + count(list)")
    assert found.names >= {"list", "offset"}
    assert "count" not in found.names
    assert pickle.loads(pickle.dumps(found)).evaluate({"list": [1], "offset": 1}) == [3]


def test_null_is_explained() -> None:
    result, warnings = feel.compile("missing + 1").evaluate_explained({})
    assert result is None
    assert any("'missing' bestaat hier niet" in warning for warning in warnings)


def test_the_present_is_given_from_outside() -> None:
    moment = datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    assert feel.compile("now()").evaluate({}, now=moment) == moment
    assert feel.compile('today() + duration("P1D")').evaluate({}, now=moment).isoformat() == "2026-01-02"
