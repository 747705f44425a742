"""FEEL's values: literals, numbers, texts, dates and durations, intervals, lists, contexts."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

import feel
from feel.values import DayTimeDuration, Range, YearMonthDuration, parse_duration

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


def value(text: str, /, **variables: object) -> object:
    return feel.compile(text).evaluate(variables, now=NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("-1", -1),
        ("--1", 1),
        ("1.50", Decimal("1.50")),
        (".5", Decimal("0.5")),
        ("1e3", 1000),
        ('"a\\n\\u00e9\\"\\\\"', 'a\né"\\'),
        ('""', ""),
        ("true", True),
        ("false", False),
        ("null", None),
        ("[]", []),
        ('[1, "a", [2]]', [1, "a", [2]]),
        ("{}", {}),
        ('{a: 1, "b c": a + 1}', {"a": 1, "b c": 2}),
        ('@"2026-11-27"', date(2026, 11, 27)),
        ('@"10:30:00"', time(10, 30)),
        ('@"P3D"', DayTimeDuration.of(timedelta(days=3))),
        ("1 // the rest is said to people\n + /* and this */ 1", 2),
    ],
)
def test_a_literal_is_its_value(text: str, expected: object) -> None:
    found = value(text)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2", Decimal("0.3")),
        ("1 / 3 * 3 = 1", False),
        ("7 - 2 * 3", 1),
        ("(7 - 2) * 3", 15),
        ("2 ** 3 ** 2", 64),
        ("-2 ** 2", 4),
        ("1 / 0", None),
        ("10 ** 7000", None),
        ('1 + "a"', None),
        ("1 + null", None),
        ('"a" + "b"', "ab"),
        ('"a" * 2', None),
        ("decimal(1 / 3, 2)", Decimal("0.33")),
        ("decimal(2.5, 0)", 2),
        ("floor(-1.5)", -2),
        ("ceiling(-1.5)", -1),
        ("round half up(2.5, 0)", 3),
        ("round half down(2.5, 0)", 2),
        ("round up(1.121, 2)", Decimal("1.13")),
        ("round down(1.129, 2)", Decimal("1.12")),
        ("abs(-3)", 3),
        ('abs(duration("-P1D")) = duration("P1D")', True),
        ("modulo(-7, 3)", 2),
        ("modulo(1, 0)", None),
        ("even(4) and odd(3) and not(even(3))", True),
        ("12345678901234567890123456789012 + 1", 12345678901234567890123456789013),
        ('number("1.000,5", ".", ",")', Decimal("1000.5")),
        ('number("no")', None),
        ("string(1.10)", "1.1"),
        ("string(null)", None),
    ],
)
def test_numbers_are_exact_and_what_is_no_number_is_null(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('string length("é€")', 2),
        ('substring("ombud", 2)', "mbud"),
        ('substring("ombud", -2)', "ud"),
        ('substring("ombud", 2, 2)', "mb"),
        ('substring("ombud", 0)', None),
        ('upper case("é") + lower case("É")', "Éé"),
        ('substring before("a-b-c", "-")', "a"),
        ('substring after("a-b-c", "-")', "b-c"),
        ('substring after("abc", "x")', ""),
        ('contains("klacht", "ach")', True),
        ('starts with("klacht", "k") and ends with("klacht", "t")', True),
        ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
        ('string join(["a", null, "b"], ", ")', "a, b"),
        ('string join(["a", 1])', None),
        ("string length(1)", None),
        ('string([1, "a", null, {b: date("2026-01-02")}])', '[1, "a", null, {b: 2026-01-02}]'),
    ],
)
def test_texts(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-02-30")', None),
        ('date("yesterday")', None),
        ("date(2026, 2, 28)", date(2026, 2, 28)),
        ('date(date and time("2026-01-02T23:00:00"))', date(2026, 1, 2)),
        ('date and time("2026-01-02T10:00:00+01:00")', datetime.fromisoformat("2026-01-02T10:00:00+01:00")),
        ('string(date and time("2026-07-01T10:00:00@Europe/Brussels"))', "2026-07-01T10:00:00@Europe/Brussels"),
        ('date and time("2026-01-02T10:00:00@Nowhere/At_All")', None),
        ('date and time(date("2026-01-02"), time("10:00:00"))', datetime(2026, 1, 2, 10)),
        ('time("25:00:00")', None),
        ("time(10, 30, 0)", time(10, 30)),
        ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)),
        ('date("2024-01-31") + duration("P1M")', date(2024, 2, 29)),
        ('date("2026-03-31") - duration("P1M")', date(2026, 2, 28)),
        ('date("2026-01-01") + duration("P10D")', date(2026, 1, 11)),
        ('date("2026-01-11") - date("2026-01-01")', DayTimeDuration.of(timedelta(days=10))),
        ('string(date("9999-12-31") + duration("P1D"))', "10000-01-01"),
        ('time("23:30:00") + duration("PT1H")', time(0, 30)),
        ('duration("P1Y2M")', YearMonthDuration(14)),
        ('duration("P1M1D")', None),
        ('duration("PT0.5S")', DayTimeDuration.of(timedelta(milliseconds=500))),
        ('duration("P1D") * 2 = duration("P2D")', True),
        ('duration("P2D") / duration("P1D")', 2),
        ('duration("P1D") + duration("PT1H")', DayTimeDuration.of(timedelta(hours=25))),
        ('-duration("P1D")', DayTimeDuration.of(timedelta(days=-1))),
        ('duration("P1D") < duration("P1M")', None),
        ('years and months duration(date("2025-03-31"), date("2026-02-28"))', YearMonthDuration(10)),
        ('date("2026-11-27").weekday', 5),
        ('day of week(date("2026-11-27"))', "Friday"),
        ('day of year(date("2026-02-01"))', 32),
        ('date("2026-11-27").month', 11),
        ('duration("P1DT2H3M4S").hours', 2),
        ('duration("P1Y2M").months', 2),
        ("today()", date(2026, 11, 27)),
        ("now()", NOW),
        ('date("2026-01-01") < date("2026-01-02")', True),
        ('date("2026-01-01") = "2026-01-01"', None),
        ('date and time("2026-01-01T00:00:00") < date and time("2026-01-01T00:00:00Z")', None),
    ],
)
def test_dates_and_durations(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize("text", ["P1D", "-P1D", "PT0S", "P1DT2H3M4.5S", "P1Y", "P14M", "-P1Y2M", "PT36H", "P0M"])
def test_a_duration_reads_back_what_it_writes(text: str) -> None:
    assert parse_duration(str(parse_duration(text))) == parse_duration(text)


@pytest.mark.parametrize(
    "text", ["P", "PT", "1D", "P1H", "P1.5D", "P9999999999999D", "P9999999999Y", "P" + "9" * 5000 + "D"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 in [1..3]", True),
        ("3 in [1..3)", False),
        ("1 in (1..3]", False),
        ("1 in ]1..3[", False),
        ("2 between 1 and 3", True),
        ("null in [1..3]", None),
        ('"b" in ["a".."c"]', True),
        ('date("2026-06-01") in [date("2026-01-01")..date("2026-12-31")]', True),
        ("5 in (> 3)", True),
        ("5 in (< 3, > 4)", True),
        ("5 in (1, 5)", True),
        ("5 in [1, 2, [5]]", False),
        ("[1..3].start included", True),
        ("includes([1..3], 2)", True),
        ('"a" in [1..3]', None),
    ],
)
def test_intervals(text: str, expected: object) -> None:
    assert value(text) == expected


def test_an_interval_is_a_value() -> None:
    assert value("(1..n]", n=3) == Range(1, 3, start_included=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1, 2, 3][1]", 1),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][0]", None),
        ("[1, 2, 3][9]", None),
        ("[1, 2, 3][item > 1]", [2, 3]),
        ("[{a: 1, b: 2}, {a: 3, b: 4}][a > 1].b", [4]),
        ("[{a: 1}, {a: 2}].a", [1, 2]),
        ("{a: {b: 1}}.a.b", 1),
        ("{a: 1}.b", None),
        ("count([1, 2])", 2),
        ("sum([1, 2.5])", Decimal("3.5")),
        ("sum([])", None),
        ('sum([1, "a"])', None),
        ("mean([1, 2])", Decimal("1.5")),
        ("min([3, 1, 2])", 1),
        ("max(3, 1, 2)", 3),
        ('max(["a", 1])', None),
        ("list contains([1, null], null)", True),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("concatenate([1], [2])", [1, 2]),
        ("reverse([1, 2])", [2, 1]),
        ("index of([1, 2, 1], 1)", [1, 3]),
        ('distinct values([1, 1.0, "1", [1], [1], {a: 1}, {a: 1}, null, null])', [1, "1", [1], {"a": 1}, None]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("flatten([1, [2, [3]]])", [1, 2, 3]),
        ("all([true, null])", None),
        ("all([false, null])", False),
        ("any([true, null])", True),
        ("is empty([])", True),
        ('get value({a: 1}, "a")', 1),
        ("get entries({a: 1})", [{"key": "a", "value": 1}]),
        ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ("is defined(null)", False),
    ],
)
def test_lists_and_contexts(text: str, expected: object) -> None:
    assert value(text) == expected
