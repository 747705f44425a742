"""The built-in functions beyond those in test_values: the standard's, and apart those of Camunda's dialect."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

import feel
from feel.builtins import TABLE
from feel.durations import DayTimeDuration, YearMonthDuration
from tests.feel.test_values import value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sqrt(16)", 4),
        ("sqrt(-1)", None),
        ("decimal(log(10), 8)", Decimal("2.30258509")),
        ("log(0)", None),
        ("decimal(exp(1), 8)", Decimal("2.71828183")),
        ("exp(99999)", None),
        ("modulo(10, -4)", -2),
        ("modulo(10.5, 3)", Decimal("1.5")),
        ("floor(1.56, 1)", Decimal("1.5")),
        ("ceiling(-1.56, 1)", Decimal("-1.5")),
        ("round half down(-2.5, 0)", -2),
        ("round up(5.5, 6177)", None),
        ("decimal(123, -2)", 100),
        ("odd(2.5)", False),
        ("median([6, 1, 2, 3])", Decimal("2.5")),
        ("median(8, 2, 5)", 5),
        ("median([])", None),
        ("mode([6, 3, 9, 6, 6])", [6]),
        ("mode([])", []),
        ("product(2, 3, 4)", 24),
        ("decimal(stddev([2, 4, 7, 5]), 6)", Decimal("2.081666")),
        ("stddev([1])", None),
        ('sum([1, "a"])', None),
        ("mean([])", None),
        ('min(["b", "a"])', "a"),
        ('max([@"2026-01-01", @"2026-02-01"])', date(2026, 2, 1)),
        ("min(1, null)", None),
    ],
)
def test_numbers(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sublist([1, 2, 3], 2)", [2, 3]),
        ("sublist([1, 2, 3], -2, 1)", [2]),
        ("sublist([1, 2, 3], 3, 2)", None),
        ("insert before([1, 3], 2, 2)", [1, 2, 3]),
        ("insert before([1], 3, 2)", None),
        ("remove([1, 2, 3], -1)", [1, 2]),
        ("remove([1], 2)", None),
        ("list replace([2, 4, 7], 3, 6)", [2, 4, 6]),
        ("list replace([2, 4, 7], function(item, newItem) item < newItem, 5)", [5, 5, 7]),
        ("list replace([1], function(item, newItem) 3, 5)", None),
        ("sort([3, 1, 2], function(x, y) x < y)", [1, 2, 3]),
        ("sort([3, 1, 2])", [1, 2, 3]),
        ('sort([3, "a"])', None),
        ("sort(list: [3, 1], precedes: function(x, y) x > y)", [3, 1]),
        ("sort([1, 2], function(x) x)", None),
        ("append([], null)", [None]),
        ("concatenate([1], 2, [3])", [1, 2, 3]),
        ("count(null)", None),
        ("count(1, 2)", 2),
        ("all(true, null)", None),
        ("any([])", False),
        ('upper case(["a"])', "A"),
    ],
)
def test_lists(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('context([{key: "a", value: 1}])', {"a": 1}),
        ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None),
        ('context put({x: {a: 1}}, ["x", "b"], 2)', {"x": {"a": 1, "b": 2}}),
        ('context put({x: 1}, ["x", "b"], 2)', None),
        ("context put({x: 1}, [], 2)", None),
        ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
        ("context merge([1])", None),
        ('get value({a: {b: 1}}, ["a", "b"])', 1),
        ('get value({a: 1}, "b")', None),
    ],
)
def test_contexts(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('time(10, 30, 0, duration("PT1H")) = @"10:30:00+01:00"', True),
        ("time(24, 0, 0)", None),
        ('time("10:30:00@Europe/Brussels").timezone', "Europe/Brussels"),
        ('time("10:30:00.5")', time(10, 30, 0, 500_000)),
        ('string(time("10:30:00.123456789"))', "10:30:00.123456789"),
        ('time("10:30:00.123456789") < time("10:30:00.12345679")', True),
        ('time("24:00:00")', time(0)),
        ('time("10:30")', None),
        ('time("10:30:00+19:00")', None),
        ('string(time("10:30:00+01:00"))', "10:30:00+01:00"),
        ('string(time("10:30:00Z"))', "10:30:00Z"),
        ('time(date and time("2026-01-01T10:30:00"))', time(10, 30)),
        ('date and time("2026-01-01")', datetime(2026, 1, 1)),
        ('date and time("2026-01-01T24:00:00")', datetime(2026, 1, 2)),
        (
            'date and time("2026-03-29T01:30:00@Europe/Brussels") + duration("PT1H")',
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        ),
        ('string(date("-2026-01-31") + duration("P1M"))', "-2026-02-28"),
        ('date("-0004-02-29") - duration("P1Y")', "-0005-02-28"),
        ('date("999999999-12-31") + duration("P1D")', None),
        ('date("12026-01-01") > date("2026-01-01")', True),
        ('(date("12026-01-01") - date("2026-01-01")).days', 3_652_425),
        ('date("12026-11-27").weekday', 5),
        ('date and time("12026-01-01T10:00:00Z") = date and time("12026-01-01T11:00:00+01:00")', True),
        ('@"2026-01-02T10:00:00" - @"2026-01-01T10:00:00Z"', None),
        ('@"2026-01-02T10:00:00Z" - @"2026-01-02"', DayTimeDuration(36_000 * 10**9)),
        ('@"10:00:00" - @"11:00:00"', DayTimeDuration(-3_600 * 10**9)),
        ('@"23:30:00" + @"PT1H"', time(0, 30)),
        ('duration("-PT1H30M").minutes', -30),
        ('duration("-P1Y2M").years', -1),
        ('duration("-P1Y2M").months', -2),
        ('duration("P1Y11M") * -2.5', YearMonthDuration(-57)),
        ('duration("P10DT23H") / 2.5', DayTimeDuration(378_720 * 10**9)),
        ('duration("PT1S") * 0.000000001 = duration("PT0.000000001S")', True),
        ('years and months duration(date("2026-02-28"), date("2025-03-31"))', YearMonthDuration(-10)),
        ('week of year(date("2005-01-01"))', 53),
        ('week of year(date("2026-12-31"))', 53),
        ('week of year(date("2027-01-04"))', 1),
        ('month of year(date("2026-11-27"))', "November"),
        ('day of year(date("2024-12-31"))', 366),
        ('is(@"10:00:00Z", @"10:00:00+00:00")', True),
        ('is(@"10:00:00", @"10:00:00Z")', False),
        ('@"10:00:00" = @"10:00:00Z"', False),
        ('@"2018-12-08T00:00:00+00:00" = @"2018-12-08T00:00:00@Etc/UTC"', False),
        ('@"2018-12-08T00:00:00+00:00" <= @"2018-12-08T00:00:00@Etc/UTC"', True),
        ('@"2018-12-08T01:00:00+01:00" = @"2018-12-08T00:00:00Z"', True),
        ('@"2026-01-01T10:00:00" != @"2026-01-01T10:00:00Z"', True),
        ("is(1, 1.0)", True),
        ('is(date("2026-01-01"), date and time("2026-01-01T00:00:00"))', False),
        ('@"2026-11-27T10:00:00+01:00".time offset', DayTimeDuration(3_600 * 10**9)),
        ('@"2026-11-27T10:00:00".time offset', None),
        ('for d in @"2026-02-27"..@"2026-03-01" return d.day', [27, 28, 1]),
    ],
)
def test_dates_and_times(text: str, expected: object) -> None:
    found = value(text)
    assert (str(found) if isinstance(expected, str) else found) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("before(1, [2..3])", True),
        ("before([1..2), [2..3])", True),
        ("before(point: 1, range: [2..3])", True),
        ("before(range: [2..3], point: 1)", False),
        ("before([1..2], [2..3])", False),
        ("after((2..3], 2)", True),
        ("meets([1..2], [2..3])", True),
        ("met by([2..3], [1..2))", False),
        ("overlaps([1..3], (2..5])", True),
        ("overlaps([1..3), [3..5])", False),
        ("overlaps before([1..3], [2..5])", True),
        ("overlaps after([2..5], [1..3])", True),
        ("finishes(5, [1..5])", True),
        ("finished by([1..5], (3..5])", True),
        ("includes([1..5], [2..5])", True),
        ("during(1, (1..5])", False),
        ("starts([1..3], [1..5])", True),
        ("started by([1..5], 1)", True),
        ("coincides([1..5], [1..5])", True),
        ("coincides(3, 4)", False),
        ('before(1, "a")', None),
        ("before(1, (< 5))", None),
        ('range("[1..10)")', "[1..10)"),
        ('range("(..5]")', "(null..5]"),
        ('range("[@\\"2026-01-01\\"..@\\"2026-12-31\\"]").end', "2026-12-31"),
        ('range("[\\"a\\"..\\"z\\"]")', '["a".."z"]'),
        ('range("[10..1]")', None),
        ('range("[1+1..3]")', None),
        ("[1..3] = [1..3]", True),
        ("[1..3] = [1..3)", False),
        ("for i in [1..4) return i", [1, 2, 3]),
    ],
)
def test_intervals(text: str, expected: object) -> None:
    found = value(f"string({text})") if isinstance(expected, str) else value(text)
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"\\U01F40E" = "\\uD83D\\uDC0E"', True),
        ('string length("\\U01F40E")', 1),
        ('substring("foobar", 7)', None),
        ('substring("foobar", 3, 0)', None),
        ('substring("foobar", -7)', None),
        ('"\\d" = "\\\\d"', True),
        ('string("a\\"b")', 'a"b'),
        ('string(["a\\"b"])', '["a\\"b"]'),
        ('string({a: 1, "b c": [true, null]})', '{a: 1, "b c": [true, null]}'),
        ("string([1..3))", "[1..3)"),
        ("string(0.000001)", "0.000001"),
        ("string(10 ** 20)", "1" + "0" * 20),
        ('string join(["a", "b"], "-", "<", ">")', "<a-b>"),
        ('string join("a", 1)', None),
        ('number("1 000,5", " ", ",")', Decimal("1000.5")),
        ('number("1,000", ",", ",")', None),
        ('number("1;000", ";")', None),
        ('substring after("abc", "")', "abc"),
        ('contains("abc", null)', None),
    ],
)
def test_texts(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("get or else(null, 1)", 1),
        ("assert(1, 1 > 0)", 1),
        ('is blank(" ")', True),
        ('trim(" a ")', "a"),
        ('to base64("FEEL")', "RkVFTA=="),
        ("duplicate values([1, 2, 1, [3], [3]])", [1, [3]]),
        ("partition([1, 2, 3], 2)", [[1, 2], [3]]),
        ("partition([1], 0)", None),
        ('put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ("put all({a: 1}, {b: 2})", {"a": 1, "b": 2}),
        ('last day of month(date("2024-02-10"))', date(2024, 2, 29)),
        ('string(date and time(@"2026-07-01T10:00:00Z", "Europe/Brussels"))', "2026-07-01T12:00:00@Europe/Brussels"),
        ("`x-y` + 1", 3),
    ],
)
def test_camundas_dialect(text: str, expected: object) -> None:
    assert value(text, **{"x-y": 2}) == expected


def test_an_assertion_that_does_not_hold_stops_the_evaluation() -> None:
    with pytest.raises(feel.FeelError, match="te vroeg"):
        value('assert(1, false, "te vroeg")')


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("missing", "'missing' bestaat hier niet"),
        ("amount + name", "een getal + tekst geeft geen waarde"),
        ("amount > name", "een getal en tekst kunnen niet vergeleken worden"),
        ("amount and true", "'and' vraagt waar of onwaar en kreeg een getal"),
        ("if amount then 1 else null", "de voorwaarde na 'if' is een getal en telt als onwaar"),
        ("person.age", "'age' bestaat niet in deze context"),
        ("amount.age", "'age' bestaat niet: hier staat een getal"),
        ("[1][3]", "de lijst heeft geen plaats 3"),
        ("-name", "tekst heeft geen tegengestelde"),
        ("substring(amount, 1)", "substring(): 'string' is een getal en moet tekst zijn"),
        ("substring(null, 1)", "substring(): 'string' ontbreekt"),
        ("substring(name)", "substring(): de functie vraagt 2 of 3 waarden en kreeg er 1"),
        ("substring(text: name, start position: 1)", "substring(): de functie kent een van deze namen niet"),
        ('date("27/11/2026")', "date(): '27/11/2026' is geen datum, zoals 2026-11-27"),
        ("amount(1)", "'amount' is geen functie"),
        ("{f: function(a) a, r: f(1, 2)}.r", "de functie vraagt 1 waarden en kreeg er 2"),
        ('{f: function(a: number) a, r: f("x")}.r', "'a' is tekst en moet een getal zijn"),
        ("for i in null return i", "er is niets om langs te gaan"),
        ('for i in 1.."a" return i', "van een getal tot tekst kan niet geteld worden"),
        ('[1.."a"]', "een interval van een getal tot tekst bestaat niet"),
        ('[1]["a"][1]', "tussen [ ] staat tekst en geen voorwaarde of plaats"),
        ('@"10:00:00" < @"10:00:00Z"', "een tijd met en een zonder tijdzone kunnen niet vergeleken worden"),
        ("not(amount)", "not(): hier staat een getal in plaats van waar of onwaar"),
    ],
)
def test_a_null_says_why(text: str, why: str) -> None:
    context = {"amount": 1, "name": "a", "person": {}}
    found, warnings = feel.compile(text).evaluate_explained(context)
    assert found is None
    assert warnings[0] == why


def test_every_function_of_the_standard_is_there() -> None:
    standard = {name for name, function in TABLE.items() if not function.dialect}
    assert len(standard) == 86
    assert {"get or else", "is empty", "partition"} <= {name for name in TABLE if TABLE[name].dialect}
