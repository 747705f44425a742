"""What holds for every expression: printing and reading back, nothing but FeelError, and the laws of three-valued logic."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import feel
from feel.builtins import TABLE
from feel.durations import DayTimeDuration, YearMonthDuration, parse_duration
from feel.moment_texts import parse_date, parse_moment, text_of
from feel.moments import Day, day_of_number, days_of, from_local, local_number
from feel.parser import Parser
from feel.parts import PARTS
from feel.printer import show
from feel.tree import Node, depth_of
from feel.values import kind
from tests.feel.trees import expressions, unary_tests

truths = st.sampled_from([True, False, None])
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**12), 10**12),
        st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=6),
        st.dates(),
        st.times(timezones=st.none() | st.just(UTC)),
        st.datetimes(timezones=st.none() | st.timezones()),
        st.timedeltas(timedelta(days=-1000), timedelta(days=1000)).map(DayTimeDuration.of),
        st.integers(-500, 500).map(YearMonthDuration),
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["a", "b", "item"]), inner, max_size=3),
    max_leaves=6,
)


def read(text: str, of: str = "expression") -> Node:
    parser = Parser(text, (), TABLE, PARTS)
    return parser.expression() if of == "expression" else parser.unary_tests()


@settings(max_examples=400, deadline=None)
@given(expressions)
def test_a_tree_that_is_printed_reads_as_the_same_tree(tree: Node) -> None:
    if depth_of(tree) < 12:
        assert read(show(tree)) == tree


@settings(max_examples=200, deadline=None)
@given(unary_tests)
def test_a_cell_that_is_printed_reads_as_the_same_cell(tree: Node) -> None:
    if depth_of(tree) < 12:
        assert read(show(tree), "unary tests") == tree


@settings(max_examples=500, deadline=None)
@given(expressions, st.dictionaries(st.sampled_from(["a", "b", "amount", "day count", "x-y"]), values))
def test_evaluating_raises_nothing_but_a_feel_error(tree: Node, context: dict[str, object]) -> None:
    try:
        text = show(tree)
        expression = feel.compile(text)
        found, warnings = expression.evaluate_explained(context)
    except feel.FeelError as problem:
        assert str(problem)
        return
    assert kind(found) != "Any"
    assert all(isinstance(warning, str) for warning in warnings)
    assert expression.evaluate(context, now=datetime(2026, 1, 1, tzinfo=UTC)) is not NotImplemented


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
@example("1 in (1 in (1 in (1 in (")
@example("for")
@example('"\\u')
@example("`")
def test_reading_any_text_raises_nothing_but_a_feel_error(text: str) -> None:
    for compile_it in (feel.compile, feel.compile_unary):
        try:
            found = compile_it(text)
        except feel.FeelError as problem:
            assert -1 <= problem.position <= len(text)
        else:
            assert found.text == text


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(TABLE)), st.lists(values, max_size=4))
def test_a_built_in_function_answers_or_says_why_not(name: str, arguments: list[object]) -> None:
    context = {f"v{number}": value for number, value in enumerate(arguments)}
    text = f"{name}({', '.join(context)})"
    try:
        found, warnings = feel.compile(text).evaluate_explained(context)
    except feel.FeelError:
        return
    if found is None and not {None}.intersection(_leaves(arguments)):
        silent = {"get value", "all", "any", "get or else", "string"}
        assert warnings or name in silent or name.startswith("`")


def _leaves(given: object) -> list[object]:
    if isinstance(given, list):
        return [leaf for item in given for leaf in _leaves(item)]
    if isinstance(given, dict):
        return [leaf for item in given.values() for leaf in _leaves(item)]
    return [given if isinstance(given, bool | int | str) or given is None else "other"]


@given(truths, truths, truths)
def test_the_laws_of_three_valued_logic(a: bool | None, b: bool | None, c: bool | None) -> None:
    context = {"a": a, "b": b, "c": c}
    for left, right in [
        ("a and b", "b and a"),
        ("a or b", "b or a"),
        ("(a and b) and c", "a and (b and c)"),
        ("(a or b) or c", "a or (b or c)"),
        ("a and (b or c)", "(a and b) or (a and c)"),
        ("a or (b and c)", "(a or b) and (a or c)"),
        ("not(a and b)", "not(a) or not(b)"),
        ("not(a or b)", "not(a) and not(b)"),
        ("not(not(a))", "a"),
        ("a and (a or b)", "a"),
        ("a and true", "a"),
        ("a or false", "a"),
        ("a and b and c", "every x in [a, b, c] satisfies x"),
        ("a or b or c", "some x in [a, b, c] satisfies x"),
        ("a and b and c", "all([a, b, c])"),
        ("a or b or c", "any([a, b, c])"),
    ]:
        assert feel.compile(left).evaluate(context) is feel.compile(right).evaluate(context), (left, right)


@given(values, values)
def test_comparing_is_consistent(a: object, b: object) -> None:
    def said(text: str) -> object:
        return feel.compile(text).evaluate({"a": a, "b": b})

    assert said("a = b") is said("b = a")
    assert said("a < b") is said("b > a")
    assert said("a <= b") is said("b >= a")
    assert said("a = a") is (True if a is None or kind(a) != "Any" else None)
    if said("a < b") is True:
        assert said("a >= b") is False
        assert said("a in [a..b]") is True
        assert said("b in [a..b)") is False


@given(st.integers(-(10**33), 10**33), st.integers(-(10**33), 10**33))
def test_whole_numbers_of_34_digits_are_exact(a: int, b: int) -> None:
    context = {"a": a, "b": b}
    assert feel.compile("a + b").evaluate(context) == a + b
    assert feel.compile("a - b").evaluate(context) == a - b
    assert feel.compile("string(a)").evaluate(context) == str(a)
    assert feel.compile(str(a)).evaluate({}) == a


@given(st.integers(-(300 * 10**9), 300 * 10**9))
def test_every_day_has_its_number(number: int) -> None:
    day = day_of_number(number)
    assert days_of(day) == number
    assert parse_date(text_of(day)) == day
    assert days_of(_next(day)) == number + 1


def _next(day: Day) -> Day:
    found: Day = feel.compile('d + duration("P1D")').evaluate({"d": day})
    return found


@given(st.integers(-(10**24), 10**24), st.sampled_from([None, UTC]))
def test_every_moment_reads_as_it_writes(number: int, zone: tzinfo | None) -> None:
    moment = from_local(number, zone)
    assert local_number(moment) == number
    assert parse_moment(text_of(moment)) == moment


@given(st.integers(-(10**25), 10**25))
def test_every_duration_reads_as_it_writes(number: int) -> None:
    assert parse_duration(str(DayTimeDuration(number))) == DayTimeDuration(number)
    assert parse_duration(str(YearMonthDuration(number % 10**9))) == YearMonthDuration(number % 10**9)


@given(st.dates(), st.times())
def test_pythons_own_values_print_as_they_do_in_python(day: date, clock: time) -> None:
    assert text_of(day) == day.isoformat()
    assert parse_moment(f"{day.isoformat()}T{clock.isoformat()}") == datetime.combine(day, clock)


@pytest.mark.parametrize("number", [Decimal("1E+40"), Decimal("-0"), Decimal("1E-30")])
def test_a_number_prints_without_an_exponent(number: Decimal) -> None:
    text = feel.compile("string(n)").evaluate({"n": number})
    assert "E" not in text
    assert Decimal(text) == number
