"""Where the twins run: on SQLite only, since a diagram means the same on either database (tests/engine runs on both)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.step import BpmnError, HandlerEntry, JobContext
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.engine.office import Stage


@pytest.fixture
def ran() -> list[str]:
    """The element ids for which the handler `log` was called, in order."""
    return []


@pytest.fixture
def stage(sqlite_template: Path, tmp_path: Path, clock: TravellingClock, ran: list[str]) -> Iterator[Stage]:
    def log(context: JobContext) -> dict[str, object]:
        ran.append(context.element_id)
        return {}

    def fail(_context: JobContext) -> BpmnError:
        return BpmnError("E1")

    def stumble(_context: JobContext) -> dict[str, object]:
        raise KeyError(1)

    def fussy(context: JobContext) -> dict[str, object]:
        ran.append(context.element_id)
        if context.variables.get("ready") is not True:
            raise ValueError("nog niet klaar")
        return {}

    shutil.copy(sqlite_template, tmp_path / "test.db")
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    handlers = {
        "log": HandlerEntry(log),
        "fail": HandlerEntry(fail),
        "stumble": HandlerEntry(stumble),
        "fussy": HandlerEntry(fussy),
        "later": HandlerEntry(log, automatic=False),
    }
    yield Stage(database, clock, handlers)
    database.close()
