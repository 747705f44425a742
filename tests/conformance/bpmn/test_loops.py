"""Standard loop and multi-instance: BPMN 2.0.2, 10.3.7, 13.3.6 and 13.3.7; collections as in Camunda 8."""

import pytest

from tests.conformance.bpmn.drawing import (
    boundary,
    call,
    does,
    doing,
    each,
    el,
    end,
    ends,
    given,
    gives,
    go,
    loop,
    message,
    parallel,
    process,
    script,
    service,
    start,
    sub,
    timer,
    times,
    user,
    when,
    xor,
)
from tests.conformance.bpmn.play import Play


def around(activity: str) -> str:
    return process(start(), activity, does("after"), ends("e"), go("s a after e"))


COUNTING = "if n = null then 1 else n + 1"

# -- standard loop -------------------------------------------------------------------------------------------------------


def test_a_loop_runs_as_long_as_its_condition_holds_asked_after_each_round() -> None:
    play = Play(around(user("a", loop("again")))).complete("a", again=True).complete("a", again=True)
    assert (play.waits, play.did("after")) == (["a"], [])
    play.complete("a", again=False)
    assert (play.did("a after"), play.outcome) == (["a", "a", "a", "after"], "completed")


def test_a_loop_asked_afterwards_runs_at_least_once() -> None:
    assert Play(around(does("a", loop("false")))).did("a after") == ["a", "after"]


def test_a_loop_asked_before_may_not_run_at_all() -> None:
    assert Play(around(does("a", loop("false", before=True)))).did("a after") == ["after"]
    play = Play(around(script("a", "n + 1", "n", loop("n < 3", before=True))), n=0)
    assert (play["n"], play.did("a")) == (3, ["a"] * 3)


def test_a_loop_stops_at_its_maximum() -> None:
    assert Play(around(does("a", loop("true", maximum=4)))).did("a") == ["a"] * 4
    assert Play(around(does("a", loop("true", before=True, maximum=2)))).did("a") == ["a"] * 2
    assert Play(around(does("a", loop(None, maximum=3)))).did("a") == ["a"] * 3


def test_a_loop_knows_its_round() -> None:
    play = Play(
        around(script("a", "append(if seen = null then [] else seen, loopCounter)", "seen", loop(None, maximum=3)))
    )
    assert play["seen"] == [1, 2, 3]


def test_a_looping_subprocess_begins_afresh_each_round() -> None:
    inner = (
        start("is")
        + parallel("g")
        + user("v")
        + user("w")
        + parallel("j")
        + end("ie")
        + go("is g", "g v j", "g w j", "j ie")
    )
    play = Play(around(sub("a", inner, loop("again"))))
    play.complete("v").complete("w", again=True)
    play.complete("w")
    assert play.waits == ["v"]
    assert play.complete("v", again=False).did("after") == ["after"]


def test_a_boundary_event_on_a_loop_covers_all_its_rounds() -> None:
    drawn = process(
        start(),
        user("a", loop("true")),
        boundary("b", "a", timer("PT1H")),
        does("late"),
        ends("e el"),
        go("s a e", "b late el"),
    )
    play = Play(drawn).wait(minutes=40).complete("a").wait(minutes=20)
    assert (play.did("a late"), play.waits, play.outcome) == (["a", "late"], [], "completed")


def test_a_job_and_a_called_process_may_loop() -> None:
    play = Play(around(service("a", "work", loop("again")))).complete("a", again=True)
    assert play.waits == ["a"]
    assert play.complete("a", again=False).outcome == "completed"
    called = process(start(), user("w"), ends("e"), go("s w e"), key="q")
    play = Play(called, around(call("a", "q", loop("again")))).complete("w", again=True)
    assert play.waits == ["w"]
    assert play.complete("w", again=False).outcome == "completed"


def test_a_loop_in_a_loop() -> None:
    inner = start("is") + does("w", loop(None, maximum=2)) + end("ie") + go("is w ie")
    play = Play(around(sub("a", inner, loop(None, maximum=3))))
    assert (play.did("w"), play.outcome) == (["w"] * 6, "completed")


