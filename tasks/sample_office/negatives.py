"""Negatives: a played case as it stood after each of its moments, ready to be printed any number of times.

A film holds one chain of events and, for each stop, how many of them there were and the rows of every table as they then were.
A row is its constants and its holes; rows that did not change from one stop to the next are kept once.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Table

from cases.surveys import OPEN
from history.whole_chain import Told
from storage.base import Base
from tasks.reporting.surveys import LIFETIME
from tasks.sample_office.patterns import FIRST_ID, FIRST_NUMBER, ID_STEP, Hole, Holes, Pattern

# Those others point at come first. What is not listed is made by the chain, or belongs to no single case.
TABLES = (
    "case party recommendation survey_invitation evidence evidence_disclosure mediation_proposal fact grievance document letter "
    "message deadline clock_pause process_instance subscription job incident user_task open_choice mail"
).split()
# Children have room for so many rows of a case.
ROOM = 200
# The year of such a row is that of a day in it, or of so long before: it is another one for who came in another year.
YEAR_OF = {"recommendation": ("issued_on", timedelta(0)), "survey_invitation": ("expires_at", LIFETIME)}
TOLD_BY = "state"  # of an invitation: who was asked answers, or does not
# A column that holds a random secret or name: a new one for each printed case.
FRESH = {"secret_hash": "hash", "link_hash": "hash", "message_id": "message"}


class RowCells(NamedTuple):
    """A row: its constants, and at which places a pattern stands."""

    constants: tuple[Any, ...]
    patterns: tuple[tuple[int, Pattern], ...]


class Stop(NamedTuple):
    """The case at one moment."""

    at: datetime
    events: int
    rows: dict[str, list[RowCells]]


@dataclass(frozen=True)
class Film:
    """A played case. `tables` are the columns of each table, `holes` what stands open in all its patterns."""

    kind: str
    received_at: datetime
    holes: list[Hole]
    tables: dict[str, tuple[str, ...]]
    events: list[tuple[Any, ...]]
    stops: list[Stop]


def table_numbers() -> dict[int, str]:
    """Which table an id belongs to, by its first digits."""
    return dict(enumerate(TABLES))


def mark_ids(connection: sqlite3.Connection) -> None:
    """Let an empty scratch office count from ids and a case number that stand for themselves wherever they are written.

    SQLite counts on from the highest id there is, so each table gets one row of nothing; `unmark` takes them away again.
    """
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for number, name in table_numbers().items():
        table = Base.metadata.tables[name]
        filled = {column.name: _nothing(column.type.python_type, number) for column in _needed(table)}
        filled["id"] = FIRST_ID + number * ID_STEP
        places = ", ".join("?" for _ in filled)
        names = ", ".join(f'"{column}"' for column in filled)
        connection.execute(f'INSERT INTO "{name}" ({names}) VALUES ({places})', list(filled.values()))  # noqa: S608


def _needed(table: Table) -> list[Any]:
    return [column for column in table.columns if not column.nullable and not column.primary_key]


def _nothing(kind: type, number: int) -> Any:
    if kind in (int, bool, float):
        return -number - 1
    return (
        "2000-01-01 00:00:00.000000" if kind is datetime else "2000-01-01" if kind.__name__ == "date" else f"-{number}"
    )


def first_number(connection: sqlite3.Connection, year: int) -> None:
    """The case number to count from in a year."""
    connection.execute("INSERT INTO case_number (year, last) VALUES (?, ?)", (year, FIRST_NUMBER))


class Camera:
    """Takes the film of the one case in a scratch office."""

    def __init__(self, connection: sqlite3.Connection, kind: str, received_at: datetime) -> None:
        self._connection = connection
        self._holes = Holes()
        self._kept: dict[tuple[str, tuple[Any, ...]], RowCells] = {}
        self._stops: list[Stop] = []
        self._kind, self._received_at = kind, received_at

    def shoot(self, at: datetime) -> None:
        """Keep the case as it is now; a stop where nothing changed is none."""
        rows = {name: list(self._rows(name)) for name in TABLES}
        found = self._connection.execute("SELECT count(*) FROM event WHERE stream LIKE 'case:%'").fetchone()
        stop = Stop(at, int(found[0]), rows)
        if not self._stops or self._stops[-1][1:] != stop[1:]:
            self._stops.append(stop)

    def _rows(self, name: str) -> Iterator[RowCells]:
        columns = self.columns(name)
        names = ", ".join(f'"{column}"' for column in columns)
        query = f'SELECT {names} FROM "{name}" WHERE id > ? ORDER BY id'  # noqa: S608  # our own names
        first = FIRST_ID + TABLES.index(name) * ID_STEP
        for raw in self._connection.execute(query, (first,)):
            cells = _sent(dict(zip(columns, raw, strict=True))) if name == "mail" else tuple(raw)
            known = self._kept.get((name, cells))
            if known is None:
                known = self._kept[name, cells] = self._cells(name, dict(zip(columns, cells, strict=True)))
            yield known

    def _cells(self, name: str, row: dict[str, Any]) -> RowCells:
        if name == "recommendation":
            self._holes.made_on[f"A{row['year']}-{row['id']}"] = row["issued_on"]
        patterns: list[tuple[int, Pattern]] = []
        for place, (column, value) in enumerate(row.items()):
            cell = self._of_register(name, column, row) or self._cell(column, value)
            if type(cell) is Pattern:
                patterns.append((place, cell))
        constants = list(row.values())
        for place, _ in patterns:
            constants[place] = None
        return RowCells(tuple(constants), tuple(patterns))

    def _of_register(self, name: str, column: str, row: dict[str, Any]) -> Pattern | None:
        """A cell that differs from case to case without being a date or a name; None for any other."""
        if column == "year" and name in YEAR_OF:
            day, earlier = YEAR_OF[name]
            return self._holes.alone("year", (date.fromisoformat(str(row[day])[:10]) - earlier).isoformat())
        if name == "survey_invitation" and column == TOLD_BY and row[column] == OPEN:
            return self._holes.alone("answered", str(row["id"]))
        return None

    def _cell(self, column: str, value: Any) -> Any:
        if value is None:
            return None
        if column in FRESH:
            return self._holes.alone(FRESH[column], str(value))
        if isinstance(value, int):
            return self._holes.alone("id", str(value)) if value > FIRST_ID else value
        return self._holes.pattern(value) if isinstance(value, str) else value

    @staticmethod
    def columns(name: str) -> tuple[str, ...]:
        return tuple(column.name for column in Base.metadata.tables[name].columns)

    def film(self, events: Sequence[Told]) -> Film:
        """All stops, with the events of the whole chain."""
        told = [tuple(self._holes.pattern(part) if isinstance(part, str) else part for part in each) for each in events]
        tables = {name: self.columns(name) for name in TABLES}
        return Film(self._kind, self._received_at, list(self._holes.known), tables, told, self._stops)


def _sent(mail: dict[str, Any]) -> tuple[Any, ...]:
    """A scratch office has no post; in an office that lived ten years the mail of a printed case went out at once."""
    return tuple({**mail, "state": "sent", "attempts": 1, "sent_at": mail["created_at"]}.values())
