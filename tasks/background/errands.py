"""Errands: what leaves the turn and is done after the commit, whichever queue tells of it.

`perform` does one errand by the row it points to (a worker of another queue calls it); `do_due` is the embedded queue: it finds what
is due by index, asks the world for several at once and takes more as they end, so one that is slow or broken holds up no other.
An errand that comes twice, too early, or while somebody else has it, does no harm and is not lost.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from engine.queue import JOB, MAIL, Embedded
from storage.unit_of_work import UnitOfWork
from tasks.background import job_errands, mail
from tasks.background.outcalls import Calls, Doing
from tasks.office import Office

LOOK_EVERY = timedelta(seconds=1)  # while calls take their time: what falls due meanwhile does not wait for them
_NEVER = threading.Event()


@dataclass(frozen=True)
class Line:
    """How errands of one kind are claimed. `at_once` is how many one process does at the same time."""

    take_due: Callable[[Office, int], list[Doing]]
    take: Callable[[Office, int], Doing | None]
    look_again: Callable[[Office, UnitOfWork, int], None]
    at_once: int


LINES = {
    # To find and take twenty cost a tenth of doing them; to find and take forty costs hardly more.
    JOB: Line(job_errands.take_due, job_errands.take, job_errands.look_again, at_once=40),
    MAIL: Line(mail.take_due, mail.take, mail.look_again, at_once=4),
}


def perform(office: Office, kind: str, row_id: int) -> bool:
    """Do one errand now. True when it succeeded; else its row says what became of it, and the queue has it again if need be.

    Raises what the database raises while it cannot be reached: then the errand must come again.
    """
    line = LINES[kind]
    doing = line.take(office, row_id)
    if doing is not None:
        return doing()
    with office.database.work() as work:
        line.look_again(office, work, row_id)
    return False


def do_due(office: Office, kind: str, stopping: threading.Event = _NEVER) -> int:
    """Do all errands of one kind that are due; returns how many succeeded. Once `stopping` is set, no more are begun."""
    line, calls, are_ending = LINES[kind], Calls(), False
    while True:
        room = line.at_once - len(calls)
        # Many at a time: to claim them one by one costs half as much as doing them.
        is_soon_more = are_ending and room < line.at_once // 2
        taken = [] if is_soon_more or not room or stopping.is_set() else line.take_due(office, room)
        for each in taken:
            calls.begin(each.steps)
        if not calls and not taken:
            return calls.succeeded
        before = len(calls)
        if calls:
            calls.wait(timedelta(0) if taken else LOOK_EVERY)
        are_ending = len(calls) < before


def do_jobs(office: Office, stopping: threading.Event = _NEVER) -> int:
    """The jobs that are due and have a handler here, when the rows are the queue; others wait for a worker outside."""
    return do_due(office, JOB, stopping) if isinstance(office.queue, Embedded) else 0


def do_mail(office: Office, stopping: threading.Event = _NEVER) -> int:
    """The mail that is due, when the rows are the queue."""
    return do_due(office, MAIL, stopping) if isinstance(office.queue, Embedded) else 0