# -- several at once -----------------------------------------------------------------------------------------------------


def test_one_for_each_item_at_once() -> None:
    play = Play(around(user("a", each("names"))), names=["x", "y", "z"])
    assert (play.waits, [w.variables["item"] for w in play.waiting("user_task")]) == (["a"] * 3, ["x", "y", "z"])
    play.complete("a", "a")
    assert play.did("after") == []
    assert play.complete("a").did("after") == ["after"]
    assert play.outcome == "completed"
    assert play["item"] is None


def test_a_worker_gets_the_item_and_its_number() -> None:
    play = Play(around(service("a", "work", each("names"))), names=["x", "y"])
    given_to = [(w.variables["item"], w.variables["loopCounter"]) for w in play.waiting("job")]
    assert given_to == [("x", 1), ("y", 2)]


def test_results_are_gathered_in_the_order_of_the_items_whatever_the_order_of_completion() -> None:
    play = Play(around(service("a", "work", each("[1, 2, 3]", results="answers", result="answer"))))
    waiting = {w.variables["item"]: w for w in play.waiting("job")}
    for item in (3, 1, 2):
        play.box.complete(waiting[item], {"answer": item * 10})
    assert (play["answers"], play["answer"], play.outcome) == ([10, 20, 30], None, "completed")


def test_a_result_that_was_not_given_is_null() -> None:
    play = Play(around(service("a", "work", each("[1, 2]", results="answers", result="answer"))))
    first, second = play.waiting("job")
    play.box.complete(second, {"answer": 20})
    play.box.complete(first)
    assert play["answers"] == [None, 20]


def test_an_empty_collection_is_passed_and_gives_an_empty_result() -> None:
    play = Play(around(user("a", each("[]", results="answers", result="answer"))))
    assert (play.did("after"), play["answers"], play.outcome) == (["after"], [], "completed")


@pytest.mark.parametrize("items", ["null", "42", "unknown"])
def test_what_is_no_collection_stops_there_and_is_mended(items: str) -> None:
    play = Play(around(does("a", each(f"if mended != null then mended else {items}"))))
    assert (play.outcome, play.did("after")) == ("incident", [])
    play.box.resolve(play.case, {"mended": [1]})
    assert (play.did("a after"), play.outcome) == (["a", "after"], "completed")


def test_null_may_be_an_item() -> None:
    for sequential in (False, True):
        play = Play(
            around(
                script("a", "item", "out", each("[1, null, 2]", results="answers", result="out", sequential=sequential))
            )
        )
        assert (play["answers"], play.outcome) == ([1, None, 2], "completed")


def test_the_counters_of_the_standard() -> None:
    """Asked by the completion condition, when two of three are done: one is active, none was stopped."""
    until = "numberOfInstances = 3 and numberOfActiveInstances = 1 and numberOfCompletedInstances = 2 and numberOfTerminatedInstances = 0"
    play = Play(around(user("a", each("[1, 2, 3]", until=until)))).complete("a")
    assert play.did("after") == []
    assert play.complete("a").did("after") == ["after"]
    play = Play(around(script("a", "numberOfInstances", "mine", each("[1, 2, 3]", results="seen", result="mine"))))
    assert play["seen"] == [3, 3, 3]


def test_enough_is_enough_and_the_others_are_withdrawn() -> None:
    for until in ("numberOfCompletedInstances >= 2", "numberOfCompletedInstances / numberOfInstances >= 0.6"):
        play = Play(around(user("a", each("[1, 2, 3]", until=until)))).complete("a")
        assert play.did("after") == []
        play.complete("a")
        assert (play.did("after"), play.cancelled("a"), play.waits, play.outcome) == (["after"], ["a"], [], "completed")


