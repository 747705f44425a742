"""The migration that seals heads keeps what was there, and its triggers; an old head is sealed by its next event."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from history.log import GENESIS, Event, Log, Verdict, chain_hash, verify
from history.sealing import Keyring
from storage.migrations.run import config
from storage.unit_of_work import Database

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ROW: dict[str, object] = {
    "stream": "case:1",
    "seq": 1,
    "at": AT,
    "activity": "case",
    "transition": "received",
    "resource": "complainant:1",
    "role": "complainant",
    "data": "{}",
    "sealed": None,
}


def _to(database: Database, revision: str) -> None:
    with database.engine.connect() as connection:
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
        connection.commit()


def _back_to(database: Database, revision: str) -> None:
    with database.engine.connect() as connection:
        settings = config()
        settings.attributes["connection"] = connection
        command.downgrade(settings, revision)
        connection.commit()


def _old_chain(database: Database, keys: Keyring) -> None:
    """One event, as the version before wrote it: the head without a seal."""
    hashed = chain_hash(GENESIS, ROW)
    at = AT.replace(tzinfo=None).isoformat(" ") if database.is_sqlite else AT
    names = [*ROW, "hash"]
    places = ", ".join(f":{name}" for name in names)
    with database.engine.begin() as connection:
        statement = f"INSERT INTO event ({', '.join(names)}) VALUES ({places})"
        connection.execute(text(statement), {**ROW, "at": at, "hash": hashed})
        connection.execute(
            text("INSERT INTO stream_head (stream, seq, hash, wrapped_key) VALUES ('case:1', 1, :hash, :key)"),
            {"hash": hashed, "key": keys.new_key("case:1")},
        )


def test_a_chain_from_before_keeps_its_events_and_is_sealed_by_the_next_one(database: Database) -> None:
    keys = Keyring(os.urandom(32))
    log = Log(keys)
    _back_to(database, "0007")
    _old_chain(database, keys)
    _to(database, "head")
    with database.reading() as reading:
        assert verify(reading, "case:1") == Verdict(True, 1)
        assert "zegel" in log.verify(reading, "case:1").reason
    with database.work() as work:
        log.append(work, "case:1", [Event("check", "completed", AT, "person:1", personal={"name": "Griet"})])
    with database.reading() as reading:
        assert log.verify(reading, "case:1") == Verdict(True, 2)
    with pytest.raises(DBAPIError, match="append-only"), database.work() as work:
        work.session.execute(text("DELETE FROM stream_head"))


def test_the_master_key_s_file_is_read_by_its_owner_only_and_made_once(tmp_path: Path) -> None:
    first = Keyring.from_file(tmp_path / "keys" / "master.key")
    again = Keyring.from_file(tmp_path / "keys" / "master.key")
    assert first.sign_head("case:1", 1, GENESIS) == again.sign_head("case:1", 1, GENESIS)
    assert (tmp_path / "keys" / "master.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValueError, match="32 bytes"):
        Keyring(b"kort")
