"""What a thief with the database's password does behind the application's back, and what `verify` then says."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from history.log import GENESIS, Event, Log, Verdict, chain_hash, rows, verify
from history.sealing import Keyring
from storage.unit_of_work import Database

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def log() -> Log:
    return Log(Keyring(os.urandom(32)))


@pytest.fixture
def filled(database: Database, log: Log) -> Database:
    """Two cases of five events; of each, the first holds something personal."""
    for case in ("case:1", "case:2"):
        for number in range(1, 6):
            personal = {"name": "Griet"} if number == 1 else {}
            with database.work() as work:
                at = AT + timedelta(hours=number)
                log.append(
                    work, case, [Event("check", "completed", at, f"person:{number}", "", {"n": number}, personal)]
                )
    return database


def _behind_the_back(database: Database, *statements: str) -> None:
    """The triggers go first, as whoever may change the schema can do."""
    if database.is_sqlite:
        names = ["event_no_update", "event_no_delete", "event_no_replace", "stream_head_no_delete"]
        drops = [f"DROP TRIGGER {name}" for name in names]
    else:
        drops = ["DROP TRIGGER event_append_only ON event", "DROP TRIGGER stream_head_moves_on ON stream_head"]
    with database.engine.begin() as connection:
        for statement in [*drops, *statements]:
            connection.exec_driver_sql(statement)


def _verdict(database: Database, stream: str = "case:1") -> Verdict:
    with database.reading() as reading:
        return verify(reading, stream)


COPY = (
    "INSERT INTO event (stream, seq, at, activity, transition, resource, role, data, sealed, hash) "
    "SELECT stream, {seq}, at, activity, transition, resource, role, data, sealed, hash FROM event "
    "WHERE stream = 'case:1' AND seq = 5"
)
ONE = "WHERE stream = 'case:1' AND seq = "


@pytest.mark.parametrize(
    ("statements", "seq", "reason"),
    [
        pytest.param([f"UPDATE event SET data = '{{\"n\":9}}' {ONE}3"], 3, "gewijzigd", id="an answer"),
        pytest.param([f"UPDATE event SET resource = 'person:9' {ONE}2"], 2, "gewijzigd", id="who did it"),
        pytest.param([f"UPDATE event SET at = '2026-01-04 00:00:00+00' {ONE}4"], 4, "gewijzigd", id="when"),
        pytest.param([f"UPDATE event SET sealed = NULL {ONE}1"], 1, "gewijzigd", id="the sealed part"),
        pytest.param([f"UPDATE event SET hash = '{GENESIS}' {ONE}2"], 2, "gewijzigd", id="the hash itself"),
        pytest.param([f"DELETE FROM event {ONE}1"], 1, "ontbreekt", id="the first one gone"),
        pytest.param([f"DELETE FROM event {ONE}3"], 3, "ontbreekt", id="one in the middle gone"),
        pytest.param(["DELETE FROM event WHERE stream = 'case:1' AND seq > 3"], 4, "ontbreken", id="the tail cut off"),
        pytest.param(["DELETE FROM event WHERE stream = 'case:1'"], 1, "ontbreken", id="all of it gone"),
        pytest.param([COPY.format(seq=6)], 6, "gewijzigd", id="one added"),
        pytest.param(
            [
                f"UPDATE event SET seq = 99 {ONE}2",
                f"UPDATE event SET seq = 2 {ONE}3",
                f"UPDATE event SET seq = 3 {ONE}99",
            ],
            2,
            "gewijzigd",
            id="two swapped",
        ),
        pytest.param(["DELETE FROM stream_head WHERE stream = 'case:1'"], 1, "geen kop", id="the head gone"),
        pytest.param(
            [f"UPDATE stream_head SET hash = '{GENESIS}' WHERE stream = 'case:1'"], 5, "kop", id="the head changed"
        ),
    ],
)
def test_verify_names_the_first_event_that_does_not_hold(
    filled: Database, statements: list[str], seq: int, reason: str
) -> None:
    _behind_the_back(filled, *statements)
    verdict = _verdict(filled)
    assert (verdict.ok, verdict.first_bad_seq) == (False, seq)
    assert reason in verdict.reason
    assert _verdict(filled, "case:2").ok


def test_an_event_forged_with_a_right_hash_still_shows_against_the_head(filled: Database, log: Log) -> None:
    with filled.reading() as reading:
        last = log.read(reading, "case:1")[-1].hash
    row = {"stream": "case:1", "seq": 6, "at": AT, "activity": "case", "transition": "decided", "resource": "person:1"}
    row |= {"role": "", "data": "{}", "sealed": None}
    names = "stream, seq, at, activity, transition, resource, role, data, sealed, hash"
    places = ", ".join(f":{name}" for name in names.split(", "))
    at = AT.replace(tzinfo=None).isoformat(" ") if filled.is_sqlite else AT
    with filled.engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO event ({names}) VALUES ({places})"), {**row, "hash": chain_hash(last, row), "at": at}
        )
    verdict = _verdict(filled)
    assert (verdict.ok, verdict.events, verdict.first_bad_seq) == (False, 6, 6)
    assert "toegevoegd" in verdict.reason


def _rewritten(database: Database, stream: str) -> None:
    """The thief's best work: an answer changed, every hash after it and the head made right again."""
    names = ("stream", "seq", "at", "activity", "transition", "resource", "role", "data", "sealed")
    last = GENESIS
    with database.reading() as reading:
        stored = [{name: getattr(row, name) for name in names} for row in rows(reading, stream)]
    stored[1]["data"] = '{"n":9}'
    statements = []
    for row in stored:
        last = chain_hash(last, row)
        place = f"WHERE stream = '{stream}' AND seq = {row['seq']}"
        statements.append(f"UPDATE event SET data = '{row['data']}', hash = '{last}' {place}")
    _behind_the_back(database, *statements, f"UPDATE stream_head SET hash = '{last}' WHERE stream = '{stream}'")


