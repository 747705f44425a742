"""Shutting what lies open in a house that got a vault later: every private value of every row, each under the key of its case.

Safe to repeat, and to stop half-way: a value that is shut stays so. What was written into the history before cannot be changed.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select, update

from storage.base import Base
from storage.private import Owned, PrivateRow, as_stored, is_shut, owner_of, private_columns
from storage.unit_of_work import Database

ROWS = 500  # of one transaction


def shut_open_values(database: Database) -> int:
    """Shut every value that lies open; returns in how many rows there was one."""
    return sum(_of_table(database, mapper.class_) for mapper in _mappers())


def _mappers() -> list[Any]:
    return [mapper for mapper in Base.registry.mappers if issubclass(mapper.class_, PrivateRow)]


def _of_table(database: Database, kind: Any) -> int:
    table, names = kind.__table__, private_columns(kind.__mapper__)
    case = table.c.id if table.name == "case" else table.c.get("case_id")
    columns = [table.c.id, *([] if case is None else [case.label("of_case")]), *(table.c[name] for name in names)]
    shut, last = 0, 0
    while True:
        with database.work() as work, as_stored():
            rows = work.session.execute(_portion(columns, table, last)).mappings().all()
            for row in rows:
                if open_ := _open_values(dict(row), names):
                    work.session.execute(update(table).where(table.c.id == row["id"]).values(open_))
                    shut += 1
        if len(rows) < ROWS:
            return shut
        last = rows[-1]["id"]


def _portion(columns: list[Any], table: Any, last: int) -> Select[Any]:
    return select(*columns).where(table.c.id > last).order_by(table.c.id).limit(ROWS)


def _open_values(row: Mapping[Any, Any], names: tuple[str, ...]) -> dict[str, Owned]:
    """What of a row lies open, with whose it is."""
    owner = owner_of(row.get("of_case"))
    return {name: Owned(owner, row[name]) for name in names if row[name] not in (None, "") and not is_shut(row[name])}
