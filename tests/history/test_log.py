"""The history: numbered, chained, sealed, and refused to whoever wants to change it."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event as Moment

import pytest
from sqlalchemy import text
from sqlalchemy.event import listen

from history.log import Event, Log, verify
from history.sealing import InvalidTag, Keyring
from storage.unit_of_work import Database

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def log() -> Log:
    return Log(Keyring(os.urandom(32)))


def _three_events(database: Database, log: Log) -> None:
    with database.work() as work:
        log.append(work, "case:1", [Event("case", "received", AT, "complainant:1", personal={"name": "Griet"})])
    with database.work() as work:
        log.append(
            work,
            "case:1",
            [
                Event("check", "activated", AT, "system:engine"),
                Event("check", "completed", AT, "person:1", data={"ok": True}),
            ],
        )


def test_events_are_numbered_without_gaps_and_read_back_with_their_personal_values(
    database: Database, log: Log
) -> None:
    _three_events(database, log)
    with database.reading() as reading:
        events = log.read(reading, "case:1")
        assert [event.seq for event in events] == [1, 2, 3]
        assert events[0].personal == {"name": "Griet"}
        assert events[2].data == {"ok": True}
        assert verify(reading, "case:1").ok


def test_personal_values_are_not_readable_in_the_database(database: Database, log: Log) -> None:
    _three_events(database, log)
    with database.reading() as reading:
        stored = reading.session.execute(text("SELECT data, sealed FROM event")).all()
        assert "Griet" not in str(stored)


def test_destroying_the_key_erases_the_person_and_leaves_the_chain_whole(database: Database, log: Log) -> None:
    _three_events(database, log)
    with database.work() as work:
        log.erase(work, "case:1", AT)
    with database.reading() as reading:
        first = log.read(reading, "case:1")[0]
        assert first.is_erased
        assert first.personal == {}
        assert verify(reading, "case:1").ok


def test_a_sealed_value_cannot_move_to_another_case(log: Log) -> None:
    keys = Keyring(os.urandom(32))
    wrapped = keys.new_key("case:1")
    sealed = keys.seal(wrapped, "case:1", {"name": "Griet"})
    assert keys.open(wrapped, "case:1", sealed) == {"name": "Griet"}
    with pytest.raises(InvalidTag):
        keys.open(wrapped, "case:2", sealed)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_first_events_of_one_stream_at_once_become_one_chain(database: Database, log: Log) -> None:
    begins = Moment()

    def tell(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO stream_head"):
            begins.set()

    def write(by: str) -> None:
        with database.work() as work:
            log.append(work, "office", [Event("person", "changed", AT, by)])

    with ThreadPoolExecutor(1) as pool:
        with database.work() as work:  # has begun the chain, and nobody sees it yet
            log.append(work, "office", [Event("person", "changed", AT, "person:1")])
            listen(database.engine, "before_cursor_execute", tell)
            second = pool.submit(write, "person:2")
            assert begins.wait(timeout=30)
        second.result()
    with database.reading() as reading:
        told = log.read(reading, "office")
        assert [(event.seq, event.resource) for event in told] == [(1, "person:1"), (2, "person:2")]
        assert log.verify(reading, "office").ok
