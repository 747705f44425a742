"""One turn = one unit of work = one commit. The only place that commits.

`database.work()` gives a UnitOfWork (may write), `database.reading()` a Reading (the database itself refuses writes).
On SQLite writers queue at one in-process lock before BEGIN IMMEDIATE: with busy_timeout alone sixteen clients wait up to
a second, with the lock 50-70 ms at the same throughput.
Refuses with DatabaseBusy, DiskFull, DatabaseGone, and with Conflict who comes second; nothing is half-done then.
"""

import select
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session, SessionTransaction
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.pool import StaticPool

from problems import Conflict, Invalid, Unavailable
from storage import watching, wording
from storage.private import VAULT, Vault
from storage.straight import LINE


class DatabaseBusy(Unavailable):
    """Het systeem is even druk bezig. Er is niets verloren; probeer het over enkele seconden opnieuw."""


class DiskFull(Unavailable):
    """De schijf van de server is vol, dus er kan niets bewaard worden. Verwittig de beheerder; er is niets half gebeurd."""


class DatabaseGone(Unavailable):
    """De databank antwoordt niet. Er is niets half gebeurd; probeer het straks opnieuw."""


class ValueNotStorable(Invalid):
    """Een van de waarden is te lang, te groot of bevat tekens die niet bewaard kunnen worden. Maak ze korter en probeer opnieuw."""


class SchemaOutdated(Unavailable):
    """Deze databank is nog leeg of van een andere versie. Voer eerst `ombudsflow setup` uit."""


