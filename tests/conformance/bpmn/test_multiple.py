"""Multiple and parallel multiple events: BPMN 2.0.2, 10.5.1 and table 10.93: one of several triggers, or all of them."""

import pytest

from engine.sandbox import DiagramRefused
from tests.conformance.bpmn.drawing import (
    boundary,
    by_event,
    catch,
    condition,
    does,
    end,
    ends,
    error,
    escalation,
    event_sub,
    go,
    message,
    process,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
)
from tests.conformance.bpmn.play import Play
from tests.conformance.bpmn.test_messages import CATCH

ONE_OF = [message("m"), signal("sig"), timer("PT1H")]


def test_any_of_the_triggers_of_a_catching_event_is_enough() -> None:
    drawn = process(start(), catch("c", *ONE_OF), does("after"), ends("e"), go("s c after e"))
    play = Play(drawn)
    assert play.listens == ["c", "c", "c"]
    play.message("m", n=1)
    assert (play.outcome, play.listens, play["n"]) == ("completed", [], 1)
    play = Play(drawn)
    play.signal("sig")
    assert play.outcome == "completed"
    assert Play(drawn).wait(hours=1).outcome == "completed"


def test_all_triggers_of_a_parallel_multiple_catching_event_are_needed_in_any_order() -> None:
    drawn = process(
        start(),
        catch("c", message("m1"), message("m2"), signal("sig"), parallel=True),
        does("after"),
        ends("e"),
        go("s c after e"),
    )
    play = Play(drawn)
    play.message("m2", b=2)
    play.signal("sig")
    assert (play.outcome, play.did("after"), play.listens) == ("active", [], ["c"])
    play.message("m1", a=1)
    assert (play.outcome, play["a"], play["b"]) == ("completed", 1, 2)


def test_the_same_trigger_twice_is_not_all_of_them() -> None:
    drawn = process(start(), catch("c", signal("s1"), signal("s2"), parallel=True), ends("e"), go("s c e"))
    play = Play(drawn)
    play.signal("s1")
    play.signal("s1")
    assert play.outcome == "active"
    play.signal("s2")
    assert play.outcome == "completed"


WORK = [start(), user("a"), does("handled"), ends("e eh"), go("s a e", "b handled eh")]


def test_a_boundary_event_with_several_triggers() -> None:
    drawn = process(*WORK, boundary("b", "a", *ONE_OF))
    play = Play(drawn)
    play.signal("sig")
    assert (play.did("handled"), play.cancelled("a"), play.listens, play.outcome) == (
        ["handled"],
        ["a"],
        [],
        "completed",
    )


def test_a_non_interrupting_boundary_event_with_several_triggers_fires_for_each() -> None:
    play = Play(process(*WORK, boundary("b", "a", message("m"), signal("sig"), interrupting=False)))
    play.message("m")
    play.signal("sig")
    play.message("m")
    assert (play.did("handled"), play.waits) == (["handled"] * 3, ["a"])


def test_a_parallel_multiple_boundary_event_gathers_and_begins_again() -> None:
    play = Play(process(*WORK, boundary("b", "a", signal("s1"), signal("s2"), interrupting=False, parallel=True)))
    play.signal("s1")
    assert play.did("handled") == []
    play.signal("s2")
    assert play.did("handled") == ["handled"]
    play.signal("s2")
    assert play.did("handled") == ["handled"]
    play.signal("s1")
    assert (play.did("handled"), play.waits) == (["handled"] * 2, ["a"])


def test_an_event_subprocess_with_several_triggers() -> None:
    handler = start("es", message("m"), signal("sig"), interrupting=False) + user("h") + end("ee") + go("es h ee")
    play = Play(process(start(), user("a"), ends("e"), event_sub("esp", handler), go("s a e")))
    play.signal("sig")
    play.message("m")
    assert play.waits == ["a", "h", "h"]


def test_a_process_that_starts_at_any_of_several_triggers() -> None:
    play = Play(process(start("s", message("m"), signal("sig")), user("a"), ends("e"), go("s a e")), start=None)
    play.message("m")
    play.signal("sig")
    assert len(play.box.instances("p")) == 2


def test_a_throwing_event_throws_all_it_has() -> None:
    waiting = process(start(), catch("c", signal("sig")), ends("e"), go("s c e"), key="w")
    for thrower in (throw("t", message("m"), signal("sig")), end("t", message("m"), signal("sig"))):
        play = Play(CATCH, waiting, process(start(), thrower, go("s t"), key="q"))
        receiver, listener = play.case, play.start("w")
        play.start("q")
        assert (play.box.outcome(receiver), play.box.outcome(listener), play.outcome) == ("completed",) * 3


def test_a_boundary_event_that_catches_an_error_or_an_escalation() -> None:
    for last in (end("ie", error("E1")), end("ie", escalation("X"))):
        inner = start("is") + user("w") + last + go("is w ie")
        drawn = process(
            start(),
            sub("sp", inner),
            boundary("b", "sp", error("E1"), escalation("X")),
            does("handled"),
            does("after"),
            ends("e eh"),
            go("s sp after e", "b handled eh"),
        )
        assert Play(drawn).complete("w").did("handled after") == ["handled"]


def test_several_triggers_behind_an_event_gateway() -> None:
    drawn = process(
        start(),
        by_event("g"),
        catch("c", message("m"), signal("sig")),
        catch("t", timer("PT1H")),
        ends("ec et"),
        go("s g", "g c ec", "g t et"),
    )
    play = Play(drawn)
    play.signal("sig")
    assert (play.did("c t"), play.listens, play.outcome) == (["c"], [], "completed")


def test_a_condition_among_the_triggers() -> None:
    drawn = process(start(), user("a"), catch("c", condition("n > 10"), message("m")), ends("e"), go("s a c e"))
    assert Play(drawn, n=1).complete("a", n=11).outcome == "completed"
    play = Play(drawn, n=1).complete("a")
    play.message("m")
    assert play.outcome == "completed"


def test_a_parallel_multiple_event_subprocess_needs_all_of_its_triggers_each_time() -> None:
    for interrupting in (True, False):
        begin = start("es", signal("s1"), signal("s2"), interrupting=interrupting, parallel=True)
        handler = event_sub("esp", begin + user("h") + end("ee") + go("es h ee"))
        play = Play(process(start(), user("a"), ends("e"), handler, go("s a e")))
        play.signal("s2")
        assert play.waits == ["a"]
        play.signal("s1")
        assert play.waits == (["h"] if interrupting else ["a", "h"])


def test_a_process_that_starts_when_all_of_several_triggers_happened_is_refused_with_what_to_draw_instead() -> None:
    drawn = process(start("s", signal("s1"), signal("s2"), parallel=True), user("a"), ends("e"), go("s a e"))
    with pytest.raises(DiagramRefused) as refused:
        Play(drawn, start=None)
    [finding] = [found for found in refused.value.findings if found.severity == "error"]
    assert (finding.element_id, "gebeurtenispoort" in finding.sentence) == ("s", True)
