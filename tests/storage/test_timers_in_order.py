"""Timers from before their index had an order are carried along, and the next few are found without sorting the others."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from engine import timers
from engine.models import Subscription
from storage.unit_of_work import Database
from tests.engine.test_plans import Asked, asked_of, scans
from tests.engine.waiting_rows import MONDAY, definition, waiting
from tests.storage.test_parts_of_a_complaint import migrate

MANY = 3_000


def test_timers_of_one_moment_are_found_in_order_without_sorting(database: Database) -> None:
    waiting(database, definition(database), [""] * MANY, kind="timer")
    fall_due(database, MONDAY)
    migrate(database, "0022", down=True)
    migrate(database, "head")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    with asked_of(database) as asked, database.reading() as reading:
        numbers = list(reading.session.scalars(select(Subscription.id).order_by(Subscription.id)))
        first = timers.due(reading, MONDAY + timedelta(days=1), timers.FIRST, 200)
        second = timers.due(reading, MONDAY + timedelta(days=1), first[-1], 200)
    assert [each.id for each in (*first, *second)] == numbers[:400]
    looked = [each for each in asked if "process_instance" in each[0]]
    assert len(looked) == 2
    assert scans(database, looked) == []
    assert sorting(database, looked) == []


def test_a_timer_is_taken_by_its_instance_though_statistics_know_of_nothing_that_is_due(database: Database) -> None:
    last = waiting(database, definition(database), [""] * MANY, kind="timer")
    fall_due(database, MONDAY + timedelta(days=365))
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    fall_due(database, MONDAY)
    with asked_of(database) as asked, database.work() as work:
        assert timers.take(work, last, MONDAY + timedelta(days=1))
    assert [line for line in plan_of(database, asked) if "ix_subscription_kind_due_at_id" in line] == []


def fall_due(database: Database, at: datetime) -> None:
    with database.work() as work:
        work.session.execute(update(Subscription).values(due_at=at))


def sorting(database: Database, asked: Asked) -> list[str]:
    """The lines of the plans that put rows in order first."""
    return [line for line in plan_of(database, asked) if "TEMP B-TREE" in line or "Sort" in line]


def plan_of(database: Database, asked: Asked) -> list[str]:
    """How the database goes about these statements."""
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.engine.connect() as connection:
        return [str(row[-1]) for each, given in asked for row in connection.exec_driver_sql(explain + each, given)]
