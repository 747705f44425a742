"""End events: BPMN 2.0.2, 10.5.3 and 13.5.5: none and terminate, at every level."""

from tests.conformance.bpmn.drawing import (
    TERMINATE,
    boundary,
    call,
    does,
    each,
    end,
    ends,
    event_sub,
    go,
    message,
    parallel,
    process,
    service,
    start,
    sub,
    timer,
    user,
    users,
    when,
    xor,
)
from tests.conformance.bpmn.play import Play


def test_a_process_is_over_when_every_token_is() -> None:
    play = Play(
        process(start(), parallel("g"), users("a b c"), ends("ea eb ec"), go("s g", "g a ea", "g b eb", "g c ec"))
    )
    play.complete("a", "b")
    assert play.outcome == "active"
    assert play.complete("c").outcome == "completed"


def test_a_terminate_end_stops_everything_in_the_process() -> None:
    inner = start("is") + user("w") + go("is w")
    drawn = process(
        start(), parallel("g"), users("a b"), service("j", "work"), sub("sp", inner), boundary("late", "b", timer("PT1H")), does("never"),
        end("stop", TERMINATE), ends("eb"), go("s g", "g a stop", "g b eb", "g j", "g sp", "late never"),
    )  # fmt: skip
    play = Play(drawn).complete("a")
    assert (play.waits, play.listens, sorted(play.cancelled("b j sp w"))) == ([], [], ["b", "j", "sp", "w"])
    assert play.outcome == "completed"
    assert play.wait(hours=2).did("never") == []


def test_a_terminate_end_in_a_subprocess_stops_only_that_and_the_rest_goes_on() -> None:
    inner = start("is") + parallel("h") + users("v w") + end("stop", TERMINATE) + go("is h", "h v stop", "h w")
    play = Play(
        process(
            start(),
            parallel("g"),
            sub("sp", inner),
            does("after"),
            user("a"),
            ends("e ea"),
            go("s g", "g sp after e", "g a ea"),
        )
    )
    play.complete("v")
    assert (play.did("sp after"), play.cancelled("w"), play.waits) == (["sp", "after"], ["w"], ["a"])


def test_a_terminate_end_in_a_called_process_stops_only_that() -> None:
    called = process(
        start(), parallel("g"), users("v w"), end("stop", TERMINATE), go("s g", "g v stop", "g w"), key="q"
    )
    play = Play(called, process(start(), call("c", "q"), user("after"), ends("e"), go("s c after e"))).complete("v")
    assert (play.waits, play.cancelled("w")) == (["after"], ["w"])


def test_a_terminate_end_in_one_instance_of_several_stops_only_that_one() -> None:
    inner = start("is") + parallel("h") + users("v w") + end("stop", TERMINATE) + go("is h", "h v stop", "h w")
    play = Play(
        process(start(), sub("sp", inner, each("[1, 2]")), does("after"), ends("e"), go("s sp after e"))
    ).complete("v")
    assert (play.waits, play.did("after")) == (["v", "w"], [])
    assert play.complete("v").did("after") == ["after"]
    assert play.outcome == "completed"


def test_a_terminate_end_in_an_event_subprocess_stops_that_event_subprocess() -> None:
    handler = (
        start("es", message("m"), interrupting=False)
        + parallel("h")
        + users("v w")
        + end("stop", TERMINATE)
        + go("es h", "h v stop", "h w")
    )
    play = Play(process(start(), user("a"), ends("e"), event_sub("esp", handler), go("s a e")))
    play.message("m")
    play.complete("v")
    assert (play.waits, play.outcome) == (["a"], "active")


def test_terminating_while_others_just_ended() -> None:
    drawn = process(
        start(),
        parallel("g"),
        user("a"),
        xor("x", default="stop"),
        ends("e1"),
        end("stop", TERMINATE),
        go("s g e1", "g a x stop"),
        when("x", "e1", "false"),
    )
    play = Play(drawn).complete("a")
    assert (play.did("stop"), play.outcome) == (["stop"], "completed")


def test_an_ended_case_moves_no_more() -> None:
    play = Play(
        process(
            start(),
            user("a"),
            boundary("b", "a", message("m"), interrupting=False),
            does("h"),
            end("stop", TERMINATE),
            go("s a stop", "b h"),
        )
    ).complete("a")
    assert play.message("m") is None
    assert (play.did("h"), play.listens, play.waits) == ([], [], [])
