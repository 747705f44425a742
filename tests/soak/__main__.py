"""`python -m tests.soak [--kills N] [--seconds N] [--seed N]`: on both databases and both queues; prints what happened, exit code 1 when something was lost."""

import argparse
import sys
import tempfile
from pathlib import Path
from time import monotonic

from tasks.office import EMBEDDED, PROCRASTINATE, Settings
from tests.load.server import database_of
from tests.soak.run import Soaked, soak
from tests.soak.served import kill_served

PLACES = {
    "sqlite": ("sqlite", EMBEDDED),
    "postgresql": ("postgresql", EMBEDDED),
    "procrastinate": ("postgresql", PROCRASTINATE),
}


def main() -> int:
    """So many deaths in all, as many in each place."""
    asked = argparse.ArgumentParser(prog="python -m tests.soak")
    asked.add_argument("--kills", type=int, default=600)
    asked.add_argument("--seconds", type=float, default=720.0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--served", type=int, default=10, help="kills of the real server, on each database")
    asked.add_argument("--place", choices=PLACES, action="append", help="a database and its queue; all of them")
    given = asked.parse_args()
    places = given.place or list(PLACES)
    kills, seconds = given.kills // len(places), given.seconds / len(places)
    for place in places:
        kind, queue = PLACES[place]
        with tempfile.TemporaryDirectory() as name, database_of(kind, Path(name)) as url:
            began = monotonic()
            done = soak(url, Path(name), kills=kills, seed=given.seed, seconds=seconds, queue=queue)
            sys.stdout.write(f"{place}: {_told(done)} in {monotonic() - began:.0f} s; everything holds\n")
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as name, database_of(kind, Path(name)) as url:
            counted = kill_served(
                Settings(database_url=url, data_dir=Path(name) / "data"), kills=given.served, seed=given.seed
            )
            sys.stdout.write(
                f"{kind}, served: {given.served} kills under {counted.asked} calls, {counted.again} of them cut off and asked "
                f"again; {len(counted.opened)} cases and {counted.completed.total()} completions, each exactly once\n"
            )
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
