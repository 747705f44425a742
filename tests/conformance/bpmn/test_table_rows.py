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
    parallel,
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


def named(drawn: str, name: str, expression: str) -> str:
    """The drawing with the name of a message or signal computed."""
    return drawn.replace(f' name="{name}"', f' name="{expression}"', 1)


def test_the_name_of_a_message_is_computed_where_it_is_awaited_and_where_it_is_sent() -> None:
    computed = "=&quot;paid &quot; + kind"
    waiting = named(process(start(), catch("c", message("m")), ends("e"), go("s c e")), "m", computed)
    play = Play(waiting, kind="tax")
    play.message("paid fine")
    assert play.outcome == "active"
    play.message("paid tax")
    assert play.outcome == "completed"
    sender = named(process(start(), throw("t", message("m")), ends("e"), go("s t e"), key="q"), "m", computed)
    play = Play(waiting, sender, kind="fee")
    receiver = play.case
    play.start("q", kind="tax")
    assert play.box.outcome(receiver) == "active"
    play.start("q", kind="fee")
    assert play.box.outcome(receiver) == "completed"


def test_the_name_of_a_signal_is_computed_also_within_one_instance() -> None:
    branches = [parallel("g"), users("a b"), throw("t", signal("sig")), catch("c", signal("sig")), ends("e ee")]
    drawn = process(start(), *branches, go("s g a t e", "g c b ee"))
    play = Play(named(drawn, "sig", "=&quot;over &quot; + kind"), kind="one")
    assert play.listens == ["c"]
    play.signal("over two")
    assert play.waits == ["a"]
    assert play.complete("a").waits == ["b"]


def test_a_name_that_is_empty_stops_there_and_is_mended() -> None:
    drawn = process(start(), catch("c", signal("sig")), user("a"), ends("e"), go("s c a e"))
    play = Play(named(drawn, "sig", "=kind"))
    assert play.outcome == "incident"
    play.box.resolve(play.case, {"kind": "late"})
    play.signal("late")
    assert play.waits == ["a"]


def test_a_message_without_a_key_is_for_whoever_waits_for_its_name() -> None:
    waits = '<message id="m" name="m"/>'
    caught = catch("c", '<messageEventDefinition messageRef="m"/>')
    play = Play(process(start(), caught, ends("e"), go("s c e"), root=waits))
    play.message("m", "any")
    assert play.outcome == "active"
    play.message("m", None)
    assert play.outcome == "completed"
