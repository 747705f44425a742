"""Conditional events: BPMN 2.0.2, table 10.93 and 10.5.5: triggered when a condition becomes true."""

from tests.conformance.bpmn.drawing import (
    boundary,
    by_event,
    catch,
    condition,
    does,
    end,
    ends,
    event_sub,
    go,
    parallel,
    process,
    script,
    start,
    sub,
    timer,
    user,
    users,
    xor,
)
from tests.conformance.bpmn.play import Play

BESIDE = [start(), parallel("g"), user("a"), ends("ea"), go("s g a ea")]
HANDLED = does("handled") + end("eh") + go("b handled eh")


def test_a_catching_event_waits_until_its_condition_holds() -> None:
    play = Play(process(*BESIDE, catch("c", condition("n > 10")), does("after"), ends("e"), go("g c after e")), n=1)
    assert play.listens == ["c"]
    play.complete("a", n=11)
    assert (play.did("after"), play.outcome) == (["after"], "completed")


def test_a_condition_that_holds_already_is_passed_at_once() -> None:
    assert Play(process(start(), catch("c", condition("n > 10")), ends("e"), go("s c e")), n=11).outcome == "completed"


def test_another_change_does_not_wake_it() -> None:
    play = Play(process(*BESIDE, catch("c", condition("n > 10")), ends("e"), go("g c e")), n=1).complete("a", m=99)
    assert (play.listens, play.outcome) == (["c"], "active")


def test_an_automatic_step_in_another_branch_wakes_it() -> None:
    drawn = process(
        start(), parallel("g"), user("a"), script("set", "11", "n"), catch("c", condition("n > 10")), does("after"), ends("e es"),
        go("s g", "g a set es", "g c after e"),
    )  # fmt: skip
    play = Play(drawn, n=1).complete("a")
    assert (play.did("after"), play.outcome) == (["after"], "completed")


def test_an_interrupting_boundary_condition() -> None:
    drawn = process(
        start(),
        parallel("g"),
        users("a w"),
        boundary("b", "w", condition("urgent")),
        HANDLED,
        ends("ea ew"),
        go("s g", "g a ea", "g w ew"),
    )
    play = Play(drawn, urgent=False).complete("a", urgent=True)
    assert (play.did("handled"), play.cancelled("w"), play.outcome) == (["handled"], ["w"], "completed")


def test_a_non_interrupting_boundary_condition_fires_each_time_it_becomes_true() -> None:
    steps = users("a1 a2 a3 a4") + go("g a1 a2 a3 a4 ea")
    drawn = process(
        start(),
        parallel("g"),
        steps,
        user("w"),
        boundary("b", "w", condition("urgent"), interrupting=False),
        HANDLED,
        ends("ea ew"),
        go("s g", "g w ew"),
    )
    play = Play(drawn, urgent=False).complete("a1", urgent=True)
    assert play.did("handled") == ["handled"]
    play.complete("a2", other=1)
    assert play.did("handled") == ["handled"]
    play.complete("a3", urgent=False)
    assert play.did("handled") == ["handled"]
    play.complete("a4", urgent=True)
    assert (play.did("handled"), play.waits) == (["handled", "handled"], ["w"])


def test_an_event_subprocess_started_by_a_condition() -> None:
    for interrupting in (True, False):
        handler = start("es", condition("n > 10"), interrupting=interrupting) + user("h") + end("ee") + go("es h ee")
        drawn = process(start(), users("a b"), ends("e"), event_sub("esp", handler), go("s a b e"))
        play = Play(drawn, n=1).complete("a", n=11)
        assert play.waits == (["h"] if interrupting else ["b", "h"])
        play.complete(*play.waits)
        assert play.outcome == "completed"


def test_a_condition_behind_an_event_gateway() -> None:
    drawn = process(
        *BESIDE,
        by_event("eg"),
        catch("c", condition("n > 10")),
        catch("t", timer("PT1H")),
        ends("ec et"),
        go("g eg", "eg c ec", "eg t et"),
    )
    play = Play(drawn, n=1).complete("a", n=11)
    assert (play.did("c t"), play.outcome, play.listens) == (["c"], "completed", [])


def test_a_condition_in_a_subprocess_sees_a_change_outside_it() -> None:
    inner = start("is") + catch("c", condition("n > 10")) + end("ie") + go("is c ie")
    play = Play(process(*BESIDE, sub("sp", inner), ends("e"), go("g sp e")), n=1).complete("a", n=11)
    assert play.outcome == "completed"


def test_a_correction_by_hand_wakes_it() -> None:
    play = Play(process(start(), catch("c", condition("n > 10")), ends("e"), go("s c e")), n=1)
    play.box.correct(play.case, {"n": 11})
    assert play.outcome == "completed"


def test_a_condition_that_is_null_does_not_hold() -> None:
    play = Play(process(start(), catch("c", condition("n > 10")), ends("e"), go("s c e")))
    assert (play.outcome, play.listens) == ("active", ["c"])


def test_a_condition_starts_an_instance() -> None:
    play = Play(process(start("s", condition("level > 10")), user("a"), ends("e"), go("s a e")), start=None)
    play.box.conditions({"level": 5})
    assert play.box.instances() == []
    play.box.conditions({"level": 11})
    [play.case] = play.box.instances("p")
    assert (play.waits, play["level"]) == (["a"], 11)


def test_a_condition_that_lets_another_branch_go_on_may_wake_a_third() -> None:
    drawn = process(
        start(), parallel("g"), user("a"), catch("c1", condition("n > 1")), script("set", "2", "m"), catch("c2", condition("m > 1")), xor("x"),
        ends("ea e1 e2"), go("s g", "g a ea", "g c1 set e1", "g c2 x e2"),
    )  # fmt: skip
    assert Play(drawn, n=0, m=0).complete("a", n=5).outcome == "completed"


def test_a_condition_that_fails_opens_one_incident_however_much_happens_beside_it() -> None:
    drawn = process(
        *BESIDE, catch("c", condition("assert(n, n != null) > 10")), does("after"), ends("e"), go("g c after e")
    )
    play = Play(drawn)
    play.complete("a", other=1)
    incidents = [line for line in play.box.history() if line.transition == "incident"]
    assert ([line.element_id for line in incidents], play.outcome) == (["c"], "incident")
    play.box.resolve(play.case, {"n": 11})
    assert (play.did("after"), play.outcome) == (["after"], "completed")