# The 40 threads that serve pages may each hold two (a look is recorded while a page is read), and the background some twenty:
# with fewer, all could hold one and wait for ever for another.
MOST_EXTRA = 80
# A server that is away is told within seconds, also where nothing answers at all; psycopg itself would wait two minutes.
_LINE = {
    "connect_timeout": 5,
    "keepalives_idle": 20,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
_ONLY_READS = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


# How the two databases say it: a line that has no number yet in words, else by its SQLSTATE (not in this order, deadlock, no lock, taken
# too long, too many lines; no space; there already).
_BUSY = "locked|busy|lock timeout|deadlock|too many|connection slots|40001|40p01|55p03|57014|53300".split("|")
_FULL = ("full", "no space", "53100")
_TAKEN = "23505"


class _Session(Session):
    """Keeps the rows it loaded until it ends. SQLAlchemy holds them weakly, so each room of a turn would ask for its case again."""


@event.listens_for(_Session, "loaded_as_persistent")
def _keep(session: Session, row: object) -> None:
    session.info.setdefault("kept", []).append(row)


class Reading:
    """A session that can only read."""

    def __init__(self, session: Session) -> None:
        self.session = session


class UnitOfWork(Reading):
    """A session that may write; whoever opened it commits once, at the end."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._after_commit: list[Callable[[], None]] = []

    def after_commit(self, wake: Callable[[], None]) -> None:
        """Run after a successful commit. For wake-ups only: nothing that matters, since a crash loses it."""
        self._after_commit.append(wake)

    def savepoint(self) -> "Savepoint":
        """A point in this turn to which it can go back."""
        return Savepoint(self.session.begin_nested())


class Savepoint:
    """What was written since can be taken back, or kept: then it belongs to the turn. Two statements, either way."""

    def __init__(self, nested: SessionTransaction) -> None:
        self._nested = nested

    def keep(self) -> None:
        """Write what is pending and let it stand with the rest of the turn."""
        self._nested.commit()

    def take_back(self) -> None:
        """Undo what was written since."""
        self._nested.rollback()


class Database:
    """One database, SQLite or PostgreSQL, by its SQLAlchemy address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = wording.share(_engine(url))
        watching.count(self.engine)
        self._writers = threading.Lock()
        self.vault: Vault | None = None  # of a sealed house: what private columns are shut with

    def seal(self, vault: Vault) -> None:
        """From now on private columns are shut with the keys of this vault. Before the first use; nothing is shared with other databases."""
        self.engine.dispose()
        self.engine, self.vault = _engine(self.url), vault
        setattr(self.engine.dialect, VAULT, vault)
        watching.count(self.engine)

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """A read-only transaction; it sees one consistent state."""
        with _refusals(), _Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            if self.is_sqlite:
                session.execute(text("PRAGMA query_only = ON"))
            else:
                session.connection(execution_options=_ONLY_READS)  # said with BEGIN, not after it
            yield Reading(session)  # closing detaches the rows unexpired, so a view may still read them

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        """A writing transaction: committed once when the block ends, rolled back whole when it raises."""
        with (
            _refusals(),
            watching.part("turn"),
            self._writer(),
            _Session(self.engine, expire_on_commit=False) as session,
        ):
            session.info[LINE] = session.connection(execution_options={"writes": True} if self.is_sqlite else None)
            work = UnitOfWork(session)
            try:
                yield work
                session.commit()
            except BaseException:
                session.rollback()
                raise
        for wake in work._after_commit:
            wake()

    @contextmanager
    def _writer(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if not self._writers.acquire(timeout=30):
            raise DatabaseBusy
        try:
            yield
        finally:
            self._writers.release()

    def upgrade(self, say: Callable[[str], None] = lambda _: None) -> None:
        """Bring the schema to the newest migration, each step told before it begins: the database of a large office takes minutes."""
        from storage.migrations.run import upgrade  # noqa: PLC0415  # Alembic costs 0.2 s at import; most commands never migrate

        with _refusals(), self.engine.connect():
            pass  # who cannot be reached is told so; what fails in a migration is told whole
        upgrade(self, say)

    def require_current(self) -> None:
        """Refuse with SchemaOutdated when the tables are missing or of another version."""
        from storage.migrations.run import is_current  # noqa: PLC0415  # see above

        with _refusals():
            if not is_current(self):
                raise SchemaOutdated

    def close(self) -> None:
        self.engine.dispose()


def _engine(url: str) -> Engine:
    return _sqlite_engine(url) if make_url(url).get_backend_name() == "sqlite" else _postgresql_engine(url)


def _sqlite_engine(url: str) -> Engine:
    file, connecting = make_url(url).database, {"timeout": 10, "check_same_thread": False}
    if file and file != ":memory:":
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            url, pool_size=20, max_overflow=MOST_EXTRA, connect_args=connecting, hide_parameters=True
        )
    else:  # a database in memory lives as long as its one connection
        engine = create_engine(url, poolclass=StaticPool, connect_args=connecting, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we emit BEGIN ourselves, below
        cursor = connection.cursor()
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("PRAGMA query_only = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _line_of(url: str) -> dict[str, int]:
    """How a line to the server is kept; what the address says itself goes first."""
    said = make_url(url).query
    return {name: value for name, value in _LINE.items() if name not in said}


def _postgresql_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=20,
        max_overflow=MOST_EXTRA,
        isolation_level="READ COMMITTED",  # whatever the server's own: who waited for a lock must see what it waited for
        connect_args=_line_of(url),
        hide_parameters=True,
    )

    @event.listens_for(engine, "checkout")
    def _is_there(connection: Any, _record: Any, _proxy: Any) -> None:
        # A server that went away has closed the line, and an idle line is silent: that is seen without asking over it.
        line = select.poll()
        line.register(connection.fileno(), select.POLLIN)
        if line.poll(0):
            raise InvalidatePoolError  # SQLAlchemy then connects anew

    return engine


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn the database's own troubles into sentences; everything else passes as it is."""
    try:
        yield
    except OperationalError as problem:
        raise _refusal_of(problem) from problem
    except NoConnectionFree as problem:  # every connection is in use, and none came back in time
        raise DatabaseBusy from problem
    except DataError as problem:
        raise ValueNotStorable from problem
    except StaleDataError as problem:
        raise Conflict from problem
    except IntegrityError as problem:  # two wrote the same at once; any other broken rule is a mistake of ours
        if getattr(problem.orig, "sqlstate", None) == _TAKEN or "unique constraint failed" in str(problem.orig).lower():
            raise Conflict from problem
        raise
    except DBAPIError as problem:
        if problem.connection_invalidated:
            raise DatabaseGone from problem
        raise


def is_away(problem: BaseException) -> bool:
    """True for trouble of the database itself (away, busy, full): no element and no handler is to blame, the turn cannot go on."""
    return isinstance(problem, OperationalError) or (isinstance(problem, DBAPIError) and problem.connection_invalidated)


def _refusal_of(problem: BaseException) -> Unavailable:
    """Which of our refusals the database means: PostgreSQL says it by a number, in whatever language it speaks, SQLite by its words.

    What came first counts: SQLite takes a whole transaction back when its disk is full, and then knows no savepoint any more.
    """
    told = list[str]()
    each: BaseException | None = problem
    while each is not None:
        if isinstance(each, DBAPIError):
            told.append((getattr(each.orig, "sqlstate", None) or str(each.orig)).lower())
        each = each.__context__
    if any(word in words for words in told for word in _BUSY):
        return DatabaseBusy()
    if any(word in words for words in told for word in _FULL):
        return DiskFull()
    return DatabaseGone()
