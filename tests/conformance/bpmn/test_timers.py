"""Timer events: BPMN 2.0.2, table 10.93 and 13.5; in every position, as a date, a duration or a cycle."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.sandbox import MONDAY
from tests.conformance.bpmn.drawing import (
    boundary,
    by_event,
    catch,
    does,
    end,
    ends,
    event_sub,
    go,
    process,
    script,
    start,
    sub,
    timer,
    user,
    users,
    when,
    xor,
)
from tests.conformance.bpmn.play import Play


def waiting_for(moment: str) -> str:
    return process(start(), catch("c", moment), does("after"), ends("e"), go("s c after e"))


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (timer("PT1H"), MONDAY + timedelta(hours=1)),
        (timer("P1DT2H"), MONDAY + timedelta(hours=26)),
        (timer('=duration("PT90M")'), MONDAY + timedelta(minutes=90)),
        (timer('="PT" + string(n) + "M"'), MONDAY + timedelta(minutes=7)),
        (timer("=term"), MONDAY + timedelta(days=3)),
        (timer(date="2026-02-01T10:00:00Z"), datetime(2026, 2, 1, 10, tzinfo=UTC)),
        (timer(date="2026-02-01T10:00:00+01:00"), datetime(2026, 2, 1, 9, tzinfo=UTC)),
        (timer(date='=date and time("2026-02-01T10:00:00Z")'), datetime(2026, 2, 1, 10, tzinfo=UTC)),
        (timer(date="=now() + duration(&quot;P2D&quot;)".replace("&quot;", '"')), MONDAY + timedelta(days=2)),
    ],
)
def test_a_catching_event_waits_until_its_moment_and_no_longer(moment: str, due: datetime) -> None:
    play = Play(waiting_for(moment), n=7, term="P3D")
    [wait] = play.waiting("timer")
    assert (wait.element_id, wait.due_at) == ("c", due)
    play.box.advance(due - MONDAY - timedelta(seconds=1))
    assert play.did("after") == []
    play.wait(seconds=1)
    assert (play.did("after"), play.outcome) == (["after"], "completed")


def test_a_moment_that_is_past_happens_at_once() -> None:
    assert Play(waiting_for(timer(date="2020-01-01T00:00:00Z"))).wait(seconds=0).outcome == "completed"
    assert Play(waiting_for(timer("PT0S"))).wait(seconds=0).outcome == "completed"


def test_a_cycle_on_a_catching_event_is_over_at_its_first_moment() -> None:
    play = Play(waiting_for(timer(cycle="R3/PT1H"))).wait(hours=1)
    assert (play.did("after"), play.outcome) == (["after"], "completed")


@pytest.mark.parametrize("moment", ["=unknown_variable", "=1", "tomorrow", "=1 +"])
def test_what_is_no_moment_never_passes_silently(moment: str) -> None:
    from engine.sandbox import DiagramRefused

    try:
        play = Play(waiting_for(timer(moment)))
    except DiagramRefused as refused:
        assert refused.findings
        return
    assert (play.outcome, play.did("after")) == ("incident", [])


def test_a_timer_that_could_not_be_computed_is_mended() -> None:
    play = Play(waiting_for(timer("=term")))
    assert play.outcome == "incident"
    play.box.resolve(play.case, {"term": "PT1H"})
    assert play.listens == ["c"]
    assert play.wait(hours=1).outcome == "completed"


LATE = [start(), user("a"), does("handled"), ends("e eh"), go("s a e", "late handled eh")]


def test_an_interrupting_boundary_timer_stops_its_activity() -> None:
    play = Play(process(*LATE, boundary("late", "a", timer("PT1H"))))
    assert (play.waits, play.listens) == (["a"], ["late"])
    play.wait(hours=1)
    assert (play.did("a handled e eh"), play.cancelled("a"), play.outcome) == (["handled", "eh"], ["a"], "completed")


def test_a_boundary_timer_is_withdrawn_when_its_activity_completes() -> None:
    play = Play(process(*LATE, boundary("late", "a", timer("PT1H")))).complete("a")
    assert (play.listens, play.outcome) == ([], "completed")
    assert play.wait(hours=2).did("handled") == []


def test_a_non_interrupting_boundary_timer_fires_once_and_leaves_its_activity() -> None:
    play = Play(process(*LATE, boundary("late", "a", timer("PT1H"), interrupting=False))).wait(hours=5)
    assert (play.did("handled"), play.waits, play.listens) == (["handled"], ["a"], [])
    assert play.complete("a").outcome == "completed"


def test_a_non_interrupting_cycle_fires_as_often_as_it_says() -> None:
    play = Play(process(*LATE, boundary("late", "a", timer(cycle="R3/PT1H"), interrupting=False)))
    for rounds in (1, 2, 3, 3, 3):
        play.wait(hours=1)
        assert len(play.did("handled")) == rounds
    assert (play.listens, play.waits) == ([], ["a"])


def test_moments_passed_in_one_long_wait_are_each_their_own() -> None:
    play = Play(process(*LATE, boundary("late", "a", timer(cycle="R3/PT1H"), interrupting=False))).wait(hours=10)
    moments = [
        line.at - MONDAY
        for line in play.box.history()
        if line.element_id == "handled" and line.transition == "completed"
    ]
    assert moments == [timedelta(hours=1), timedelta(hours=2), timedelta(hours=3)]


def test_a_cycle_without_end_goes_on_until_its_activity_completes() -> None:
    play = Play(process(*LATE, boundary("late", "a", timer(cycle="R/PT1H"), interrupting=False))).wait(hours=7)
    assert (len(play.did("handled")), play.listens) == (7, ["late"])
    play.complete("a")
    assert (play.listens, play.outcome) == ([], "completed")
    assert len(play.wait(hours=3).did("handled")) == 7


def test_an_interrupting_cycle_fires_once() -> None:
    play = Play(process(*LATE, boundary("late", "a", timer(cycle="R3/PT1H")))).wait(hours=9)
    assert (play.did("handled"), play.outcome) == (["handled"], "completed")


def test_a_cycle_with_a_start_keeps_to_its_grid() -> None:
    play = Play(process(*LATE, boundary("late", "a", timer(cycle="R2/2026-01-05T12:30:00Z/PT1H"), interrupting=False)))
    assert [wait.due_at for wait in play.waiting("timer")] == [datetime(2026, 1, 5, 12, 30, tzinfo=UTC)]
    play.wait(hours=3, minutes=30)
    assert (len(play.did("handled")), [wait.due_at for wait in play.waiting("timer")]) == (
        1, [datetime(2026, 1, 5, 13, 30, tzinfo=UTC)],
    )  # fmt: skip
    assert (len(play.wait(hours=5).did("handled")), play.listens) == (2, [])


def test_a_cron_text_is_read_on_the_clock_of_the_office() -> None:
    """Every working day at nine in Brussels, which is eight o'clock UTC in winter; it is Monday ten o'clock now."""
    play = Play(process(*LATE, boundary("late", "a", timer(cycle="0 0 9 * * MON-FRI"), interrupting=False)))
    assert [wait.due_at for wait in play.waiting("timer")] == [datetime(2026, 1, 6, 8, tzinfo=UTC)]
    play.wait(days=7)
    assert len(play.did("handled")) == 5


def test_a_timer_starts_when_its_activity_does() -> None:
    drawn = process(
        start(), users("before a"), boundary("late", "a", timer("PT1H")), does("handled"), ends("e eh"),
        go("s before a e", "late handled eh"),
    )  # fmt: skip
    play = Play(drawn).wait(days=1)
    assert play.listens == []
    play.complete("before").wait(minutes=59)
    assert play.waits == ["a"]
    assert play.wait(minutes=1).did("handled") == ["handled"]


def test_a_second_round_has_a_timer_of_its_own() -> None:
    drawn = process(
        start(), xor("m"), user("a"), xor("x", default="e"), boundary("late", "a", timer("PT1H")), does("handled"),
        ends("e eh"),
        go("s m a x", "x e", "late handled eh"), when("x", "m", "again"),
    )  # fmt: skip
    play = Play(drawn).wait(minutes=50).complete("a", again=True).wait(minutes=50)
    assert (play.waits, play.did("handled")) == (["a"], [])
    assert play.wait(minutes=10).did("handled") == ["handled"]


def test_several_timers_on_one_activity() -> None:
    drawn = process(
        *LATE, boundary("late", "a", timer("P2D")), boundary("soon", "a", timer("P1D"), interrupting=False), does("warned"),
        go("soon warned"),
    )  # fmt: skip
    play = Play(drawn).wait(days=1)
    assert (play.did("warned handled"), play.waits) == (["warned"], ["a"])
    assert play.wait(days=1).did("warned handled") == ["warned", "handled"]


def test_a_boundary_timer_on_a_subprocess_stops_all_of_it_at_once() -> None:
    inner = (
        start("is")
        + users("w")
        + sub("deep", user("v"))
        + boundary("dt", "w", timer("PT3H"))
        + go("is w", "is deep", "dt deep")
    )
    drawn = process(
        start(), sub("sp", inner), boundary("late", "sp", timer("PT1H")), does("handled"), ends("e eh"),
        go("s sp e", "late handled eh"),
    )  # fmt: skip
    play = Play(drawn)
    assert (play.waits, play.listens) == (["v", "w"], ["dt", "late"])
    play.wait(hours=1)
    assert (play.outcome, play.did("handled"), play.listens, sorted(play.cancelled("v w deep sp"))) == (
        "completed", ["handled"], [], ["deep", "sp", "v", "w"],
    )  # fmt: skip


def test_the_first_moment_behind_an_event_gateway_wins() -> None:
    drawn = process(
        start(), by_event("g"), catch("long", timer("PT2H")), catch("short", timer("PT1H")), ends("el es"),
        go("s g", "g long el", "g short es"),
    )  # fmt: skip
    play = Play(drawn)
    assert play.listens == ["long", "short"]
    play.wait(hours=3)
    assert (play.did("long short"), play.outcome) == (["short"], "completed")


def inside(interrupting: bool, moment: str) -> str:
    handler = start("es", moment, interrupting=interrupting) + does("handled") + end("ee") + go("es handled ee")
    return process(start(), user("a"), ends("e"), event_sub("esp", handler), go("s a e"))


def test_an_event_subprocess_with_an_interrupting_timer_takes_over() -> None:
    play = Play(inside(True, timer("PT1H")))
    assert (play.waits, play.listens) == (["a"], ["es"])
    play.wait(hours=1)
    assert (play.did("handled a e"), play.cancelled("a"), play.outcome) == (["handled"], ["a"], "completed")


def test_an_event_subprocess_with_a_timer_beside_the_rest() -> None:
    play = Play(inside(False, timer("PT1H"))).wait(hours=5)
    assert (play.did("handled"), play.waits) == (["handled"], ["a"])
    assert play.complete("a").outcome == "completed"


def test_an_event_subprocess_with_a_cycle_runs_each_time() -> None:
    play = Play(inside(False, timer(cycle="R2/PT1H"))).wait(hours=5)
    assert (play.did("handled"), play.listens, play.waits) == (["handled", "handled"], [], ["a"])


def test_a_waiting_event_subprocess_does_not_keep_its_scope_open() -> None:
    play = Play(inside(False, timer(cycle="R/P1D"))).complete("a")
    assert (play.outcome, play.listens) == ("completed", [])
    assert play.wait(days=3).did("handled") == []


def test_a_timer_reads_the_variables_of_the_moment_its_wait_begins() -> None:
    drawn = process(start(), script("set", '"PT3H"', "term"), catch("c", timer("=term")), ends("e"), go("s set c e"))
    play = Play(drawn, term="PT1H").wait(hours=2)
    assert play.outcome == "active"
    assert play.wait(hours=1).outcome == "completed"


def test_what_falls_due_while_suspended_happens_once_at_resuming() -> None:
    play = Play(process(*LATE, boundary("late", "a", timer(cycle="R/PT1H"), interrupting=False))).wait(hours=1)
    play.box.suspend(play.case)
    play.wait(hours=4, minutes=30)
    assert play.did("handled") == ["handled"]
    play.box.resume(play.case)
    assert (play.did("handled"), [wait.due_at for wait in play.waiting("timer")]) == (
        ["handled", "handled"], [MONDAY + timedelta(hours=6)],
    )  # fmt: skip


def test_due_timers_of_several_cases_fire_in_the_order_of_their_moments() -> None:
    play = Play(waiting_for(timer("=term")), term="PT3H")
    later, sooner = play.case, play.start(term="PT1H")
    play.wait(hours=5)
    ended = [line.instance for line in play.box.history() if (line.element_id, line.transition) == ("e", "completed")]
    assert ended == [sooner, later]


def starting(moment: str) -> str:
    return process(start("s", moment), does("a"), ends("e"), go("s a e"))


def test_a_date_starts_one_instance() -> None:
    play = Play(starting(timer(date="2026-01-05T12:00:00Z")), start=None)
    assert play.wait(hours=2).box.instances() == []
    assert len(play.wait(hours=1).box.instances("p")) == 1
    assert len(play.wait(days=1).box.instances("p")) == 1


def test_a_duration_starts_one_instance_after_it_came_into_use() -> None:
    play = Play(starting(timer("PT2H")), start=None).wait(hours=3)
    [case] = play.box.instances("p")
    assert play.box.outcome(case) == "completed"


def test_a_cycle_starts_an_instance_each_time() -> None:
    play = Play(starting(timer(cycle="R3/PT1H")), start=None).wait(hours=10)
    assert len(play.box.instances("p")) == 3


def test_a_cron_text_starts_an_instance_each_time() -> None:
    play = Play(starting(timer(cycle="0 0 9 * * MON-FRI")), start=None).wait(days=14)
    assert len(play.box.instances("p")) == 10


def test_a_new_version_takes_over_the_clock_of_the_old() -> None:
    play = Play(starting(timer(cycle="R/PT1H")), start=None).wait(hours=2)
    play.box.publish(
        starting(timer(cycle="R/PT1H"))
        .replace('name="a"', 'name="renewed"')
        .replace('"a"', '"b"')
        .replace("s_a", "s_b")
        .replace("a_e", "b_e")
    )
    play.wait(hours=2)
    done = [line.element_id for line in play.box.history() if line.transition == "completed"]
    assert (done.count("a"), done.count("b")) == (2, 2)
