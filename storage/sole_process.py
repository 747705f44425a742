"""One process serves a SQLite file: a second one is refused before it begins.

SQLite itself would keep the rows whole, but its writers meet at one lock without a line: a call waits for seconds or is refused, as soon
as two processes work. Commands that come and go (a copy, an account) need no place here. The lock is the system's own on a file beside
the database: it ends with the process, however that ends. Refuses with AlreadyServed.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from problems import Conflict
from storage.unit_of_work import Database


class AlreadyServed(Conflict):
    """Deze databank wordt al bediend door een ander proces, en SQLite kan er maar één aan. Stop dat proces, of gebruik PostgreSQL."""


@contextmanager
def sole_process(database: Database) -> Iterator[None]:
    """While this lasts no other process can do the same for this SQLite file. On PostgreSQL everybody may."""
    file = make_url(database.url).database if database.is_sqlite else None
    if not file or file == ":memory:":
        yield
        return
    path = Path(f"{file}.serving")
    with path.open("a", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise AlreadyServed(database=file) from taken
        yield
