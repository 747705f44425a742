"""A short soak with every run of the tests; `make soak` is the long one."""

from pathlib import Path

import pytest

from tests.load.server import database_of
from tests.soak.flows import FLOWS
from tests.soak.run import soak

# Half of the flows on each database, at their first commit; then anywhere. The long one takes every commit of every flow on both.
HALVES = {"sqlite": list(FLOWS)[::2], "postgresql": list(FLOWS)[1::2]}


@pytest.mark.parametrize("kind", HALVES)
def test_killed_in_each_flow_the_office_goes_on_and_nothing_is_lost(kind: str, tmp_path: Path) -> None:
    with database_of(kind, tmp_path) as url:
        done = soak(url, tmp_path, kills=12, seed=7, borders=lambda flow: range(1, 2 if flow in HALVES[kind] else 1))
    assert done.kills >= 12
