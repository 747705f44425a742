"""Errors: BPMN 2.0.2, 10.5.1, table 10.88 and 13.5.3: they climb by scope, the nearest catcher takes them, and it always interrupts."""

from tests.conformance.bpmn.drawing import (
    boundary,
    call,
    does,
    doing,
    each,
    end,
    ends,
    error,
    event_sub,
    go,
    loop,
    parallel,
    process,
    service,
    start,
    sub,
    user,
    users,
    when,
    xor,
)
from tests.conformance.bpmn.play import Play


def failing(element_id: str = "sp", code: str = "E1") -> str:
    """A subprocess in which a person decides, and that then ends in an error."""
    return sub(
        element_id,
        start(f"{element_id}_s")
        + user(f"{element_id}_w")
        + end(f"{element_id}_e", error(code))
        + go(f"{element_id}_s {element_id}_w {element_id}_e"),
    )


HANDLED = does("handled") + end("eh") + go("b handled eh")


def test_an_error_end_is_caught_on_the_edge_of_its_subprocess() -> None:
    play = Play(
        process(
            start(), failing(), boundary("b", "sp", error("E1")), HANDLED, does("after"), ends("e"), go("s sp after e")
        )
    )
    play.complete("sp_w")
    assert (play.did("handled after sp"), play.cancelled("sp"), play.outcome) == (["handled"], ["sp"], "completed")


def test_another_code_is_not_caught() -> None:
    play = Play(
        process(
            start(), failing(), boundary("b", "sp", error("E2")), HANDLED, does("after"), ends("e"), go("s sp after e")
        )
    )
    play.complete("sp_w")
    assert (play.did("handled after"), play.outcome) == ([], "incident")


def test_a_catcher_without_code_takes_every_error() -> None:
    play = Play(process(start(), failing(), boundary("b", "sp", error()), HANDLED, ends("e"), go("s sp e"))).complete(
        "sp_w"
    )
    assert (play.did("handled"), play.outcome) == (["handled"], "completed")


def test_a_catcher_of_this_code_comes_before_one_of_every_code() -> None:
    drawn = process(
        start(),
        failing(),
        boundary("any", "sp", error()),
        boundary("b", "sp", error("E1")),
        HANDLED,
        does("wrong"),
        ends("e ew"),
        go("s sp e", "any wrong ew"),
    )
    assert Play(drawn).complete("sp_w").did("handled wrong") == ["handled"]


def test_a_worker_may_throw_an_error() -> None:
    drawn = process(
        start(),
        service("j", "work"),
        boundary("b", "j", error("E1")),
        HANDLED,
        does("after"),
        ends("e"),
        go("s j after e"),
    )
    play = Play(drawn)
    play.throw("j", "E1")
    assert (play.did("handled after"), play.cancelled("j"), play.outcome) == (["handled"], ["j"], "completed")
    play = Play(drawn)
    play.throw("j", "E9")
    assert (play.did("handled after"), play.outcome) == ([], "incident")


def test_an_error_nobody_catches_stops_the_case_and_not_only_the_branch() -> None:
    drawn = process(
        start(),
        parallel("g"),
        user("a"),
        end("bad", error("E1")),
        user("c"),
        ends("ea"),
        go("s g", "g a ea", "g c bad"),
    )
    play = Play(drawn).complete("c")
    assert play.outcome == "incident"
    assert play.waits == ["a"]


def test_an_error_is_caught_only_by_what_encloses_its_thrower() -> None:
    """Another subprocess with a catcher of the same code is no place to go."""
    drawn = process(
        start(), parallel("g"), failing("sp1"), failing("sp2"), boundary("b", "sp2", error("E1")), HANDLED, ends("e1 e2"),
        go("s g", "g sp1 e1", "g sp2 e2"),
    )  # fmt: skip
    play = Play(drawn).complete("sp1_w")
    assert (play.did("handled"), play.outcome, play.waits) == ([], "incident", ["sp2_w"])


