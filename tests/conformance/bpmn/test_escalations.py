"""Escalations: BPMN 2.0.2, 10.5.1, table 10.88 and 13.5.3: they climb like errors, but need not interrupt, and may go uncaught."""

import pytest

from tests.conformance.bpmn.drawing import (
    boundary,
    call,
    does,
    each,
    end,
    ends,
    escalation,
    event_sub,
    go,
    process,
    start,
    sub,
    throw,
    user,
)
from tests.conformance.bpmn.play import Play

INNER = start("is") + throw("t", escalation("X")) + user("w") + end("ie") + go("is t w ie")
HANDLED = does("handled") + end("eh") + go("b handled eh")


def test_a_non_interrupting_catcher_leaves_the_subprocess_going() -> None:
    play = Play(
        process(
            start(),
            sub("sp", INNER),
            boundary("b", "sp", escalation("X"), interrupting=False),
            HANDLED,
            ends("e"),
            go("s sp e"),
        )
    )
    assert (play.did("t handled"), play.waits) == (["t", "handled"], ["w"])
    assert play.complete("w").outcome == "completed"


def test_an_interrupting_catcher_stops_it_before_its_next_step() -> None:
    play = Play(
        process(
            start(),
            sub("sp", INNER),
            boundary("b", "sp", escalation("X")),
            HANDLED,
            does("after"),
            ends("e"),
            go("s sp after e"),
        )
    )
    assert (play.did("handled after"), play.waits, play.outcome) == (["handled"], [], "completed")


def test_an_escalation_nobody_catches_is_no_trouble() -> None:
    play = Play(process(start(), sub("sp", INNER), ends("e"), go("s sp e")))
    assert play.waits == ["w"]
    assert play.complete("w").outcome == "completed"
    assert (
        Play(process(start(), throw("t", escalation("X")), does("a"), ends("e"), go("s t a e"))).outcome == "completed"
    )


@pytest.mark.parametrize(("caught", "handled"), [("X", ["handled"]), (None, ["handled"]), ("Y", [])])
def test_a_catcher_takes_its_code_or_every_code(caught: str | None, handled: list[str]) -> None:
    drawn = process(
        start(),
        sub("sp", INNER),
        boundary("b", "sp", escalation(caught), interrupting=False),
        HANDLED,
        ends("e"),
        go("s sp e"),
    )
    assert Play(drawn).did("handled") == handled


def test_a_catcher_of_this_code_comes_before_one_of_every_code() -> None:
    drawn = process(
        start(), sub("sp", INNER), boundary("any", "sp", escalation(), interrupting=False), does("wrong"),
        boundary("b", "sp", escalation("X"), interrupting=False), HANDLED, ends("e"), go("s sp e", "any wrong"),
    )  # fmt: skip
    assert Play(drawn).did("handled wrong") == ["handled"]


def test_an_end_event_escalates_and_its_subprocess_still_ends_well() -> None:
    inner = start("is") + end("ie", escalation("X")) + go("is ie")
    play = Play(
        process(
            start(),
            sub("sp", inner),
            boundary("b", "sp", escalation("X"), interrupting=False),
            HANDLED,
            does("after"),
            ends("e"),
            go("s sp after e"),
        )
    )
    assert (sorted(play.did("handled after sp")), play.outcome) == (["after", "handled", "sp"], "completed")


def test_an_end_event_that_escalates_to_an_interrupting_catcher_leaves_by_the_catcher_only() -> None:
    inner = start("is") + end("ie", escalation("X")) + go("is ie")
    play = Play(
        process(
            start(),
            sub("sp", inner),
            boundary("b", "sp", escalation("X")),
            HANDLED,
            does("after"),
            ends("e"),
            go("s sp after e"),
        )
    )
    assert (play.did("handled after"), play.outcome) == (["handled"], "completed")


