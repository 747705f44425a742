"""The film cannot lie: after every random step, the history folds to exactly the engine's state, and no case is stuck.

The walks are the same each time, so that a red test stays red; `OMBUDSFLOW_WALKS=1000 pytest tests/properties/test_fold.py`
goes looking for others.
"""

import os
import shutil
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service import open_office
from tasks.background.clock_source import TravellingClock
from tasks.office import Office, Settings
from tests.conftest import START, sqlite_at
from tests.properties.walk import Walk

STEPS = 25
WALKS = os.environ.get("OMBUDSFLOW_WALKS")


def _walk(office: Office, clock: TravellingClock, pick: Random) -> Walk:
    walk = Walk(office, clock, pick)
    walk.begin()
    walk.check()
    for _ in range(STEPS):
        if walk.is_over():
            break
        walk.step()
        walk.check()
    return walk


@settings(
    max_examples=int(WALKS or 25),
    derandomize=not WALKS,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(pick=st.randoms(use_true_random=False))
def test_after_every_random_step_the_history_folds_to_the_engines_state(
    sqlite_office_template: Path, pick: Random
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "walk.db"
        shutil.copy(sqlite_office_template, file)
        database, clock = sqlite_at(file), TravellingClock(START)
        _walk(open_office(Settings(data_dir=Path(folder)), database=database, clock=clock), clock, pick)
        database.close()


@pytest.mark.parametrize("seed", range(6))
def test_the_same_holds_on_either_database(office: Office, clock: TravellingClock, seed: int) -> None:
    _walk(office, clock, Random(seed))
