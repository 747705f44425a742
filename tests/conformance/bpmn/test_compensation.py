"""Compensation: BPMN 2.0.2, 10.7 and 13.5.4: what was completed is undone, the last first, each as often as it was done."""

from tests.conformance.bpmn.drawing import (
    boundary,
    call,
    catch,
    compensate,
    does,
    doing,
    each,
    el,
    end,
    ends,
    error,
    event_sub,
    gives,
    go,
    loop,
    parallel,
    process,
    script,
    service,
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


def undo(activity: str, handler: str | None = None) -> str:
    """A compensation boundary event on an activity, with its handler: `undo_<activity>` by itself."""
    name = f"undo_{activity}"
    drawn = handler or script(name, "true", f"did_{name}", isForCompensation=True)
    return (
        boundary(f"c_{activity}", activity, compensate())
        + drawn
        + el(
            "association", f"as_{activity}", sourceRef=f"c_{activity}", targetRef=name, associationDirection="One"
        ).replace(f' name="as_{activity}"', "")
    )


def test_a_throw_undoes_what_completed_the_last_first() -> None:
    drawn = process(
        start(),
        doing("a b c"),
        undo("a"),
        undo("b"),
        undo("c"),
        throw("t", compensate()),
        does("after"),
        ends("e"),
        go("s a b c t after e"),
    )
    play = Play(drawn)
    assert (play.did("undo_a undo_b undo_c after"), play.outcome) == (
        ["undo_c", "undo_b", "undo_a", "after"],
        "completed",
    )


def test_what_did_not_complete_is_not_undone() -> None:
    drawn = process(
        start(),
        xor("x", default="b"),
        doing("a b"),
        undo("a"),
        undo("b"),
        throw("t", compensate()),
        ends("e"),
        go("s x b t", "a t", "t e"),
        when("x", "a", "false"),
    )
    assert Play(drawn).did("undo_a undo_b") == ["undo_b"]


def test_what_is_still_running_is_not_undone_and_goes_on() -> None:
    drawn = process(
        start(),
        parallel("g"),
        users("a b"),
        undo("a"),
        undo("b"),
        throw("t", compensate()),
        ends("eb et"),
        go("s g", "g a t et", "g b eb"),
    )
    play = Play(drawn).complete("a")
    assert (play.did("undo_a undo_b"), play.waits) == (["undo_a"], ["b"])
    assert play.complete("b").outcome == "completed"


def test_without_anything_to_undo_the_throw_is_passed() -> None:
    play = Play(process(start(), throw("t", compensate()), does("after"), ends("e"), go("s t after e")))
    assert (play.did("t after"), play.outcome) == (["t", "after"], "completed")


def test_a_throw_may_name_one_activity() -> None:
    drawn = process(
        start(), doing("a b"), undo("a"), undo("b"), throw("t", compensate("a")), ends("e"), go("s a b t e")
    )
    assert Play(drawn).did("undo_a undo_b") == ["undo_a"]


def test_what_was_undone_is_not_undone_again() -> None:
    drawn = process(
        start(),
        doing("a b"),
        undo("a"),
        undo("b"),
        throw("t", compensate("b")),
        throw("u", compensate()),
        ends("e"),
        go("s a b t u e"),
    )
    play = Play(drawn)
    assert (play.did("undo_a undo_b"), play.outcome) == (["undo_b", "undo_a"], "completed")


def test_the_throw_waits_until_everything_is_undone() -> None:
    handler = user("undo_a", isForCompensation=True)
    drawn = process(
        start(), does("a"), undo("a", handler), throw("t", compensate()), does("after"), ends("e"), go("s a t after e")
    )
    play = Play(drawn)
    assert (play.waits, play.did("after"), play.outcome) == (["undo_a"], [], "active")
    assert play.complete("undo_a").did("undo_a after") == ["undo_a", "after"]
    assert play.outcome == "completed"


def test_handlers_run_one_after_another() -> None:
    drawn = process(
        start(), doing("a b"), undo("a", user("undo_a", isForCompensation=True)), undo("b", user("undo_b", isForCompensation=True)),
        throw("t", compensate()), ends("e"), go("s a b t e"),
    )  # fmt: skip
    play = Play(drawn)
    assert play.waits == ["undo_b"]
    play.complete("undo_b")
    assert play.waits == ["undo_a"]
    assert play.complete("undo_a").outcome == "completed"


def test_an_end_event_undoes_too() -> None:
    drawn = process(
        start(), doing("a"), undo("a", user("undo_a", isForCompensation=True)), end("t", compensate()), go("s a t")
    )
    play = Play(drawn)
    assert play.waits == ["undo_a"]
    assert play.complete("undo_a").outcome == "completed"


def test_what_a_loop_did_three_times_is_undone_three_times() -> None:
    drawn = process(
        start(), xor("m"), script("a", "if n = null then 1 else n + 1", "n"), undo("a"), xor("x", default="t"), throw("t", compensate()), ends("e"),
        go("s m a x t e"), when("x", "m", "n < 3"),
    )  # fmt: skip
    assert Play(drawn).did("undo_a") == ["undo_a"] * 3


def test_rounds_of_a_loop_are_undone_in_reverse_order_across_activities() -> None:
    drawn = process(
        start(), xor("m"), script("a", "if n = null then 1 else n + 1", "n"), does("b"), undo("a"), undo("b"), xor("x", default="t"),
        throw("t", compensate()), ends("e"), go("s m a b x t e"), when("x", "m", "n < 2"),
    )  # fmt: skip
    assert Play(drawn).did("undo_a undo_b") == ["undo_b", "undo_a", "undo_b", "undo_a"]


def test_a_standard_loop_with_a_handler_is_undone_for_what_it_did() -> None:
    drawn = process(
        start(),
        script("a", "if n = null then 1 else n + 1", "n", loop("n < 3")),
        undo("a"),
        throw("t", compensate()),
        ends("e"),
        go("s a t e"),
    )
    play = Play(drawn)
    assert (play["n"], play.outcome) == (3, "completed")
    assert "undo_a" in play.did("undo_a")


def test_a_subprocess_is_undone_by_its_own_handler() -> None:
    inner = start("is") + does("w") + undo("w") + end("ie") + go("is w ie")
    drawn = process(start(), sub("sp", inner), undo("sp"), throw("t", compensate()), ends("e"), go("s sp t e"))
    assert Play(drawn).did("undo_w undo_sp") == ["undo_sp"]


def test_without_a_handler_of_its_own_what_was_done_inside_a_subprocess_is_undone() -> None:
    inner = start("is") + doing("v w") + undo("v") + undo("w") + end("ie") + go("is v w ie")
    drawn = process(
        start(),
        does("a"),
        undo("a"),
        sub("sp", inner),
        does("b"),
        undo("b"),
        throw("t", compensate()),
        ends("e"),
        go("s a sp b t e"),
    )
    assert Play(drawn).did("undo_a undo_v undo_w undo_b") == ["undo_b", "undo_w", "undo_v", "undo_a"]


def test_a_throw_inside_a_subprocess_undoes_only_what_stands_there() -> None:
    inner = start("is") + does("w") + undo("w") + throw("t", compensate()) + end("ie") + go("is w t ie")
    drawn = process(start(), does("a"), undo("a"), sub("sp", inner), ends("e"), go("s a sp e"))
    assert Play(drawn).did("undo_a undo_w") == ["undo_w"]


def test_a_compensation_event_subprocess_decides_how_its_scope_is_undone() -> None:
    handler = event_sub(
        "esp",
        start("es", compensate()) + does("own") + throw("also", compensate("w")) + end("ee") + go("es own also ee"),
    )
    inner = start("is") + doing("v w") + undo("v") + undo("w") + end("ie") + go("is v w ie") + handler
    drawn = process(start(), sub("sp", inner), throw("t", compensate()), does("after"), ends("e"), go("s sp t after e"))
    play = Play(drawn)
    assert (play.did("own undo_v undo_w after"), play.outcome) == (["own", "undo_w", "after"], "completed")


def test_a_compensation_event_subprocess_sees_the_variables_as_they_were() -> None:
    handler = event_sub("esp", start("es", compensate()) + script("own", "inner", "seen") + end("ee") + go("es own ee"))
    inner = start("is") + script("w", "inner + 1", "inner") + end("ie") + go("is w ie") + handler
    drawn = process(
        start(),
        sub("sp", inner, '<zeebe:input source="=1" target="inner"/>', gives("=inner", "outer")),
        throw("t", compensate()),
        ends("e"),
        go("s sp t e"),
    )
    play = Play(drawn)
    assert (play["outer"], play["seen"], play.outcome) == (2, 2, "completed")


def test_a_handler_may_be_a_subprocess_or_a_job() -> None:
    handler = sub("undo_a", start("hs") + user("h") + end("he") + go("hs h he"), isForCompensation=True)
    drawn = process(
        start(),
        does("a"),
        undo("a", handler),
        does("b"),
        undo("b", service("undo_b", "revoke", isForCompensation=True)),
        throw("t", compensate()),
        ends("e"),
        go("s a b t e"),
    )
    play = Play(drawn)
    assert [(w.kind, w.element_id) for w in play.waiting()] == [("job", "undo_b")]
    play.complete("undo_b")
    assert play.waits == ["h"]
    assert play.complete("h").outcome == "completed"


def test_several_instances_are_each_undone() -> None:
    drawn = process(
        start(),
        sub("sp", start("is") + does("w") + undo("w") + end("ie") + go("is w ie"), each("[1, 2, 3]")),
        throw("t", compensate()),
        ends("e"),
        go("s sp t e"),
    )
    play = Play(drawn)
    assert (play.did("undo_w"), play.outcome) == (["undo_w"] * 3, "completed")


def test_a_handler_does_not_run_on_its_own() -> None:
    play = Play(process(start(), users("a"), undo("a"), ends("e"), go("s a e"))).complete("a")
    assert (play.did("undo_a c_a"), play.outcome) == ([], "completed")


def test_an_activity_that_was_interrupted_is_not_undone() -> None:
    drawn = process(
        start(),
        user("a"),
        undo("a"),
        boundary("late", "a", timer("PT1H")),
        throw("t", compensate()),
        ends("e et"),
        go("s a e", "late t et"),
    )
    play = Play(drawn).wait(hours=1)
    assert (play.did("undo_a"), play.outcome) == ([], "completed")


def test_what_waits_long_can_still_be_undone() -> None:
    """The record of what was done survives being saved and restored, and many later steps."""
    drawn = process(
        start(),
        does("a"),
        undo("a"),
        users("w1 w2 w3"),
        catch("c", timer("P30D")),
        throw("t", compensate()),
        ends("e"),
        go("s a w1 w2 w3 c t e"),
    )
    play = Play(drawn).complete("w1", "w2", "w3").wait(days=30)
    assert (play.did("undo_a"), play.outcome) == (["undo_a"], "completed")


def test_undoing_at_an_error() -> None:
    inner = start("is") + does("w") + undo("w") + end("bad", error("E1")) + go("is w bad")
    drawn = process(
        start(),
        does("a"),
        undo("a"),
        sub("sp", inner),
        boundary("b", "sp", error("E1")),
        throw("t", compensate()),
        ends("e eb"),
        go("s a sp e", "b t eb"),
    )
    play = Play(drawn)
    assert (play.did("undo_a undo_w"), play.outcome) == (["undo_a"], "completed")


def test_a_called_process_has_its_own_handler_outside() -> None:
    called = process(start(), does("w"), ends("e"), go("s w e"), key="q")
    drawn = process(start(), call("ca", "q"), undo("ca"), throw("t", compensate()), ends("e"), go("s ca t e"))
    assert Play(called, drawn).did("undo_ca") == ["undo_ca"]
