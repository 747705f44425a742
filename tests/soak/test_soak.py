"""A short soak with every run of the tests; `make soak` is the long one."""

import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tasks.office import Settings
from tests.conftest import START
from tests.load.server import database_of
from tests.soak import invariants
from tests.soak.life import World
from tests.soak.run import soak


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_at_any_moment_the_office_goes_on_and_nothing_is_lost(kind: str, tmp_path: Path) -> None:
    with database_of(kind, tmp_path) as url:
        done = soak(url, tmp_path, kills=12, seed=7)
    assert done.kills == 12


@pytest.mark.parametrize("table", ["subscription", "event", "user_task"])
def test_what_would_be_lost_is_noticed(table: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'office.db'}"
    soak(url, tmp_path, kills=2, seed=5)
    world = World(Settings(database_url=url, data_dir=tmp_path / "data"), multiprocessing.Value("d", START.timestamp()))
    invariants.check(world)
    with closing(sqlite3.connect(tmp_path / "office.db")) as connection, connection:
        connection.execute("DROP TRIGGER event_no_delete")
        connection.execute(f"DELETE FROM {table} WHERE id = (SELECT max(id) FROM {table})")
    with pytest.raises(AssertionError):
        invariants.check(world)
