"""Conditional, default and implicit flows of activities, token quantities: BPMN 2.0.2, 8.4.13, 10.3, 10.5.2, 13.2, 13.3.2."""

from engine.sandbox import DiagramRefused
from tests.conformance.bpmn.drawing import (
    boundary,
    catch,
    does,
    doing,
    el,
    end,
    ends,
    go,
    message,
    parallel,
    process,
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

CONDITIONAL = process(
    start(), user("a", default="f_a_d"), doing("b c d"), ends("eb ec ed"),
    go("s a", "b eb", "c ec", "d ed", "a d"), when("a", "b", "x"), when("a", "c", "y"),
)  # fmt: skip


def test_every_conditional_flow_that_holds_is_taken() -> None:
    play = Play(CONDITIONAL).complete("a", x=True, y=True)
    assert (sorted(play.did("b c d")), play.outcome) == (["b", "c"], "completed")


def test_the_default_flow_of_an_activity_only_when_no_condition_holds() -> None:
    assert Play(CONDITIONAL).complete("a", x=False, y=True).did("b c d") == ["c"]
    assert Play(CONDITIONAL).complete("a", x=False, y=False).did("b c d") == ["d"]


def test_a_flow_without_condition_beside_conditional_ones_is_always_taken() -> None:
    drawn = process(
        start(), user("a"), doing("b c"), ends("eb ec"), go("s a", "a b eb", "c ec"), when("a", "c", "x")
    )  # fmt: skip
    assert sorted(Play(drawn).complete("a", x=True).did("b c")) == ["b", "c"]
    play = Play(drawn).complete("a", x=False)
    assert (play.did("b c"), play.outcome) == (["b"], "completed")


def test_a_condition_sees_what_the_activity_just_gave() -> None:
    drawn = process(
        start(),
        user("a", default="f_a_c"),
        doing("b c"),
        ends("eb ec"),
        go("s a c ec", "b eb"),
        when("a", "b", "n > 1"),
    )
    assert Play(drawn, n=1).complete("a", n=2).did("b c") == ["b"]


def test_a_subprocess_may_have_conditional_flows() -> None:
    inner = start("is") + user("w") + end("ie") + go("is w ie")
    drawn = process(
        start(),
        sub("sp", inner, default="f_sp_c"),
        doing("b c"),
        ends("eb ec"),
        go("s sp c ec", "b eb"),
        when("sp", "b", "x"),
    )
    assert Play(drawn).complete("w", x=True).did("b c") == ["b"]


def test_two_flows_out_of_an_activity_are_a_split() -> None:
    play = Play(process(start(), user("a"), users("b c"), ends("eb ec"), go("s a b eb", "a c ec"))).complete("a")
    assert play.waits == ["b", "c"]
    assert play.complete("c", "b").outcome == "completed"


def test_two_flows_out_of_a_start_and_out_of_a_catching_event_are_a_split() -> None:
    drawn = process(
        start(), catch("c", message("m")), users("a b d"), ends("ea eb ed"), go("s a ea", "s c", "c b eb", "c d ed")
    )
    play = Play(drawn)
    assert play.waits == ["a"]
    play.message("m")
    assert play.waits == ["a", "b", "d"]


def test_two_flows_into_an_activity_run_it_once_for_each_token() -> None:
    drawn = process(start(), parallel("g"), users("a b"), user("c"), ends("e"), go("s g", "g a c", "g b c", "c e"))
    play = Play(drawn).complete("a", "b")
    assert play.waits == ["c", "c"]
    play.complete("c")
    assert play.outcome == "active"
    assert play.complete("c").outcome == "completed"


def test_two_flows_into_an_end_event_end_it_once_for_each_token() -> None:
    play = Play(process(start(), parallel("g"), users("a b"), ends("e"), go("s g", "g a e", "g b e"))).complete("a")
    assert play.outcome == "active"
    assert play.complete("b").done.count("e") == 2


def test_an_activity_without_a_flow_out_is_an_end() -> None:
    play = Play(process(start(), parallel("g"), users("a b"), go("s g a", "g b"))).complete("a")
    assert play.outcome == "active"
    assert play.complete("b").outcome == "completed"


def test_a_gateway_without_a_flow_out_swallows_its_token() -> None:
    play = Play(process(start(), user("a"), xor("x"), go("s a x"))).complete("a")
    assert play.outcome == "completed"


def test_without_start_event_everything_without_a_flow_in_starts() -> None:
    play = Play(process(users("a b"), does("c"), ends("e"), go("a c e")))
    assert play.waits == ["a", "b"]
    play.complete("a", "b")
    assert (play.outcome, play.did("c")) == ("completed", ["c"])


def test_a_subprocess_without_start_event_starts_everything_without_a_flow_in() -> None:
    drawn = process(
        start(), sub("sp", users("a b"), does("c"), go("a c")), does("after"), ends("e"), go("s sp after e")
    )
    play = Play(drawn)
    assert play.waits == ["a", "b"]
    play.complete("a")
    assert play.did("c after") == ["c"]
    assert play.complete("b").did("c after") == ["c", "after"]


def test_a_boundary_event_or_compensation_handler_is_no_implicit_start() -> None:
    drawn = process(user("a"), boundary("t", "a", timer("PT1H"), interrupting=False), does("b"), go("t b"))
    play = Play(drawn)
    assert (play.waits, play.did("b")) == (["a"], [])
    assert play.wait(hours=1).did("b") == ["b"]


def test_several_none_starts_each_give_a_token() -> None:
    play = Play(process(start("s1"), start("s2"), users("a b"), ends("ea eb"), go("s1 a ea", "s2 b eb")))
    assert play.waits == ["a", "b"]


def test_start_quantity_gathers_tokens() -> None:
    drawn = process(
        start(), parallel("g"), users("a b c d"), xor("m"), user("many", startQuantity="2"), ends("e"),
        go("s g", "g a m", "g b m", "g c m", "g d m", "m many e"),
    )  # fmt: skip
    play = Play(drawn)
    play.complete("a")
    assert play.waits == ["b", "c", "d"]
    play.complete("b")
    assert play.waits == ["c", "d", "many"]
    play.complete("c", "d")
    assert play.waits == ["many", "many"]
    assert play.complete("many", "many").outcome == "completed"


def test_completion_quantity_sends_tokens() -> None:
    drawn = process(start(), user("a", completionQuantity="3"), user("b"), ends("e"), go("s a b e"))
    play = Play(drawn).complete("a")
    assert play.waits == ["b", "b", "b"]
    play.complete("b", "b")
    assert play.outcome == "active"
    assert play.complete("b").outcome == "completed"


def test_a_flow_back_to_an_earlier_activity_runs_it_again() -> None:
    drawn = process(start(), user("a", default="f_a_e"), ends("e"), go("s a e"), when("a", "a", "again"))
    play = Play(drawn).complete("a", again=True)
    assert play.waits == ["a"]
    assert play.complete("a", again=False).outcome == "completed"


def test_a_lane_gives_its_tasks_their_role_unless_they_have_their_own() -> None:
    lanes = (
        '<laneSet id="lanes"><lane id="lane_mediator" name="Bemiddelaar"><flowNodeRef>a</flowNodeRef><flowNodeRef>b</flowNodeRef>'
        "</lane></laneSet>"
    )
    own = user("b")
    bare = el("userTask", "a", '<zeebe:formDefinition formId="form"/>')
    play = Play(process(lanes, start(), bare, own, ends("e"), go("s a b e")))
    assert [wait.roles for wait in play.waiting("user_task")] == [("mediator",)]
    play.complete("a")
    assert [wait.roles for wait in play.waiting("user_task")] == [("case_handler",)]


def test_a_throwing_event_without_anything_to_throw_is_passed_and_told() -> None:
    play = Play(process(start(), throw("t"), user("a"), ends("e"), go("s t a e")))
    assert (play.did("t"), play.waits) == (["t"], ["a"])


def test_two_flows_between_the_same_two_elements_are_two_tokens() -> None:
    drawn = process(start(), parallel("g"), user("a"), ends("e"), go("s g", "g a e"))
    twice = drawn.replace("</process>", '<sequenceFlow id="again" sourceRef="g" targetRef="a"/></process>')
    try:
        play = Play(twice)
    except DiagramRefused as refused:
        assert refused.findings
        return
    assert play.waits == ["a", "a"]
