"""Who receives a message: exactly one, the one that waits longest, also when sender and receiver pass each other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from engine import messages
from engine.errors import MessageAlreadySeen, MessageNotUsable
from engine.models import ProcessInstance, PublishedMessage, Subscription
from storage.unit_of_work import Database, UnitOfWork
from tests.engine.test_statements import statements
from tests.engine.waiting_rows import MONDAY, definition, starting, waiting

HOUR = timedelta(hours=1)


def publish(database: Database, name: str = "letter", key: str = "1", **more: object) -> int:
    with database.work() as work:
        return messages.publish(work, name, key, {"text": "x"}, now=MONDAY, **{"ttl": HOUR, **more})  # type: ignore[arg-type]


def taken(work: UnitOfWork, match: messages.Match) -> None:
    """What the engine does when the token moves on: the wait is over."""
    messages.receive(work, match)
    if match.receiver.instance_id is not None:
        work.session.execute(delete(Subscription).where(Subscription.id == match.receiver.id))


def deliver(database: Database, at: timedelta = timedelta(0)) -> list[tuple[int, int | None]]:
    """Everything that can be delivered, a turn each: message number and instance (None: a new one)."""
    found: list[tuple[int, int | None]] = []
    while True:
        with database.work() as work:
            match = messages.next_match(work, MONDAY + at)
            if match is None:
                return found
            if still_waits(work, match.receiver):
                found.append((match.message.id, match.receiver.instance_id))
                taken(work, match)


def still_waits(work: UnitOfWork, receiver: Subscription) -> bool:
    """What the engine looks at first: with the instance locked, is the row there? Another may have taken it a moment ago."""
    if receiver.instance_id is None:
        return True
    locked = select(ProcessInstance.id).where(ProcessInstance.id == receiver.instance_id).with_for_update()
    work.session.execute(locked)
    return work.session.scalar(select(Subscription.id).where(Subscription.id == receiver.id)) is not None


def state_of(database: Database, number: int) -> tuple[str, dict[str, object]]:
    with database.reading() as reading:
        row = reading.session.get_one(PublishedMessage, number)
        return row.state, row.variables


def test_the_one_that_waits_longest_receives_it_and_nobody_else(database: Database) -> None:
    waiting(database, definition(database), ["1", "1", "2"])
    number = publish(database)
    assert deliver(database) == [(number, 1)]
    assert state_of(database, number) == ("received", {})


def test_a_message_waits_for_a_receiver_that_comes_in_time(database: Database) -> None:
    process, number = definition(database), publish(database)
    assert deliver(database) == []
    waiting(database, process, ["2", "1"])
    assert deliver(database, timedelta(minutes=59)) == [(number, 2)]


def test_a_message_whose_time_is_over_reaches_nobody(database: Database) -> None:
    process, number = definition(database), publish(database)
    assert deliver(database) == []
    waiting(database, process, ["1"])
    assert deliver(database, HOUR) == []
    with database.work() as work:
        assert messages.expire(work, MONDAY + HOUR) == 1
    assert state_of(database, number) == ("expired", {})


def test_without_time_to_live_it_reaches_who_waits_now_and_then_is_over(database: Database) -> None:
    waiting(database, definition(database), ["1"])
    first, second = publish(database, ttl=timedelta(0)), publish(database, ttl=timedelta(0))
    assert deliver(database, timedelta(minutes=3)) == [(first, 1)]
    waiting(database, 1, ["1"])
    assert deliver(database, timedelta(minutes=3)) == []
    with database.work() as work:
        assert messages.expire(work, MONDAY) == 1
    assert state_of(database, second)[0] == "expired"


def test_the_oldest_message_goes_first_also_to_a_new_receiver(database: Database) -> None:
    process = definition(database)
    first = publish(database)
    assert deliver(database) == []
    second = publish(database)
    waiting(database, process, ["1", "1"])
    assert deliver(database) == [(first, 1), (second, 2)]


def test_a_process_starts_when_no_instance_waits(database: Database) -> None:
    process = definition(database)
    starting(database, process)
    waiting(database, process, ["1"])
    first, second, other = publish(database), publish(database), publish(database, key="9")
    assert deliver(database) == [(first, 1), (second, None), (other, None)]


def test_a_process_taken_into_use_starts_with_what_lay_ready(database: Database) -> None:
    first, second = publish(database, key="1"), publish(database, key="2")
    assert deliver(database) == []
    starting(database, definition(database))
    assert deliver(database) == [(first, None), (second, None)]


def test_the_same_name_key_and_id_is_refused_whatever_became_of_the_first(database: Database) -> None:
    waiting(database, definition(database), ["1"])
    publish(database, message_id="a")
    with pytest.raises(MessageAlreadySeen):
        publish(database, message_id="a")
    assert len(deliver(database)) == 1
    with pytest.raises(MessageAlreadySeen):
        publish(database, message_id="a")
    publish(database, key="2", message_id="a")
    publish(database, key="", message_id="a")
    with pytest.raises(MessageAlreadySeen):
        publish(database, key="", message_id="a")


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"name": ""}, "name"), ({"name": "n" * 201}, "name"), ({"key": "k" * 201}, "key"), ({"message_id": "i" * 201}, "message_id"),
     ({"ttl": timedelta(seconds=-1)}, "time_to_live"), ({"ttl": timedelta(days=40000)}, "time_to_live")],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_by_field(database: Database, fields: dict[str, object], field: str) -> None:
    with pytest.raises(MessageNotUsable) as refused:
        publish(database, **fields)  # type: ignore[arg-type]
    assert [error["field"] for error in refused.value.errors] == [field]


def test_a_suspended_instance_receives_when_it_is_resumed(database: Database) -> None:
    waiting(database, definition(database), ["1"])
    with database.work() as work:
        work.session.execute(update(ProcessInstance).values(is_suspended=True))
    number = publish(database)
    assert deliver(database) == []
    with database.work() as work:
        work.session.execute(update(ProcessInstance).values(is_suspended=False))
        messages.try_again(work, 1)
    assert deliver(database) == [(number, 1)]


def test_what_could_not_be_delivered_is_passed_by(database: Database) -> None:
    waiting(database, definition(database), ["1", "2"])
    broken, whole = publish(database), publish(database, key="2")
    with database.work() as work:
        match = messages.next_match(work, MONDAY, passed=[broken])
        assert match is not None
        assert (match.message.id, match.receiver.instance_id) == (whole, 2)
        taken(work, match)
        assert messages.next_match(work, MONDAY, passed=[broken]) is None
    assert deliver(database) == [(broken, 1)]


def test_two_servers_deliver_each_message_once(database: Database) -> None:
    waiting(database, definition(database), [str(n % 7) for n in range(40)])
    numbers = [publish(database, key=str(n % 7)) for n in range(40)]
    with ThreadPoolExecutor(3) as pool:
        found = [each for part in pool.map(lambda _: deliver(database), range(3)) for each in part]
    assert sorted(number for number, _ in found) == numbers
    assert sorted(instance for _, instance in found if instance) == list(range(1, 41))


@pytest.mark.parametrize("commits_first", ["message", "receiver"])
def test_a_sender_and_a_receiver_that_pass_each_other_still_meet(database: Database, commits_first: str) -> None:
    """Neither sees the other before it commits; whichever is last finds the other."""
    process = definition(database)
    waiting(database, process, ["7"])
    with ExitStack() as turns:
        if not database.is_sqlite:  # SQLite writes one turn after the other: then one of them sees the other anyway
            late = turns.enter_context(database.work())
            if commits_first == "message":
                late.session.add(
                    Subscription(instance_id=1, token_id="x", element_id="late", kind="message", name="letter", key="1")
                )
            else:
                messages.publish(late, "letter", "1", {}, now=MONDAY, ttl=HOUR)
            late.session.flush()
        if commits_first == "message" or database.is_sqlite:
            publish(database)
        if commits_first == "receiver" or database.is_sqlite:
            waiting(database, process, ["1"])
        assert database.is_sqlite or deliver(database) == []
    assert len(deliver(database)) == 1


def test_a_delivery_costs_the_same_however_much_waits(database: Database) -> None:
    process = definition(database)
    starting(database, process, name="other")
    costs = []
    for keys in ([f"a{n}" for n in range(10)], [f"b{n}" for n in range(10_000)]):
        waiting(database, process, keys)
        with database.work() as work:
            work.session.execute(update(Subscription).values(is_tried=True))
        publish(database, key=keys[-1])
        with statements(database) as asked:
            assert len(deliver(database)) == 1
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 12


def test_ten_thousand_new_receivers_and_one_message(database: Database) -> None:
    waiting(database, definition(database), [f"b{n}" for n in range(10_000)])
    publish(database, key="b9999")
    with statements(database) as asked:
        assert [instance for _, instance in deliver(database)] == [10_000]
    assert len(asked) < 100, "the new receivers are tried in portions, once"
    with statements(database) as asked:
        assert deliver(database) == []
    assert len(asked) <= 3
    with database.reading() as reading:
        untried = select(func.count()).where(Subscription.is_tried.is_(False))
        assert reading.session.scalar(untried) == 0


def test_the_lock_of_a_message_is_not_waited_for_by_others(database: Database) -> None:
    """While one server delivers, another goes on with the next message."""
    waiting(database, definition(database), ["1", "2"])
    first, second = publish(database), publish(database, key="2")
    if database.is_sqlite:
        assert [number for number, _ in deliver(database)] == [first, second]
        return
    held, done = threading.Event(), threading.Event()

    def slow() -> None:
        with database.work() as work:
            match = messages.next_match(work, MONDAY)
            assert match is not None
            assert match.message.id == first
            held.set()
            done.wait(10)
            taken(work, match)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        assert held.wait(10)
        with database.work() as work:
            match = messages.next_match(work, MONDAY)
            assert match is not None
            assert (match.message.id, match.receiver.instance_id) == (second, 2)
            taken(work, match)
        done.set()
        running.result()
    assert state_of(database, first)[0] == "received"
