"""Types: what is an instance of what, what conforms to what, and what a call converts."""

import pickle

import pytest

import feel
from feel.type_parser import parse_type
from feel.types import DoesNotFit, Type, conforms, convert, joined, list_of, type_of_value
from tests.feel.test_values import value

MODEL = {
    "tGrade": Type("number"),
    "tPerson": parse_type("context<name: string, age: number>"),
    "tPeople": parse_type("list<context<name: string, age: number>>"),
    "tRule": parse_type("function<string, number> -> string"),
    "tRules": parse_type("list<function<string, number> -> string>"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 instance of Any", True),
        ("null instance of Any", False),
        ("null instance of Null", True),
        ("[1, null] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ('[1, "a"] instance of list<Any>', True),
        ("[] instance of list<string>", True),
        ("[1] instance of list", True),
        ("[[1]] instance of list<list<number>>", True),
        ('{a: "x", b: 1} instance of context<a: string>', True),
        ("{a: null} instance of context<a: string>", True),
        ("{b: 1} instance of context<a: string>", False),
        ("{a: {b: 1}} instance of context<a: context<b: string>>", False),
        ("{a: 1} instance of context", True),
        ("[1..3] instance of range<number>", True),
        ('["a".."b"] instance of range<number>', False),
        ("(< 5) instance of range<number>", True),
        ('(function() "x") instance of function<> -> Any', True),
        ('(function() "x") instance of function<>->string', True),
        ('(function() "x") instance of function<>->number', False),
        ('(function(a: number) "x") instance of function<number> -> string', True),
        ('(function(a: number) "x") instance of function<Any> -> string', False),
        ('(function(a) "x") instance of function<number> -> string', True),
        ('(function(a: number, b) "x") instance of function<number> -> string', False),
        ("(function(a: number) a + 1) instance of function<number> -> number", True),
        ("(function(a: context<x: number>) a) instance of function<context<x: number, y: number>> -> Any", True),
        ('date("2026-01-01") instance of date', True),
        ('date("2026-01-01") instance of date and time', False),
        ('date and time("2026-01-01T00:00:00") instance of date', False),
        ('duration("P1D") instance of days and time duration', True),
        ('duration("P1Y") instance of days and time duration', False),
        ("1 instance of number and true", True),
        ("1 instance of tGrade", True),
        ('{name: "An", age: 30} instance of tPerson', True),
        ('{name: "An"} instance of tPerson', False),
        ('[{name: "An", age: 30}] instance of tPeople', True),
        ('(function(a: string, b: number) "x") instance of tRule', True),
        ('[function(a: string, b: number) "x", function(c: string, d: number) "y"] instance of tRules', True),
        ("1 instance of tUnknown", False),
    ],
)
def test_instance_of(text: str, expected: bool) -> None:
    assert feel.compile(text, types=MODEL).evaluate({}) is expected


@pytest.mark.parametrize(
    ("given", "wanted", "fits"),
    [
        ("number", "Any", True),
        ("Any", "number", False),
        ("Null", "number", True),
        ("list<number>", "list<Any>", True),
        ("list", "list<number>", False),
        ("list<number>", "list", True),
        ("context<a: number, b: string>", "context<a: number>", True),
        ("context<a: number>", "context<a: number, b: string>", False),
        ("function<Any> -> number", "function<number> -> Any", True),
        ("function<number> -> Any", "function<Any> -> Any", False),
        ("range<date>", "range<date>", True),
        ("date", "date and time", False),
    ],
)
def test_a_type_conforms_to_another(given: str, wanted: str, fits: bool) -> None:
    assert conforms(parse_type(given), parse_type(wanted)) is fits


@pytest.mark.parametrize(
    "text",
    [
        "number",
        "date and time",
        "list<list<string>>",
        "context<a: number, first name: list<date>>",
        "range<time>",
        "function<number, context<a: Any>> -> years and months duration",
        "tPerson",
        "Model.tPerson",
    ],
)
def test_a_type_reads_as_it_prints(text: str) -> None:
    assert str(parse_type(text)) == text
    assert parse_type(str(parse_type(text))) == parse_type(text)


def test_types_that_differ_join_in_what_they_share() -> None:
    people = [{"name": "An", "age": 30}, {"name": "Bo"}, {"name": None, "x": 1}]
    assert str(type_of_value(people)) == "list<context<name: string>>"
    assert joined([Type("number"), Type("Null"), Type("number")]) == Type("number")
    assert str(joined([list_of(Type("number")), list_of(Type("string"))])) == "list<Any>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{f: function(a: number) a + 1, r: f([2])}.r", 3),
        ("{f: function(a: list<number>) count(a), r: f(2)}.r", 1),
        ('{f: function(a: date and time) string(a), r: f(date("2026-01-01"))}.r', "2026-01-01T00:00:00Z"),
        ("{f: function(a: number) 1, r: f(null)}.r", 1),
        ('{f: function(a: number) 1, r: f("x")}.r', None),
        ("{f: function(a: list<number>) 1, r: f([1, true])}.r", None),
        ('upper case(["a"])', "A"),
        ("sum(3)", 3),
    ],
)
def test_a_call_converts_as_the_standard_allows(text: str, expected: object) -> None:
    assert value(text) == expected


def test_a_conversion_that_is_not_allowed_says_so() -> None:
    with pytest.raises(DoesNotFit):
        convert([1, 2], Type("number"))


def test_the_types_of_a_model_travel_with_the_expression() -> None:
    copy = pickle.loads(pickle.dumps(feel.compile("x instance of tGrade", types=MODEL)))
    assert copy.evaluate({"x": 1}) is True
