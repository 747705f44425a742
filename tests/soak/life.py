"""A process that works in an office until it is killed: complaints come in, people act, time passes, mail leaves.

It is forked, so that a life costs no start-up; nothing of the database is open in who forks it. Where it dies is drawn beforehand:
at a moment, or just before or just after a commit.
"""

import io
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import event, select

from cases.documents import Upload
from engine.models import ProcessInstance
from problems import Problem
from service import open_office
from storage.unit_of_work import Database
from tasks import clock, housekeeping
from tasks.clock_source import TravellingClock
from tasks.office import Office, Settings
from tests.properties.walk import STAFF, Walk

MOST_CASES = 6
PDF = b"%PDF-1.4\n%%EOF\n"


@dataclass(frozen=True)
class Death:
    """How a life ends: after so many seconds, or at the nth commit, before it or after it."""

    after: float | None = None
    commit: int = 0
    is_before: bool = False


def draw(pick: Random) -> Death:
    """Half of all lives end at a moment, half at the border of a commit."""
    if pick.random() < 0.5:
        return Death(after=pick.uniform(0.002, 0.25))
    return Death(commit=pick.randint(1, 12), is_before=pick.random() < 0.5)


@dataclass(frozen=True)
class World:
    """What outlives a process: where the office is, and what time it is there (seconds since 1970)."""

    settings: Settings
    now: "Synchronized[float]"

    def office(self) -> tuple[Office, TravellingClock]:
        travelling = _Remembering(self.now)
        database = Database(self.settings.database_url)
        return open_office(self.settings, database=database, clock=travelling), travelling


class _Remembering(TravellingClock):
    """A travelling clock whose time does not die with the process."""

    def __init__(self, now: "Synchronized[float]") -> None:
        super().__init__(datetime.fromtimestamp(now.value, UTC))
        self._shared = now

    def advance(self, by: timedelta) -> None:
        super().advance(by)
        self._shared.value = self.now().timestamp()


def live(world: World, death: Death, seed: int) -> None:
    """Work until the end that was drawn. Never returns."""
    if death.after is not None:
        signal.signal(signal.SIGALRM, lambda *_: die())
        signal.setitimer(signal.ITIMER_REAL, death.after)
    office, travelling = world.office()
    _die_at(office.database, death)
    pick = Random(seed)
    for _ in range(200):
        with suppress(Problem):  # a refusal is an answer; what fails otherwise ends this life with a trace
            _something(office, travelling, pick)
    os._exit(0)


def die() -> None:
    """What a power cut does."""
    os.kill(os.getpid(), signal.SIGKILL)


def _die_at(database: Database, death: Death) -> None:
    if not death.commit:
        return
    left = [death.commit]

    def before(_connection: Any) -> None:
        left[0] -= 1
        if left[0] == 0 and death.is_before:
            die()

    event.listen(database.engine, "commit", before)
    if not death.is_before:
        event.listen(database.engine, "checkin", lambda *_: die() if left[0] <= 0 else None)  # the commit is done


def _something(office: Office, travelling: TravellingClock, pick: Random) -> None:
    cases = open_cases(office)
    if len(cases) < 2 or (len(cases) < MOST_CASES and pick.random() < 0.15):
        Walk(office, travelling, pick).begin()
        return
    case_id, instance_id = pick.choice(cases)
    what = pick.random()
    if what < 0.1:
        with office.database.work() as work:
            upload = Upload("bijlage.pdf", io.BytesIO(PDF + str(pick.random()).encode()))
            office.documents.add(work, case_id, upload, source=STAFF.id, by=STAFF.id, at=travelling.now())
    elif what < 0.25:
        clock.tick(office)
    elif what < 0.28:
        housekeeping.run(office)
    else:
        Walk(office, travelling, pick, case_id, instance_id).step()


def open_cases(office: Office) -> list[tuple[int, int]]:
    """Case and instance of everything that is under way."""
    query = select(ProcessInstance.case_id, ProcessInstance.id).where(ProcessInstance.ended_at.is_(None))
    with office.database.reading() as reading:
        return [(case_id, instance_id) for case_id, instance_id in reading.session.execute(query) if case_id]


def files_of(settings: Settings) -> set[str]:
    """The attachments that lie in the folder, by their digest."""
    folder: Path = settings.data_dir / "files"
    return {each.name for each in folder.rglob("*") if each.is_file() and not each.name.startswith("incoming-")}
