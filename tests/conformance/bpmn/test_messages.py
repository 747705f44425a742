"""Messages: BPMN 2.0.2, table 10.93, 10.3.3 and 13.5; correlation and buffering as Camunda 8 documents them."""

from datetime import timedelta

import pytest

from engine.errors import MessageAlreadySeen
from tests.conformance.bpmn.drawing import (
    boundary,
    catch,
    does,
    el,
    end,
    ends,
    event_sub,
    gives,
    go,
    message,
    parallel,
    process,
    start,
    sub,
    timer,
    user,
    users,
)
from tests.conformance.bpmn.play import Play

CATCH = process(start(), catch("c", message("m")), does("after"), ends("e"), go("s c after e"))


# -- correlation ---------------------------------------------------------------------------------------------------------


def test_a_message_wakes_who_waits_for_its_name_and_key_and_brings_its_variables() -> None:
    play = Play(CATCH)
    [wait] = play.waiting()
    assert (wait.kind, wait.element_id, wait.name, wait.key) == ("message", "c", "m", "k")
    assert play.message("m", weather="dry") == play.case
    assert (play.outcome, play["weather"]) == ("completed", "dry")


def test_another_name_or_another_key_wakes_nobody() -> None:
    play = Play(CATCH)
    assert play.message("m", "other") is None
    assert play.message("other") is None
    assert play.message("m", "") is None
    assert (play.outcome, play.did("after")) == ("active", [])


def test_a_key_may_be_a_number() -> None:
    play = Play(
        process(start(), catch("c", message("m")), ends("e"), go("s c e"), keys={"m": "=order.id"}), order={"id": 42}
    )
    assert play.message("m", "41") is None
    assert play.message("m", "42") == play.case


def test_a_key_is_computed_when_the_wait_begins() -> None:
    drawn = process(start(), parallel("g"), catch("c", message("m")), user("a"), ends("e ea"), go("s g c e", "g a ea"))
    play = Play(drawn).complete("a", key="changed")
    assert play.message("m", "changed") is None
    assert play.message("m", "k") == play.case


def test_a_key_that_is_null_stops_there_and_is_mended() -> None:
    play = Play(CATCH, key=None)
    assert play.outcome == "incident"
    play.box.resolve(play.case, {"key": "found"})
    assert play.message("m", "found") == play.case
    assert play.outcome == "completed"


def test_exactly_one_of_two_instances_with_the_same_key_receives_and_it_is_the_one_that_waits_longest() -> None:
    play = Play(CATCH)
    first, second = play.case, play.start()
    assert play.message("m") == first
    assert (play.box.outcome(first), play.box.outcome(second)) == ("completed", "active")
    assert play.message("m") == second


def test_exactly_one_of_two_catching_events_of_one_instance_receives() -> None:
    drawn = process(
        start(),
        parallel("g"),
        catch("c", message("m")),
        catch("d", message("m")),
        ends("ec ed"),
        go("s g", "g c ec", "g d ed"),
    )
    play = Play(drawn)
    play.message("m")
    assert (len(play.did("c d")), play.outcome) == (1, "active")
    play.message("m")
    assert (sorted(play.did("c d")), play.outcome) == (["c", "d"], "completed")


def test_a_message_reaches_an_instance_of_an_older_version() -> None:
    play = Play(CATCH)
    old = play.case
    play.box.publish(CATCH.replace('"after"', '"later"').replace("_after", "_later").replace("after_", "later_"))
    new = play.start(key="new")
    assert play.message("m") == old
    assert play.message("m", "new") == new
    assert (play.box.outcome(old), play.box.outcome(new), play.did("later")) == ("completed", "completed", ["later"])


def test_an_instance_of_another_process_may_be_the_receiver() -> None:
    play = Play(CATCH, CATCH.replace('id="p"', 'id="q"'), start="q")
    assert play.message("m") == play.case


