"""The other queue for stories: its own office on PostgreSQL, and a database whose clock travels with the office's."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, text

from engine import procrastinate_tables
from engine.models import Job
from service import open_office
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tasks.background.crew import Crew
from tasks.office import PROCRASTINATE, Office, Settings

WAITING = (
    "SELECT count(*), max(id) FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
)


class TravellingDatabase(TravellingClock):
    """Whoever travels takes the queue along: what is due by this clock is due by the database's.

    It begins a day ahead of the database, so what is not due yet waits there as well, however long the story takes.
    """

    def __init__(self, database: Database) -> None:
        super().__init__(datetime.now(UTC) + timedelta(days=1))
        self._database = database

    def advance(self, by: timedelta) -> None:
        super().advance(by)
        with self._database.work() as work:
            due = "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE scheduled_at <= :now"
            work.session.execute(text(due), {"now": self.now()})


def with_procrastinate(database: Database, folder: Path) -> tuple[Office, TravellingClock]:
    """An office on this database whose errands wait in Procrastinate's tables, and the clock of both."""
    procrastinate_tables.install(database)
    clock, settings = TravellingDatabase(database), Settings(data_dir=folder / "data", queue=PROCRASTINATE)
    return open_office(settings, database=database, clock=clock), clock


def drain(office: Office) -> int:
    """Do what is due in the queue, until nothing is or the rest waits behind what a dead worker holds; gives how many jobs were done."""
    before, waiting, left = _count(office), _waiting(office), None
    while waiting[0] and waiting != left:
        Crew(office, 4).drain()
        waiting, left = _waiting(office), waiting
    return _count(office) - before


def _waiting(office: Office) -> tuple[int, int | None]:
    """How many, and the newest of them."""
    with office.database.reading() as reading:
        count, newest = reading.session.execute(text(WAITING)).one()
        return count, newest


def _count(office: Office) -> int:
    with office.database.reading() as reading:
        return reading.session.scalar(select(func.count()).where(Job.state == "done")) or 0
