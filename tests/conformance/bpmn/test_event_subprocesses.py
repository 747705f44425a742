"""Event subprocesses: BPMN 2.0.2, 10.3.5 and 13.5.4: nested, repeated, and what they see."""

from tests.conformance.bpmn.drawing import (
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
    script,
    signal,
    start,
    sub,
    timer,
    user,
    users,
    when,
    xor,
)
from tests.conformance.bpmn.play import Play


def on(trigger: str, name: str, interrupting: bool = True, *more: str, element_id: str = "esp") -> str:
    inner = (
        start(f"{element_id}_s", trigger, interrupting=interrupting)
        + user(name)
        + end(f"{element_id}_e")
        + go(f"{element_id}_s {name} {element_id}_e")
    )
    return event_sub(element_id, inner, *more)


def test_an_interrupting_one_stops_all_of_its_scope_but_nothing_around_it() -> None:
    inner = start("is") + parallel("g") + users("v w") + go("is g v", "g w") + on(message("m"), "h")
    play = Play(
        process(
            start(),
            parallel("f"),
            sub("sp", inner),
            user("a"),
            does("after"),
            ends("e ea"),
            go("s f", "f sp after e", "f a ea"),
        )
    )
    play.message("m")
    assert (play.waits, sorted(play.cancelled("v w"))) == (["a", "h"], ["v", "w"])
    play.complete("h")
    assert (play.did("after sp"), play.waits) == (["sp", "after"], ["a"])


def test_the_scope_goes_on_by_its_normal_flow_when_the_handler_is_over() -> None:
    play = Play(
        process(
            start(),
            sub("sp", start("is"), user("w"), go("is w"), on(message("m"), "h")),
            does("after"),
            ends("e"),
            go("s sp after e"),
        )
    )
    play.message("m")
    assert play.complete("h").did("after") == ["after"]
    assert play.outcome == "completed"


def test_a_non_interrupting_one_may_run_several_times_at_once_and_holds_its_scope_open() -> None:
    play = Play(
        process(
            start(),
            sub("sp", start("is"), user("w"), go("is w"), on(message("m"), "h", False)),
            does("after"),
            ends("e"),
            go("s sp after e"),
        )
    )
    play.message("m")
    play.message("m")
    play.complete("w")
    assert (play.waits, play.did("after")) == (["h", "h"], [])
    play.complete("h")
    assert play.did("after") == []
    assert play.complete("h").did("after") == ["after"]


def test_no_more_happens_once_the_scope_is_interrupted() -> None:
    both = on(message("m1"), "h1") + on(message("m2"), "h2", False, element_id="other")
    play = Play(process(start(), user("a"), both, ends("e"), go("s a e")))
    assert play.listens == ["esp_s", "other_s"]
    play.message("m1")
    assert (play.waits, play.message("m2"), play.listens) == (["h1"], None, [])


def test_what_runs_already_beside_it_is_stopped_too() -> None:
    both = on(message("m1"), "h1") + on(message("m2"), "h2", False, element_id="other")
    play = Play(process(start(), user("a"), both, ends("e"), go("s a e")))
    play.message("m2")
    play.message("m1")
    assert (play.waits, sorted(play.cancelled("a h2 other"))) == (["h1"], ["a", "h2", "other"])


def test_one_inside_another_listens_only_while_that_runs() -> None:
    nested = on(message("m2"), "h2", True, element_id="deep")
    play = Play(process(start(), user("a"), on(message("m1"), "h1", False, nested), ends("e"), go("s a e")))
    assert play.message("m2") is None
    play = Play(process(start(), user("a"), on(message("m1"), "h1", False, nested), ends("e"), go("s a e")))
    assert play.listens == ["esp_s"]
    play.message("m1")
    assert play.listens == ["deep_s", "esp_s"]
    play.message("m2")
    assert (play.waits, play.cancelled("h1")) == (["a", "h2"], ["h1"])
    play.complete("h2", "a")
    assert play.outcome == "completed"


def test_each_instance_of_several_listens_for_itself() -> None:
    inner = start("is") + user("w") + go("is w") + on(message("m"), "h")
    play = Play(process(start(), sub("sp", inner, each("[1, 2]")), does("after"), ends("e"), go("s sp after e")))
    assert play.listens == ["esp_s", "esp_s"]
    play.message("m")
    assert play.waits == ["h", "w"]
    play.complete("h")
    assert play.did("after") == []
    assert play.complete("w").did("after") == ["after"]


def test_it_listens_again_in_every_round() -> None:
    inner = start("is") + user("w") + end("ie") + go("is w ie") + on(timer("PT1H"), "h")
    drawn = process(
        start(),
        xor("m"),
        sub("sp", inner),
        user("z"),
        xor("x", default="e"),
        ends("e"),
        go("s m sp z x", "x e"),
        when("x", "m", "again"),
    )
    play = Play(drawn).wait(hours=1)
    play.complete("h").complete("z", again=True)
    assert (play.waits, play.listens) == (["w"], ["esp_s"])
    play.wait(minutes=59)
    assert play.waits == ["w"]
    assert play.wait(minutes=1).waits == ["h"]


def test_it_sees_the_variables_of_its_scope_and_what_the_message_brought() -> None:
    handler = (
        start("es", message("m"), interrupting=False) + script("h", "n + outer", "sum") + end("ee") + go("es h ee")
    )
    play = Play(process(start(), user("a"), event_sub("esp", handler), ends("e"), go("s a e")), outer=2)
    play.message("m", n=40)
    assert play["sum"] == 42


def test_boundary_events_of_the_host_stop_a_running_handler() -> None:
    inner = start("is") + user("w") + go("is w") + on(message("m"), "h")
    play = Play(
        process(
            start(),
            sub("sp", inner),
            boundary("b", "sp", timer("PT1H")),
            does("late"),
            ends("e el"),
            go("s sp e", "b late el"),
        )
    )
    play.message("m")
    play.wait(hours=1)
    assert (play.waits, play.did("late"), play.outcome) == ([], ["late"], "completed")


def test_in_a_called_process() -> None:
    called = process(start(), user("w"), ends("e"), go("s w e"), on(signal("sig"), "h"), key="q")
    play = Play(called, process(start(), call("c", "q"), does("after"), ends("e"), go("s c after e")))
    play.signal("sig")
    assert play.waits == ["h"]
    assert play.complete("h").did("after") == ["after"]


def test_a_process_that_is_over_listens_to_nothing() -> None:
    play = Play(process(start(), user("a"), on(message("m"), "h", False), ends("e"), go("s a e"))).complete("a")
    assert (play.outcome, play.listens, play.message("m")) == ("completed", [], None)