def test_output_mappings_say_what_of_a_message_is_kept() -> None:
    play = Play(process(start(), catch("c", message("m"), gives("=n + 1", "kept")), ends("e"), go("s c e")))
    play.message("m", n=1, secret="s")
    assert (play["kept"], play["n"], play["secret"]) == (2, None, None)


# -- the buffer ----------------------------------------------------------------------------------------------------------


EARLY = process(start(), user("a"), catch("c", message("m")), does("after"), ends("e"), go("s a c after e"))


def test_an_early_message_is_kept_and_received_once() -> None:
    play = Play(EARLY)
    assert play.message("m", n=1) is None
    play.complete("a")
    assert (play.outcome, play["n"]) == ("completed", 1)
    play.start()
    assert play.complete("a").outcome == "active"


def test_a_message_sent_before_the_instance_exists_is_received() -> None:
    play = Play(CATCH, start=None)
    play.message("m", "k")
    play.start()
    assert play.outcome == "completed"


def test_an_early_message_is_kept_no_longer_than_its_time_to_live() -> None:
    play = Play(EARLY)
    play.box.message("m", "k", {}, ttl=timedelta(minutes=10))
    play.wait(minutes=11).complete("a")
    assert play.outcome == "active"
    play = Play(EARLY)
    play.box.message("m", "k", {}, ttl=timedelta(minutes=10))
    assert play.wait(minutes=9).complete("a").outcome == "completed"


def test_a_time_to_live_of_nothing_is_now_or_never() -> None:
    play = Play(EARLY)
    play.box.message("m", "k", {}, ttl=timedelta(0))
    assert play.complete("a").outcome == "active"
    play.box.message("m", "k", {}, ttl=timedelta(0))
    assert play.outcome == "completed"


def test_early_messages_are_received_in_the_order_of_their_arrival() -> None:
    drawn = process(
        start(),
        user("a"),
        catch("c", message("m"), gives("=n", "first")),
        catch("d", message("m"), gives("=n", "second")),
        ends("e"),
        go("s a c d e"),
    )
    play = Play(drawn)
    play.message("m", n=1)
    play.message("m", n=2)
    play.complete("a")
    assert (play["first"], play["second"], play.outcome) == (1, 2, "completed")


def test_a_message_id_seen_before_is_refused() -> None:
    play = Play(EARLY)
    play.box.message("m", "k", {"n": 1}, message_id="one")
    with pytest.raises(MessageAlreadySeen):
        play.box.message("m", "k", {"n": 2}, message_id="one")
    play.box.message("m", "other", {}, message_id="one")
    play.complete("a")
    assert (play.outcome, play["n"]) == ("completed", 1)
    with pytest.raises(MessageAlreadySeen):
        play.box.message("m", "k", {"n": 2}, message_id="one")


# -- positions -----------------------------------------------------------------------------------------------------------

WORK = [start(), user("a"), does("handled"), ends("e eh"), go("s a e", "b handled eh")]


def test_an_interrupting_boundary_message_stops_its_activity() -> None:
    play = Play(process(*WORK, boundary("b", "a", message("m"))))
    play.message("m", n=1)
    assert (play.did("handled a"), play.cancelled("a"), play.outcome, play["n"]) == (["handled"], ["a"], "completed", 1)


def test_a_non_interrupting_boundary_message_fires_as_often_as_it_comes() -> None:
    play = Play(process(*WORK, boundary("b", "a", message("m"), interrupting=False)))
    for rounds in (1, 2, 3):
        assert play.message("m") == play.case
        assert (len(play.did("handled")), play.waits, play.listens) == (rounds, ["a"], ["b"])
    assert play.complete("a").outcome == "completed"
    assert play.message("m") is None


def test_a_boundary_message_of_a_subprocess_stops_what_is_inside() -> None:
    inner = start("is") + parallel("g") + users("v w") + go("is g v", "g w")
    play = Play(
        process(
            start(),
            sub("sp", inner),
            boundary("b", "sp", message("m")),
            does("handled"),
            ends("e eh"),
            go("s sp e", "b handled eh"),
        )
    )
    play.complete("v").message("m")
    assert (play.did("handled sp"), sorted(play.cancelled("w sp")), play.outcome) == (
        ["handled"],
        ["sp", "w"],
        "completed",
    )


