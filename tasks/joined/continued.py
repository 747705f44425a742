"""A case that goes on from another begins: `cases.continuing` made its rows in the turn of the other, its process starts here.

A job of the other case opens it and sends a message that starts its process, in a turn of its own (`tasks.background.arrivals`). Here it gets
the secret of its page, which the letters of this turn carry, and the first event of its history, with what was taken along.
"""

from cases import continuing
from cases.models import Case
from history.log import Event
from history.reports import goes_with_key
from storage.unit_of_work import UnitOfWork
from tasks import turn
from tasks.citizens import external
from tasks.office import Office

BY_OFFICE = "system:office"


def begin(office: Office, work: UnitOfWork, case_id: int) -> Case | None:
    """The case, when its process is about to start; None for a case that lives already."""
    case = work.session.get(Case, case_id)
    if case is None or case.instance_id is not None:
        return None
    secret, case.secret_hash = turn.new_secret()
    work.session.info[external.CASE_LINK] = external.case_link(office, secret)
    taken = continuing.told(work, case.id, ("",))
    sealed = {each.name: each.value for each in taken if each.is_personal or goes_with_key(each.name)}
    data: dict[str, object] = {"number": case.number, "channel": case.channel, "matter": case.matter}
    data |= {
        "received_at": case.received_at.isoformat(),
        "facts": {f.name: f.value for f in taken if f.name not in sealed},
    }
    now = office.clock.now()
    office.log.append(work, turn.stream_of(case.id), [Event("case", "received", now, BY_OFFICE, "", data, sealed)])
    return case
