"""What the soak watches for, it sees: each invariant is shown one thing that it must not let pass."""

import multiprocessing
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from storage.unit_of_work import Database
from tasks.background import messages
from tasks.models import Mail
from tasks.office import Settings
from tasks.operating import backup
from tests.conftest import START
from tests.soak import ending, errand, flows, invariants
from tests.soak.run import prepare
from tests.soak.world import World


@pytest.fixture(scope="module")
def lived(sqlite_office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """An office in which every flow was walked once, and nobody died."""
    folder = tmp_path_factory.mktemp("lived")
    shutil.copy(sqlite_office_template, folder / "office.db")
    settings = Settings(
        database_url=f"sqlite:///{folder / 'office.db'}", data_dir=folder / "data", external_job_types=errand.TYPES
    )
    world = World(settings, multiprocessing.RawValue("d", START.timestamp()))
    prepare(world)
    office, travelling = world.office()
    with closing(office.database):
        scene = flows.Scene(world, office, travelling, Random(3), lambda: None)
        for name in ("intake", "attachments", "jobs", "migration", "jobs", "erasure", "copying"):
            flows.FLOWS[name](scene)
        flows.order(scene)
        messages.deliver(office)  # jobs that nobody has done yet
        with office.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return world


@pytest.fixture
def world(lived: World, tmp_path: Path) -> Iterator[World]:
    """A copy of it, to break."""
    before = lived.settings.data_dir.parent
    shutil.copytree(before, tmp_path / "office")
    folder = tmp_path / "office"
    url = f"sqlite:///{folder / 'office.db'}"
    yield replace(lived, settings=replace(lived.settings, data_dir=folder / "data", database_url=url))


def sql(statement: str) -> Callable[[World], None]:
    """Something nobody may do to the database."""

    def done(world: World) -> None:
        file = world.settings.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(file)) as connection, connection:
            for name, table in connection.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"):
                if table in ("event", "stream_head"):
                    connection.execute(f"DROP TRIGGER {name}")
            assert connection.execute(statement).rowcount > 0, "there was nothing to break"

    return done


def told_for_nobody(world: World) -> None:
    with world.told.open("a") as out:
        out.write("7:nobody\n")


def told_never(world: World) -> None:
    world.told.write_text("")


def file_gone(world: World) -> None:
    shutil.rmtree(world.settings.data_dir / "files")


def copy_without_files(world: World) -> None:
    """A copy that says it is whole, in which a document lost its file."""
    [whole] = world.copies.glob("*.tar")
    folder = world.copies / "unpacked"
    with tarfile.open(whole) as archive:
        archive.extractall(folder, filter="data")
    with closing(sqlite3.connect(folder / "database.db")) as connection, connection:
        connection.execute("UPDATE document SET digest = 'f' || substr(digest, 2) || 'f'")
    contents = (folder / "contents.json").read_text()
    was, now = (backup._digest(each) for each in (_extracted(whole), folder / "database.db"))
    (folder / "contents.json").write_text(contents.replace(was, now))
    with tarfile.open(whole, "w") as archive:
        for each in sorted(folder.rglob("*")):
            if each.is_file():
                archive.add(each, each.relative_to(folder))


def _extracted(archive: Path) -> Path:
    with tarfile.open(archive) as opened:
        opened.extract("database.db", archive.parent / "again", filter="data")
    return archive.parent / "again" / "database.db"


LAST = "WHERE id = (SELECT max(id) FROM {0})"
WRONGS: dict[str, Callable[[World], None]] = {
    "a wait is lost": sql(f"DELETE FROM subscription {LAST} AND instance_id IS NOT NULL".format("subscription")),
    "an event is lost": sql(f"DELETE FROM event {LAST}".format("event")),
    "an event is changed": sql(f"UPDATE event SET resource = 'nobody' {LAST}".format("event")),
    "a user task is lost": sql("DELETE FROM user_task WHERE closed_at IS NULL"),
    "a user task is done and open": sql("UPDATE user_task SET closed_at = opened_at WHERE closed_at IS NULL"),
    "a job is lost": sql("DELETE FROM job WHERE state IN ('ready', 'running', 'dead')"),
    "a job is done and its token waits": sql(
        "UPDATE job SET state = 'done' WHERE state IN ('ready', 'running', 'dead')"
    ),
    "a job is done twice": sql("UPDATE job SET state = 'ready' WHERE state = 'done'"),
    "a dead job shows nowhere": sql("UPDATE job SET state = 'dead' WHERE state IN ('ready', 'running')"),
    "two versions are in use": sql("UPDATE definition SET state = 'active' WHERE state = 'retired'"),
    "a version is missing": sql("UPDATE definition SET version = version + 1 WHERE version = 2"),
    "a version nobody told of": sql("UPDATE definition SET created_by = 'person:8' WHERE key = 'complaint'"),
    "a move that never was": sql("UPDATE case_migration SET state = 'undone' WHERE state = 'moved'"),
    "a case on another version than its history says": sql(
        "UPDATE definition SET version = 9 - version WHERE key = 'errand'"
    ),
    "a key that is half destroyed": sql("UPDATE stream_head SET wrapped_key = NULL WHERE wrapped_key IS NOT NULL"),
    "a job done for nobody": told_for_nobody,
    "a job that was never done": told_never,
    "a document without its file": file_gone,
    "a copy in which something is missing": copy_without_files,
}


def test_an_office_in_which_nobody_died_is_whole(world: World) -> None:
    invariants.check(world)


@pytest.mark.parametrize("wrong", WRONGS)
def test_a_soak_notices_that(wrong: str, world: World) -> None:
    if "copy" not in wrong:
        shutil.rmtree(world.copies)  # that one is still whole
    WRONGS[wrong](world)
    with pytest.raises(AssertionError):
        invariants.check(world)


@pytest.mark.parametrize("wrong", ["a mail that never arrived", "a mail nobody wrote"])
def test_the_end_of_a_soak_notices(wrong: str, world: World) -> None:
    with closing(Database(world.settings.database_url)) as database, database.reading() as reading:
        names = list(reading.session.scalars(select(Mail.message_id)))
    sql("UPDATE mail SET state = 'sent'")(world)
    sql("UPDATE job SET state = 'cancelled' WHERE state IN ('ready', 'running')")(world)
    arrived = world.settings.data_dir / "arrived.txt"
    known = names[1:] if "never" in wrong else [*names, "<other>"]
    arrived.write_text("".join(f"{name}\t\n" for name in known))
    with pytest.raises(AssertionError, match="mail"):
        ending.finish(world, arrived)