def test_a_receive_task_waits_for_its_message() -> None:
    play = Play(
        process(start(), el("receiveTask", "r", messageRef="message_m"), does("after"), ends("e"), go("s r after e"))
    )
    assert (play.listens, play.waiting("message")[0].key) == (["r"], "k")
    assert play.message("m", n=1) == play.case
    assert (play.outcome, play["n"], play.did("r after")) == ("completed", 1, ["r", "after"])


def test_a_receive_task_may_have_boundary_events_and_mappings() -> None:
    receive = el("receiveTask", "r", gives("=n * 2", "twice"), messageRef="message_m")
    drawn = process(
        start(), receive, boundary("b", "r", timer("PT1H")), does("late"), ends("e el"), go("s r e", "b late el")
    )
    play = Play(drawn)
    play.message("m", n=2)
    assert (play["twice"], play["n"], play.outcome) == (4, None, "completed")
    assert Play(drawn).wait(hours=1).did("late") == ["late"]


def inside(interrupting: bool) -> str:
    handler = start("es", message("m"), interrupting=interrupting) + user("h") + end("ee") + go("es h ee")
    return process(start(), user("a"), ends("e"), event_sub("esp", handler), go("s a e"))


def test_an_interrupting_event_subprocess_takes_over() -> None:
    play = Play(inside(True))
    play.message("m", n=1)
    assert (play.waits, play.cancelled("a"), play["n"]) == (["h"], ["a"], 1)
    assert play.message("m") is None
    assert play.complete("h").outcome == "completed"


def test_a_non_interrupting_event_subprocess_runs_beside_the_rest_each_time() -> None:
    play = Play(inside(False))
    play.message("m")
    play.message("m")
    assert play.waits == ["a", "h", "h"]
    play.complete("a")
    assert (play.waits, play.outcome) == (["h", "h"], "active")
    assert play.complete("h", "h").outcome == "completed"


def test_a_message_starts_an_instance() -> None:
    drawn = process(start("s", message("m")), user("a"), ends("e"), go("s a e"))
    play = Play(drawn, start=None)
    case = play.message("m", "k", n=1)
    assert case is not None
    assert play.box.instances("p") == [case]
    assert (play.box.variables(case)["n"], [w.element_id for w in play.box.waiting(case)]) == (1, ["a"])
    assert play.message("m", None) not in (None, case)


def test_several_message_starts_begin_where_their_message_says() -> None:
    drawn = process(
        start("s1", message("m1")), start("s2", message("m2")), users("a b"), ends("ea eb"), go("s1 a ea", "s2 b eb")
    )
    play = Play(drawn, start=None)
    play.case = play.message("m2") or 0
    assert play.waits == ["b"]


def test_a_message_start_beside_a_none_start() -> None:
    drawn = process(start("s"), start("sm", message("m")), users("a b"), ends("ea eb"), go("s a ea", "sm b eb"))
    play = Play(drawn)
    assert play.waits == ["a"]
    play.case = play.message("m") or 0
    assert play.waits == ["b"]


def test_who_waits_comes_before_a_new_instance() -> None:
    drawn = process(start("s", message("m")), catch("c", message("m")), ends("e"), go("s c e"))
    play = Play(drawn, start=None)
    first = play.message("m", "k", key="k")
    assert play.message("m", "k", key="k") == first
    assert play.message("m", "k", key="k") not in (None, first)


def test_only_the_version_in_use_starts_instances() -> None:
    drawn = process(start("s", message("m")), user("a"), ends("e"), go("s a e"))
    play = Play(drawn, drawn.replace('"a"', '"b"').replace("s_a", "s_b").replace("a_e", "b_e"), start=None)
    play.case = play.message("m") or 0
    assert (play.waits, len(play.box.instances())) == (["b"], 1)
