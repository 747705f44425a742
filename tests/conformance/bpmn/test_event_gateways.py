"""Event-based gateways: BPMN 2.0.2, 10.6.6 and 13.4.5: the first event decides; or it starts an instance."""

from tests.conformance.bpmn.drawing import (
    by_event,
    catch,
    el,
    ends,
    go,
    message,
    process,
    start,
    timer,
    user,
    users,
    when,
    xor,
)
from tests.conformance.bpmn.play import Play

GATE = process(
    start(), xor("in"), by_event("g"), catch("m1", message("m1")), catch("m2", message("m2")), catch("t", timer("PT1H")),
    user("a"), xor("x", default="e"), ends("e"),
    go("s in g", "g m1 a", "g m2 a", "g t a", "a x", "x e"), when("x", "in", "again"),
)  # fmt: skip


def test_an_event_gateway_goes_where_the_first_event_leads_and_forgets_the_others() -> None:
    play = Play(GATE)
    assert play.listens == ["m1", "m2", "t"]
    play.message("m2", n=1)
    assert (play.did("m1 m2 t"), play.listens, play["n"]) == (["m2"], [], 1)
    assert play.message("m1") is None
    assert play.wait(hours=2).did("m1 m2 t") == ["m2"]
    assert play.complete("a", again=False).outcome == "completed"


def test_an_event_gateway_listens_afresh_in_the_next_round() -> None:
    play = Play(GATE).wait(minutes=30)
    play.message("m1")
    play.complete("a", again=True).wait(minutes=45)
    assert play.listens == ["m1", "m2", "t"]
    play.wait(minutes=15)
    assert play.did("m1 m2 t") == ["m1", "t"]


def test_an_event_gateway_may_have_receive_tasks() -> None:
    receive = el("receiveTask", "r", messageRef="message_m1")
    play = Play(
        process(
            start(), by_event("g"), receive, catch("t", timer("PT1H")), ends("er et"), go("s g", "g r er", "g t et")
        )
    )
    play.message("m1")
    assert (play.did("r t"), play.outcome) == (["r"], "completed")


def test_an_event_gateway_that_starts_instances_takes_one_message() -> None:
    gate = by_event("g", instantiate=True)
    drawn = process(
        gate,
        catch("c1", message("m1")),
        catch("c2", message("m2")),
        users("a b"),
        ends("ea eb"),
        go("g c1 a ea", "g c2 b eb"),
    )
    play = Play(drawn, start=None)
    first = play.message("m1") or 0
    second = play.message("m2") or 0
    assert [w.element_id for w in play.box.waiting(first)] == ["a"]
    assert [w.element_id for w in play.box.waiting(second)] == ["b"]


def test_a_parallel_event_gateway_starts_an_instance_with_the_first_message_and_waits_for_the_others() -> None:
    gate = by_event("g", instantiate=True, eventGatewayType="Parallel")
    drawn = process(
        gate,
        catch("c1", message("m1")),
        catch("c2", message("m2")),
        users("a b"),
        ends("ea eb"),
        go("g c1 a ea", "g c2 b eb"),
    )
    play = Play(drawn, start=None)
    play.case = play.box.message("m1", "k", {"key": "k"}) or 0
    assert (play.waits, play.listens) == (["a"], ["c2"])
    assert play.message("m2") == play.case
    assert play.waits == ["a", "b"]
    assert play.complete("a", "b").outcome == "completed"
