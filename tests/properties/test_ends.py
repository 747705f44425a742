"""Each end of each shipped diagram can be reached, nobody gets stuck on the way, and nothing is assessed of which nobody was heard.

A short walk each time, the same for the same diagrams; `OMBUDSFLOW_WALKS=3000 pytest tests/properties/test_ends.py` walks at most so
often until every end was reached, and names those that were not.
"""

import os
from random import Random

import pytest

from tasks.houses import HOUSES
from tests.properties.drawn_walk import DrawnWalk

WALKS = int(os.environ.get("OMBUDSFLOW_WALKS") or 0)
STEPS = 60
FEW = 40


@pytest.mark.parametrize("house", sorted(HOUSES))
def test_walks_reach_the_ends_of_every_diagram_and_get_stuck_nowhere(house: str) -> None:
    walk = DrawnWalk(HOUSES[house], Random(house))
    total = len(walk.missing())
    while (missing := walk.missing()) and walk.walks < (WALKS or FEW):
        process = walk.next_process()
        assert walk.walk(process, STEPS) == [], f"walk {walk.walks}, of {process}"
    if WALKS:
        assert missing == {}, f"after {walk.walks} walks"
    assert len(missing) < total * 2 / 3, "a few walks come far already"
