"""How often a page asks the database something: what the engine of SQLAlchemy really sends, transaction control left out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import event

from storage.unit_of_work import Database

CONTROL = ("PRAGMA", "BEGIN", "SET ", "COMMIT", "ROLLBACK")


@dataclass
class Counted:
    """The statements, and how many transactions that wrote were committed."""

    asked: list[str] = field(default_factory=list)
    commits: int = 0


@contextmanager
def statements(database: Database) -> Iterator[Counted]:
    """Count what is sent inside the block."""
    counted = Counted()
    wrote: list[bool] = []

    def before(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().startswith(CONTROL):
            counted.asked.append(" ".join(statement.split())[:160])
            wrote.append(not statement.lstrip().startswith("SELECT"))

    def committed(_connection: object) -> None:
        counted.commits += any(wrote)

    event.listen(database.engine, "before_cursor_execute", before)
    event.listen(database.engine, "commit", committed)
    try:
        yield counted
    finally:
        event.remove(database.engine, "before_cursor_execute", before)
        event.remove(database.engine, "commit", committed)
