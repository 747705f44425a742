"""The history: numbered, chained, sealed, and refused to whoever wants to change it."""

import os
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from history.log import Event, Log, verify
from history.sealing import Keyring
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


@pytest.mark.parametrize("statement", ["UPDATE event SET resource = 'x'", "DELETE FROM event"])
def test_the_database_refuses_to_change_history(database: Database, log: Log, statement: str) -> None:
    _three_events(database, log)
    with pytest.raises(DBAPIError, match="append-only"), database.work() as work:
        work.session.execute(text(statement))


def _tamper(database: Database, *statements: str) -> None:
    """Behind the application's back: the triggers go first, as a thief with the database's password would do."""
    drops = ["DROP TRIGGER event_no_update", "DROP TRIGGER event_no_delete"]
    with database.engine.begin() as connection:
        for statement in [*(drops if database.is_sqlite else ["DROP TRIGGER event_append_only ON event"]), *statements]:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statement", "seq", "reason"),
    [
        ("UPDATE event SET data = '{\"ok\":false}' WHERE seq = 3", 3, "gewijzigd"),
        ("UPDATE event SET resource = 'person:9' WHERE seq = 2", 2, "gewijzigd"),
        ("DELETE FROM event WHERE seq = 2", 2, "ontbreekt"),
        ("DELETE FROM event WHERE seq = 3", 3, "ontbreken"),
    ],
)
def test_verify_names_the_first_event_that_does_not_hold(
    database: Database, log: Log, statement: str, seq: int, reason: str
) -> None:
    _three_events(database, log)
    _tamper(database, statement)
    with database.reading() as reading:
        verdict = verify(reading, "case:1")
    assert (verdict.ok, verdict.first_bad_seq) == (False, seq)
    assert reason in verdict.reason


def test_a_sealed_value_cannot_move_to_another_case(log: Log) -> None:
    keys = Keyring(os.urandom(32))
    wrapped = keys.new_key("case:1")
    sealed = keys.seal(wrapped, "case:1", {"name": "Griet"})
    assert keys.open(wrapped, "case:1", sealed) == {"name": "Griet"}
    with pytest.raises(Exception):  # noqa: B017  # the library's InvalidTag
        keys.open(wrapped, "case:2", sealed)
