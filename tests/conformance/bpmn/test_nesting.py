"""Constructs inside each other: what each may do alone, it may do wherever it stands."""

import pytest

from tests.conformance.bpmn.drawing import (
    TERMINATE,
    boundary,
    by_event,
    call,
    catch,
    compensate,
    condition,
    does,
    doing,
    each,
    end,
    ends,
    error,
    escalation,
    event_sub,
    given,
    go,
    inclusive,
    loop,
    message,
    parallel,
    process,
    script,
    service,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
    users,
    when,
    xor,
)
from tests.conformance.bpmn.play import Play
from tests.conformance.bpmn.test_compensation import undo


def around(*inner: str) -> str:
    return process(start(), *inner, does("after"), ends("e"), go("s sp after e"))


def test_an_event_gateway_in_each_instance_decides_for_itself() -> None:
    inner = (
        start("is")
        + by_event("g")
        + catch("m", message("m"))
        + catch("t", timer("PT1H"))
        + user("w")
        + user("v")
        + go("is g m w", "g t v")
    )
    play = Play(
        process(
            start(),
            sub("sp", inner, each("[1, 2, 3]")),
            does("after"),
            ends("e"),
            go("s sp after e"),
            keys={"m": "=string(item)"},
        )
    )
    play.message("m", "2")
    assert (play.waits, play.listens) == (["w"], ["m", "m", "t", "t"])
    play.wait(hours=1)
    assert (play.waits, play.listens) == (["v", "v", "w"], [])
    play.complete("v", "w", "v")
    assert (play.did("after"), play.outcome) == (["after"], "completed")


def test_an_error_out_of_a_process_called_for_each_is_caught_around_the_call() -> None:
    called = process(
        start(),
        user("w"),
        xor("x", default="ok"),
        end("bad", error("E1")),
        ends("ok"),
        go("s w x ok"),
        when("x", "bad", "fail"),
        key="q",
    )
    drawn = process(
        start(),
        call("sp", "q", each("[1, 2]")),
        boundary("b", "sp", error("E1")),
        doing("after h"),
        ends("e eh"),
        go("s sp after e", "b h eh"),
    )
    play = Play(called, drawn).complete("w", fail=False)
    assert play.did("after h") == []
    assert play.complete("w", fail=True).did("after h") == ["h"]
    assert (play.waits, play.outcome) == ([], "completed")


def test_an_error_inside_one_instance_may_be_caught_inside_it_and_the_others_go_on() -> None:
    failing = sub("inner", start("ns") + user("w") + end("bad", error("E1")) + go("ns w bad"))
    inner = (
        start("is") + failing + boundary("b", "inner", error("E1")) + user("h") + end("ie") + go("is inner", "b h ie")
    )
    play = Play(around(sub("sp", inner, each("[1, 2]")))).complete("w")
    assert play.waits == ["h", "w"]
    play.complete("w")
    assert play.complete("h", "h").outcome == "completed"


def test_a_timer_on_each_instance_of_a_subprocess_runs_from_its_own_beginning() -> None:
    inner = (
        start("is") + user("a") + user("w") + boundary("b", "w", timer("PT1H")) + does("late") + go("is a w", "b late")
    )
    play = Play(around(sub("sp", inner, each("[1, 2]"))))
    play.complete("a").wait(minutes=30)
    play.complete("a").wait(minutes=30)
    assert (play.did("late"), play.waits) == (["late"], ["w"])
    assert play.wait(minutes=30).did("late after") == ["late", "late", "after"]


def test_a_terminate_end_deep_inside_stops_only_its_own_level() -> None:
    deep = sub(
        "deep", start("ds") + parallel("dg") + users("x y") + end("stop", TERMINATE) + go("ds dg", "dg x stop", "dg y")
    )
    inner = start("is") + parallel("g") + deep + user("w") + go("is g", "g deep", "g w")
    play = Play(around(sub("sp", inner))).complete("x")
    assert (play.waits, play.did("deep sp")) == (["w"], ["deep"])


def test_a_handler_beside_the_rest_may_call_loop_and_wait() -> None:
    called = process(start(), user("w"), ends("e"), go("s w e"), key="q")
    handler = (
        start("es", message("m"), interrupting=False)
        + call("c", "q", loop("again"))
        + catch("t", timer("PT1H"))
        + end("ee")
        + go("es c t ee")
    )
    play = Play(called, process(start(), user("a"), event_sub("esp", handler), ends("e"), go("s a e")))
    play.message("m")
    play.complete("a").complete("w", again=True).complete("w", again=False)
    assert (play.listens, play.outcome) == (["es", "t"], "active")
    assert play.wait(hours=1).outcome == "completed"


