"""Rows that wait, written straight into the database: for questions about looking up, where no token needs to move."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import insert

from engine.models import Definition, ProcessInstance, Subscription
from storage.unit_of_work import Database

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def definition(database: Database, key: str = "p", state: str = "active", version: int = 1) -> int:
    """A version of a process; gives its id."""
    with database.work() as work:
        row = Definition(
            kind="process",
            key=key,
            version=version,
            digest=f"{key}{version}",
            content=b"",
            state=state,
            created_by="person:1",
            created_at=MONDAY,
        )
        work.session.add(row)
        work.session.flush()
        return row.id


def waiting(
    database: Database, definition_id: int, keys: Iterable[str], name: str = "letter", kind: str = "message"
) -> int:
    """An instance per key, each waiting for the message (or signal) of this name; gives the last. Numbers go on from what is there."""
    with database.work() as work:
        first = (work.session.query(ProcessInstance).count() or 0) + 1
        numbered = list(enumerate(keys, first))
        work.session.execute(
            insert(ProcessInstance),
            [
                {"id": number, "definition_id": definition_id, "state": "", "codec_version": 2, "library_version": "3",
                 "started_at": MONDAY, "called": {}}
                for number, _ in numbered
            ],
        )  # fmt: skip
        work.session.execute(
            insert(Subscription),
            [
                {"instance_id": number, "token_id": f"t{number}", "element_id": "await", "kind": kind, "name": name,
                 "key": key if kind == "message" else None}
                for number, key in numbered
            ],
        )  # fmt: skip
    return numbered[-1][0]


def starting(database: Database, definition_id: int, name: str = "letter", kind: str = "message") -> None:
    """A process in use that starts with this message or signal."""
    with database.work() as work:
        work.session.add(Subscription(definition_id=definition_id, element_id="arrives", kind=kind, name=name))
