"""`python -m tests.soak [--kills N] [--seconds N] [--seed N]`: on both databases; prints what happened, exit code 1 when something was lost."""

import argparse
import sys
import tempfile
from pathlib import Path
from time import monotonic

from tests.load.server import database_of
from tests.soak.run import soak


def main() -> int:
    """So many deaths in all, half on each database."""
    asked = argparse.ArgumentParser(prog="python -m tests.soak")
    asked.add_argument("--kills", type=int, default=500)
    asked.add_argument("--seconds", type=float, default=900.0)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as name, database_of(kind, Path(name)) as url:
            began = monotonic()
            done = soak(url, Path(name), kills=given.kills // 2, seed=given.seed, seconds=given.seconds / 2)
            ways = ", ".join(f"{count} {way}" for way, count in sorted(done.deaths.items()))
            sys.stdout.write(
                f"{kind}: {done.kills} kills in {monotonic() - began:.0f} s ({ways}); "
                f"{done.mails} mails arrived, {done.twice} of them more than once; everything holds\n"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