def test_an_error_climbs_until_someone_catches_it() -> None:
    deep = sub("outer", start("os") + sub("mid", start("ms") + failing("inner") + go("ms inner")) + go("os mid"))
    play = Play(
        process(start(), deep, boundary("b", "outer", error("E1")), HANDLED, ends("e"), go("s outer e"))
    ).complete("inner_w")
    assert (play.did("handled"), sorted(play.cancelled("outer mid inner")), play.outcome) == (
        ["handled"],
        ["inner", "mid", "outer"],
        "completed",
    )


def test_the_nearest_catcher_takes_it() -> None:
    inner = (
        start("os")
        + failing("inner")
        + boundary("near", "inner", error())
        + does("here")
        + end("oe")
        + go("os inner oe", "near here oe")
    )
    drawn = process(
        start(),
        sub("outer", inner),
        boundary("b", "outer", error("E1")),
        HANDLED,
        does("after"),
        ends("e"),
        go("s outer after e"),
    )
    play = Play(drawn).complete("inner_w")
    assert (play.did("here handled after"), play.outcome) == (["here", "after"], "completed")


def test_everything_in_the_interrupted_scope_stops_at_once() -> None:
    inner = (
        start("is")
        + parallel("g")
        + users("v w")
        + service("j", "work")
        + sub("deep", user("x"))
        + end("bad", error("E1"))
        + go("is g", "g v bad", "g w", "g j", "g deep")
    )
    play = Play(process(start(), sub("sp", inner), boundary("b", "sp", error("E1")), HANDLED, ends("e"), go("s sp e")))
    assert play.waits == ["j", "v", "w", "x"]
    play.complete("v")
    assert (play.waits, sorted(play.cancelled("w j x deep sp")), play.outcome) == (
        [],
        ["deep", "j", "sp", "w", "x"],
        "completed",
    )


def test_a_handler_that_throws_is_caught_one_scope_higher_and_not_by_itself() -> None:
    inner = (
        start("os")
        + failing("inner")
        + boundary("near", "inner", error("E1"))
        + end("again", error("E1"))
        + go("os inner", "near again")
    )
    play = Play(
        process(start(), sub("outer", inner), boundary("b", "outer", error("E1")), HANDLED, ends("e"), go("s outer e"))
    ).complete("inner_w")
    assert (play.did("handled"), play.outcome) == (["handled"], "completed")


def catching_inside(code: str | None, inner: str = "") -> str:
    handler = start("es", error(code)) + does("h") + (inner or end("ee") + go("es h ee"))
    return event_sub("esp", handler)


def test_an_event_subprocess_catches_an_error_of_its_own_scope() -> None:
    drawn = process(
        start(), user("a"), user("other"), end("bad", error("E1")), catching_inside("E1"), go("s a bad", "s other")
    )
    play = Play(drawn).complete("a")
    assert (play.did("h"), play.cancelled("other"), play.outcome, play.waits) == (["h"], ["other"], "completed", [])


def test_an_event_subprocess_comes_before_the_edge_of_its_scope() -> None:
    inner = start("is") + user("w") + end("bad", error("E1")) + catching_inside("E1") + go("is w bad")
    drawn = process(
        start(),
        sub("sp", inner),
        boundary("b", "sp", error("E1")),
        HANDLED,
        does("after"),
        ends("e"),
        go("s sp after e"),
    )
    play = Play(drawn).complete("w")
    assert (play.did("h handled after sp"), play.outcome) == (["h", "sp", "after"], "completed")


def test_an_error_out_of_an_event_subprocess_climbs_and_is_not_caught_by_itself() -> None:
    thrown = catching_inside("E1", end("ee", error("E1")) + go("es h ee"))
    inner = start("is") + user("w") + end("bad", error("E1")) + thrown + go("is w bad")
    play = Play(
        process(start(), sub("sp", inner), boundary("b", "sp", error("E1")), HANDLED, ends("e"), go("s sp e"))
    ).complete("w")
    assert (play.did("h handled"), play.outcome) == (["h", "handled"], "completed")


