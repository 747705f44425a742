"""Sending messages: BPMN 2.0.2, 10.5.4 and 10.3.3; without a job type the engine publishes the message itself."""

import pytest

from tests.conformance.bpmn.drawing import (
    catch,
    does,
    el,
    end,
    ends,
    file,
    given,
    go,
    message,
    one,
    parallel,
    process,
    start,
    sub,
    throw,
    user,
)
from tests.conformance.bpmn.play import Play
from tests.conformance.bpmn.test_messages import CATCH, EARLY


def sending(name: str = "m", key: str = "=key", **more: str) -> str:
    """The dialect's message to be published by the engine itself."""
    said = "".join(f' {attribute}="{value}"' for attribute, value in more.items())
    return f'<zeebe:publishMessage correlationKey="{key}"{said}/>'


def test_a_throwing_event_reaches_a_waiting_instance_in_a_turn_of_its_own() -> None:
    sender = process(
        start(),
        throw("t", message("m"), sending(), given("=7", "n")),
        does("after"),
        ends("e"),
        go("s t after e"),
        key="q",
    )
    play = Play(CATCH, sender)
    receiver, sent = play.case, play.start("q")
    assert (play.box.outcome(receiver), play.box.outcome(sent)) == ("completed", "completed")
    assert play.box.variables(receiver)["n"] == 7


def test_only_the_mapped_inputs_travel_with_a_message() -> None:
    sender = process(
        start(), throw("t", message("m"), sending(), given("=secret", "told")), ends("e"), go("s t e"), key="q"
    )
    play = Play(CATCH, sender)
    receiver = play.case
    play.start("q", secret="s", private="p")
    assert (play.box.variables(receiver).get("told"), play.box.variables(receiver).get("private")) == ("s", None)


def test_the_key_of_a_sent_message_is_computed_in_the_scope_of_the_sender() -> None:
    inner = start("is") + throw("t", message("m"), sending(key="=to_whom")) + end("ie") + go("is t ie")
    sender = process(start(), sub("sp", inner, given('="b"', "to_whom")), ends("e"), go("s sp e"), key="q")
    play = Play(CATCH, sender, key="a")
    first, second = play.case, play.start(key="b")
    play.start("q")
    assert (play.box.outcome(first), play.box.outcome(second)) == ("active", "completed")


@pytest.mark.parametrize(
    "sender", [end("t", message("m"), sending()), el("sendTask", "t", sending(), messageRef="message_m")]
)
def test_an_end_event_and_a_send_task_send(sender: str) -> None:
    drawn = process(start(), sender, go("s t"), key="q")
    play = Play(CATCH, drawn)
    receiver, sent = play.case, play.start("q")
    assert (play.box.outcome(receiver), play.box.outcome(sent)) == ("completed", "completed")


def test_without_an_own_key_the_key_of_the_message_is_used() -> None:
    sender = process(start(), throw("t", message("m")), ends("e"), go("s t e"), key="q")
    play = Play(CATCH, sender)
    receiver = play.case
    play.start("q", key="other")
    assert play.box.outcome(receiver) == "active"
    play.start("q")
    assert play.box.outcome(receiver) == "completed"


@pytest.mark.parametrize(
    "sender",
    [
        end("t", message("m"), '<zeebe:taskDefinition type="mail"/>'),
        throw("t", message("m"), '<zeebe:taskDefinition type="mail"/>'),
        el("sendTask", "t", '<zeebe:taskDefinition type="mail"/>', messageRef="message_m"),
        el("sendTask", "t", '<zeebe:taskDefinition type="mail"/>'),
    ],
)
def test_with_a_job_type_sending_is_a_job(sender: str) -> None:
    play = Play(CATCH, process(start(), sender, go("s t"), key="q"))
    receiver = play.case
    play.start("q")
    assert [(w.element_id, w.job_type) for w in play.waiting("job")] == [("t", "mail")]
    play.complete("t", sent=True)
    assert (play.outcome, play["sent"], play.box.outcome(receiver)) == ("completed", True, "active")


def test_a_sent_message_is_kept_for_its_time_to_live() -> None:
    sender = process(start(), throw("t", message("m"), sending(timeToLive="PT10M")), ends("e"), go("s t e"), key="q")
    play = Play(EARLY, sender)
    receiver = play.case
    play.start("q")
    play.wait(minutes=9)
    play.box.complete("a", instance=receiver)
    assert play.box.outcome(receiver) == "completed"
    play = Play(EARLY, sender)
    receiver = play.case
    play.start("q")
    play.wait(minutes=11)
    play.box.complete("a", instance=receiver)
    assert play.box.outcome(receiver) == "active"


def test_a_message_may_be_for_the_sender_itself() -> None:
    drawn = process(
        start(), parallel("g"), catch("c", message("m")), throw("t", message("m"), sending()), ends("ec et"),
        go("s g", "g c ec", "g t et"),
    )  # fmt: skip
    play = Play(drawn)
    assert (sorted(play.did("c t")), play.outcome) == (["c", "t"], "completed")


def test_a_message_sent_before_its_catching_event_in_the_same_case_is_received() -> None:
    drawn = process(
        start(), throw("t", message("m"), sending(timeToLive="PT1H")), user("a"), catch("c", message("m")), ends("e"),
        go("s t a c e"),
    )  # fmt: skip
    assert Play(drawn).complete("a").outcome == "completed"


def test_two_pools_talk() -> None:
    asking = one(
        start("s"),
        throw("ask", message("question"), sending()),
        catch("got", message("answer")),
        ends("e"),
        go("s ask got e"),
        key="p",
    )
    answering = one(
        start("s2", message("question")),
        user("think"),
        end("reply", message("answer"), sending()),
        go("s2 think reply"),
        key="q",
    )
    play = Play(file(asking, answering))
    # the question carries no variables but those mapped; here the key is given by hand
    [other] = play.box.instances("q")
    play.box.complete("think", {"key": "k"}, instance=other)
    assert (play.outcome, play.box.outcome(other)) == ("completed", "completed")
