"""A signal reaches everyone who waits when it is sent, each once, and nobody who waits later."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from engine import deliveries, delivering, locks
from engine.models import Delivery, ProcessInstance, Subscription
from engine.step import Step
from storage.unit_of_work import Database, UnitOfWork
from tests.engine.test_statements import statements
from tests.engine.waiting_rows import MONDAY, definition, starting, waiting


def send(database: Database, name: str = "strike") -> int:
    with database.work() as work:
        return deliveries.broadcast(work, name, {"text": "x"}, now=MONDAY)


def receive_all(database: Database) -> list[int | None]:
    """Make every delivery, a turn each; gives the instances in order (None: a new one)."""
    found: list[int | None] = []
    while True:
        with database.work() as work:
            following = deliveries.next_delivery(work)
            if following is None:
                return found
            delivery, wait = following
            if wait is not None:
                assert delivery.variables == {"text": "x"}
                found.append(delivery.instance_id)
            deliveries.settle(work, delivery, was_received=wait is not None)


def states(database: Database) -> list[tuple[str, dict[str, object]]]:
    with database.reading() as reading:
        return [(row.state, row.variables) for row in reading.session.scalars(select(Delivery).order_by(Delivery.id))]


def test_everyone_who_waits_gets_it_once_in_order_and_a_process_starts(database: Database) -> None:
    process = definition(database)
    waiting(database, process, ["", ""], name="strike", kind="signal")
    starting(database, process, name="strike", kind="signal")
    waiting(database, process, [""], name="other", kind="signal")
    assert send(database) == 3
    waiting(database, process, [""], name="strike", kind="signal")
    assert receive_all(database) == [1, 2, None]
    assert states(database) == [("done", {})] * 3
    assert receive_all(database) == []


def test_who_went_on_meanwhile_is_passed_by(database: Database) -> None:
    waiting(database, definition(database), ["", ""], name="strike", kind="signal")
    assert send(database) == 2
    with database.work() as work:
        work.session.execute(delete(Subscription).where(Subscription.instance_id == 1))
    assert receive_all(database) == [2]
    assert states(database) == [("gone", {}), ("done", {})]


def test_a_suspended_instance_gets_it_when_resumed_and_holds_up_nobody(database: Database) -> None:
    waiting(database, definition(database), ["", ""], name="strike", kind="signal")
    with database.work() as work:
        work.session.execute(update(ProcessInstance).where(ProcessInstance.id == 1).values(is_suspended=True))
    send(database)
    assert receive_all(database) == [2]
    with database.work() as work:
        work.session.execute(update(ProcessInstance).values(is_suspended=False))
    assert receive_all(database) == [1]


def test_nobody_waits(database: Database) -> None:
    assert send(database) == 0
    assert receive_all(database) == []


def test_two_servers_make_each_delivery_once(database: Database) -> None:
    waiting(database, definition(database), [""] * 40, name="strike", kind="signal")
    send(database)
    with ThreadPoolExecutor(3) as pool:
        found = [each for part in pool.map(lambda _: receive_all(database), range(3)) for each in part]
    assert sorted(instance for instance in found if instance) == list(range(1, 41))


def test_sending_is_one_statement_however_many_wait(database: Database) -> None:
    waiting(database, definition(database), [""] * 1000, name="strike", kind="signal")
    with statements(database) as asked:
        assert send(database) == 1000
    assert [each.split()[0] for each in asked] == ["INSERT"]


def test_what_is_over_is_forgotten_after_a_week(database: Database) -> None:
    waiting(database, definition(database), ["", ""], name="strike", kind="signal")
    send(database)
    with database.work() as work:
        following = deliveries.next_delivery(work)
        assert following is not None
        deliveries.settle(work, following[0], was_received=True)
    with database.work() as work:
        assert deliveries.forget_old(work, MONDAY + timedelta(days=6)) == 0
        assert deliveries.forget_old(work, MONDAY + timedelta(days=8)) == 1
        assert work.session.scalar(select(func.count()).select_from(Delivery)) == 1


def test_a_receiver_that_was_suspended_meanwhile_gets_it_later(database: Database) -> None:
    """The delivery was chosen, and then its instance turns out to be suspended: it stays, and the next goes on."""
    waiting(database, definition(database), ["", ""], name="strike", kind="signal")
    send(database)

    def receive(work: UnitOfWork, wait: Subscription, _variables: object, _case_id: int | None) -> Step | None:
        if wait.instance_id == 1:
            work.session.execute(update(ProcessInstance).where(ProcessInstance.id == 1).values(is_suspended=True))
            return None
        return Step(wait.instance_id or 0, 0)

    with database.work() as work:
        delivered = delivering.deliver_next(work, MONDAY, receive)
        assert delivered is not None
        assert delivered.step.instance_id == 2
    assert states(database) == [("waiting", {"text": "x"}), ("done", {})]


def test_a_receiver_somebody_is_busy_with_holds_up_nobody_and_gets_it_in_order_afterwards(database: Database) -> None:
    waiting(database, definition(database), ["", ""], name="strike", kind="signal")
    send(database)

    def deliver() -> int | None:
        with database.work() as work:
            delivered = delivering.deliver_next(work, MONDAY, lambda _work, wait, *_: Step(wait.instance_id or 0, 0))
            return None if delivered is None else delivered.step.instance_id

    if database.is_sqlite:  # one writer at a time
        assert [deliver(), deliver(), deliver()] == [1, 2, None]
        return
    with ThreadPoolExecutor(1) as pool, database.work() as work:
        locks.hold(work, 1)
        assert [pool.submit(deliver).result(20), pool.submit(deliver).result(20)] == [2, None]
        work.session.execute(update(Delivery).where(Delivery.instance_id == 1).values(token_id="heir"))
    with database.reading() as reading:
        assert [row.state for row in reading.session.scalars(select(Delivery).order_by(Delivery.id))] == [
            "waiting",
            "done",
        ]