def test_the_edge_of_the_activity_comes_before_an_event_subprocess_beside_it() -> None:
    drawn = process(
        start(), failing(), boundary("b", "sp", error("E1")), HANDLED, catching_inside("E1"), ends("e"), go("s sp e")
    )
    assert Play(drawn).complete("sp_w").did("h handled") == ["handled"]


def test_an_error_climbs_out_of_a_called_process() -> None:
    called = process(start(), user("w"), end("bad", error("E1")), go("s w bad"), key="q")
    play = Play(
        called,
        process(
            start(),
            call("c", "q"),
            boundary("b", "c", error("E1")),
            HANDLED,
            does("after"),
            ends("e"),
            go("s c after e"),
        ),
    )
    play.complete("w")
    assert (play.did("handled after"), play.cancelled("c"), play.outcome) == (["handled"], ["c"], "completed")


def test_an_error_that_a_called_process_catches_stays_there() -> None:
    called = process(
        start(),
        failing(),
        boundary("near", "sp", error("E1")),
        does("here"),
        ends("e1 e2"),
        go("s sp e1", "near here e2"),
        key="q",
    )
    play = Play(
        called,
        process(
            start(),
            call("c", "q"),
            boundary("b", "c", error("E1")),
            HANDLED,
            does("after"),
            ends("e"),
            go("s c after e"),
        ),
    )
    play.complete("sp_w")
    assert (play.did("here handled after"), play.outcome) == (["here", "after"], "completed")


def test_an_error_in_one_instance_of_several_stops_them_all() -> None:
    work = sub(
        "sp",
        start("is")
        + user("w")
        + xor("x", default="ie")
        + end("bad", error("E1"))
        + end("ie")
        + go("is w x ie")
        + when("x", "bad", "fail"),
        each("[1, 2, 3]"),
    )
    drawn = process(
        start(), work, boundary("b", "sp", error("E1")), HANDLED, does("after"), ends("e"), go("s sp after e")
    )
    play = Play(drawn).complete("w", fail=False)
    assert play.waits == ["w", "w"]
    play.complete("w", fail=True)
    assert (play.did("handled after"), play.waits, play.outcome) == (["handled"], [], "completed")


def test_an_error_in_a_job_of_several_stops_them_all() -> None:
    drawn = process(
        start(), service("j", "work", each("[1, 2]")), boundary("b", "j", error("E1")), HANDLED, ends("e"), go("s j e")
    )
    play = Play(drawn)
    play.throw("j", "E1")
    assert (play.did("handled"), play.waits, play.outcome) == (["handled"], [], "completed")


def test_an_error_in_a_looping_subprocess_ends_the_loop() -> None:
    work = sub("sp", start("is") + user("w") + end("bad", error("E1")) + go("is w bad"), loop("true"))
    play = Play(process(start(), work, boundary("b", "sp", error("E1")), HANDLED, ends("e"), go("s sp e"))).complete(
        "w"
    )
    assert (play.did("handled"), play.outcome) == (["handled"], "completed")


def test_the_second_round_catches_as_the_first_did() -> None:
    drawn = process(
        start(), xor("m"), failing(), boundary("b", "sp", error("E1")), does("handled"), xor("x", default="e"), ends("e"),
        go("s m sp e", "b handled x", "x e"), when("x", "m", "again"),
    )  # fmt: skip
    play = Play(drawn).complete("sp_w", again=True)
    assert play.waits == ["sp_w"]
    play.complete("sp_w", again=False)
    assert (play.did("handled"), play.outcome) == (["handled", "handled"], "completed")


def test_two_activities_at_once_each_with_its_own_catcher() -> None:
    drawn = process(
        start(), parallel("g"), failing("sp1"), failing("sp2"), boundary("b1", "sp1", error("E1")), boundary("b2", "sp2", error("E1")),
        doing("h1 h2"), ends("e1 e2"), go("s g", "g sp1 e1", "g sp2 e2", "b1 h1", "b2 h2"),
    )  # fmt: skip
    play = Play(drawn).complete("sp2_w")
    assert (play.did("h1 h2"), play.waits) == (["h2"], ["sp1_w"])
    assert play.complete("sp1_w").did("h1 h2") == ["h2", "h1"]
