"""`make bench`: the real server on SQLite and on PostgreSQL, loaded over HTTP; prints the figures and writes bench.json.

A completion is `POST /api/v1/user-tasks/{id}/complete` with an idempotency key and its JSON answer, on the diagram in bench.bpmn.
`bare` is what the same statements cost behind the same server without the rest; it is measured between the rounds of completions, so
that both meet the same machine. Figures of one machine can be compared with each other, hardly with those of another.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, median, quantiles
from typing import Any

from tasks.office import Settings
from tests.load import bench_drain, bench_engine, bench_feel, bench_joined, bench_many_timers, bench_workers
from tests.load.client import Answer, Client, complete_twice, deal
from tests.load.server import database_of, prepare, serving, size_of
from tests.processes import ROOT

CASES_PER_ROUND = 40  # with two completions each
ROUNDS = 9  # short and many: completions and bare take turns, so that both meet the same machine
PAIRS = 101
LOOP_ROUNDS = 10_000
REACH = {"commits_per_completion": 1, "statements_per_completion": 12, "loop_growth": 1.3}
RATIO = 0.35


class Bench:
    """One database, one server, and the clients."""

    def __init__(self, address: str, token: str, database_url: str) -> None:
        self.address, self.token, self.database_url = address, token, database_url
        self.client = Client(address, token)

    def run(self, loop_rounds: int = LOOP_ROUNDS) -> dict[str, Any]:
        """All figures of this database."""
        self.warm_up()
        found = {**self.throughput(), **self.one_at_a_time(), **self.loop(loop_rounds)}
        self.client.close()
        return {name: round(value, 2) if isinstance(value, float) else value for name, value in found.items()}

    def warm_up(self) -> None:
        """Compile statements and expressions, fill the pools."""
        for _ in range(10):
            self.finish_one()
        for _ in range(50):
            self.client.bare("s,i1,u1")

    def finish_one(self) -> list[Answer]:
        """A whole case, alone: start, two completions."""
        started = self.client.start()
        answers = [started]
        for user_task in self.client.open_user_tasks():
            answers.append(self.client.complete(user_task))
            answers.append(self.client.complete(answers[-1].content["next_user_task_id"]))
        return answers

    def one_at_a_time(self) -> dict[str, Any]:
        """What one person waits, and what it costs the database."""
        cases = [self.finish_one() for _ in range(200)]
        completions = [answer for _, *rest in cases for answer in rest]
        times = [answer.milliseconds for answer in completions]
        shapes = [answer.shape.split(",") for answer in completions]
        return {
            "complete_ms_median": median(times),
            "complete_ms_p95": quantiles(times, n=20)[-1],
            "start_ms_median": median(case[0].milliseconds for case in cases),
            "statements_per_completion": mean(len(shape) - shape.count("c") for shape in shapes),
            "commits_per_completion": mean(shape.count("c") for shape in shapes),
        }

    def throughput(self) -> dict[str, Any]:
        """Four clients complete user tasks, then four clients run the same statements bare, and again."""
        completed, bare, times = [], [], []
        before = size_of(self.database_url)
        grown = 0
        for _ in range(ROUNDS):
            answers, seconds = self.with_clients(complete_twice, self.started(CASES_PER_ROUND))
            grown, before = grown + size_of(self.database_url) - before, 0
            completed.append(len(answers) / seconds)
            times += [answer.milliseconds for answer in answers]
            replies, seconds = self.with_clients(run_bare, [answer.shape for answer in answers])
            bare.append(len(replies) / seconds)
            before = size_of(self.database_url)
        return {
            "completions_per_s": median(completed),
            "complete_ms_median_4_clients": median(times),
            "bare_per_s": median(bare),
            "ratio_to_bare": median(done / least for done, least in zip(completed, bare, strict=True)),
            "bytes_per_case": grown // (ROUNDS * CASES_PER_ROUND),
        }

    def started(self, count: int) -> list[int]:
        """Fresh cases; gives their first user tasks."""
        for _ in range(count):
            self.client.start()
        return self.client.open_user_tasks()

    def with_clients(self, work: Callable[[Client, Any], list[Answer]], items: list[Any]) -> tuple[list[Answer], float]:
        """Deal the items over the clients and let them work at the same time."""
        return deal(self.address, self.token, work, items)

    def loop(self, rounds: int) -> dict[str, Any]:
        """A case that goes round and round. Round 1,000 and round 10 (of fresh cases) are measured in turns, so that both meet
        the same machine; then the old one goes on to the end."""
        old, fresh = Looping(self.client), Looping(self.client)
        old.go_to(1000 - PAIRS // 2)
        early, late = [], []
        for turn in range(PAIRS):
            if turn % 5 == 0:
                fresh = Looping(self.client)
                fresh.go_to(8)
            early.append(fresh.round().milliseconds)
            late.append(old.round().milliseconds)
        old.go_to(rounds)
        return {
            "loop_growth": median(late) / median(early),
            "loop_rounds": old.rounds,
            "loop_outcome": old.end(),
            "loop_ms_at_end": median(answer.milliseconds for answer in old.last),
        }


class Looping:
    """A case that asks for one more round, each time."""

    def __init__(self, client: Client) -> None:
        known = set(client.open_user_tasks())
        client.start()
        self.client = client
        self.user_task = next(iter(set(client.open_user_tasks()) - known))
        self.rounds = 0
        self.last: list[Answer] = []

    def round(self) -> Answer:
        answer = self.client.complete(self.user_task, again=True)
        self.user_task = answer.content["next_user_task_id"]
        self.rounds += 1
        self.last = [*self.last[-20:], answer]
        return answer

    def go_to(self, rounds: int) -> None:
        while self.rounds < rounds:
            self.round()

    def end(self) -> str:
        """Leave the loop and close the case; gives its outcome."""
        review = self.client.complete(self.user_task)
        outcome: str = self.client.complete(review.content["next_user_task_id"]).content["outcome"]
        return outcome


def run_bare(client: Client, shape: str) -> list[Answer]:
    return [client.bare(shape)]


@contextmanager
def office_on(kind: str) -> Iterator[Bench]:
    """A throw-away office with its server."""
    folder = Path(tempfile.mkdtemp(prefix="ombudsflow-bench-"))
    try:
        with database_of(kind, folder) as url:
            settings = Settings(database_url=url, data_dir=folder)
            token = prepare(settings)
            with serving(settings) as address:
                yield Bench(address, token, url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def missed(figures: dict[str, Any]) -> list[str]:
    """What does not reach the mark."""
    over = [f"{name} {figures[name]} > {mark}" for name, mark in REACH.items() if figures[name] > mark]
    under = [f"ratio_to_bare {figures['ratio_to_bare']} < {RATIO}"] if figures["ratio_to_bare"] < RATIO else []
    ended = [] if figures["loop_outcome"] == "completed" else [f"the loop ended as {figures['loop_outcome']}"]
    return over + under + ended


def main() -> int:
    """Measure both databases; exit code 1 when a mark is missed."""
    found = {}
    for kind in ("sqlite", "postgresql"):
        with office_on(kind) as bench:
            found[kind] = {**bench.run(), **bench_engine.measure(bench.database_url)}
        found[kind] |= bench_drain.measure(kind) | bench_joined.measure(kind)
    found["workers"] = bench_workers.measure()
    found["many_timers"] = bench_many_timers.measure()
    found["feel"] = {name: round(value, 3) for name, value in bench_feel.measure().items()}
    text = json.dumps(found, indent=2)
    (ROOT / "bench.json").write_text(text + "\n")
    sys.stdout.write(text + "\n")
    feel, workers, timers = (found.pop(name) for name in ("feel", "workers", "many_timers"))
    short = [f"feel: {name} {feel[name]} > {mark}" for name, mark in bench_feel.REACH.items() if feel[name] > mark]
    short += [f"workers: {what}" for what in bench_workers.missed(workers)]
    short += [f"many_timers: {what}" for what in bench_many_timers.missed(timers)]
    short += [
        f"{kind}: {what}"
        for kind, figures in found.items()
        for what in (*missed(figures), *bench_drain.missed(figures), *bench_joined.missed(figures))
    ]
    sys.stdout.write("\n".join(short or ["Every mark is reached."]) + "\n")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
