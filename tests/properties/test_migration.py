"""Moving changes nothing but names: to its own version not a byte, and to one where everything has another id and back, neither.

At any moment of any walk through a diagram with nearly everything in it: parallel work, events on the edge, event subprocesses, an
event gateway, a called process, jobs outside and steps that failed.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from engine import definitions, migration
from engine.migration import Destination
from engine.models import Incident, Job, Subscription
from engine.outline import outline
from engine.route import route
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.conftest import START as MOMENT
from tests.conftest import sqlite_at
from tests.engine.migrations import everything, go
from tests.engine.office import Stage
from tests.properties.test_engine_events import CALLED, HANDLERS, RICH, Walk

NAMES = {name: f"{name}_too" for name in outline(RICH, "p").nodes}


def renamed(content: bytes) -> bytes:
    """The same diagram, every element under another id."""
    pattern = r'\b(id|sourceRef|targetRef|attachedToRef)="(\w+)"'
    return re.sub(pattern, lambda m: f'{m[1]}="{NAMES.get(m[2], m[2])}"', content.decode()).encode()


@pytest.fixture(scope="module")
def database_of_moves(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The diagram in use is the last of the two; a case starts there."""
    file = tmp_path_factory.mktemp("moves") / "moves.db"
    shutil.copy(sqlite_template, file)
    made = sqlite_at(file)
    Stage(made, TravellingClock(MOMENT), HANDLERS).publish(CALLED).publish(renamed(RICH)).publish(RICH)
    yield made
    made.close()


def ways(stage: Stage) -> tuple[Destination, Destination, Destination]:
    """To the renamed version, back, and nowhere."""
    with stage.database.reading() as reading:
        own, other = definitions.versions(reading, "process", "p")
        here, there = outline(own.content, "p"), outline(other.content, "p")
    back = {new: old for old, new in NAMES.items()}
    return (
        Destination(own.id, other.id, route(here, there, NAMES)),
        Destination(other.id, own.id, route(there, here, back)),
        Destination(own.id, own.id, route(here, here, {})),
    )


def standing(stage: Stage) -> set[str]:
    """Every element that tokens, waits, open jobs and open incidents name."""
    mine = stage.instance
    open_rows = (
        select(Subscription.element_id).where(Subscription.instance_id == mine),
        select(Job.element_id).where(Job.instance_id == mine, Job.state == "ready"),
        select(Incident.element_id).where(Incident.instance_id == mine, Incident.resolved_at.is_(None)),
    )
    with stage.database.reading() as reading:
        found = set(stage.engine.active(reading, mine))
        for query in open_rows:
            found |= set(reading.session.scalars(query))
    return found


def check(stage: Stage) -> None:
    """Nowhere, there and back: each a turn; afterwards every row is what it was, its id included."""
    there, back, nowhere = ways(stage)
    before = everything(stage)
    assert go(stage, nowhere).tokens == {}
    assert everything(stage) == before
    moved = go(stage, there)
    assert (moved.armed, moved.withdrawn) == ([], [])
    names = {name for name in standing(stage) if not name.startswith("called")}
    assert {name for name in names if not name.endswith("_too")} == set()
    go(stage, back)
    assert everything(stage) == before


@settings(max_examples=12, print_blob=True)
@given(data=st.data())
def test_moving_to_the_same_version_or_there_and_back_changes_nothing(
    database_of_moves: Database, data: st.DataObject
) -> None:
    with database_of_moves.work() as work:  # messages find the one case there is
        work.session.execute(delete(Subscription))
        work.session.execute(delete(Job))
    walk = Walk(database_of_moves)
    for _ in range(20):
        if walk.stage.outcome == "completed":
            break
        check(walk.stage)
        walk.act(data)
        walk.check()


def test_put_back_after_a_move_every_row_is_what_it_was(database_of_moves: Database) -> None:
    walk = Walk(database_of_moves)
    stage = walk.stage
    stage.wait(days=4)
    before = everything(stage)
    moved = go(stage, ways(stage)[0])
    with database_of_moves.work() as work:
        migration.restore(stage.engine, work, stage.instance, moved.former, moved.version_after, moved.tokens)
    assert everything(stage) == before
