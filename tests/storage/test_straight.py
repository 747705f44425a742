"""A statement of the hot path gives and does what SQLAlchemy itself does with it, and fails as it does."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    event,
    insert,
    select,
    text,
    update,
)

from problems import Conflict
from storage.base import JsonText, UtcDateTime
from storage.straight import Straight
from storage.unit_of_work import Database, DatabaseGone
from tasks.office import Office

ROWS = Table(
    "straight",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String(20), unique=True),
    Column("told", JsonText),
    Column("at", UtcDateTime),
)
WRITE = Straight(insert(ROWS), ("name", "told", "at"))
ADD = Straight(insert(ROWS).returning(ROWS.c.id), ("name", "told", "at"))
FIND = Straight(select(ROWS.c.name, ROWS.c.told, ROWS.c.at).where(ROWS.c.name == bindparam("of")).order_by(ROWS.c.id))
MOVE = Straight(
    update(ROWS).where(ROWS.c.name == bindparam("of"), ROWS.c.told.is_(None)).values(at=bindparam("now"), told=None)
)
DATED = Table("dated", MetaData(), Column("at", DateTime, default=datetime.now), Column("n", Integer))
NOON = datetime(2026, 7, 11, 12, 0, 0, 250, tzinfo=timezone(timedelta(hours=2)))


@pytest.fixture
def table(database: Database) -> Database:
    with database.work() as work:
        ROWS.create(work.session.connection())
    return database


def test_values_go_in_and_come_out_by_their_types(table: Database) -> None:
    told = {"z": ["é", 1], "a": None}
    with table.work() as work:
        WRITE.write(work.session, [{"name": n, "told": told, "at": NOON} for n in ("een", "twee")])
        ((number,),) = ADD.rows(work.session, {"name": "drie", "told": None, "at": None})
    with table.reading() as reading:
        assert number == 3
        assert FIND.rows(reading.session, {"of": "twee"}) == [("twee", told, NOON.astimezone(UTC))]
        asked = select(ROWS.c.name, ROWS.c.told, ROWS.c.at).where(ROWS.c.name == "twee")
        assert FIND.first(reading.session, {"of": "twee"}) == tuple(reading.session.execute(asked).one())
        assert FIND.first(reading.session, {"of": "vier"}) is None


def test_it_says_how_many_rows_it_changed_and_is_undone_with_its_turn(table: Database) -> None:
    with table.work() as work:
        WRITE.write(work.session, [{"name": "een", "told": None, "at": None}])
    with pytest.raises(ZeroDivisionError), table.work() as work:
        assert MOVE.change(work.session, {"of": "een", "now": NOON}) == 1
        assert MOVE.change(work.session, {"of": "niemand", "now": NOON}) == 0
        raise ZeroDivisionError
    with table.reading() as reading:
        assert FIND.first(reading.session, {"of": "een"}) == ("een", None, None)


def test_who_counts_statements_counts_it_too(table: Database) -> None:
    seen: list[tuple[str, bool]] = []
    event.listen(table.engine, "before_cursor_execute", lambda *given: seen.append((given[2][:6], given[5])))
    with table.work() as work:
        seen.clear()
        WRITE.write(work.session, [{"name": n, "told": None, "at": None} for n in "ab"])
        FIND.rows(work.session, {"of": "a"})
    assert seen == [("INSERT", True), ("SELECT", False)]


def test_it_is_refused_as_any_statement(table: Database) -> None:
    row = {"name": "een", "told": None, "at": None}
    with table.work() as work:
        WRITE.write(work.session, [row])
    with pytest.raises(Conflict), table.work() as work:
        ADD.rows(work.session, row)


def test_a_database_that_went_away_is_gone(postgresql_office: Office) -> None:
    database = postgresql_office.database
    with pytest.raises(DatabaseGone), database.work() as work:
        ROWS.create(work.session.connection())
        pid = work.session.scalar(text("SELECT pg_backend_pid()"))
        with database.work() as other:
            other.session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        FIND.rows(work.session, {"of": "een"})


@pytest.mark.parametrize(
    "statement",
    [
        Straight(select(ROWS.c.id).where(ROWS.c.name.in_(bindparam("names", expanding=True)))),
        Straight(insert(DATED), ("n",)),
    ],
)
def test_what_cannot_be_worded_once_is_refused(statement: Straight, database: Database) -> None:
    with pytest.raises(ValueError, match="cannot be made once"), database.work() as work:
        statement.rows(work.session, {"names": ["een"], "n": 1})