def test_the_completion_condition_sees_the_results_of_the_instance_that_just_completed() -> None:
    drawn = around(service("a", "work", each("[1, 2, 3]", results="answers", result="answer", until="answer = false")))
    play = Play(drawn).complete("a", answer=True)
    assert play.did("after") == []
    assert play.complete("a", answer=False).did("after") == ["after"]
    assert play["answers"] == [True, False, None]


def test_one_after_another() -> None:
    play = Play(around(service("a", "work", each("[7, 8, 9]", sequential=True, results="answers", result="answer"))))
    for item in (7, 8, 9):
        [wait] = play.waiting("job")
        assert (wait.variables["item"], play.did("after")) == (item, [])
        play.complete("a", answer=item * 2)
    assert (play["answers"], play.outcome) == ([14, 16, 18], "completed")


def test_one_after_another_until_it_is_enough() -> None:
    play = (
        Play(around(user("a", each("[1, 2, 3]", sequential=True, until="found"))))
        .complete("a", found=False)
        .complete("a", found=True)
    )
    assert (play.did("a after"), play.outcome) == (["a", "a", "after"], "completed")


def test_a_fixed_number() -> None:
    assert Play(around(user("a", times("3")))).waits == ["a"] * 3
    assert Play(around(user("a", times("n + 1"))), n=1).waits == ["a"] * 2
    assert Play(around(does("a", times("0")))).did("a after") == ["after"]
    play = Play(around(user("a", times("2", sequential=True))))
    assert play.waits == ["a"]
    assert play.complete("a", "a").outcome == "completed"


@pytest.mark.parametrize("count", ["-1", "1.5", "null", '"two"'])
def test_what_is_no_number_of_times_stops_there(count: str) -> None:
    play = Play(around(does("a", times(count))))
    assert (play.outcome, play.did("a after")) == ("incident", [])


def test_a_collection_is_read_when_the_activity_begins() -> None:
    drawn = process(
        start(),
        parallel("g"),
        user("b"),
        user("a", each("names", sequential=True)),
        does("after"),
        ends("e eb"),
        go("s g", "g a after e", "g b eb"),
    )
    play = Play(drawn, names=[1, 2]).complete("b", names=[1, 2, 3, 4])
    assert play.complete("a", "a").did("after") == ["after"]


def test_a_second_round_counts_and_gathers_afresh() -> None:
    drawn = process(
        start(), xor("m"), service("a", "work", each("[1, 2]", results="answers", result="answer")), user("z"), xor("x", default="e"), ends("e"),
        go("s m a z x", "x e"), when("x", "m", "again"),
    )  # fmt: skip
    play = Play(drawn).complete("a", answer=1).complete("a", answer=2)
    assert play["answers"] == [1, 2]
    play.complete("z", again=True)
    assert play.waits == ["a", "a"]
    play.complete("a", answer=3)
    assert play.waits == ["a"]
    play.complete("a", answer=4)
    assert (play["answers"], play.waits) == ([3, 4], ["z"])


def test_an_interrupting_boundary_event_stops_them_all() -> None:
    for sequential in (False, True):
        drawn = process(
            start(),
            user("a", each("[1, 2, 3]", sequential=sequential)),
            boundary("b", "a", message("m")),
            does("h"),
            ends("e eh"),
            go("s a e", "b h eh"),
        )
        play = Play(drawn).complete("a")
        assert play.listens == ["b"]
        play.message("m")
        assert (play.did("h"), play.waits, play.outcome) == (["h"], [], "completed")


def test_a_non_interrupting_boundary_event_stands_on_all_of_them_together() -> None:
    drawn = process(
        start(),
        user("a", each("[1, 2, 3]")),
        boundary("b", "a", timer("PT1H"), interrupting=False),
        does("h"),
        ends("e eh"),
        go("s a e", "b h eh"),
    )
    play = Play(drawn)
    assert play.listens == ["b"]
    play.complete("a").wait(hours=1)
    assert (play.did("h"), play.waits) == (["h"], ["a", "a"])


