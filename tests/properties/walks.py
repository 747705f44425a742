"""`python -m tests.properties.walks [--runs N] [--most N] [--diagrams N] [--seed N]`: through the shipped diagrams until somebody came to every end.

Each run begins anew, with another seed. Prints how far each came, and the walks it took; exit code 1 when ends are left, or somebody got stuck.
"""

import argparse
import sys
from collections import Counter
from random import Random
from time import monotonic

from tasks.houses import HOUSES
from tests.properties.drawn_walk import STEPS, DrawnWalk
from tests.properties.test_odd_diagrams import played

TOLD_EVERY = 100  # walks


def main() -> int:
    """So many runs through each house."""
    asked = argparse.ArgumentParser(prog="python -m tests.properties.walks")
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--most", type=int, default=5_000, help="walks of a run, before it gives up")
    asked.add_argument("--diagrams", type=int, default=500, help="drawn at random, and run beside the standard")
    asked.add_argument("--seed", type=int, default=None, help="of the first run; any other each time")
    given = asked.parse_args()
    first = Random().randrange(1_000_000) if given.seed is None else given.seed
    runs = [(house, seed) for seed in range(first, first + given.runs) for house in sorted(HOUSES)]
    _draw(range(first, first + given.diagrams))
    return max(_run(house, seed, given.most) for house, seed in runs)


def _draw(seeds: range) -> None:
    """Fails at the first that runs otherwise than the standard says."""
    began, became = monotonic(), Counter(played(seed) for seed in seeds)
    told = ", ".join(f"{count} {what}" for what, count in sorted(became.items()))
    sys.stdout.write(f"{became.total()} diagrams drawn at random: {told}; {monotonic() - began:.0f} s\n")


def _run(house: str, seed: int, most: int) -> int:
    """0 when every end was come to and nobody got stuck."""
    began, walk = monotonic(), DrawnWalk(HOUSES[house], Random(f"{house} {seed}"))
    total = len(walk.missing())
    while walk.missing() and walk.walks < most:
        stuck = walk.walk(STEPS)
        if stuck or walk.walks % TOLD_EVERY == 0 or not walk.missing():
            came = f"{total - len(walk.missing())} of {total} ends"
            told = f"{walk.walks} walks, {walk.done} steps, {monotonic() - began:.0f} s"
            sys.stdout.write(f"{house}, seed {seed}: {came} after {told}\n")
        if stuck:
            sys.stdout.write(f"stuck: {'; '.join(stuck)}\n")
            return 1
    left = ", ".join(f"{end} of {key}" for key, end in walk.missing())
    if left:
        sys.stdout.write(f"{house}, seed {seed}: nobody came to {left}\n")
    return int(bool(left))


if __name__ == "__main__":
    sys.exit(main())
