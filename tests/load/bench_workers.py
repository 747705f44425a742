"""One, two and four worker processes on one PostgreSQL: completions per second, what a worker uses, and whether a fight is fair.

The servers take turns on one database, so that all meet the same machine, each alone: idle ones beside it would take their share of
the two cores. What a server uses of processor and memory is asked of the operating system.
"""

import json
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from tasks.office import Settings
from tests.load.client import Client, complete_twice, deal
from tests.load.hammer import strike_together, troubles
from tests.load.process import ServerProcess
from tests.load.server import database_of, prepare, serving

WORKERS = (1, 2, 4)
CASES, ROUNDS, WARM_UP = 40, 4, 30  # of a round, with two completions each
TURNS = 3  # of each server
COMPLETIONS = 2_000  # through the one worker whose memory is looked at
PER_SECOND, MEMORY_GROWTH_MB = 250, 30


class Side:
    """A server beside the others, and what it did."""

    def __init__(self, address: str, token: str) -> None:
        self.address, self.token = address, token
        self.per_second: list[float] = []
        self.done = 0

    def round(self, cases: int = CASES) -> None:
        """Fresh cases, completed by four clients; only the completing is timed."""
        client = Client(self.address, self.token)
        for _ in range(cases):
            client.start()
        waiting = client.open_user_tasks()
        client.close()
        answers, seconds = deal(self.address, self.token, complete_twice, waiting)
        self.done += len(answers)
        self.per_second.append(len(answers) / seconds)


def _speed(settings: Settings, token: str) -> dict[str, Any]:
    per_second: dict[int, list[float]] = {n: [] for n in WORKERS}
    for n in WORKERS * TURNS:
        with serving(settings, n) as address:
            side = Side(address, token)
            for _ in range(n):
                side.round(WARM_UP)
            side.per_second.clear()
            for _ in range(ROUNDS):
                side.round()
            per_second[n] += side.per_second
    rates = {n: median(rounds) for n, rounds in per_second.items()}
    named = {f"completions_per_s_{n}_workers": rate for n, rate in rates.items()}
    return {**named, "two_workers_to_one": rates[2] / rates[1]}


def _use(settings: Settings, token: str) -> dict[str, float]:
    """A worker from its start to two thousand completions later."""
    with serving(settings) as address:
        process, side = ServerProcess.at(address), Side(address, token)
        at_start = process.memory_mb
        side.round(WARM_UP)
        warm = process.memory_mb
        while side.done < COMPLETIONS:
            side.round()
        spent = _processor(side, process)
        return {
            "memory_mb_at_start": at_start,
            "memory_mb_warm": warm,
            "memory_mb_after_2000": process.memory_mb,
            "server_cpu_ms_per_completion": spent,
        }


def _processor(side: Side, process: ServerProcess) -> float:
    """Milliseconds of processor of the server for a completion; starting the cases is not in it."""
    client = Client(side.address, side.token)
    for _ in range(2 * CASES):
        client.start()
    waiting = client.open_user_tasks()
    client.close()
    before = process.cpu_s
    answers, _ = deal(side.address, side.token, complete_twice, waiting)
    return (process.cpu_s - before) / len(answers) * 1000


def _contention(kind: str, workers: int) -> list[str]:
    """Sixty-four clients on one case; what did not hold."""
    with TemporaryDirectory(prefix="ombudsflow-hammer-") as folder, database_of(kind, Path(folder)) as url:
        settings = Settings(database_url=url, data_dir=Path(folder))
        token = prepare(settings)
        with serving(settings, workers) as address:
            said = strike_together(address, token)
        return troubles(settings, said)


def measure() -> dict[str, Any]:
    """All figures, on a throw-away office."""
    with TemporaryDirectory(prefix="ombudsflow-workers-") as folder, database_of("postgresql", Path(folder)) as url:
        settings = Settings(database_url=url, data_dir=Path(folder))
        token = prepare(settings)
        found = {**_speed(settings, token), **_use(settings, token)}
    wrong = [f"{kind}: {what}" for kind, n in (("sqlite", 1), ("postgresql", 2)) for what in _contention(kind, n)]
    rounded = {name: round(value, 2) for name, value in found.items()}
    return {**rounded, "contention_ok": not wrong, **({"contention_troubles": wrong} if wrong else {})}


def missed(figures: dict[str, Any]) -> list[str]:
    """What does not reach the mark."""
    best = max(figures[f"completions_per_s_{n}_workers"] for n in WORKERS)
    growth = figures["memory_mb_after_2000"] - figures["memory_mb_warm"]
    return [
        *([f"completions_per_s {best} < {PER_SECOND}"] if best < PER_SECOND else []),
        *([f"a worker grows {growth:.0f} MB > {MEMORY_GROWTH_MB}"] if growth > MEMORY_GROWTH_MB else []),
        *figures.get("contention_troubles", []),
    ]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
