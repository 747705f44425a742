"""Incidents, suspending, terminating, moving and correcting: what people do with a case that does not go as drawn."""

import pytest

from engine.errors import ElementNotOpen, ElementNotThere, InstanceNotActive, NotWaitedFor
from engine.sandbox import DiagramRefused
from tests.conformance.bpmn.drawing import (
    boundary,
    catch,
    does,
    each,
    el,
    end,
    ends,
    error,
    event_sub,
    go,
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

FAILS = script("b", "assert(n, n != null)", "m")


def test_what_a_person_submitted_is_kept_when_a_later_step_fails() -> None:
    play = Play(process(start(), user("a"), FAILS, ends("e"), go("s a b e"))).complete("a", story="long")
    assert (play.outcome, play["story"], play.did("a b"), play.waits) == ("incident", "long", ["a"], [])
    play.box.resolve(play.case, {"n": 1})
    assert (play.did("a b e"), play["m"], play.outcome) == (["a", "b", "e"], 1, "completed")


def test_mending_without_a_cure_leaves_the_incident() -> None:
    play = Play(process(start(), FAILS, ends("e"), go("s b e")))
    play.box.resolve(play.case)
    assert play.outcome == "incident"
    play.box.resolve(play.case, {"n": 1})
    assert play.outcome == "completed"


def test_other_branches_go_on_beside_an_incident() -> None:
    play = Play(
        process(start(), parallel("g"), FAILS, user("a"), parallel("j"), ends("e"), go("s g", "g b j", "g a j", "j e"))
    )
    assert (play.outcome, play.waits) == ("incident", ["a"])
    play.complete("a")
    assert play.outcome == "incident"
    play.box.resolve(play.case, {"n": 1})
    assert play.outcome == "completed"


@pytest.mark.parametrize(
    "broken",
    [
        catch("b", timer("=term")),
        catch("b", message("m")),
        script("b", "assert(term, term != null)", "x"),
        user("b", each("term")),
        el("callActivity", "b", '<zeebe:calledElement processId="=term"/>'),
    ],
    ids=["timer", "message", "script", "collection", "call"],
)
def test_an_expression_that_fails_parks_its_own_element(broken: str) -> None:
    try:
        play = Play(process(start(), user("a"), broken, ends("e"), go("s a b e"), keys={"m": "=term"}))
    except DiagramRefused as refused:
        assert "b" in [finding.element_id for finding in refused.findings]
        return
    play.complete("a", answer=1)
    assert (play.outcome, play["answer"], play.did("a b")) == ("incident", 1, ["a"])
    assert [line.element_id for line in play.box.history() if line.transition == "incident"] == ["b"]


def test_a_boundary_event_rescues_what_is_parked() -> None:
    play = Play(
        process(
            start(),
            service("j", "work"),
            boundary("b", "j", timer("PT1H")),
            does("rescued"),
            ends("e eb"),
            go("s j e", "b rescued eb"),
        )
    )
    play.box.fail("j", retries=0)
    assert play.outcome == "incident"
    play.wait(hours=1)
    assert (play.did("rescued"), play.outcome) == (["rescued"], "completed")


def test_an_error_without_a_catcher_is_mended_by_giving_the_job_again() -> None:
    play = Play(process(start(), service("j", "work"), ends("e"), go("s j e")))
    play.throw("j", "E1")
    assert (play.outcome, play.waits) == ("incident", [])
    play.box.resolve(play.case)
    assert (play.outcome, play.waits) == ("active", ["j"])
    assert play.complete("j").outcome == "completed"


def test_a_process_that_never_waits_is_stopped_and_told() -> None:
    play = Play(
        process(
            start(), xor("m"), does("a"), xor("x", default="m"), ends("e"), go("s m a x", "x m"), when("x", "e", "stop")
        )
    )
    assert play.outcome == "incident"


# -- suspending and terminating ------------------------------------------------------------------------------------------


def test_a_suspended_case_refuses_its_people_and_its_workers() -> None:
    play = Play(
        process(
            start(),
            parallel("g"),
            user("a"),
            service("j", "work"),
            catch("c", message("m")),
            ends("e"),
            go("s g", "g a e", "g j e", "g c e"),
        )
    )
    play.box.suspend(play.case)
    for element_id in ("a", "j"):
        with pytest.raises(InstanceNotActive):
            play.complete(element_id)
    play.message("m")
    assert play.did("a j c") == []
    play.box.resume(play.case)
    assert play.did("a j c") == ["c"]
    assert play.complete("a", "j").outcome == "completed"


def test_a_signal_to_a_suspended_case_waits_for_it() -> None:
    play = Play(process(start(), catch("c", signal("sig")), ends("e"), go("s c e")))
    play.box.suspend(play.case)
    play.signal("sig")
    assert play.outcome == "active"
    play.box.resume(play.case)
    assert play.outcome == "completed"


def test_a_message_passes_by_a_suspended_case_to_another_that_waits() -> None:
    drawn = process(start(), catch("c", message("m")), ends("e"), go("s c e"))
    play = Play(drawn)
    first, second = play.case, play.start()
    play.box.suspend(first)
    assert play.message("m") == second
    play.box.resume(first)
    assert play.box.outcome(first) == "active"


def test_terminating_stops_everything_wherever_it_is() -> None:
    inner = start("is") + user("w") + go("is w") + event_sub("esp", start("es", message("m")) + end("ee") + go("es ee"))
    drawn = process(
        start(),
        parallel("g"),
        sub("sp", inner),
        user("a"),
        boundary("b", "a", timer("PT1H")),
        service("j", "work"),
        ends("e eb"),
        go("s g", "g sp e", "g a e", "g j e", "b eb"),
    )
    play = Play(drawn)
    play.box.terminate(play.case)
    play.check()
    assert (play.outcome, play.waits, play.listens, sorted(play.cancelled("a j sp w"))) == (
        "terminated",
        [],
        [],
        ["a", "j", "sp", "w"],
    )
    with pytest.raises(NotWaitedFor):
        play.box.complete("a")


# -- moving and correcting -----------------------------------------------------------------------------------------------

LINE = process(start(), users("a b c"), ends("e"), go("s a b c e"))


def test_a_token_is_moved_forward_and_back() -> None:
    play = Play(LINE)
    play.box.move(play.case, cancel=["a"], activate=["c"])
    play.check()
    assert (play.waits, play.cancelled("a")) == (["c"], ["a"])
    play.box.move(play.case, cancel=["c"], activate=["b"])
    assert play.waits == ["b"]
    assert play.complete("b", "c").outcome == "completed"


def test_a_token_is_added_or_taken_away() -> None:
    play = Play(LINE)
    play.box.move(play.case, activate=["b"])
    assert play.waits == ["a", "b"]
    play.box.move(play.case, cancel=["a"])
    assert play.waits == ["b"]


def test_taking_the_last_token_away_ends_the_case() -> None:
    play = Play(LINE)
    play.box.move(play.case, cancel=["a"])
    assert (play.outcome in ("completed", "terminated"), play.waits) == (True, [])


def test_a_move_takes_boundary_events_and_jobs_along() -> None:
    drawn = process(
        start(),
        service("a", "work"),
        boundary("t", "a", timer("PT1H")),
        user("b"),
        boundary("u", "b", timer("PT1H")),
        ends("e et eu"),
        go("s a b e", "t et", "u eu"),
    )
    play = Play(drawn)
    play.box.move(play.case, cancel=["a"], activate=["b"])
    assert (play.waits, play.listens) == (["b"], ["u"])


def test_a_move_into_a_subprocess_that_does_not_run_is_refused_but_the_subprocess_may_begin() -> None:
    inner = start("is") + users("v w") + end("ie") + go("is v w ie")
    rest = boundary("b", "sp", timer("PT1H")) + does("after") + ends("e eb") + go("s a sp after e", "b eb")
    play = Play(process(start(), user("a"), sub("sp", inner), rest))
    with pytest.raises(ElementNotOpen):
        play.box.move(play.case, cancel=["a"], activate=["w"])
    assert play.waits == ["a"]
    play.box.move(play.case, cancel=["a"], activate=["sp"])
    play.check()
    assert (play.waits, play.listens) == (["v"], ["b"])
    play.box.move(play.case, cancel=["v"], activate=["w"])
    assert play.complete("w").did("sp after") == ["sp", "after"]


def test_a_move_to_what_is_not_there_is_refused_and_changes_nothing() -> None:
    play = Play(LINE)
    for cancel, activate in (([], ["nowhere"]), (["b"], []), (["a"], ["nowhere"])):
        with pytest.raises((NotWaitedFor, ElementNotThere)):
            play.box.move(play.case, cancel=cancel, activate=activate)
    assert play.waits == ["a"]


def test_a_correction_is_told_with_old_and_new() -> None:
    play = Play(LINE, n=1)
    assert play.box.correct(play.case, {"n": 2, "m": 3}) == [("n", 1, 2), ("m", None, 3)]
    assert (play["n"], play["m"]) == (2, 3)


def test_an_error_may_be_moved_away() -> None:
    play = Play(
        process(start(), end("bad", error("E1")), user("a"), ends("e"), go("s bad", "a e")).replace(
            "</process>", go("s a").replace("f_s_a", "f_other") + "</process>"
        )
    )
    assert (play.outcome, play.waits) == ("incident", ["a"])
    play.box.move(play.case, cancel=["bad"])
    assert play.outcome == "active"
    assert play.complete("a").outcome == "completed"


def test_what_was_thrown_is_not_thrown_again_when_a_later_step_is_mended() -> None:
    listening = process(
        start(), catch("c", signal("sig")), catch("d", signal("sig")), ends("e"), go("s c d e"), key="q"
    )
    play = Play(listening, process(start(), throw("t", signal("sig")), FAILS, ends("e"), go("s t b e")), start="q")
    other = play.case
    play.start()
    play.box.resolve(play.case, {"n": 1})
    assert (play.outcome, play.box.outcome(other)) == ("completed", "active")
