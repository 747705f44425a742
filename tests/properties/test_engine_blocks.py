"""Any block-structured model runs as a plain machine says, whatever the order of completion, saved and restored each step."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.conftest import START, sqlite_at
from tests.engine.office import Stage, diagram
from tests.properties.blocks import Block, Drawing, models

MOST_STEPS = 60


@pytest.fixture(scope="module")
def database_of_models(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    file = tmp_path_factory.mktemp("models") / "models.db"
    shutil.copy(sqlite_template, file)
    made = sqlite_at(file)
    yield made
    made.close()


@settings(max_examples=120, print_blob=True)
@given(model=models(), data=st.data())
def test_every_model_runs_as_it_is_drawn(database_of_models: Database, model: Block, data: st.DataObject) -> None:
    stage = Stage(database_of_models, TravellingClock(START))
    stage.publish(diagram(Drawing().process(model))).start()
    for _ in range(MOST_STEPS):
        expected = model.open()
        assert {name: count for name, count in stage.active.items() if name.startswith("task")} == expected
        assert stage.folded() == stage.active
        if not expected:
            break
        chosen = data.draw(st.sampled_from(sorted(expected)))
        stage.complete(chosen)
        assert model.complete(chosen)
    assert (stage.outcome == "completed") == (not model.open())
    assert stage.tokens_held < 60