def test_subprocesses_each_with_its_own_course() -> None:
    inner = (
        start("is")
        + user("w")
        + xor("x", default="ie")
        + does("extra")
        + end("ie")
        + go("is w x ie", "extra ie")
        + when("x", "extra", "more")
    )
    play = Play(around(sub("a", inner, each('["x", "y"]'))))
    play.complete("w", more=True).complete("w", more=False)
    assert (play.did("extra after"), play.outcome) == (["extra", "after"], "completed")


def test_instances_in_instances() -> None:
    inner = (
        start("is")
        + service("w", "work", each("item", "cell", results="row", result="done"))
        + end("ie")
        + go("is w ie")
    )
    drawn = around(sub("a", inner, each("[[1, 2], [3]]", results="rows", result="row")))
    play = Play(drawn)
    for wait in play.waiting("job"):
        play.box.complete(wait, {"done": wait.variables["cell"] * 10})
    assert (play["rows"], play.outcome) == ([[10, 20], [30]], "completed")


def test_called_processes_one_for_each() -> None:
    called = process(start(), script("w", "item * 2", "double"), ends("e"), go("s w e"), key="q")
    play = Play(called, around(call("a", "q", each("[1, 2]", results="all", result="double"))))
    assert (play["all"], play.outcome) == ([2, 4], "completed")


def test_a_receive_task_for_each_with_a_key_of_its_own() -> None:
    receive = el("receiveTask", "a", each("[1, 2]"), messageRef="message_m")
    drawn = process(start(), receive, does("after"), ends("e"), go("s a after e"), keys={"m": "=string(item)"})
    play = Play(drawn)
    assert play.message("m", "3") is None
    assert play.message("m", "2") == play.case
    assert [w.key for w in play.waiting("message")] == ["1"]
    play.message("m", "1")
    assert play.outcome == "completed"


def test_inputs_may_use_the_item_and_outputs_stay_with_their_instance() -> None:
    activity = service(
        "a",
        "work",
        each("[1, 2]", results="all", result="kept"),
        given("=item * 10", "task"),
        gives("=answer + task", "kept"),
    )
    play = Play(around(activity))
    assert [w.variables["task"] for w in play.waiting("job")] == [10, 20]
    first, second = play.waiting("job")
    play.box.complete(second, {"answer": 1})
    play.box.complete(first, {"answer": 2})
    assert play["all"] == [12, 21]


def test_decisions_and_scripts_one_for_each_at_once() -> None:
    play = Play(around(script("a", "item * item", "square", each("[1, 2, 3]", results="squares", result="square"))))
    assert (play["squares"], play["square"], play.outcome) == ([1, 4, 9], None, "completed")


def test_two_activities_of_several_at_once() -> None:
    drawn = process(
        start(),
        parallel("g"),
        user("a", each("[1, 2]")),
        user("b", each("[1, 2, 3]")),
        parallel("j"),
        doing("after"),
        ends("e"),
        go("s g", "g a j", "g b j", "j after e"),
    )
    play = Play(drawn).complete("b", "b", "b", "a")
    assert play.did("after") == []
    assert play.complete("a").outcome == "completed"


def test_an_incident_in_one_leaves_the_others_going() -> None:
    drawn = around(
        script("a", "assert(ok[nr], ok[nr] != null)", "out", each("[1, 2, 3]", "nr", results="all", result="out"))
    )
    play = Play(drawn, ok=[10, None, 30])
    assert (play.outcome, play.did("a after")) == ("incident", ["a", "a"])
    play.box.resolve(play.case, {"ok": [10, 20, 30]})
    assert (play["all"], play.outcome) == ([10, 20, 30], "completed")


def test_counting_starts_at_one_in_every_instance() -> None:
    play = Play(around(script("a", "loopCounter", "mine", each('["x", "y", "z"]', results="all", result="mine"))))
    assert play["all"] == [1, 2, 3]


def test_a_plain_counter_is_not_disturbed() -> None:
    assert Play(around(script("a", COUNTING, "n", times("3", sequential=True))))["n"] == 3
