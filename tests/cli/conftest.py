"""The command line on a fresh data folder, with each database."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import app
from storage.unit_of_work import Database

Command = Callable[..., Result]


@pytest.fixture
def command(database: Database, tmp_path: Path) -> Iterator[Command]:
    """Run `ombudsflow` with these words against a migrated, empty database; `typed` is standard input."""
    environment = {
        "OMBUDSFLOW_DATA_DIR": str(tmp_path / "data"),
        "OMBUDSFLOW_DATABASE_URL": database.engine.url.render_as_string(hide_password=False),
    }

    def run(*words: str, typed: str = "", **more: str) -> Result:
        return CliRunner().invoke(app, words, input=typed, env={**environment, **more})

    yield run
