"""Looking into a case is itself recorded, before anything is shown: every page and API answer about a case comes by here.

The same person looking at the same thing again within ten minutes is one look, so that working in a case does not drown its
history. Opening another letter or document is another look. `history.looks.of` lists them for the auditor.
"""

from datetime import timedelta

from history import looks
from identity.people import Actor
from storage import watching
from storage.unit_of_work import Reading, UnitOfWork
from tasks import turn
from tasks.office import Office

ONE_LOOK = timedelta(minutes=10)


def record(office: Office, work: UnitOfWork, actor: Actor, case_id: int, what: str = "case") -> None:
    """Record a look in the transaction that is open. `what`: `case`, `letter:12`, `document:7`, `replay`, `export:xes`."""
    watching.about(case=case_id)
    if not _is_same_look(office, work, actor, case_id, what):
        seen = looks.look(what, office.clock.now(), actor.id, turn.role_of(actor))
        office.log.append(work, turn.stream_of(case_id), [seen])


def keep(office: Office, reading: Reading, actor: Actor, case_id: int, what: str = "case") -> None:
    """Record a look for a page that only reads: opens a transaction of its own, and only for a new look.

    When the look cannot be kept (database busy, disk full) the refusal reaches the page, and nothing is shown.
    """
    if office.house.is_sealed and actor.is_external:
        return  # when a reporter reads their mailbox is written down nowhere
    watching.about(case=case_id)
    if _is_same_look(office, reading, actor, case_id, what):
        return
    with office.database.work() as work:
        record(office, work, actor, case_id, what)


def _is_same_look(office: Office, reading: Reading, actor: Actor, case_id: int, what: str) -> bool:
    since = office.clock.now() - ONE_LOOK
    return what in looks.seen_since(reading, turn.stream_of(case_id), actor.id, since)
