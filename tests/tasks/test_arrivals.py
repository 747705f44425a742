"""What begins or moves without a person: each a turn of its own, once, in the right case's history."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from cases.models import Case
from engine.errors import MessageAlreadySeen
from engine.models import Delivery, ProcessInstance, PublishedMessage, Subscription
from history import log
from identity.people import Actor
from tasks import completion, turn
from tasks.background import housekeeping, messages
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tasks.operating import operations
from tests.diagrams.shapes import END, START
from tests.engine.office import flows, script, user
from tests.stories.stage import Story
from tests.tasks.arriving import MESSENGER, PAYMENT, STRIKE, every, instances, open_tasks, publish, send, tick

HOUR = timedelta(hours=1)
REVIEW = every("R/PT1H") + user("look_back", "ombudsman") + END + flows("s>look_back;look_back>e")
COUNTING = every("R3/PT1H") + script("count", "1", "counted") + END + flows("s>count;count>e")
ON_STRIKE = (
    '<startEvent id="s"><signalEventDefinition signalRef="strike"/></startEvent>'
    + user("answer", "ombudsman")
    + END
    + flows("s>answer;answer>e")
)
AWAIT_PAYMENT = (
    '<startEvent id="s"><messageEventDefinition messageRef="message_ordered"/></startEvent>'
    '<intermediateCatchEvent id="await_payment"><messageEventDefinition messageRef="message_paid"/></intermediateCatchEvent>'
    + user("send_parcel", "case_handler")
    + END
    + flows("s>await_payment;await_payment>send_parcel;send_parcel>e")
)
ORDERED = '<message id="message_ordered" name="ordered"/>'


def cases(office: Office) -> list[Case]:
    with office.database.reading() as reading:
        return list(reading.session.scalars(select(Case).order_by(Case.id)))


def history(office: Office, stream: str) -> list[tuple[str, str]]:
    with office.database.reading() as reading:
        assert log.verify(reading, stream).ok
        return [(event.activity, event.transition) for event in office.log.read(reading, stream)]


def elements(office: Office, instance_id: int) -> list[str]:
    return [row.element_id for row in open_tasks(office, instance_id)]


def test_a_process_that_begins_by_itself_and_asks_people_gets_a_file(office: Office, clock: TravellingClock) -> None:
    review = publish(office, REVIEW)
    assert tick(office) == 0
    clock.advance(HOUR)
    assert tick(office) == 1
    [begun] = instances(office, review)
    [case] = cases(office)
    assert (case.id, case.instance_id, case.matter) == (begun.case_id, begun.id, "own_initiative")
    assert (case.number, case.subject, case.complainant_name) == ("2026-0001", "p", "")
    assert history(office, turn.stream_of(case.id))[:3] == [
        ("case", "received"),
        ("timer", "received"),
        ("s", "activated"),
    ]
    [row] = open_tasks(office, begun.id)
    with office.database.work() as work:
        ombudsman = Actor("person:1", "Lies", frozenset({"ombudsman"}))
        completion.complete(office, work, ombudsman, row.id, {"closing_text": "Gezien."})
    assert history(office, turn.stream_of(case.id))[-1] == ("case", "changed")
    assert cases(office)[0].closed_at == clock.now()


def test_a_process_that_asks_nobody_runs_without_a_file(office: Office, clock: TravellingClock) -> None:
    counting = publish(office, COUNTING)
    clock.advance(HOUR)
    assert tick(office) == 1
    [begun] = instances(office, counting)
    assert (begun.case_id, begun.outcome, cases(office)) == (None, "completed", [])
    told = history(office, f"instance:{begun.id}")
    assert [line for line in told if line[1] in ("received", "completed")] == [
        ("timer", "received"),
        ("s", "completed"),
        ("count", "completed"),
        ("e", "completed"),
    ]


def test_a_cycle_starts_three_times_and_a_sleeping_server_misses_none_of_its_three(
    office: Office, clock: TravellingClock
) -> None:
    counting = publish(office, COUNTING)
    clock.advance(5 * HOUR)
    assert [tick(office), tick(office)] == [1, 0]
    clock.advance(HOUR)
    assert tick(office) == 1
    clock.advance(HOUR)
    assert tick(office) == 1
    clock.advance(100 * HOUR)
    assert tick(office) == 0
    assert len(instances(office, counting)) == 3


def test_a_retired_version_starts_nothing_and_the_new_one_does(office: Office, clock: TravellingClock) -> None:
    old = publish(office, COUNTING)
    new = publish(office, COUNTING.replace("counted", "counted_again"))
    clock.advance(HOUR)
    assert tick(office) == 1
    assert (len(instances(office, old)), len(instances(office, new))) == (0, 1)


def test_each_due_moment_starts_one_however_many_servers_tick(office: Office, clock: TravellingClock) -> None:
    counting = publish(office, COUNTING.replace("R3/", "R/"))
    for _ in range(4):
        clock.advance(HOUR)
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: tick(office), range(3)))
    assert len(instances(office, counting)) == 4


def test_a_message_starts_a_process_and_a_later_one_moves_it(office: Office) -> None:
    buying = publish(office, AWAIT_PAYMENT, root=PAYMENT + ORDERED)
    send(office, "ordered", reference="a")
    send(office, "ordered", reference="b")
    assert tick(office) == 2
    first, second = instances(office, buying)
    number = send(office, "paid", "b", amount=12)
    assert tick(office) == 1
    assert (elements(office, first.id), elements(office, second.id)) == ([], ["send_parcel"])
    with office.database.reading() as reading:
        assert reading.session.get_one(PublishedMessage, number).state == "received"
        events = office.log.read(reading, turn.stream_of(second.case_id or 0))
        assert office.engine.variables(reading, second.id)["amount"] == 12
    arrived = [event for event in events if event.activity == "message"]
    assert [event.data for event in arrived] == [
        {"message": "ordered", "number": 2},
        {"message": "paid", "number": number},
    ]


def test_a_message_that_comes_too_early_waits_for_the_case(office: Office) -> None:
    buying = publish(office, AWAIT_PAYMENT, root=PAYMENT + ORDERED)
    with office.database.work() as work:
        messages.send(office, work, MESSENGER, "paid", "a", {}, time_to_live=HOUR)
    assert tick(office) == 0
    send(office, "ordered", reference="a")
    assert tick(office) == 2
    assert elements(office, instances(office, buying)[0].id) == ["send_parcel"]


def test_a_message_nobody_waits_for_is_over_after_its_time(office: Office, clock: TravellingClock) -> None:
    with office.database.work() as work:
        number = messages.send(office, work, MESSENGER, "paid", "a", {"amount": 1}, time_to_live=HOUR)
    assert tick(office) == 0
    clock.advance(HOUR)
    tick(office)
    with office.database.reading() as reading:
        row = reading.session.get_one(PublishedMessage, number)
        assert (row.state, row.variables) == ("expired", {})


def test_what_was_delivered_long_ago_is_forgotten_but_its_id_is_not(office: Office, clock: TravellingClock) -> None:
    with office.database.work() as work:
        messages.send(office, work, MESSENGER, "paid", "a", {}, message_id="bank-1")
        messages.send(office, work, MESSENGER, "paid", "a", {})
    publish(office, ON_STRIKE, root=STRIKE, key="q")
    with office.database.work() as work:
        assert messages.send_signal(office, work, MESSENGER, "strike", {}) == 1
    assert tick(office) == 3, "one delivery, and two messages that nobody wanted"
    assert housekeeping.run(office) == 0
    clock.advance(timedelta(days=31))
    assert housekeeping.run(office) == 2
    with office.database.work() as work, pytest.raises(MessageAlreadySeen):
        messages.send(office, work, MESSENGER, "paid", "a", {}, message_id="bank-1")


def test_a_message_whose_receiver_cannot_be_moved_is_kept_a_day_longer(
    office: Office, clock: TravellingClock, caplog: pytest.LogCaptureFixture
) -> None:
    publish(office, AWAIT_PAYMENT, root=PAYMENT + ORDERED)
    send(office, "ordered", reference="a")
    tick(office)
    with office.database.work() as work:
        work.session.execute(text("UPDATE process_instance SET state = 'this is no state'"))
    number = send(office, "paid", "a")
    with caplog.at_level(logging.CRITICAL, "ombudsflow.messages"):
        for hours, state in ((23, "waiting"), (1, "expired")):
            clock.advance(hours * HOUR)
            tick(office)
            with office.database.reading() as reading:
                assert reading.session.get_one(PublishedMessage, number).state == state


def test_a_signal_moves_every_case_that_waits_and_starts_a_process(office: Office) -> None:
    waiting = '<intermediateCatchEvent id="w"><signalEventDefinition signalRef="strike"/></intermediateCatchEvent>'
    complaint = publish(
        office, START + waiting + user("check") + END + flows("s>w;w>check;check>e"), root=STRIKE, key="complaint"
    )
    starting = publish(office, ON_STRIKE, root=STRIKE)
    first, second = Story(office).given_a_complaint(), Story(office).given_a_complaint()
    with office.database.work() as work:
        assert messages.send_signal(office, work, MESSENGER, "strike", {"until": "noon"}) == 3
    assert tick(office) == 3
    assert [elements(office, each.id) for each in instances(office, complaint)] == [["check"], ["check"]]
    [begun] = instances(office, starting)
    assert begun.case_id not in (first.case_id, second.case_id, None)
    assert ("signal", "received") in history(office, turn.stream_of(first.case_id))


def test_an_event_that_does_not_interrupt_happens_as_often_as_the_signal_was_sent(office: Office) -> None:
    edge = (
        '<boundaryEvent id="heard" attachedToRef="check" cancelActivity="false">'
        '<signalEventDefinition signalRef="strike"/></boundaryEvent>'
    )
    body = START + user("check") + edge + user("note") + END + '<endEvent id="e2"/>'
    process = publish(office, body + flows("s>check;check>e;heard>note;note>e2"), root=STRIKE, key="complaint")
    Story(office).given_a_complaint()
    for _ in range(3):
        with office.database.work() as work:
            messages.send_signal(office, work, MESSENGER, "strike", {})
    assert tick(office) == 3
    assert elements(office, instances(office, process)[0].id) == ["check", "note", "note", "note"]


def test_a_signal_on_its_way_waits_for_a_case_that_is_suspended(office: Office) -> None:
    waiting = '<intermediateCatchEvent id="w"><signalEventDefinition signalRef="strike"/></intermediateCatchEvent>'
    body = START + waiting + user("check") + END + flows("s>w;w>check;check>e")
    process = publish(office, body, root=STRIKE, key="complaint")
    Story(office).given_a_complaint()
    [case] = instances(office, process)
    with office.database.work() as work:
        messages.send_signal(office, work, MESSENGER, "strike", {})
    with office.database.work() as work:
        office.engine.suspend(work, case.id)
    assert tick(office) == 0
    with office.database.work() as work:
        office.engine.resume(work, case.id)
    assert tick(office) == 1
    assert elements(office, case.id) == ["check"]


def test_who_comes_back_to_wait_later_does_not_get_an_old_signal(office: Office) -> None:
    waiting = '<intermediateCatchEvent id="w"><signalEventDefinition signalRef="strike"/></intermediateCatchEvent>'
    body = START + '<exclusiveGateway id="again"/>' + waiting + script("count", "1", "counted")
    process = publish(office, body + flows("s>again;again>w;w>count;count>again"), root=STRIKE, key="complaint")
    Story(office).given_a_complaint()
    for _ in range(2):
        with office.database.work() as work:
            messages.send_signal(office, work, MESSENGER, "strike", {})
    assert tick(office) == 1
    with office.database.reading() as reading:
        states = list(reading.session.scalars(select(Delivery.state).order_by(Delivery.id)))
        assert office.engine.active(reading, instances(office, process)[0].id) == {"w": 1}
    assert states == ["done", "gone"]


def test_what_a_case_sends_starts_a_process_of_the_same_case(office: Office) -> None:
    sending = '<intermediateThrowEvent id="tell"><signalEventDefinition signalRef="strike"/></intermediateThrowEvent>'
    publish(
        office, START + sending + user("check") + END + flows("s>tell;tell>check;check>e"), root=STRIKE, key="complaint"
    )
    starting = publish(office, ON_STRIKE, root=STRIKE)
    story = Story(office).given_a_complaint()
    assert tick(office) == 1
    [begun] = instances(office, starting)
    assert begun.case_id == story.case_id
    assert [row.case_id for row in open_tasks(office, begun.id)] == [story.case_id]
    assert len(cases(office)) == 1


def test_a_case_that_cannot_be_restored_does_not_hold_up_the_messages_of_others(
    office: Office, clock: TravellingClock, caplog: pytest.LogCaptureFixture
) -> None:
    buying = publish(office, AWAIT_PAYMENT, root=PAYMENT + ORDERED)
    for reference in ("broken", "whole"):
        send(office, "ordered", reference=reference)
    tick(office)
    broken, whole = instances(office, buying)
    with office.database.work() as work:
        work.session.execute(
            text("UPDATE process_instance SET state = 'this is no state' WHERE id = :id"), {"id": broken.id}
        )
    kept = send(office, "paid", "broken")
    send(office, "paid", "whole")
    with caplog.at_level(logging.CRITICAL, "ombudsflow.messages"):
        assert tick(office) == 1
    assert elements(office, whole.id) == ["send_parcel"]
    clock.advance(HOUR)
    administrator = Actor("person:1", "Lies", frozenset({"admin"}))
    with office.database.reading() as reading:
        assert reading.session.get_one(PublishedMessage, kept).state == "waiting"
        assert operations.figures(office, reading, administrator).late_messages == 1


def test_a_process_that_answers_itself_for_ever_leaves_room_for_the_rest(
    office: Office, clock: TravellingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "MOST_AT_ONCE", 20)
    echo = (
        '<startEvent id="s"><signalEventDefinition signalRef="strike"/></startEvent>'
        '<endEvent id="e"><signalEventDefinition signalRef="strike"/></endEvent>' + flows("s>e")
    )
    echoing = publish(office, echo, root=STRIKE)
    counting = publish(office, COUNTING, key="q")
    with office.database.work() as work:
        messages.send_signal(office, work, MESSENGER, "strike", {})
    clock.advance(HOUR)
    tick(office)
    assert len(instances(office, counting)) == 1
    assert len(instances(office, echoing)) == 40, "twice a tick, and no further"


def test_two_servers_deliver_everything_once(office: Office) -> None:
    buying = publish(office, AWAIT_PAYMENT, root=PAYMENT + ORDERED)
    for number in range(12):
        send(office, "ordered", reference=str(number))
        with office.database.work() as work:
            messages.send(office, work, MESSENGER, "paid", str(number), {}, time_to_live=HOUR)
    for _ in range(2):
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: tick(office), range(3)))
    begun = instances(office, buying)
    assert len(begun) == 12
    assert [elements(office, each.id) for each in begun] == [["send_parcel"]] * 12
    with office.database.reading() as reading:
        assert reading.session.scalar(select(func.count()).select_from(Delivery)) == 0
        left = select(func.count()).where(PublishedMessage.state == "waiting")
        assert reading.session.scalar(left) == 0
        waits = select(func.count()).where(Subscription.instance_id.is_not(None), Subscription.kind == "message")
        assert reading.session.scalar(waits) == 0
        numbers = list(reading.session.scalars(select(Case.number).order_by(Case.id)))
        owners = set(reading.session.scalars(select(ProcessInstance.case_id)))
    assert sorted(numbers) == [f"2026-{number:04d}" for number in range(1, 13)]
    assert len(owners) == 12
