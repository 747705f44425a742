"""A compiled expression is shared: by threads, by processes, and by evaluations that must not see each other."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import feel
from tests.load.bench_feel import REACH, measure

TEXT = "{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(size) + count(for i in 1..size return i[item > 2])}.r"


def test_threads_share_an_expression() -> None:
    expression = feel.compile(TEXT)
    sizes = [number % 20 + 1 for number in range(400)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda size: expression.evaluate({"size": size}), sizes))
    assert found == [feel.compile(TEXT).evaluate({"size": size}) for size in sizes]


def test_an_evaluation_leaves_nothing_behind() -> None:
    expression = feel.compile("missing + count(many)")
    many: list[Any] = [1, {"a": [2]}]
    for _ in range(3):
        assert expression.evaluate_explained({"many": many})[1] == [
            "'missing' bestaat hier niet",
            "niets + een getal geeft geen waarde",
        ]
    assert many == [1, {"a": [2]}]


def test_what_is_given_is_never_changed() -> None:
    context = {"list": [3, 1, 2], "group": {"a": {"b": 1}}}
    text = '[sort(list), reverse(list), append(list, 1), context put(group, ["a", "b"], 2), flatten([list])]'
    assert feel.compile(text).evaluate(context)[3] == {"a": {"b": 2}}
    assert context == {"list": [3, 1, 2], "group": {"a": {"b": 1}}}


def test_every_evaluation_has_its_own_limit() -> None:
    expression = feel.compile("count(for i in 1..8000 return i)")
    assert [expression.evaluate({}) for _ in range(5)] == [8000] * 5


def test_an_expression_travels_with_the_names_it_was_read_with() -> None:
    expression = feel.compile("days late + 1", names=["days late"])
    assert pickle.loads(pickle.dumps(expression)).evaluate({"days late": 2}) == 3
    cell = feel.compile_unary("> days late", names=["days late"])
    assert pickle.loads(pickle.dumps(cell)).matches(3, {"days late": 2})


def test_now_is_one_moment_all_through_an_evaluation() -> None:
    assert feel.compile("now() = now() and is(now(), now()) and today() = date(now())").evaluate({}) is True
    moment = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
    assert feel.compile("[now(), today()]").evaluate({}, now=moment) == [moment, moment.date()]


def test_a_condition_is_quick() -> None:
    figures = measure()
    assert {name: figures[name] for name, most in REACH.items() if figures[name] > most} == {}
