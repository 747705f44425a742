"""Variables, mappings and data: BPMN 2.0.2, 10.4; the scopes of Camunda 8 (concepts: variables)."""

import pytest

from tests.conformance.bpmn.drawing import (
    boundary,
    call,
    each,
    el,
    end,
    ends,
    event_sub,
    given,
    gives,
    go,
    message,
    parallel,
    process,
    script,
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


def test_an_input_is_local_to_its_activity() -> None:
    play = Play(process(start(), user("a", given("=n + 1", "local")), ends("e"), go("s a e")), n=1)
    assert dict(play.waiting()[0].variables) == {"local": 2}
    assert "local" not in play.variables
    assert "local" not in play.complete("a").variables


def test_a_result_with_the_name_of_an_input_stays_local_unless_it_is_mapped_out() -> None:
    plain = process(start(), user("a", given("=n", "local")), ends("e"), go("s a e"))
    assert Play(plain, n=1).complete("a", local=5, other=6).variables.get("local") is None
    mapped = process(start(), user("a", given("=n", "local"), gives("=local * 2", "out")), ends("e"), go("s a e"))
    play = Play(mapped, n=1).complete("a", local=5)
    assert (play["out"], play["local"]) == (10, None)


def test_an_input_with_the_name_of_an_outer_variable_hides_it() -> None:
    drawn = process(start(), script("a", "n * 2", "out", given("=10", "n")), ends("e"), go("s a e"))
    play = Play(drawn, n=1)
    assert (play["out"], play["n"]) == (20, 1)


def test_a_later_mapping_sees_an_earlier_one() -> None:
    play = Play(process(start(), user("a", given("=1", "x"), given("=x + 1", "y")), ends("e"), go("s a e")))
    assert dict(play.waiting()[0].variables) == {"x": 1, "y": 2}


def test_a_mapping_may_name_a_part_of_a_variable() -> None:
    play = Play(
        process(start(), user("a", given("=n", "person.age"), gives("=n", "order.total")), ends("e"), go("s a e")),
        n=3,
        order={"id": 1},
    )
    assert dict(play.waiting()[0].variables) == {"person": {"age": 3}}
    assert play.complete("a")["order"] == {"id": 1, "total": 3}


def test_without_output_mapping_everything_propagates() -> None:
    play = Play(process(start(), service("j", "work"), ends("e"), go("s j e"))).complete("j", a=1, b=2)
    assert (play["a"], play["b"]) == (1, 2)


def test_with_output_mapping_only_what_is_mapped() -> None:
    play = Play(process(start(), service("j", "work", gives("=a", "kept")), ends("e"), go("s j e"))).complete(
        "j", a=1, b=2
    )
    assert (play["kept"], play["a"], play["b"]) == (1, None, None)


def test_a_result_lands_where_the_variable_is_and_else_at_the_top() -> None:
    inner = start("is") + user("w") + end("ie") + go("is w ie")
    play = Play(
        process(start(), sub("sp", inner, given("=0", "local")), user("after"), ends("e"), go("s sp after e")), outer=0
    )
    play.complete("w", local=1, outer=2, fresh=3)
    assert (play["outer"], play["fresh"], play["local"]) == (2, 3, None)


def test_a_subprocess_sees_what_is_around_it_and_its_inputs() -> None:
    inner = start("is") + script("w", "outer + local", "sum") + end("ie") + go("is w ie")
    play = Play(process(start(), sub("sp", inner, given("=1", "local")), ends("e"), go("s sp e")), outer=41)
    assert (play["sum"], play["local"]) == (42, None)


def test_a_subprocess_maps_out_what_it_made() -> None:
    inner = start("is") + script("w", "local + 1", "local") + end("ie") + go("is w ie")
    play = Play(
        process(start(), sub("sp", inner, given("=1", "local"), gives("=local", "result")), ends("e"), go("s sp e"))
    )
    assert (play["result"], play["local"]) == (2, None)


def test_two_branches_that_write_different_variables_lose_nothing() -> None:
    drawn = process(start(), parallel("g"), users("a b"), parallel("j"), ends("e"), go("s g", "g a j", "g b j", "j e"))
    play = Play(drawn, total=[])
    play.complete("b", y=2).complete("a", x=1)
    assert (play["x"], play["y"], play["total"], play.outcome) == (1, 2, [], "completed")


def test_two_branches_that_write_the_same_variable_the_last_one_wins() -> None:
    drawn = process(start(), parallel("g"), users("a b"), parallel("j"), ends("e"), go("s g", "g a j", "g b j", "j e"))
    assert Play(drawn).complete("b", n=1).complete("a", n=2)["n"] == 2
    assert Play(drawn).complete("a", n=2).complete("b", n=1)["n"] == 1


def test_branches_may_each_count_on_the_same_variable() -> None:
    drawn = process(
        start(),
        parallel("g"),
        script("a", "n + 1", "n"),
        script("b", "n + 1", "n"),
        parallel("j"),
        ends("e"),
        go("s g", "g a j", "g b j", "j e"),
    )
    assert Play(drawn, n=0)["n"] == 2


def test_a_branch_sees_what_another_branch_wrote() -> None:
    drawn = process(
        start(),
        parallel("g"),
        user("a"),
        user("b"),
        script("c", "n", "seen"),
        ends("ea eb"),
        go("s g", "g a ea", "g b c eb"),
    )
    assert Play(drawn).complete("a", n=7).complete("b")["seen"] == 7


def test_a_variable_set_to_null_is_null_and_not_what_it_was() -> None:
    assert Play(process(start(), user("a"), ends("e"), go("s a e")), n=1).complete("a", n=None)["n"] is None


@pytest.mark.parametrize(
    "value",
    [
        1,
        1.5,
        True,
        None,
        "é€😀",
        [],
        {},
        [1, [2, {"a": None}]],
        {"$": "date", "v": "x"},
        {"a b": 1},
        10**30,
        "0" * 10_000,
    ],
)
def test_values_survive_being_kept(value: object) -> None:
    play = Play(process(start(), user("a"), script("b", "n", "m"), ends("e"), go("s a b e"))).complete("a", n=value)
    assert (play["n"], play["m"]) == (value, value)


@pytest.mark.parametrize(
    "text",
    [
        'date("2026-02-03")',
        'time("10:00:00")',
        'date and time("2026-02-03T10:00:00Z")',
        'duration("P1D")',
        'duration("P1M")',
        "0.1",
    ],
)
def test_the_types_of_feel_survive_being_kept(text: str) -> None:
    drawn = process(
        start(), script("a", text, "n"), user("w"), script("b", f"n = {text}", "same"), ends("e"), go("s a w b e")
    )
    assert Play(drawn).complete("w")["same"] is True


def test_a_data_object_is_a_variable_of_its_scope() -> None:
    data = el("dataObject", "order") + el("dataObjectReference", "order_ref", dataObjectRef="order")
    reading = '<property id="prop_1" name="__targetRef_placeholder"/><dataInputAssociation id="di"><sourceRef>order_ref</sourceRef><targetRef>prop_1</targetRef></dataInputAssociation>'
    writing = '<dataOutputAssociation id="do"><targetRef>order_ref</targetRef></dataOutputAssociation>'
    drawn = process(
        start(),
        data,
        user("a", writing),
        user("b", reading),
        script("c", "order.id", "found"),
        ends("e"),
        go("s a b c e"),
    )
    assert Play(drawn).complete("a", order={"id": 9}).complete("b")["found"] == 9


def test_a_mapping_that_fails_stops_there_and_nothing_said_is_lost() -> None:
    drawn = process(start(), user("a", gives("=date(answer)", "day"), gives("=answer", "raw")), ends("e"), go("s a e"))
    play = Play(drawn).complete("a", answer="2026-02-03")
    assert play.outcome == "completed"
    failing = process(start(), user("a", gives("=assert(answer, answer != null)", "x")), ends("e"), go("s a e"))
    play = Play(failing)
    play.complete("a", answer=None, story="long")
    assert (play.outcome, play.did("a")) == ("incident", [])
    play.box.resolve(play.case, {"answer": 4})
    assert (play.outcome, play["x"]) == ("completed", 4)


def test_what_a_message_brings_lands_in_the_scope_of_who_waited() -> None:
    inner = start("is") + user("w") + end("ie") + go("is w ie")
    drawn = process(
        start(),
        sub("sp", inner, given("=0", "n")),
        boundary("b", "sp", message("m"), interrupting=False),
        ends("e eb"),
        go("s sp e", "b eb"),
    )
    play = Play(drawn)
    play.message("m", n=5)
    assert play["n"] == 5


def test_a_called_process_has_a_scope_of_its_own() -> None:
    called = process(start(), script("w", "n + 1", "n"), ends("e"), go("s w e"), key="q")
    more = 'propagateAllParentVariables="false" propagateAllChildVariables="false"'
    play = Play(
        called,
        process(start(), call("c", "q", given("=10", "n"), gives("=n", "answer"), more=more), ends("e"), go("s c e")),
        n=1,
    )
    assert (play["answer"], play["n"]) == (11, 1)


def test_each_instance_of_several_has_a_scope_of_its_own() -> None:
    inner = (
        start("is")
        + script("w", "item * 2", "mine")
        + user("v")
        + script("x", "mine", "kept")
        + end("ie")
        + go("is w v x ie")
    )
    drawn = process(
        start(),
        sub("sp", inner, each("[1, 2, 3]", results="all", result="mine"), given("=0", "mine")),
        ends("e"),
        go("s sp e"),
    )
    assert Play(drawn).complete("v", "v", "v")["all"] == [2, 4, 6]


def test_a_boundary_timer_sees_the_inputs_of_its_activity() -> None:
    drawn = process(
        start(),
        user("a", given('="PT2H"', "term")),
        boundary("b", "a", timer("=term")),
        ends("e eb"),
        go("s a e", "b eb"),
    )
    play = Play(drawn, term="PT1H").wait(hours=1)
    assert play.waits == ["a"]
    assert play.wait(hours=1).did("b") == ["b"]


def test_a_condition_after_an_activity_no_longer_sees_its_inputs() -> None:
    drawn = process(
        start(),
        user("a", given("=true", "local")),
        xor("x", default="e"),
        ends("e e1"),
        go("s a x", "x e"),
        when("x", "e1", "local"),
    )
    assert Play(drawn).complete("a").did("e e1") == ["e"]


def test_what_a_boundary_event_brings_outlives_the_inputs_of_the_activity_it_stops() -> None:
    drawn = process(
        start(), user("a", given("=0", "n")), boundary("b", "a", message("m")), ends("e eb"), go("s a e", "b eb")
    )
    play = Play(drawn, n=1)
    play.message("m", n=5, other=6)
    assert (play["n"], play["other"]) == (5, 6)


def test_what_a_boundary_event_brings_may_be_mapped() -> None:
    edge = boundary("b", "a", message("m"), gives("=n + 1", "kept"), interrupting=False)
    play = Play(process(start(), user("a"), edge, ends("e eb"), go("s a e", "b eb")))
    play.message("m", n=5)
    assert (play["kept"], play["n"]) == (6, None)


def test_what_starts_a_process_or_an_event_subprocess_may_be_mapped() -> None:
    play = Play(process(start("s", message("m"), gives("=n", "kept")), user("a"), ends("e"), go("s a e")), start=None)
    play.case = play.message("m", n=5, other=6) or 0
    assert (play["kept"], play["n"], play["other"]) == (5, None, None)
    handler = event_sub(
        "esp", start("es", message("m"), gives("=n", "kept"), interrupting=False), user("h"), go("es h")
    )
    play = Play(process(start(), user("a"), handler, ends("e"), go("s a e")))
    play.message("m", n=5, other=6)
    assert (play["kept"], play["other"]) == (5, None)


def test_a_gateway_that_cannot_decide_keeps_what_came_before() -> None:
    drawn = process(
        start(),
        user("a"),
        xor("x", default="e"),
        ends("e e1"),
        go("s a x", "x e"),
        when("x", "e1", "assert(n, n > 1) > 2"),
    )
    play = Play(drawn).complete("a", n=0, story="long")
    assert (play.outcome, play["story"], play.did("a x")) == ("incident", "long", ["a"])
    play.box.resolve(play.case, {"n": 3})
    assert play.did("e e1") == ["e1"]


def test_the_item_of_a_repeated_activity_hides_a_variable_of_that_name_and_leaves_it_as_it_was() -> None:
    drawn = process(
        start(), script("a", "item * 2", "out", each("[1, 2]", results="all", result="out")), ends("e"), go("s a e")
    )
    play = Play(drawn, item="mine", out="theirs")
    assert (play["item"], play["out"], play["all"]) == ("mine", "theirs", [2, 4])


def test_what_an_instance_writes_beside_its_result_is_for_all() -> None:
    play = (
        Play(process(start(), service("a", "work", each("[1, 2]")), ends("e"), go("s a e")))
        .complete("a", last=1)
        .complete("a", last=2)
    )
    assert play["last"] == 2
