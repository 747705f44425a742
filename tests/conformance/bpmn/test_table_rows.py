"""Rows of the support table that no other story shows by itself."""

from tests.conformance.bpmn.drawing import (
    boundary,
    catch,
    compensate,
    does,
    el,
    ends,
    event_sub,
    file,
    go,
    message,
    process,
    signal,
    start,
    throw,
    user,
    users,
)
from tests.conformance.bpmn.play import Play
from tests.conformance.bpmn.test_calls import CALLER
from tests.conformance.bpmn.test_compensation import undo
from tests.conformance.bpmn.test_tasks import TABLE


def test_an_interrupting_event_subprocess_takes_the_first_of_its_triggers() -> None:
    handler = start("es", message("m"), signal("sig")) + user("h") + ends("ee") + go("es h ee")
    play = Play(process(start(), user("a"), ends("e"), event_sub("esp", handler), go("s a e")))
    play.signal("sig")
    assert (play.waits, play.listens) == (["h"], [])
    play.message("m")
    assert play.complete("h").outcome == "completed"


def test_an_interrupting_boundary_event_may_need_all_of_its_triggers() -> None:
    edge = boundary("b", "a", signal("s1"), signal("s2"), parallel=True)
    play = Play(process(start(), user("a"), edge, does("handled"), ends("e eh"), go("s a e", "b handled eh")))
    play.signal("s1")
    assert (play.waits, play.did("handled")) == (["a"], [])
    play.signal("s2")
    assert (play.waits, play.did("handled"), play.outcome) == ([], ["handled"], "completed")


def test_a_receive_task_starts_an_instance() -> None:
    begins = el("receiveTask", "r", messageRef="message_m", instantiate=True)
    play = Play(process(begins, message_of("m"), user("a"), ends("e"), go("r a e")), start=None)
    play.message("m", said=1)
    (play.case,) = play.box.instances("p")
    assert (play.waits, play.did("r"), play["said"]) == (["a"], ["r"], 1)


def message_of(name: str) -> str:
    """Makes the drawing declare the message."""
    return event_sub("esp", start("es", message(name), interrupting=False) + ends("ee") + go("es ee"))


def test_what_is_not_waited_for_is_undone_beside_the_rest() -> None:
    slow = user("undo_a", isForCompensation=True)
    asks = compensate().replace("/>", ' waitForCompletion="false"/>')
    drawn = process(start(), does("a"), undo("a", slow), throw("t", asks), users("z"), ends("e"), go("s a t z e"))
    play = Play(drawn)
    assert play.waits == ["undo_a", "z"]
    play.complete("z")
    assert play.outcome == "active"
    assert play.complete("undo_a").outcome == "completed"


def test_a_decision_may_be_called_like_a_process() -> None:
    task = el("globalBusinessRuleTask", "q", '<zeebe:calledDecision decisionId="fee" resultVariable="to_pay"/>')
    play = Play(TABLE, file(task), CALLER, amount=30)
    assert (play["to_pay"], play.outcome) == (5, "completed")


def test_a_catch_without_a_flow_to_it_is_where_a_process_begins() -> None:
    play = Play(process(catch("c", signal("sig")), user("a"), go("c a")))
    assert play.listens == ["c"]
    play.signal("sig")
    assert play.waits == ["a"]
