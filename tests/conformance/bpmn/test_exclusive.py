"""Exclusive gateway: BPMN 2.0.2, 10.6.2 and 13.4.2."""

from tests.conformance.bpmn.drawing import doing, ends, go, parallel, process, script, start, user, users, when, xor
from tests.conformance.bpmn.play import Play

CHOICE = process(
    start(), xor("x", default="c"), doing("a b c"), ends("ea eb ec"),
    go("s x", "a ea", "b eb", "c ec"), when("x", "a", "n > 10"), when("x", "b", "n > 5"), go("x c"),
)  # fmt: skip


def test_the_first_condition_that_holds_wins_in_the_order_of_the_diagram() -> None:
    assert Play(CHOICE, n=20).did("a b c") == ["a"]
    assert Play(CHOICE, n=7).did("a b c") == ["b"]


def test_the_default_is_taken_only_when_no_condition_holds() -> None:
    assert Play(CHOICE, n=1).did("a b c") == ["c"]


def test_an_unknown_variable_makes_no_condition_true() -> None:
    assert Play(CHOICE).did("a b c") == ["c"]


def test_a_default_drawn_first_still_comes_last() -> None:
    drawn = process(
        start(), xor("x", default="c"), doing("a c"), ends("ea ec"),
        go("s x", "x c", "a ea", "c ec"), when("x", "a", "true"),
    )  # fmt: skip
    assert Play(drawn).did("a c") == ["a"]


def test_without_default_and_without_a_condition_that_holds_the_case_waits_for_whoever_mends_it() -> None:
    drawn = process(
        start(), xor("x"), doing("a b"), ends("ea eb"),
        go("s x", "a ea", "b eb"), when("x", "a", "n = 1"), when("x", "b", "n = 2"),
    )  # fmt: skip
    play = Play(drawn, n=3)
    assert (play.outcome, play.did("a b")) == ("incident", [])
    play.box.resolve(play.case, {"n": 2})
    assert (play.outcome, play.did("a b")) == ("completed", ["b"])


def test_a_merge_lets_every_token_pass_by_itself() -> None:
    drawn = process(
        start(), parallel("g"), doing("a b"), xor("m"), user("after"), ends("e"),
        go("s g a m", "g b m", "m after e"),
    )  # fmt: skip
    play = Play(drawn)
    assert play.waits == ["after", "after"]
    play.complete("after")
    assert play.outcome == "active"
    play.complete("after")
    assert play.outcome == "completed"


def test_one_gateway_may_merge_and_choose() -> None:
    drawn = process(
        start(), xor("x", default="e"), script("add", "if n = null then 1 else n + 1", "n"), ends("e"),
        go("s x", "add x", "x e"), when("x", "add", "n = null or n < 3"),
    )  # fmt: skip
    play = Play(drawn)
    assert (play.outcome, play["n"], play.did("add")) == ("completed", 3, ["add"] * 3)


def test_a_condition_is_asked_again_in_every_round() -> None:
    drawn = process(
        start(), xor("m"), users("a"), xor("x", default="e"), ends("e"),
        go("s m a x", "x e"), when("x", "m", "again"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a", again=True).complete("a", again=True).complete("a", again=False)
    assert (play.outcome, play.did("a")) == ("completed", ["a"] * 3)
