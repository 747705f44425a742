"""A statement that every turn runs: compiled once for each kind of database, then handed to the driver as it is.

SQLAlchemy makes a context, a description of the columns and a result for each execution; of what a completed user task cost the
server that was a third (docs/performance.md). What is written here goes the same road otherwise: the session's connection and
transaction, the columns' own types, the listeners that count statements, and the same errors.
Not for rows that the session should know, nor for a statement whose text depends on its values.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Delete, Dialect, Insert, Select, Update
from sqlalchemy.orm import Session

Values = Mapping[str, Any]
Row = tuple[Any, ...]
_Change = Callable[[Any], Any]
LINE = "the connection of this session"


@dataclass(frozen=True)
class _Made:
    """The statement as one kind of driver takes it."""

    text: str
    names: tuple[str, ...]
    is_positional: bool
    fixed: dict[str, Any]  # values the statement itself brings
    into: tuple[tuple[str, _Change], ...]  # how a value is written, where its type says so
    out: tuple[tuple[int, _Change], ...]  # how a column is read

    def given(self, values: Values) -> Any:
        """The values as the driver takes them."""
        told = {**self.fixed, **values}
        for name, write in self.into:
            told[name] = write(told[name])
        return tuple(told[name] for name in self.names) if self.is_positional else told

    def read(self, row: Sequence[Any]) -> Row:
        """A row as Python values."""
        if not self.out:
            return tuple(row)
        told = list(row)
        for at, read in self.out:
            told[at] = read(told[at])
        return tuple(told)


class Straight:
    """A statement to run often. `columns` are those an INSERT without values gets, in each of its rows."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete, columns: Iterable[str] = ()) -> None:
        self._statement = statement.inline() if isinstance(statement, Insert) else statement
        self._columns = list(columns) or None
        self._made: WeakKeyDictionary[Dialect, _Made] = WeakKeyDictionary()

    def rows(self, session: Session, values: Values) -> list[Row]:
        """What a question finds, or what a change returns."""
        made, cursor = self._run(session, values)
        return [made.read(row) for row in cursor.fetchall()]

    def first(self, session: Session, values: Values) -> Row | None:
        """The first row, None when there is none."""
        return next(iter(self.rows(session, values)), None)

    def change(self, session: Session, values: Values) -> int:
        """How many rows it changed."""
        count: int = self._run(session, values)[1].rowcount
        return count

    def write(self, session: Session, rows: Sequence[Values]) -> None:
        """The same for many rows in one go."""
        self._run(session, *rows, many=True)

    def _run(self, session: Session, *rows: Values, many: bool = False) -> tuple[_Made, Any]:
        connection: Connection = session.info.get(LINE) or session.connection()
        made = self._for(connection.dialect)
        given = [made.given(each) for each in rows] if many else made.given(rows[0])
        cursor = connection.connection.cursor()
        connection.dispatch.before_cursor_execute(connection, cursor, made.text, given, None, many)
        try:
            (cursor.executemany if many else cursor.execute)(made.text, given)
        except BaseException as problem:  # SQLAlchemy's own words for it, and a lost line is let go of
            connection._handle_dbapi_exception(problem, made.text, given, cursor, None)
        connection.dispatch.after_cursor_execute(connection, cursor, made.text, given, None, many)
        return made, cursor

    def _for(self, dialect: Dialect) -> _Made:
        # A sealed house's columns are written otherwise: its dialect has a vault, and is another.
        made = self._made.get(dialect)
        if made is None:
            made = self._made[dialect] = _compiled(self._statement, self._columns, dialect)
        return made


def _compiled(statement: Any, columns: list[str] | None, dialect: Dialect) -> _Made:
    made = statement.compile(dialect=dialect, column_keys=columns)
    if made.insert_prefetch or made.update_prefetch or made.literal_execute_params or made.post_compile_params:
        raise ValueError(f"this statement cannot be made once: {made}")
    names = tuple(made.positiontup if made.positional else made.binds)
    fixed = {name: each.value for name, each in made.binds.items() if each.value is not None or not each.required}
    into = ((name, each.type.dialect_impl(dialect).bind_processor(dialect)) for name, each in made.binds.items())
    read = statement.selected_columns if isinstance(statement, Select) else statement._returning
    out = ((at, each.type.dialect_impl(dialect).result_processor(dialect, None)) for at, each in enumerate(read or ()))
    return _Made(
        made.string,
        names,
        made.positional,
        fixed,
        tuple((name, write) for name, write in into if write),
        tuple((at, change) for at, change in out if change),
    )
