"""A process that completes a user task and is killed on the way: `python -m tests.engine.crash URL INSTANCE TOKEN POINT`.

POINT is the number of the statement before which it dies, `commit` (just before the commit) or `after` (just after it).
"""

import os
import signal
import sys
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event

from engine.instances import Engine
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock


def die(*_: Any) -> None:
    """What a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, instance: str, token: str, point: str) -> None:
    """Complete one user task, up to the point."""
    database = Database(url)
    engine = Engine({}, TravellingClock(datetime(2026, 1, 5, 9, 0, tzinfo=UTC)))
    with database.work() as work:
        work.session.connection()  # what goes before the first statement of the turn is not counted
        if point == "commit":
            event.listen(database.engine, "commit", die)
        elif point != "after":
            _die_before(database, int(point))
        engine.complete(work, int(instance), token, {"answer": "kept"})
    if point == "after":
        die()


def _die_before(database: Database, number: int) -> None:
    seen: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)
        if len(seen) == number:
            die()

    event.listen(database.engine, "before_cursor_execute", count)


if __name__ == "__main__":
    main(*sys.argv[1:])