def test_a_looping_subprocess_interrupted_from_outside_leaves_nothing_behind() -> None:
    inner = (
        start("is")
        + parallel("g")
        + user("w")
        + service("j", "work")
        + boundary("it", "w", timer("PT5H"))
        + go("is g w", "g j", "it")
    )
    drawn = process(
        start(),
        sub("sp", inner, loop("true")),
        boundary("b", "sp", message("m")),
        does("h"),
        ends("e eh"),
        go("s sp e", "b h eh"),
    )
    play = Play(drawn).complete("w", "j")
    assert play.waits == ["j", "w"]
    play.message("m")
    assert (play.did("h"), play.waits, play.listens, play.outcome) == (["h"], [], [], "completed")


def test_boundary_events_of_every_level_listen_together_and_the_outer_one_wins_over_all() -> None:
    inner = (
        sub("inner", start("ns") + user("w") + go("ns w"))
        + boundary("near", "inner", message("near"))
        + does("n")
        + start("is")
        + go("is inner", "near n")
    )
    drawn = process(
        start(),
        sub("sp", inner),
        boundary("far", "sp", message("far")),
        doing("after f"),
        ends("e ef"),
        go("s sp after e", "far f ef"),
    )
    play = Play(drawn)
    assert play.listens == ["far", "near"]
    play.message("far")
    assert (play.did("n f after"), play.listens) == (["f"], [])
    play = Play(drawn)
    play.message("near")
    assert (play.did("n f after"), play.listens) == (["n", "after"], [])


def test_an_escalation_out_of_a_loop_is_heard_every_round() -> None:
    inner = start("is") + throw("t", escalation("X")) + user("w") + go("is t w")
    drawn = process(
        start(),
        sub("sp", inner, loop("again")),
        boundary("b", "sp", escalation("X"), interrupting=False),
        doing("after h"),
        ends("e eh"),
        go("s sp after e", "b h eh"),
    )
    play = Play(drawn).complete("w", again=True).complete("w", again=False)
    assert (play.did("h"), play.outcome) == (["h", "h"], "completed")


def test_an_escalation_through_two_calls() -> None:
    deepest = process(start(), throw("t", escalation("X")), user("w"), ends("e"), go("s t w e"), key="r")
    middle = process(start(), call("c", "r"), ends("e"), go("s c e"), key="q")
    drawn = process(
        start(),
        call("sp", "q"),
        boundary("b", "sp", escalation("X"), interrupting=False),
        doing("after h"),
        ends("e eh"),
        go("s sp after e", "b h eh"),
    )
    play = Play(deepest, middle, drawn)
    assert (play.did("h"), play.waits) == (["h"], ["w"])
    assert play.complete("w").outcome == "completed"


def test_undoing_a_loop_of_subprocesses_undoes_each_round() -> None:
    inner = start("is") + doing("v w") + undo("v") + undo("w") + end("ie") + go("is v w ie")
    play = Play(
        process(start(), sub("sp", inner, loop(None, maximum=2)), throw("t", compensate()), ends("e"), go("s sp t e"))
    )
    assert (play.did("undo_v undo_w"), play.outcome) == (["undo_w", "undo_v"] * 2, "completed")


def test_undoing_goes_two_levels_down() -> None:
    deep = sub("deep", start("ds") + does("x") + undo("x") + end("de") + go("ds x de"))
    inner = start("is") + does("v") + undo("v") + deep + end("ie") + go("is v deep ie")
    play = Play(process(start(), sub("sp", inner), throw("t", compensate()), ends("e"), go("s sp t e")))
    assert (play.did("undo_x undo_v"), play.outcome) == (["undo_x", "undo_v"], "completed")


def test_undoing_one_subprocess_by_its_name_leaves_another() -> None:
    def part(name: str) -> str:
        return sub(
            name,
            start(f"{name}s") + does(f"{name}w") + undo(f"{name}w") + end(f"{name}e") + go(f"{name}s {name}w {name}e"),
        )

    play = Play(
        process(
            start(),
            part("p1"),
            part("p2"),
            throw("t", compensate("p1")),
            throw("u", compensate()),
            ends("e"),
            go("s p1 p2 t u e"),
        )
    )
    assert play.did("undo_p1w undo_p2w") == ["undo_p1w", "undo_p2w"]


def test_an_inclusive_block_in_each_instance_and_in_each_round() -> None:
    inner = (
        start("is")
        + inclusive("g", default="c")
        + users("a b c")
        + inclusive("j")
        + end("ie")
        + go("is g c j", "a j", "b j", "j ie")
        + when("g", "a", "item > 1")
        + when("g", "b", "item > 2")
    )
    play = Play(around(sub("sp", inner, each("[1, 2, 3]"))))
    assert play.waits == ["a", "a", "b", "c"]
    play.complete("c", "a", "b", "a")
    assert (play.did("after"), play.outcome) == (["after"], "completed")


