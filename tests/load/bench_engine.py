"""What the engine does without the web: steps in a turn, new cases, and the size of a case that goes round and round.

Measured straight on the database, one commit for each turn, with diagrams of its own.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from typing import Any

from engine import definitions
from engine.instances import Engine
from engine.models import ProcessInstance
from engine.step import Step
from engine.travelling import TravellingClock
from engine.vocabulary import Vocabulary
from storage.unit_of_work import Database, UnitOfWork
from tests.conformance.bpmn.drawing import ends, go, process, script, start, user, when, xor

STEPS = 3_000  # the automatic elements of one turn
STARTS = 60
ROUNDS = (10, 1_000)
REPEAT = 5

AUTOMATIC = process(
    start(), xor("m"), script("add", "n + 1", "n"), xor("x", default="m"), ends("e"),
    go("s m add x", "x m"), when("x", "e", "n >= limit"), key="bench_steps",
)  # fmt: skip
WAITING = process(
    start(), script("first", "n + 1", "n"), user("a"), ends("e"), go("s first a e"), key="bench_starts"
)  # fmt: skip
LOOPING = process(
    start(), xor("m"), script("add", "n + 1", "n"), user("a"), xor("x", default="m"), ends("e"),
    go("s m add a x", "x m"), when("x", "e", "n >= limit"), key="bench_rounds",
)  # fmt: skip


class EngineBench:
    """An engine on a database that stands."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = TravellingClock(datetime.now(UTC))
        self.engine = Engine({}, self.clock)
        for content in (AUTOMATIC, WAITING, LOOPING):
            self._take_into_use(content.encode())

    def _take_into_use(self, content: bytes) -> None:
        with self.database.work() as work:
            made = definitions.publish(
                work, "process", content, actor_id="system:bench", at=self.clock.now(), vocabulary=Vocabulary.anything()
            )
            if made.definition.state == "draft":
                definitions.activate(
                    work, made.definition.id, actor_id="system:bench", at=self.clock.now(), second_person=False
                )

    def turn(self, command: Callable[[UnitOfWork], Step]) -> Step:
        """One command and its commit."""
        with self.database.work() as work:
            return command(work)

    def start(self, key: str, limit: int) -> Step:
        return self.turn(lambda work: self.engine.start(work, key, {"n": 0, "limit": limit}, 1))

    def steps_per_s(self) -> float:
        """Elements of a diagram run per second of one turn, from the command to the commit."""
        began = time.perf_counter()
        step = self.start("bench_steps", STEPS // 3)
        spent = time.perf_counter() - began
        return sum(done.transition == "completed" for done in step.transitions) / spent

    def starts_per_s(self) -> float:
        """New cases a second, each with its commit, up to where a person is asked."""
        began = time.perf_counter()
        for _ in range(STARTS):
            self.start("bench_starts", 0)
        return STARTS / (time.perf_counter() - began)

    def sizes(self) -> dict[str, int]:
        """Bytes of state of a case in its tenth and its thousandth round."""
        step, found = self.start("bench_rounds", max(ROUNDS) + 1), {}
        for number in range(1, max(ROUNDS) + 1):
            if number in ROUNDS:
                found[f"state_bytes_round_{number}"] = self._size(step.instance_id)
            token = step.opened[0].token_id
            step = self._complete(step.instance_id, token)
        return found

    def _complete(self, instance_id: int, token: str) -> Step:
        return self.turn(lambda work: self.engine.complete(work, instance_id, token, {}))

    def _size(self, instance_id: int) -> int:
        with self.database.reading() as reading:
            return len(reading.session.get_one(ProcessInstance, instance_id).state.encode())


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


def measure(url: str) -> dict[str, Any]:
    """All figures on a database whose schema exists."""
    with _opened(url) as database:
        bench = EngineBench(database)
        bench.steps_per_s(), bench.starts_per_s()  # compile what is compiled once
        return {
            "engine_steps_per_s": median(bench.steps_per_s() for _ in range(REPEAT)),
            "start_per_s": median(bench.starts_per_s() for _ in range(REPEAT)),
            **bench.sizes(),
        }
