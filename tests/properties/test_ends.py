"""Random walks over each shipped diagram: nobody gets stuck, nothing is assessed of which nobody was heard, and ends are come to.

A short run each time, the same for the same diagrams. `make walks` takes others, and goes on until somebody came to every end.
"""

from random import Random

import pytest

from tasks.houses import HOUSES
from tests.properties.drawn_walk import STEPS, DrawnWalk

FEW = 40


@pytest.mark.parametrize("house", sorted(HOUSES))
def test_a_few_walks_come_to_half_of_all_ends_and_get_stuck_nowhere(house: str) -> None:
    walk = DrawnWalk(HOUSES[house], Random(house))
    total = len(walk.missing())
    while walk.missing() and walk.walks < FEW:
        assert walk.walk(STEPS) == []
    assert len(walk.missing()) <= total / 2, walk.missing()