def test_a_condition_in_each_instance_reads_its_own_item() -> None:
    inner = start("is") + catch("c", condition("level >= item")) + does("w") + end("ie") + go("is c w ie")
    drawn = process(
        start(),
        parallel("g"),
        sub("sp", inner, each("[1, 2, 3]")),
        users("a b"),
        ends("e ea"),
        go("s g", "g sp e", "g a b ea"),
    )
    play = Play(drawn, level=0).complete("a", level=2)
    assert play.did("w") == ["w", "w"]
    assert play.complete("b", level=3).outcome == "completed"


def test_a_signal_stops_some_levels_and_starts_handlers_in_others() -> None:
    handler = event_sub(
        "esp", start("es", signal("sig"), interrupting=False) + does("noted") + end("ee") + go("es noted ee")
    )
    inner = (
        start("is")
        + user("w")
        + boundary("b", "w", signal("sig"))
        + does("stopped")
        + end("ie")
        + go("is w", "b stopped ie")
        + handler
    )
    play = Play(
        process(
            start(),
            parallel("g"),
            sub("sp", inner),
            catch("c", signal("sig")),
            doing("after"),
            ends("e ec"),
            go("s g", "g sp after e", "g c ec"),
        )
    )
    play.signal("sig")
    assert (sorted(play.did("noted stopped c after")), play.outcome) == (
        ["after", "c", "noted", "stopped"],
        "completed",
    )


@pytest.mark.parametrize(
    "wrap", [lambda x: x, lambda x: sub("w1", start("w1s") + x + go("w1s sp"))], ids=["top", "inside"]
)
def test_interrupting_twice_is_once(wrap: object) -> None:
    """Two interrupting events of one activity: the first that comes takes it, the other is withdrawn."""
    host = (
        sub("sp", start("is") + user("w") + go("is w"))
        + boundary("b1", "sp", message("m1"))
        + boundary("b2", "sp", message("m2"))
        + doing("h1 h2")
        + go("b1 h1", "b2 h2")
    )
    assert callable(wrap)
    drawn = process(start(), wrap(host), go("s sp" if wrap(host) == host else "s w1"))
    play = Play(drawn)
    play.message("m2")
    assert (play.message("m1"), play.did("h1 h2"), play.outcome) == (None, ["h2"], "completed")


def test_a_message_for_the_second_round_waits_in_the_buffer() -> None:
    drawn = process(
        start(),
        xor("m"),
        catch("c", message("m")),
        user("a"),
        xor("x", default="e"),
        ends("e"),
        go("s m c a x", "x e"),
        when("x", "m", "again"),
    )
    play = Play(drawn)
    play.message("m", n=1)
    play.message("m", n=2)
    assert (play["n"], play.waits) == (1, ["a"])
    play.complete("a", again=True)
    assert (play["n"], play.waits) == (2, ["a"])


def test_a_job_of_a_round_that_is_over_cannot_be_done() -> None:
    drawn = process(
        start(),
        xor("m"),
        service("j", "work"),
        boundary("b", "j", timer("PT1H")),
        go("s m j", "b m"),
        ends("e"),
        go("j e"),
    )
    play = Play(drawn)
    [old] = play.waiting("job")
    play.wait(hours=1)
    [new] = play.waiting("job")
    assert old.token != new.token
    with pytest.raises(Exception, match="wacht nu niets"):
        play.box.complete(old)
    play.box.complete(new)
    assert play.outcome == "completed"


def test_inputs_of_nested_scopes_hide_each_other_level_by_level() -> None:
    deep = sub(
        "deep",
        start("ds") + script("x", "n", "found") + end("de") + go("ds x de"),
        given("=n + 1", "n"),
        given("=0", "found"),
        '<zeebe:output source="=found" target="result"/>',
    )
    inner = start("is") + deep + end("ie") + go("is deep ie")
    play = Play(around(sub("sp", inner, given("=n + 10", "n"))), n=100)
    assert (play["result"], play["n"], play["found"]) == (111, 100, None)


def test_the_same_diagram_runs_the_same_way_each_time() -> None:
    inner = (
        start("is")
        + parallel("g")
        + doing("a b c")
        + parallel("j")
        + end("ie")
        + go("is g", "g c j", "g a j", "g b j", "j ie")
    )
    drawn = process(
        start(),
        sub("sp", inner, each("[1, 2, 3]")),
        inclusive("i", default="d3"),
        doing("d1 d2 d3"),
        inclusive("k"),
        ends("e"),
        go("s sp i d3 k e", "d1 k", "d2 k"),
        when("i", "d1", "true"),
        when("i", "d2", "true"),
    )
    assert Play(drawn).done == Play(drawn).done
