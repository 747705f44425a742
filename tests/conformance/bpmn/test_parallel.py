"""Parallel gateway: BPMN 2.0.2, 10.6.4 and 13.4.1."""

from itertools import permutations

import pytest

from tests.conformance.bpmn.drawing import does, ends, go, parallel, process, start, sub, users, when, xor
from tests.conformance.bpmn.play import Play

BLOCK = process(
    start(), parallel("g"), users("a b c"), parallel("j"), does("after"), ends("e"),
    go("s g", "g a j", "g b j", "g c j", "j after e"),
)  # fmt: skip


@pytest.mark.parametrize("order", list(permutations("abc")), ids="".join)
def test_a_join_waits_for_every_branch_in_whatever_order(order: tuple[str, ...]) -> None:
    play = Play(BLOCK)
    assert play.waits == ["a", "b", "c"]
    play.complete(order[0], order[1])
    assert play.did("after") == []
    play.complete(order[2])
    assert (play.did("after"), play.outcome) == (["after"], "completed")


def test_a_join_in_a_loop_starts_afresh_each_round_though_the_order_differs() -> None:
    drawn = process(
        start(), xor("m"), parallel("g"), users("a b z"), parallel("j"), xor("x", default="e"), ends("e"),
        go("s m g", "g a j", "g b j", "j z x", "x e"), when("x", "m", "again"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a", "b").complete("z", again=True)
    play.complete("b")
    assert play.waits == ["a"]
    play.complete("a").complete("z", again=True).complete("a")
    assert play.waits == ["b"]
    play.complete("b").complete("z", again=False)
    assert play.outcome == "completed"


def test_a_join_counts_flows_and_not_tokens() -> None:
    """Two tokens on one flow do not open the gateway; each opening takes one token from each flow."""
    drawn = process(
        start(), parallel("g"), users("a b c d"), xor("m"), xor("n"), parallel("j"), does("after"), ends("e"),
        go("s g", "g a m", "g b m", "g c n", "g d n", "m j", "n j", "j after e"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a", "b")
    assert play.did("after") == []
    play.complete("c")
    assert (play.did("after"), play.outcome) == (["after"], "active")
    play.complete("d")
    assert (play.did("after"), play.outcome) == (["after", "after"], "completed")


def test_one_gateway_may_join_and_split() -> None:
    drawn = process(
        start(), parallel("g"), users("a b c d"), parallel("both"), parallel("j"), ends("e"),
        go("s g", "g a both", "g b both", "both c j", "both d j", "j e"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a")
    assert play.waits == ["b"]
    play.complete("b")
    assert play.waits == ["c", "d"]
    play.complete("d", "c")
    assert play.outcome == "completed"


def test_a_gateway_with_one_way_in_and_one_way_out_is_passed() -> None:
    play = Play(process(start(), parallel("g"), does("a"), ends("e"), go("s g a e")))
    assert (play.did("g a"), play.outcome) == (["g", "a"], "completed")


def test_branches_may_end_apart() -> None:
    play = Play(process(start(), parallel("g"), users("a b"), ends("ea eb"), go("s g a ea", "g b eb")))
    play.complete("a")
    assert play.outcome == "active"
    play.complete("b")
    assert play.outcome == "completed"


def test_blocks_in_blocks() -> None:
    drawn = process(
        start(), parallel("g"), parallel("h"), users("a b c"), parallel("k"), parallel("j"), ends("e"),
        go("s g", "g h", "h a k", "h b k", "k j", "g c j", "j e"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("c", "a")
    assert play.waits == ["b"]
    play.complete("b")
    assert play.outcome == "completed"


def test_a_subprocess_has_joins_of_its_own_each_time_it_runs() -> None:
    inner = (
        start("is") + parallel("g") + users("a b") + parallel("j") + ends("ie") + go("is g", "g a j", "g b j", "j ie")
    )
    drawn = process(
        start(), xor("m"), sub("sp", inner), users("z"), xor("x", default="e"), ends("e"),
        go("s m sp z x", "x e"), when("x", "m", "again"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a", "b").complete("z", again=True)
    play.complete("a")
    assert play.waits == ["b"]
    play.complete("b").complete("z", again=False)
    assert play.outcome == "completed"


def test_two_subprocesses_at_once_do_not_share_a_join() -> None:
    inner = (
        start("is") + parallel("g") + users("a b") + parallel("j") + ends("ie") + go("is g", "g a j", "g b j", "j ie")
    )
    drawn = process(
        start(), parallel("fork"), xor("m1"), xor("m2"), xor("m"), sub("sp", inner), ends("e"),
        go("s fork", "fork m1 m", "fork m2 m", "m sp e"),
    )  # fmt: skip
    play = Play(drawn)
    assert play.waits == ["a", "a", "b", "b"]
    play.complete("a", "a")
    assert (play.waits, play.did("j")) == (["b", "b"], [])
    play.complete("b")
    assert (play.did("sp"), play.outcome) == (["sp"], "active")
    play.complete("b")
    assert (play.did("sp"), play.outcome) == (["sp", "sp"], "completed")


def test_twelve_blocks_in_a_row() -> None:
    blocks = "".join(parallel(f"g{n}") + users(f"a{n} b{n}") + parallel(f"j{n}") for n in range(12))
    links = "".join(go(f"g{n} a{n} j{n}", f"g{n} b{n} j{n}") for n in range(12))
    between = go("s g0", "j11 e", *(f"j{n} g{n + 1}" for n in range(11)))
    play = Play(process(start(), blocks, ends("e"), links, between))
    for n in range(12):
        play.complete(f"b{n}", f"a{n}")
    assert play.outcome == "completed"
