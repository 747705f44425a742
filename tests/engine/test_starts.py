"""What starts a process from outside waits while a version is in use: one row per trigger, one instance per due moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine import starts
from engine.errors import StartMomentNotUsable
from engine.models import Definition, Subscription
from engine.starts import ProcessStart
from storage.unit_of_work import Database
from tests.engine.waiting_rows import MONDAY, definition

HOUR = timedelta(hours=1)
EVERY_HOUR = ProcessStart("hourly", "timer", timer_text="R3/PT1H")


def listen(database: Database, definition_id: int, *wanted: ProcessStart, at: datetime = MONDAY) -> None:
    with database.work() as work:
        starts.sync(work, work.session.get_one(Definition, definition_id), wanted, at)


def rows(database: Database) -> list[tuple[int | None, str, str, str | None, datetime | None]]:
    with database.reading() as reading:
        found = reading.session.scalars(select(Subscription).order_by(Subscription.id))
        return [(row.definition_id, row.element_id, row.kind, row.name, row.due_at) for row in found]


def take(database: Database, at: datetime) -> bool:
    """One server takes the due moment of the one start timer there is."""
    with database.work() as work:
        number = work.session.scalar(select(Subscription.id))
        return number is not None and starts.take_due(work, number, at) is not None


def test_a_new_version_listens_and_the_one_before_no_longer(database: Database) -> None:
    first, second = definition(database), definition(database, version=2)
    other = definition(database, key="q")
    letter = ProcessStart("arrives", "message", "letter")
    listen(database, first, letter, EVERY_HOUR)
    listen(database, other, letter)
    listen(database, second, EVERY_HOUR, ProcessStart("either", "signal", "strike", position=1), at=MONDAY + HOUR)
    assert rows(database) == [
        (other, "arrives", "message", "letter", None),
        (second, "hourly", "timer", None, MONDAY + 2 * HOUR),
        (second, "either", "signal", "strike", None),
    ]
    listen(database, second)
    assert rows(database) == [(other, "arrives", "message", "letter", None)]


def test_a_cycle_starts_so_often_and_then_is_over(database: Database) -> None:
    listen(database, definition(database), EVERY_HOUR)
    assert not take(database, MONDAY + HOUR - timedelta(seconds=1))
    assert take(database, MONDAY + HOUR)
    assert not take(database, MONDAY + HOUR)
    assert take(database, MONDAY + 3 * HOUR), "what passed unheard is one"
    assert not take(database, MONDAY + 3 * HOUR)
    assert take(database, MONDAY + 4 * HOUR)
    assert rows(database) == []


def test_a_date_starts_once(database: Database) -> None:
    listen(database, definition(database), ProcessStart("on", "timer", timer_text="2026-01-06T09:00:00Z"))
    assert take(database, MONDAY + timedelta(days=1))
    assert rows(database) == []


def test_each_due_moment_is_taken_once_however_many_servers_keep_the_clock(database: Database) -> None:
    listen(database, definition(database), ProcessStart("hourly", "timer", timer_text="R/PT1H"))
    for hour in range(1, 6):
        with ThreadPoolExecutor(4) as pool:
            taken = list(pool.map(lambda _, at=MONDAY + hour * HOUR: take(database, at), range(4)))
        assert taken.count(True) == 1


def test_a_moment_may_be_an_expression(database: Database) -> None:
    listen(database, definition(database), ProcessStart("on", "timer", timer_text='=duration("PT2H")'))
    assert rows(database)[0][-1] == MONDAY + 2 * HOUR


@pytest.mark.parametrize("text", ["tomorrow", "=unknown", "R3/tomorrow", "0 0 30 2 *"])
def test_a_moment_that_cannot_be_read_is_refused(database: Database, text: str) -> None:
    with pytest.raises(StartMomentNotUsable) as refused:
        listen(database, definition(database), ProcessStart("on", "timer", timer_text=text))
    assert [error["field"] for error in refused.value.errors] == ["on"]
    assert rows(database) == []


def test_conditions_are_told_in_the_order_of_use(database: Database) -> None:
    listen(database, definition(database, key="b"), ProcessStart("hot", "condition"))
    listen(
        database,
        definition(database, key="a"),
        ProcessStart("cold", "condition"),
        ProcessStart("x", "signal", "s", position=1),
    )
    with database.reading() as reading:
        assert [row.element_id for row in starts.conditional(reading)] == ["hot", "cold"]
