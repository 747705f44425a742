"""Random walks over each shipped diagram: nobody gets stuck, nothing is assessed of which nobody was heard, and ends are come to.

A short walk each time, the same for the same diagrams. `OMBUDSFLOW_WALKS=1000 pytest tests/properties/test_ends.py` takes others, each time,
and names the ends nobody came to: those at the bottom of a complaint are rare, and take more than one such run.
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
    walk = DrawnWalk(HOUSES[house], Random(None if WALKS else house))
    total = len(walk.missing())
    while (missing := walk.missing()) and walk.walks < (WALKS or FEW):
        trail = walk.trail()
        assert walk.walk(trail, STEPS) == [], f"walk {walk.walks}, of {trail.process}"
    if WALKS:
        assert missing == {}, f"after {walk.walks} walks"
    assert len(missing) < total * 2 / 3, "a few walks come far already"
