"""Opening a file of a service with a reason: somebody of the office looks into what is not theirs, and the service reads why.

In: who, the number, why. Out: one turn: the opening and the history of the file. It ends by itself after OPEN_FOR; whoever still has to
look says why again. Refuses with NotAllowed, FileNotThere, ReasonMissing.
"""

from datetime import timedelta

from sqlalchemy import select, update

from cases.models import Case
from cases.openings import FileOpening
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import NotFound
from storage.unit_of_work import UnitOfWork
from tasks import sight, turn
from tasks.office import Office
from tasks.operating.mending import with_reason

OPEN = "first_line.open"
OPEN_FOR = timedelta(days=30)


class FileNotThere(NotFound):
    """Wij vinden geen dossier van een dienst met dit nummer. Kijk het nummer na."""


def open_file(office: Office, work: UnitOfWork, actor: Actor, number: str, reason: str) -> None:
    """Let this actor see the file of a service. Nothing happens when they see it already."""
    require(actor, OPEN)
    query = select(Case).where(Case.number == number, Case.matter == sight.FIRST_LINE_MATTER, *sight.known(actor))
    case = work.session.scalar(query)
    if case is None:
        raise FileNotThere(number=number)
    if sight.sees(work, actor, case.id):
        return
    said, now = with_reason(reason)[:500], office.clock.now()
    row = FileOpening(case_id=case.id, person=actor.id, reason=said, opened_at=now)
    work.session.add(row)
    work.session.flush()
    told = {"opening": row.id, "person": actor.id}
    event = Event("opening", "changed", now, actor.id, turn.role_of(actor), told, {"reason": said})
    turn.finish(office, work, case.id, event)


def end_old(office: Office) -> int:
    """Close what has been open for OPEN_FOR; gives how many. Reads first, and writes only when there is something to close."""
    now = office.clock.now()
    is_old = (FileOpening.ended_at.is_(None), FileOpening.opened_at < now - OPEN_FOR)
    with office.database.reading() as reading:
        old = list(reading.session.scalars(select(FileOpening.id).where(*is_old)))
    if old:
        with office.database.work() as work:
            work.session.execute(update(FileOpening).where(FileOpening.id.in_(old)).values(ended_at=now))
    return len(old)
