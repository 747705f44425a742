"""Which processes work for this office now: each says every few seconds that it lives; who stops takes its line away.

For people to look at, and for nothing else: no work is given or taken by it (leases are). One that died stays in the list as gone for
an hour, so that somebody notices; then whoever says that it lives takes it out.
"""

import os
import platform
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from uuid import uuid4

from sqlalchemy import delete, select, update

from problems import Unavailable
from storage import watching
from storage.unit_of_work import Reading
from tasks.models import LiveProcess
from tasks.office import Office

EVERY_SECONDS = 5
GONE_AFTER = timedelta(seconds=30)
FORGOTTEN_AFTER = timedelta(hours=1)
SERVE, WORKER = "serve", "worker"
_log = watching.logger("ombudsflow.presence")


@dataclass(frozen=True)
class Alive:
    """A process as it was when it last said something. `role` is serve or worker."""

    role: str
    host: str
    pid: int
    version: str
    started_at: datetime
    seen_at: datetime
    is_gone: bool


class Presence:
    """This process, as others see it."""

    def __init__(self, office: Office, role: str) -> None:
        self._office = office
        self._id = uuid4().hex
        self._is_told = False
        self._about = {
            "role": role,
            "host": platform.node()[:100],
            "pid": os.getpid(),
            "version": version("ombudsflow"),
            "started_at": office.clock.now(),
        }

    def say(self) -> None:
        """Say that it lives, in a transaction of its own. A database that is away is passed by: the next time tells."""
        now = self._office.clock.now()
        try:
            with self._office.database.work() as work:
                mine = update(LiveProcess).where(LiveProcess.id == self._id).values(seen_at=now)
                if not work.session.execute(mine).rowcount:  # type: ignore[attr-defined]
                    work.session.add(LiveProcess(id=self._id, seen_at=now, **self._about))
                    work.session.execute(delete(LiveProcess).where(LiveProcess.seen_at < now - FORGOTTEN_AFTER))
            self._is_told = False
        except Unavailable as away:
            if not self._is_told:  # once, however long it lasts
                _log.warning("could not say that this process lives", problem=away.code)
            self._is_told = True

    def leave(self) -> None:
        """It stops, and nobody needs to wonder where it went."""
        try:
            with self._office.database.work() as work:
                work.session.execute(delete(LiveProcess).where(LiveProcess.id == self._id))
        except Unavailable as away:
            _log.warning("could not say that this process stops", problem=away.code)


def of(reading: Reading, now: datetime) -> list[Alive]:
    """The processes of the last hour, those that live first."""
    rows = reading.session.scalars(select(LiveProcess).where(LiveProcess.seen_at >= now - FORGOTTEN_AFTER))
    found = [
        Alive(row.role, row.host, row.pid, row.version, row.started_at, row.seen_at, row.seen_at < now - GONE_AFTER)
        for row in rows
    ]
    return sorted(found, key=lambda each: (each.is_gone, each.role, each.host, each.pid))
