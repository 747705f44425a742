"""Killing an office, again and again: a life, a death, what must hold; then the next."""

import multiprocessing
import os
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic, time

from service import open_office, prepare_queue
from storage.unit_of_work import Database
from tasks.office import EMBEDDED, Settings
from tasks.studio import publishing, shipped
from tests.conftest import START
from tests.soak import ending, errand, invariants
from tests.soak.flows import ANN, FLOWS, PAUL
from tests.soak.life import live
from tests.soak.post import arrived, open_post
from tests.soak.world import Death, World, draw

MOST_COMMITS = 40  # of one flow; the longest has some twenty


@dataclass
class Soaked:
    """What a run did: deaths by how they came and in which flow, mails, and what came twice (which may be)."""

    ways: Counter[str] = field(default_factory=Counter)
    flows: Counter[str] = field(default_factory=Counter)
    old_age: int = 0
    mails: int = 0
    mails_twice: int = 0
    jobs: int = 0
    jobs_twice: int = 0
    copies: int = 0

    @property
    def kills(self) -> int:
        return self.ways.total()


Borders = Callable[[str], range]


def every_commit(flow: str) -> range:
    """The commits of a flow at which to die; a copy makes a new database, of whose twenty first steps some will do."""
    return range(1, MOST_COMMITS, 5 if flow == "copying" else 1)


def soak(
    database_url: str,
    folder: Path,
    *,
    kills: int,
    seed: int,
    seconds: float = float("inf"),
    borders: Borders = every_commit,
    queue: str = EMBEDDED,
) -> Soaked:
    """First die at each commit of each flow, before it and after it; then anywhere, until so many deaths or so long.

    `borders` says which commits of a flow. Raises AssertionError with the seed and the death after which something did not hold.
    """
    post = folder / "arrived.txt"
    post.touch()
    with open_post(post) as port:
        settings = Settings(
            database_url=database_url,
            data_dir=folder / "data",
            smtp_host="127.0.0.1",
            smtp_port=port,
            external_job_types=errand.TYPES,
            queue=queue,
        )
        world = World(settings, multiprocessing.RawValue("d", _start(settings)))
        _apart(lambda: prepare(world))
        done, pick, began = Soaked(), Random(seed), monotonic()
        deaths = _deaths(done, pick, borders)
        while done.kills < kills and monotonic() - began < seconds:
            flow, death, company = next(deaths)
            lives = [_begin(world, death, pick.randrange(2**32), flow, is_alone=company is None)]
            if company is not None:
                lives.append(_begin(world, company, pick.randrange(2**32), "", is_alone=False))
            for child, end in zip(lives, (death, company or death), strict=False):
                _note(done, child, end, flow)
            done.copies += len(list(world.copies.glob("*.tar")))
            _apart(lambda: invariants.check(world), f"seed {seed}, death {done.kills} in {flow or 'any flow'}: {death}")
        _apart(lambda: ending.finish(world, post))
        mails = Counter(each.message_id for each in arrived(post))
        jobs = Counter(world.told.read_text().split() if world.told.exists() else ())
        done.mails, done.mails_twice = len(mails), _twice(mails)
        done.jobs, done.jobs_twice = len(jobs), _twice(jobs)
    return done


def _twice(lines: Counter[str]) -> int:
    return sum(count > 1 for count in lines.values())


Next = tuple[str, Death, Death | None]


def _start(settings: Settings) -> float:
    """When the story begins. The other queue goes by the database's own time: there it is tomorrow."""
    return START.timestamp() if settings.queue == EMBEDDED else time() + 86_400


def _deaths(done: Soaked, pick: Random, borders: Borders) -> Iterator[Next]:
    """Flow ("" is any), its death, and that of a second process beside it, if there is one."""
    for flow in FLOWS:
        for number in borders(flow):
            survived = done.old_age
            yield flow, Death(commit=number, is_before=True), None
            yield flow, Death(commit=number), None
            if done.old_age > survived:  # it has no more commits than these
                break
    while True:
        company = draw(pick) if pick.random() < 0.25 else None
        yield pick.choice(["", "", *FLOWS]) if company else "", draw(pick), company


def _begin(world: World, death: Death, seed: int, flow: str, *, is_alone: bool) -> int:
    child = os.fork()
    if child == 0:
        try:
            live(world, death, seed, FLOWS.get(flow), is_alone=is_alone)
        except BaseException:
            sys.stderr.write(f"a life of seed {seed} in {flow or 'any flow'}\n")
            traceback.print_exc()
            os._exit(3)
    return child


def _note(done: Soaked, child: int, death: Death, flow: str) -> None:
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) in (signal.SIGKILL, signal.SIGALRM), f"ended by signal {os.WTERMSIG(status)}"
        done.ways[death.way] += 1
        done.flows[flow or "any"] += 1
        return
    assert os.WEXITSTATUS(status) == 0, "a life ended by itself: its trace stands above"
    done.old_age += 1


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


def prepare(world: World) -> None:
    """A new office: schema, the shipped diagrams, and the errand."""
    world.settings.data_dir.mkdir(parents=True, exist_ok=True)
    world.copies.mkdir(exist_ok=True)
    office = open_office(world.settings, database=Database(world.settings.database_url))
    office.database.upgrade()
    prepare_queue(office)
    with office.database.work() as work:
        shipped.install(office, work)
    with office.database.work() as work:
        made = publishing.publish(office, work, ANN, "process", errand.content(1))
        publishing.activate(office, work, PAUL, made.definition.id)
    office.database.close()
