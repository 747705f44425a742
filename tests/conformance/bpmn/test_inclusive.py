"""Inclusive gateway: BPMN 2.0.2, 10.6.3 and 13.4.3, to the letter of its activation rule."""

import pytest

from tests.conformance.bpmn.drawing import (
    boundary,
    does,
    doing,
    ends,
    go,
    inclusive,
    parallel,
    process,
    start,
    timer,
    user,
    users,
    when,
    xor,
)
from tests.conformance.bpmn.play import Play

BLOCK = process(
    start(), inclusive("g", default="c"), users("a b c"), inclusive("j"), does("after"), ends("e"),
    go("s g", "g c", "a j", "b j", "c j", "j after e"), when("g", "a", "x"), when("g", "b", "y"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("x", "y", "taken"), [(True, True, ["a", "b"]), (True, False, ["a"]), (False, True, ["b"]), (False, False, ["c"])]
)
def test_every_condition_that_holds_gives_a_branch_and_the_join_waits_for_just_those(
    x: bool, y: bool, taken: list[str]
) -> None:
    play = Play(BLOCK, x=x, y=y)
    assert play.waits == taken
    for at, name in enumerate(reversed(taken)):
        assert play.did("after") == []
        play.complete(name)
        assert (play.did("after") == ["after"]) == (at == len(taken) - 1)
    assert play.outcome == "completed"


def test_without_default_and_without_a_condition_that_holds_the_case_waits_for_whoever_mends_it() -> None:
    drawn = process(
        start(), inclusive("g"), doing("a b"), ends("ea eb"),
        go("s g", "a ea", "b eb"), when("g", "a", "x"), when("g", "b", "y"),
    )  # fmt: skip
    play = Play(drawn, x=False, y=False)
    assert play.outcome == "incident"
    play.box.resolve(play.case, {"y": True})
    assert (play.outcome, play.did("a b")) == ("completed", ["b"])


def test_a_branch_that_ends_elsewhere_is_no_longer_waited_for() -> None:
    drawn = process(
        start(), parallel("g"), users("a b"), xor("x", default="away"), doing("away after"), inclusive("j"), ends("ea e"),
        go("s g", "g a j", "g b x", "x away ea", "j after e"), when("x", "j", "stay"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a")
    assert play.did("after") == []
    play.complete("b", stay=False)
    assert (play.did("away after"), play.outcome) == (["away", "after"], "completed")


def test_a_dead_path_is_seen_at_the_choice_and_not_only_at_its_end() -> None:
    drawn = process(
        start(), parallel("g"), users("a b away"), xor("x", default="away"), does("after"), inclusive("j"), ends("ea e"),
        go("s g", "g a j", "g b x", "x away ea", "j after e"), when("x", "j", "stay"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a").complete("b", stay=False)
    assert (play.did("after"), play.waits) == (["after"], ["away"])


def test_a_branch_that_loops_is_waited_for_however_often() -> None:
    drawn = process(
        start(), parallel("g"), users("a b"), xor("m"), xor("x", default="j"), inclusive("j"), does("after"), ends("e"),
        go("s g", "g a j", "g m b x", "x j", "j after e"), when("x", "m", "again"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a")
    for _ in range(3):
        play.complete("b", again=True)
        assert play.did("after") == []
    play.complete("b", again=False)
    assert (play.did("after"), play.outcome) == (["after"], "completed")


def test_a_block_in_a_loop_takes_other_branches_each_round() -> None:
    drawn = process(
        start(), xor("m"), inclusive("g"), users("a b z"), inclusive("j"), xor("x", default="e"), ends("e"),
        go("s m g", "a j", "b j", "j z x", "x e"), when("g", "a", "x"), when("g", "b", "y"), when("x", "m", "again"),
    )  # fmt: skip
    play = Play(drawn, x=True, y=True)
    play.complete("a", "b").complete("z", again=True, y=False)
    assert play.waits == ["a"]
    play.complete("a")
    assert play.waits == ["z"]
    play.complete("z", again=True, x=True, y=True)
    play.complete("b")
    assert play.waits == ["a"]
    play.complete("a").complete("z", again=False)
    assert play.outcome == "completed"


def test_a_join_at_the_head_of_a_loop_does_not_wait_for_itself() -> None:
    drawn = process(
        start(), inclusive("j"), users("a"), xor("x", default="e"), ends("e"),
        go("s j a x", "x e"), when("x", "j", "again"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a", again=True).complete("a", again=False)
    assert (play.did("j"), play.outcome) == (["j", "j"], "completed")


def test_a_token_that_may_also_come_where_one_waits_already_does_not_hold_up_the_join() -> None:
    """13.4.3, second half of the rule: from `b` a path leads to the empty flow, but another to the flow that has a token."""
    drawn = process(
        start(), parallel("g"), users("a b"), xor("x", default="m"), xor("m"), does("d"), inclusive("j"), user("after"),
        ends("e"),
        go("s g", "g a m", "g b x", "x m", "m j", "d j", "j after e"), when("x", "d", "other"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a")
    assert play.waits == ["after", "b"]
    play.complete("b", other=True).complete("after", "after")
    assert play.outcome == "completed"


def test_a_join_waits_for_what_a_boundary_event_may_still_send() -> None:
    drawn = process(
        start(), parallel("g"), users("a b"), boundary("late", "b", timer("PT1H"), interrupting=False), does("warn"),
        inclusive("j"), user("after"), ends("e"),
        go("s g", "g a j", "g b j", "late warn j", "j after e"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a").wait(hours=2)
    assert (play.did("warn after"), play.waits) == (["warn"], ["b"])
    play.complete("b")
    assert play.waits == ["after"]
    assert play.complete("after").outcome == "completed"


def test_a_join_does_not_wait_for_the_boundary_event_of_an_activity_that_is_over() -> None:
    drawn = process(
        start(), parallel("g"), users("a b"), boundary("late", "b", timer("PT1H")), does("warn"), inclusive("j"),
        does("after"), ends("e eb"),
        go("s g", "g a j", "g b eb", "late warn j", "j after e"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a")
    assert play.did("after") == []
    play.complete("b")
    assert (play.did("after"), play.outcome) == (["after"], "completed")


def test_blocks_in_blocks() -> None:
    drawn = process(
        start(), inclusive("g"), inclusive("h"), users("a b c"), inclusive("k"), inclusive("j"), does("after"), ends("e"),
        go("s g", "a k", "b k", "k j", "c j", "j after e"),
        when("g", "h", "true"), when("g", "c", "z"), when("h", "a", "x"), when("h", "b", "y"),
    )  # fmt: skip
    play = Play(drawn, x=True, y=True, z=True)
    play.complete("c", "a")
    assert (play.waits, play.did("k after")) == (["b"], [])
    play.complete("b")
    assert (play.did("k after"), play.outcome) == (["k", "after"], "completed")
    play = Play(drawn, x=True, y=False, z=False)
    assert play.complete("a").did("k j after") == ["k", "j", "after"]


def test_two_tokens_on_one_flow_open_the_join_twice() -> None:
    drawn = process(
        start(), parallel("g"), users("a b"), xor("m"), inclusive("j"), user("after"), ends("e"),
        go("s g", "g a m", "g b m", "m j after e"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a")
    assert play.waits == ["after", "b"]
    play.complete("b")
    assert play.waits == ["after", "after"]


def test_one_gateway_may_join_and_split() -> None:
    drawn = process(
        start(), parallel("g"), users("a b c d"), inclusive("both", default="d"), ends("ec ed"),
        go("s g", "g a both", "g b both", "both d ed", "c ec"), when("both", "c", "x"),
    )  # fmt: skip
    play = Play(drawn, x=True)
    play.complete("a")
    assert play.waits == ["b"]
    play.complete("b")
    assert play.waits == ["c"]