def test_a_chain_rewritten_as_a_whole_shows_by_the_seal_of_its_head(filled: Database, log: Log) -> None:
    _rewritten(filled, "case:1")
    with filled.reading() as reading:
        assert verify(reading, "case:1").ok  # the hashes alone are right again
        verdict = log.verify(reading, "case:1")
        assert log.verify(reading, "case:2") == Verdict(True, 5)
    assert (verdict.ok, verdict.first_bad_seq) == (False, 1)
    assert "herschreven" in verdict.reason


def test_an_empty_seal_is_no_seal(filled: Database, log: Log) -> None:
    _behind_the_back(filled, "UPDATE stream_head SET seal = '' WHERE stream = 'case:1'")
    with filled.reading() as reading:
        assert not log.verify(reading, "case:1").ok


def test_another_office_s_key_does_not_seal_our_chains(filled: Database) -> None:
    with filled.reading() as reading:
        assert not Log(Keyring(os.urandom(32))).verify(reading, "case:1").ok


def test_verify_all_walks_every_chain_and_finds_the_one_that_was_changed(filled: Database, log: Log) -> None:
    _behind_the_back(filled, "UPDATE event SET role = 'ombudsman' WHERE stream = 'case:2' AND seq = 4")
    with filled.reading() as reading:
        verdicts = dict(log.verify_all(reading))
    assert verdicts["case:1"] == Verdict(True, 5)
    assert (verdicts["case:2"].ok, verdicts["case:2"].first_bad_seq) == (False, 4)


def test_a_chain_without_a_head_is_walked_too(filled: Database, log: Log) -> None:
    _behind_the_back(filled, "DELETE FROM stream_head")
    with filled.reading() as reading:
        assert [stream for stream, verdict in log.verify_all(reading) if not verdict.ok] == ["case:1", "case:2"]


def test_a_chain_that_grows_while_it_is_walked_is_not_called_broken(filled: Database, log: Log) -> None:
    with filled.reading() as reading:
        assert verify(reading, "case:2").events == 5  # from here on this reader sees one moment
        with filled.work() as work:
            log.append(work, "case:1", [Event("check", "completed", AT, "person:6")])
        assert verify(reading, "case:1") == Verdict(True, 5)
    assert _verdict(filled) == Verdict(True, 6)


REFUSED = [
    "UPDATE event SET role = 'x'",
    "DELETE FROM event",
    "DELETE FROM stream_head",
    "UPDATE stream_head SET seq = seq - 1",
]
# What only one of the two databases knows.
REPLACE = "INSERT OR REPLACE INTO event SELECT * FROM event WHERE seq = 2"
TRUNCATE = ["TRUNCATE event", "TRUNCATE stream_head"]


def test_the_database_itself_refuses_to_change_history(filled: Database) -> None:
    for statement in [*REFUSED, *([REPLACE] if filled.is_sqlite else TRUNCATE)]:
        with pytest.raises(DBAPIError, match="append-only"), filled.work() as work:
            work.session.execute(text(statement))
    assert _verdict(filled) == Verdict(True, 5)


def test_the_key_of_a_chain_can_still_be_destroyed(filled: Database, log: Log) -> None:
    with filled.work() as work:
        log.erase(work, "case:1", AT)
    with filled.reading() as reading:
        assert [event.is_erased for event in log.read(reading, "case:1")] == [True, False, False, False, False]
    assert _verdict(filled) == Verdict(True, 5)
