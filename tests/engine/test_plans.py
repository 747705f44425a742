"""Every lookup of what waits goes by an index: the database's own plan says so, with ten thousand rows of each kind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, update

from engine import deliveries, messages, starts
from engine.models import Delivery, PublishedMessage, Subscription
from storage.unit_of_work import Database, UnitOfWork
from tests.engine.waiting_rows import MONDAY, definition, starting, waiting

MANY = 10_000
TABLES = ("subscription", "published_message", "delivery")
Asked = list[tuple[str, Any]]


@contextmanager
def asked_of(database: Database) -> Iterator[Asked]:
    """Every statement with its parameters."""
    found: Asked = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT INTO delivery")):
            found.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def scans(database: Database, asked: Asked) -> list[str]:
    """The lines of the plans that read a whole table of ours."""
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    marks = tuple(f"SCAN {table}" if database.is_sqlite else f"Seq Scan on {table}" for table in TABLES)
    with database.engine.connect() as connection:
        plans = [
            f"{row[-1]} | {statement}"
            for statement, parameters in asked
            for row in connection.exec_driver_sql(explain + statement, parameters)
        ]
    assert plans
    return [line for line in plans if any(mark in line for mark in marks)]


def message(work: UnitOfWork) -> None:
    assert messages.next_match(work, MONDAY)


def expiry(work: UnitOfWork) -> None:
    messages.expire(work, MONDAY - timedelta(days=1))


def signal(work: UnitOfWork) -> None:
    assert deliveries.broadcast(work, "strike", {}, now=MONDAY) == 1


def delivery(work: UnitOfWork) -> None:
    assert deliveries.next_delivery(work)


def resumed(work: UnitOfWork) -> None:
    messages.try_again(work, 5)


def due_start(work: UnitOfWork) -> None:
    assert starts.take_due(work, MANY + 1, MONDAY) is None


MESSAGE, RECEIVER, START = "message", "receiver", "start"


@pytest.mark.parametrize(
    ("new", "lookups"),
    [(MESSAGE, (message, resumed, due_start, signal, delivery, expiry)), (RECEIVER, (message,)), (START, (message,))],
    ids=[MESSAGE, RECEIVER, START],
)
def test_a_lookup_reads_no_whole_table(
    database: Database, new: str, lookups: tuple[Callable[[UnitOfWork], None], ...]
) -> None:
    process = definition(database)
    waiting(database, process, [f"k{n}" for n in range(MANY)])
    starting(database, process)
    waiting(database, process, [""], name="strike", kind="signal")
    _fill(database, new)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    for lookup in lookups:
        with asked_of(database) as asked, database.work() as work:
            lookup(work)
        assert scans(database, asked) == [], lookup


def _fill(database: Database, new: str) -> None:
    gone = {"name": "letter", "published_at": MONDAY, "expires_at": MONDAY, "is_tried": True, "variables": {}}
    over = {"subscription_id": 1, "element_id": "x", "name": "strike", "created_at": MONDAY, "variables": {}}
    with database.work() as work:
        work.session.execute(update(Subscription).values(is_tried=True))
        work.session.execute(
            insert(PublishedMessage), [{**gone, "key": f"k{n}", "state": "received"} for n in range(MANY)]
        )
        work.session.execute(insert(Delivery), [{**over, "state": "done"} for _ in range(MANY)])
        work.session.add(Delivery(**over))
        messages.publish(work, "letter", "k77", {}, now=MONDAY, ttl=timedelta(hours=1))
        if new == MESSAGE:
            return
        work.session.execute(update(PublishedMessage).values(is_tried=True))
        newcomer = Subscription.key == "k77" if new == RECEIVER else Subscription.definition_id.is_not(None)
        work.session.execute(update(Subscription).where(newcomer).values(is_tried=False))
