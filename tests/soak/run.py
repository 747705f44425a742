"""Killing an office, again and again: a life, a death, what must hold; then the next."""

import multiprocessing
import os
import signal
import socket
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

from aiosmtpd.controller import Controller

from service import open_office
from storage.unit_of_work import Database
from tasks import shipped
from tasks.office import Settings
from tests.conftest import START
from tests.soak import invariants
from tests.soak.life import Death, World, draw, live


@dataclass
class Soaked:
    """What a run did: deaths by how they came, cases, mails, and mails that came twice (which may be)."""

    deaths: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    twice: int = 0

    @property
    def kills(self) -> int:
        return self.deaths["moment"] + self.deaths["before a commit"] + self.deaths["after a commit"]


def soak(database_url: str, folder: Path, *, kills: int, seed: int, seconds: float = float("inf")) -> Soaked:
    """Live and die so many times, or so long. Raises AssertionError with the seed and the death after which something did not hold."""
    post = folder / "arrived.txt"
    post.touch()
    with _post(post) as port:
        settings = Settings(database_url=database_url, data_dir=folder / "data", smtp_host="127.0.0.1", smtp_port=port)
        world = World(settings, multiprocessing.Value("d", START.timestamp()))
        _apart(lambda: _prepare(settings))
        done, pick, began = Soaked(), Random(seed), monotonic()
        while done.kills < kills and monotonic() - began < seconds:
            death = draw(pick)
            _one(world, death, pick.randrange(2**32), done)
            _apart(lambda: invariants.check(world), f"seed {seed}, death {done.kills}: {death}")
        _apart(lambda: invariants.finish(world, post))
        arrived = Counter(post.read_text().split())
        done.mails, done.twice = len(arrived), sum(count > 1 for count in arrived.values())
    return done


def _one(world: World, death: Death, seed: int, done: Soaked) -> None:
    child = os.fork()
    if child == 0:
        try:
            live(world, death, seed)
        except BaseException:
            traceback.print_exc()
            os._exit(3)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL, f"ended by signal {os.WTERMSIG(status)}"
        how = "moment" if death.after is not None else "before" if death.is_before else "after"
        done.deaths["moment" if how == "moment" else f"{how} a commit"] += 1
        return
    assert os.WEXITSTATUS(status) == 0, f"a life of seed {seed} ended by itself: its trace stands above"
    done.deaths["old age"] += 1


def _apart(work: Callable[[], None], about: str = "") -> None:
    """Do this in a process of its own, so that nothing of the database is open here when we fork."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            sys.stderr.write(f"{about}\n")
            traceback.print_exc()
            os._exit(3)
    _, status = os.waitpid(child, 0)
    assert status == 0, f"{about}: see above"


def _prepare(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    office = open_office(settings, database=Database(settings.database_url))
    office.database.upgrade()
    with office.database.work() as work:
        shipped.install(office, work)
    office.database.close()


class _Arrivals:
    """What the mail server does with a mail: its Message-ID is written down before it is accepted."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        with self._file.open("a") as out:
            out.write(f"{message_from_bytes(envelope.content)['Message-ID']}\n")
        return "250 OK"


@contextmanager
def _post(file: Path) -> Iterator[int]:
    """A real mail server in a process of its own; gives its port."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with socket.create_server(("127.0.0.1", 0)) as free:  # the controller cannot choose a free port by itself
            port = free.getsockname()[1]
        Controller(_Arrivals(file), hostname="127.0.0.1", port=port).start()
        os.write(writing, f"{port}\n".encode())
        signal.sigwait({signal.SIGTERM})
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as said:
        port = int(said.readline())
    try:
        yield port
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
