"""Worker processes on one PostgreSQL: each job once, and what one left behind when it died or slept is done by another.

Three real `ombudsflow worker`s call an address outside; each under a path of its own, so that the one who is called knows who calls.
"""

import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import procrastinate_tables
from service import open_office
from storage.unit_of_work import Database
from tasks.background import queue_care
from tasks.background.clock_source import TravellingClock
from tasks.office import PROCRASTINATE, Settings
from tests.conftest import _postgresql_copy
from tests.processes import Started
from tests.tasks.test_queue import Place

NAMES = ("ada", "bart", "cleo")
PATIENCE = 60  # seconds, on a machine that does other things


@dataclass
class Outside:
    """Whoever is called. A call with the word `hold` waits for `go` when it is the first of its job; the others answer at once."""

    port: int = 0
    calls: list[tuple[str, str]] = field(default_factory=list)  # who called, for which job
    came: threading.Condition = field(default_factory=threading.Condition)
    go: threading.Event = field(default_factory=threading.Event)

    def taken(self, caller: str, key: str, word: str) -> None:
        with self.came:
            is_first = key not in {known for _, known in self.calls}
            self.calls.append((caller, key))
            self.came.notify_all()
        if word == "hold" and is_first:
            self.go.wait(PATIENCE)

    def callers(self, instance: int, number: int) -> list[str]:
        """Who called for an instance, once there were so many calls."""

        def so_far() -> list[str]:
            return [caller for caller, key in self.calls if key.startswith(f"{instance}:")]

        with self.came:
            assert self.came.wait_for(lambda: len(so_far()) >= number, PATIENCE), so_far()
            return so_far()


@contextmanager
def called() -> Iterator[Outside]:
    there = Outside()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)))
            there.taken(self.path[1:], self.headers["Idempotency-Key"], body["word"])
            answer = json.dumps({"said": self.path[1:]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            try:
                self.wfile.write(answer)
            except OSError:  # the one who called is no more
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """The test tells what happened."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    there.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield there
    finally:
        there.go.set()
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Team:
    """The office, whom it calls, and its workers by name."""

    place: Place
    outside: Outside
    workers: dict[str, Started]

    def ended(self, instance: int) -> str:
        """Waits until the instance is completed; gives who brought the answer that was taken."""
        waiting = threading.Event()
        for _ in range(PATIENCE * 20):
            if self.place.outcome(instance) == "completed":
                break
            waiting.wait(0.05)
        with self.place.office.database.reading() as reading:
            return str(self.place.office.engine.variables(reading, instance)["said"])

    def time_passes(self) -> None:
        """The lease of who has a job ends, and no sign of life came meanwhile; then somebody looks after the queue."""
        with self.place.office.database.work() as work:
            work.session.execute(
                text("UPDATE job SET lease_until = now() - interval '1 second' WHERE state = 'running'")
            )
            work.session.execute(
                text(
                    "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' "
                    "WHERE id IN (SELECT worker_id FROM procrastinate_jobs WHERE status = 'doing')"
                )
            )
        assert queue_care.take_over(self.place.office) == 1


@pytest.fixture
def team(postgresql_server: str, postgresql_office_template: str, tmp_path: Path) -> Iterator[Team]:
    with _postgresql_copy(postgresql_server, postgresql_office_template) as database, called() as outside:
        procrastinate_tables.install(database)
        settings = Settings(data_dir=tmp_path, queue=PROCRASTINATE, webhooks={"register": "http://127.0.0.1/"})
        clock = TravellingClock(datetime.now(UTC))
        place = Place(open_office(settings, database=database, clock=clock), clock)
        place.publish("webhook.post", webhook="register")
        workers = {name: _worker(name, database, tmp_path, outside.port) for name in NAMES}
        try:
            for each in workers.values():
                assert each.stdout.readline() == "Working   (Ctrl-C stops)\n"
            yield Team(place, outside, workers)
        finally:
            for each in workers.values():
                each.kill()
                each.communicate()


def _worker(name: str, database: Database, folder: Path, port: int) -> Started:
    environment = {
        **os.environ,
        "OMBUDSFLOW_DATA_DIR": str(folder),
        "OMBUDSFLOW_DATABASE_URL": database.url,
        "OMBUDSFLOW_QUEUE": PROCRASTINATE,
        "OMBUDSFLOW_WEBHOOKS": f"register=http://127.0.0.1:{port}/{name}",
        "OMBUDSFLOW_TICK_SECONDS": "0.2",
        "PYTHONUNBUFFERED": "1",
    }
    return Started("cli", "worker", "--concurrency", "4", environment=environment, errors=folder / f"{name}.log")


def test_each_job_is_done_once_and_what_one_left_behind_is_done_by_another(team: Team) -> None:
    place, outside = team.place, team.outside

    many = [place.start() for _ in range(200)]
    assert {team.ended(instance) for instance in many} == set(NAMES), "they share the work"
    assert set(Counter(key for _, key in outside.calls).values()) == {1}, "each job was done once"

    # One falls asleep in the middle of a job, longer than its lease, and wakes up.
    slept_on = place.start(word="hold")
    [sleeper] = outside.callers(slept_on, 1)
    team.workers[sleeper].send_signal(signal.SIGSTOP)
    team.time_passes()
    other = outside.callers(slept_on, 2)[1]
    assert other != sleeper
    assert team.ended(slept_on) == other
    team.workers[sleeper].send_signal(signal.SIGCONT)
    outside.go.set()
    others = [worker for name, worker in team.workers.items() if name != sleeper]
    for each in others:
        each.send_signal(signal.SIGSTOP)
    assert team.ended(place.start()) == sleeper, "it works on as before"
    assert team.ended(slept_on) == other, "and what it brought too late changed nothing"
    for each in others:
        each.send_signal(signal.SIGCONT)

    # One is killed in the middle of a job.
    outside.go.clear()
    died_on = place.start(word="hold")
    [dead] = outside.callers(died_on, 1)
    team.workers[dead].kill()
    team.time_passes()
    assert team.ended(died_on) == outside.callers(died_on, 2)[1] != dead
    assert len({key for _, key in outside.calls if key.startswith(f"{died_on}:")}) == 1, "under the same key"

    # The others are told to stop.
    outside.go.clear()
    last = place.start(word="hold")
    [busy] = outside.callers(last, 1)
    left = {name: worker for name, worker in team.workers.items() if name != dead}
    for each in left.values():
        each.send_signal(signal.SIGTERM)
    outside.go.set()
    assert [(each.wait(PATIENCE), each.stdout.read()) for each in left.values()] == [(0, "Stopped.\n")] * 2
    assert team.ended(last) == busy, "what was under way was done first"