def test_a_non_interrupting_catcher_fires_each_time() -> None:
    inner = (
        start("is")
        + throw("t", escalation("X"))
        + user("w")
        + throw("u", escalation("X"))
        + end("ie")
        + go("is t w u ie")
    )
    play = Play(
        process(
            start(),
            sub("sp", inner),
            boundary("b", "sp", escalation("X"), interrupting=False),
            HANDLED,
            ends("e"),
            go("s sp e"),
        )
    )
    play.complete("w")
    assert (play.did("handled"), play.outcome) == (["handled", "handled"], "completed")


def test_it_climbs_to_the_nearest_catcher_and_stops_there() -> None:
    mid = (
        start("ms")
        + sub("inner", INNER)
        + boundary("near", "inner", escalation("X"), interrupting=False)
        + does("here")
        + end("me")
        + go("ms inner me", "near here")
    )
    drawn = process(
        start(),
        sub("outer", mid),
        boundary("b", "outer", escalation("X"), interrupting=False),
        HANDLED,
        ends("e"),
        go("s outer e"),
    )
    assert Play(drawn).did("here handled") == ["here"]
    far = process(
        start(),
        sub("outer", start("ms") + sub("inner", INNER) + go("ms inner")),
        boundary("b", "outer", escalation("X"), interrupting=False),
        HANDLED,
        ends("e"),
        go("s outer e"),
    )
    play = Play(far)
    assert (play.did("handled"), play.waits) == (["handled"], ["w"])


def test_it_climbs_out_of_a_called_process() -> None:
    called = process(start(), throw("t", escalation("X")), user("w"), ends("e"), go("s t w e"), key="q")
    for interrupting in (True, False):
        play = Play(
            called,
            process(
                start(),
                call("c", "q"),
                boundary("b", "c", escalation("X"), interrupting=interrupting),
                HANDLED,
                ends("e"),
                go("s c e"),
            ),
        )
        assert (play.did("handled"), play.waits) == (["handled"], [] if interrupting else ["w"])


def test_an_event_subprocess_catches_it_interrupting_or_not() -> None:
    for interrupting in (True, False):
        handler = start("es", escalation("X"), interrupting=interrupting) + user("h") + end("ee") + go("es h ee")
        play = Play(
            process(
                start(), throw("t", escalation("X")), user("a"), ends("e"), event_sub("esp", handler), go("s t a e")
            )
        )
        assert play.waits == (["h"] if interrupting else ["a", "h"])
        play.complete(*play.waits)
        assert play.outcome == "completed"


def test_an_escalation_from_inside_a_handler_climbs_further() -> None:
    handler = (
        start("es", escalation("X"), interrupting=False)
        + throw("again", escalation("X"))
        + end("ee")
        + go("es again ee")
    )
    inner = start("is") + throw("t", escalation("X")) + user("w") + go("is t w") + event_sub("esp", handler)
    play = Play(
        process(
            start(),
            sub("sp", inner),
            boundary("b", "sp", escalation("X"), interrupting=False),
            HANDLED,
            ends("e"),
            go("s sp e"),
        )
    )
    assert (play.did("again handled"), play.waits) == (["again", "handled"], ["w"])


def test_every_instance_of_several_may_escalate() -> None:
    drawn = process(
        start(),
        sub("sp", INNER, each("[1, 2, 3]")),
        boundary("b", "sp", escalation("X"), interrupting=False),
        HANDLED,
        ends("e"),
        go("s sp e"),
    )
    play = Play(drawn)
    assert (play.did("handled"), play.waits) == (["handled"] * 3, ["w"] * 3)
    assert play.complete("w", "w", "w").outcome == "completed"


def test_one_instance_of_several_that_escalates_to_an_interrupting_catcher_stops_them_all() -> None:
    drawn = process(
        start(),
        sub(
            "sp", start("is") + user("w") + throw("t", escalation("X")) + user("v") + go("is w t v"), each("[1, 2, 3]")
        ),
        boundary("b", "sp", escalation("X")),
        HANDLED,
        ends("e"),
        go("s sp e"),
    )
    play = Play(drawn).complete("w")
    assert (play.did("handled"), play.waits, play.outcome) == (["handled"], [], "completed")
