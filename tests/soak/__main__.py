"""`python -m tests.soak [--kills N] [--seconds N] [--seed N]`: on both databases; prints what happened, exit code 1 when something was lost."""

import argparse
import sys
import tempfile
from pathlib import Path
from time import monotonic

from tests.load.server import database_of
from tests.soak.run import Soaked, soak


def main() -> int:
    """So many deaths in all, half on each database."""
    asked = argparse.ArgumentParser(prog="python -m tests.soak")
    asked.add_argument("--kills", type=int, default=600)
    asked.add_argument("--seconds", type=float, default=900.0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    given = asked.parse_args()
    kinds = given.database or ("sqlite", "postgresql")
    for kind in kinds:
        with tempfile.TemporaryDirectory() as name, database_of(kind, Path(name)) as url:
            began = monotonic()
            done = soak(
                url, Path(name), kills=given.kills // len(kinds), seed=given.seed, seconds=given.seconds / len(kinds)
            )
            sys.stdout.write(f"{kind}: {_told(done)} in {monotonic() - began:.0f} s; everything holds\n")
    return 0


def _told(done: Soaked) -> str:
    ways = ", ".join(f"{count} {way}" for way, count in sorted(done.ways.items()))
    flows = ", ".join(f"{flow} {count}" for flow, count in sorted(done.flows.items()))
    return (
        f"{done.kills} kills ({ways}; {flows}), {done.mails} mails arrived, {done.mails_twice} of them more than once, "
        f"{done.jobs} jobs done outside, {done.jobs_twice} of them more than once, {done.copies} copies put back"
    )


if __name__ == "__main__":
    sys.exit(main())
