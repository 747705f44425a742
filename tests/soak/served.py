"""The real server killed while programs work at it over HTTP, and started again; they ask again under the same keys.

Every command that was accepted happened exactly once, whatever was on its way when the server died.
"""

import json
import os
import secrets
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from typing import Any

from sqlalchemy import select

from cases.models import Case
from service import open_office
from tasks.office import Settings
from tasks.turn import stream_of
from tests.load.client import COMPLAINT
from tests.load.server import _address, prepare
from tests.ports import free_port
from tests.processes import ROOT
from tests.soak import invariants

CLIENTS = 4
ROUNDS = 3  # completions of a case before the next is opened


@dataclass
class Counted:
    """What the programs were told, by case number: opened once, and how many completions were accepted."""

    opened: list[str] = field(default_factory=list)
    completed: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    again: int = 0


class Doors:
    """The server, as its clients find it: sometimes it is not there, and then they wait until it is."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self.port = settings, free_port()
        self._open, self._asked = threading.Event(), threading.Condition()
        self._process: subprocess.Popen[str] | None = None
        self.count = Counted()
        self.is_closing = False

    def start(self) -> None:
        """Start the server; comes back when it answers."""
        environment = {
            **os.environ,
            "OMBUDSFLOW_DATA_DIR": str(self._settings.data_dir),
            "OMBUDSFLOW_DATABASE_URL": self._settings.database_url,
            "PYTHONUNBUFFERED": "1",
        }
        command = [sys.executable, "-m", "cli", "serve", "--port", str(self.port)]
        said = self._settings.data_dir / "server.log"
        with said.open("a") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        _address(self._process, said)
        self._open.set()

    def kill(self) -> None:
        """As a power cut does."""
        self._open.clear()
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def wait_for(self, calls: int) -> None:
        """Until so many more calls have been made."""
        with self._asked:
            goal = self.count.asked + calls
            assert self._asked.wait_for(lambda: self.count.asked >= goal, timeout=60), "the clients stand still"

    def called(self) -> None:
        """A client is about to call."""
        assert self._open.wait(60), "the server stays away"
        with self._asked:
            self.count.asked += 1
            self._asked.notify_all()


class Program:
    """A client that wants each of its commands done, and done once."""

    def __init__(self, doors: Doors, token: str) -> None:
        self._doors, self._token = doors, token

    def work(self) -> None:
        """Open cases and complete their user tasks until the doors close."""
        while not self._doors.is_closing:
            number = self.insist("POST", "/complaints?form=complaint_by_phone", {"answers": COMPLAINT})["number"]
            self._doors.count.opened.append(number)
            items = self.insist("GET", "/worklist?limit=200")["items"]
            user_task = next((item["id"] for item in items if item["case_number"] == number), None)
            for _ in range(ROUNDS if user_task is not None else 0):
                answers = {"remark": "nagekeken", "again": "ja"}
                done = self.insist("POST", f"/user-tasks/{user_task}/complete", {"answers": answers})
                self._doors.count.completed[number] += 1
                user_task = done["next_user_task_id"]

    def insist(self, method: str, path: str, content: object = None) -> dict[str, Any]:
        """Ask until there is an answer, each time under the same key."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = secrets.token_hex(16)
        body = None if content is None else json.dumps(content)
        while True:
            self._doors.called()
            try:
                with closing(HTTPConnection("127.0.0.1", self._doors.port, timeout=60)) as line:
                    line.request(method, f"/api/v1{path}", body, headers)
                    answer = line.getresponse()
                    said: dict[str, Any] = json.loads(answer.read())
            except (
                OSError,
                HTTPException,
                ValueError,
            ):  # cut off, perhaps after it was done: nobody can tell from here
                self._doors.count.again += 1
                continue
            if answer.status != 503:
                assert answer.status < 300, f"{method} {path} answered {answer.status}: {said}"
                return said


def kill_served(settings: Settings, *, kills: int, seed: int) -> Counted:
    """Kill the server so many times under load. Raises AssertionError when a command was lost or done twice."""
    token, pick = prepare(settings), Random(seed)
    doors = Doors(settings)
    doors.start()
    try:
        with _at_work(doors, token):
            for _ in range(kills):
                doors.wait_for(pick.randint(5, 40))
                doors.kill()
                doors.start()
            doors.wait_for(10)
    finally:
        doors.kill()
    _happened_once(settings, doors.count)
    return doors.count


@contextmanager
def _at_work(doors: Doors, token: str) -> Iterator[None]:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            Program(doors, token).work()
        except BaseException as problem:
            failed.append(problem)

    programs = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for each in programs:
        each.start()
    try:
        yield
    finally:
        doors.is_closing = True
        for each in programs:
            each.join()
    assert not failed, failed


def _happened_once(settings: Settings, count: Counted) -> None:
    office = open_office(settings)
    with closing(office.database):
        invariants.chains(office)
        invariants.rows_and_tokens(office)
        with office.database.reading() as reading:
            cases = {case.number: case.id for case in reading.session.scalars(select(Case))}
            assert sorted(cases) == sorted(count.opened), "a complaint was lost, or opened twice"
            for number, case_id in cases.items():
                events = office.log.read(reading, stream_of(case_id))
                done = [each for each in events if (each.activity, each.transition) == ("answer", "completed")]
                assert len(done) == count.completed[number], f"{number}: {len(done)} of {count.completed[number]}"
