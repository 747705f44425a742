"""Signals: BPMN 2.0.2, table 10.93 and 13.5: a signal reaches everyone who waits for it, the thrower too."""

from tests.conformance.bpmn.drawing import (
    boundary,
    by_event,
    call,
    catch,
    does,
    end,
    ends,
    event_sub,
    given,
    gives,
    go,
    parallel,
    process,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
    users,
)
from tests.conformance.bpmn.play import Play

CATCH = process(start(), catch("c", signal("sig")), does("after"), ends("e"), go("s c after e"))


def test_a_signal_wakes_every_instance_that_waits_for_it() -> None:
    play = Play(CATCH)
    cases = [play.case, play.start(), play.start()]
    assert [wait.name for wait in play.box.waiting()] == ["sig"] * 3
    play.signal("sig", n=1)
    assert [play.box.outcome(case) for case in cases] == ["completed"] * 3
    assert play["n"] == 1


def test_another_signal_wakes_nobody() -> None:
    play = Play(CATCH)
    play.signal("other")
    assert play.outcome == "active"


def test_a_signal_is_not_kept_for_who_comes_later() -> None:
    play = Play(CATCH, start=None)
    play.signal("sig")
    play.start()
    assert play.outcome == "active"


def test_every_catching_event_of_one_instance_is_woken() -> None:
    drawn = process(
        start(),
        parallel("g"),
        catch("c", signal("sig")),
        catch("d", signal("sig")),
        ends("ec ed"),
        go("s g", "g c ec", "g d ed"),
    )
    play = Play(drawn)
    play.signal("sig")
    assert (sorted(play.did("c d")), play.outcome) == (["c", "d"], "completed")


def test_one_signal_wakes_only_who_waited_when_it_was_sent() -> None:
    play = Play(process(start(), catch("c", signal("sig")), catch("d", signal("sig")), ends("e"), go("s c d e")))
    play.signal("sig")
    assert (play.did("c d"), play.listens) == (["c"], ["d"])
    play.signal("sig")
    assert play.outcome == "completed"


WORK = [start(), user("a"), does("handled"), ends("e eh"), go("s a e", "b handled eh")]


def test_an_interrupting_boundary_signal() -> None:
    play = Play(process(*WORK, boundary("b", "a", signal("sig"))))
    play.signal("sig")
    assert (play.did("handled"), play.cancelled("a"), play.outcome) == (["handled"], ["a"], "completed")


def test_a_non_interrupting_boundary_signal_fires_each_time() -> None:
    play = Play(process(*WORK, boundary("b", "a", signal("sig"), interrupting=False)))
    for _ in range(3):
        play.signal("sig")
    assert (play.did("handled"), play.waits) == (["handled"] * 3, ["a"])
    assert play.complete("a").outcome == "completed"


def test_an_event_subprocess_started_by_a_signal() -> None:
    for interrupting in (True, False):
        handler = start("es", signal("sig"), interrupting=interrupting) + user("h") + end("ee") + go("es h ee")
        play = Play(process(start(), user("a"), ends("e"), event_sub("esp", handler), go("s a e")))
        play.signal("sig")
        assert play.waits == (["h"] if interrupting else ["a", "h"])
        play.complete(*play.waits)
        assert play.outcome == "completed"


def test_a_signal_starts_an_instance_of_every_process_that_begins_with_it() -> None:
    drawn = process(start("s", signal("sig")), user("a"), ends("e"), go("s a e"))
    play = Play(drawn, drawn.replace('id="p"', 'id="q"'), start=None)
    play.signal("sig", n=1)
    assert (len(play.box.instances("p")), len(play.box.instances("q"))) == (1, 1)
    assert [play.box.variables(case)["n"] for case in play.box.instances()] == [1, 1]
    play.signal("sig")
    assert len(play.box.instances()) == 4


def test_a_thrown_signal_wakes_others_and_starts_processes() -> None:
    thrower = process(
        start(), throw("t", signal("sig"), given("=7", "n")), does("after"), ends("e"), go("s t after e"), key="q"
    )
    starter = process(start("s", signal("sig")), does("a"), ends("e"), go("s a e"), key="r")
    play = Play(CATCH, thrower, starter)
    waiting = play.case
    play.start("q", private="x")
    assert (play.outcome, play.box.outcome(waiting), len(play.box.instances("r"))) == ("completed", "completed", 1)
    told = play.box.variables(waiting)
    assert (told.get("n"), told.get("private")) == (7, None)


def test_the_thrower_receives_its_own_signal() -> None:
    drawn = process(
        start(),
        parallel("g"),
        catch("c", signal("sig")),
        throw("t", signal("sig")),
        ends("ec et"),
        go("s g", "g c ec", "g t et"),
    )
    play = Play(drawn)
    assert (sorted(play.did("c t")), play.outcome) == (["c", "t"], "completed")


def test_a_signal_end_event_throws() -> None:
    play = Play(CATCH, process(start(), end("t", signal("sig")), go("s t"), key="q"))
    waiting = play.case
    play.start("q")
    assert (play.box.outcome(waiting), play.outcome) == ("completed", "completed")


def test_a_subprocess_that_throws_what_its_own_boundary_catches_is_stopped() -> None:
    inner = start("is") + throw("t", signal("sig")) + user("w") + end("ie") + go("is t w ie")
    drawn = process(
        start(),
        sub("sp", inner),
        boundary("b", "sp", signal("sig")),
        does("handled"),
        ends("e eh"),
        go("s sp e", "b handled eh"),
    )
    play = Play(drawn)
    assert (play.did("handled"), play.cancelled("sp"), play.outcome) == (["handled"], ["sp"], "completed")
    assert "w" not in [line.element_id for line in play.box.history()]  # it stops before its next step


def test_a_signal_passes_through_scopes_and_calls() -> None:
    called = process(start(), catch("c", signal("sig")), ends("e"), go("s c e"), key="q")
    inner = start("is") + catch("d", signal("sig")) + end("ie") + go("is d ie")
    play = Play(
        called,
        process(
            start(), parallel("g"), call("ca", "q"), sub("sp", inner), ends("e1 e2"), go("s g", "g ca e1", "g sp e2")
        ),
    )
    play.signal("sig")
    assert play.outcome == "completed"


def test_behind_an_event_gateway() -> None:
    drawn = process(
        start(),
        by_event("g"),
        catch("c", signal("sig")),
        catch("t", timer("PT1H")),
        ends("ec et"),
        go("s g", "g c ec", "g t et"),
    )
    play = Play(drawn)
    play.signal("sig")
    assert (play.did("c t"), play.outcome) == (["c"], "completed")


def test_output_mappings_say_what_of_a_signal_is_kept() -> None:
    play = Play(process(start(), catch("c", signal("sig"), gives("=n", "kept")), ends("e"), go("s c e")))
    play.signal("sig", n=1, other=2)
    assert (play["kept"], play["other"]) == (1, None)


def test_a_signal_that_interrupts_some_and_not_others_in_one_case() -> None:
    drawn = process(
        start(), parallel("g"), users("a b"), boundary("ba", "a", signal("sig")), boundary("bb", "b", signal("sig"), interrupting=False),
        does("ha"), does("hb"), ends("e1 e2"), go("s g", "g a e1", "g b e2", "ba ha", "bb hb"),
    )  # fmt: skip
    play = Play(drawn)
    play.signal("sig")
    assert (sorted(play.did("ha hb")), play.waits) == (["ha", "hb"], ["b"])
