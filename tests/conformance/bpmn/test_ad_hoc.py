"""Ad-hoc subprocess: BPMN 2.0.2, 10.3.5.3 and 13.3.5: activities in an order that people choose."""

from tests.conformance.bpmn.drawing import (
    boundary,
    does,
    el,
    ends,
    escaped,
    go,
    loop,
    process,
    script,
    start,
    timer,
    user,
    users,
)
from tests.conformance.bpmn.play import Play


def ad_hoc(
    *inner: str,
    until: str | None = None,
    ordering: str | None = None,
    cancels: bool | None = None,
    active: str | None = None,
) -> str:
    said = f"<completionCondition>={escaped(until)}</completionCondition>" if until else ""
    chosen = f'<zeebe:adHoc activeElementsCollection="={escaped(active)}"/>' if active else ""
    return el(
        "adHocSubProcess",
        "ah",
        *([chosen] if chosen else []),
        *inner,
        said,
        ordering=ordering,
        cancelRemainingInstances=cancels,
    )


def around(inner: str) -> str:
    return process(start(), inner, does("after"), ends("e"), go("s ah after e"))


def choices(play: Play) -> list[str]:
    return sorted(wait.element_id for wait in play.waiting("choice"))


def test_a_person_chooses_what_is_done_and_how_often() -> None:
    play = Play(around(ad_hoc(users("a b"), until="enough = true")))
    assert (play.waits, choices(play), play.outcome) == ([], ["a", "b"], "active")
    play.box.choose(play.case, "ah", ["b"])
    assert (play.waits, choices(play)) == (["b"], ["a", "b"])
    play.complete("b", enough=False)
    play.box.choose(play.case, "ah", ["b", "a"])
    assert play.waits == ["a", "b"]
    play.complete("a", enough=False)
    play.complete("b", enough=True)
    assert (play.did("a b after"), play.outcome) == (["b", "a", "b", "after"], "completed")


def test_completing_an_activity_that_may_be_chosen_chooses_it() -> None:
    play = Play(around(ad_hoc(does("a"), user("b"), until="did_a = true")))
    play.complete("a")
    assert (play.did("a after"), play.outcome) == (["a", "after"], "completed")


def test_when_it_is_enough_what_remains_is_cancelled() -> None:
    play = Play(around(ad_hoc(users("a b"), until="enough = true")))
    play.box.choose(play.case, "ah", ["a", "b"])
    play.complete("a", enough=True)
    assert (play.waits, play.cancelled("b"), play.did("after"), play.outcome) == ([], ["b"], ["after"], "completed")


def test_or_it_is_waited_for() -> None:
    play = Play(around(ad_hoc(users("a b"), until="enough = true", cancels=False)))
    play.box.choose(play.case, "ah", ["a", "b"])
    play.complete("a", enough=True)
    assert (play.waits, play.did("after"), choices(play)) == (["b"], [], [])
    assert play.complete("b").did("after") == ["after"]


def test_activities_chosen_by_the_diagram_start_at_once_and_then_it_is_over() -> None:
    play = Play(around(ad_hoc(users("a b c"), active='["a", "c"]')))
    assert play.waits == ["a", "c"]
    play.complete("a")
    assert play.did("after") == []
    assert play.complete("c").did("after") == ["after"]


def test_one_at_a_time() -> None:
    play = Play(around(ad_hoc(users("a b"), until="enough = true", ordering="Sequential")))
    play.box.choose(play.case, "ah", ["a", "b"])
    assert play.waits == ["a"]
    play.complete("a", enough=False)
    assert play.waits == ["b"]
    assert play.complete("b", enough=True).outcome == "completed"


def test_flows_inside_are_followed_and_only_their_heads_may_be_chosen() -> None:
    play = Play(around(ad_hoc(users("a b c"), go("a b"), until="enough = true")))
    assert choices(play) == ["a", "c"]
    play.box.choose(play.case, "ah", ["a"])
    play.complete("a", enough=False)
    assert play.waits == ["b"]
    assert play.complete("b", enough=True).outcome == "completed"


def test_its_boundary_event_stops_it() -> None:
    drawn = process(
        start(),
        ad_hoc(users("a b"), until="false"),
        boundary("late", "ah", timer("PT1H")),
        does("h"),
        ends("e eh"),
        go("s ah e", "late h eh"),
    )
    play = Play(drawn)
    play.box.choose(play.case, "ah", ["a"])
    play.wait(hours=1)
    assert (play.did("h"), play.waits, choices(play), play.outcome) == (["h"], [], [], "completed")


def test_an_activity_chosen_may_loop() -> None:
    play = Play(around(ad_hoc(script("a", "if n = null then 1 else n + 1", "n", loop("n < 3")), until="n >= 3")))
    play.box.choose(play.case, "ah", ["a"])
    assert (play["n"], play.outcome) == (3, "completed")


def test_one_without_condition_ends_when_everything_chosen_is_done() -> None:
    play = Play(around(ad_hoc(users("a b"))))
    play.box.choose(play.case, "ah", ["a", "b"])
    play.complete("b")
    assert play.outcome == "active"
    assert play.complete("a").did("after") == ["after"]


def test_again_in_the_next_round_of_a_looping_one() -> None:
    drawn = ad_hoc(users("a"), loop("again"), until="true")
    play = Play(around(drawn))
    play.box.choose(play.case, "ah", ["a"])
    play.complete("a", again=True)
    assert (play.did("after"), choices(play)) == ([], ["a"])
    play.box.choose(play.case, "ah", ["a"])
    assert play.complete("a", again=False).did("after") == ["after"]
