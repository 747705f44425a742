"""What the office clears away by itself, a few times a day: drafts nobody finished, names of old calls, how cases
were before they moved and went on, messages that were delivered long ago, files no row knows; and files of services somebody had open.
It also asks for the figures of a year to be counted anew.

Reads first, and writes only when there is something to remove.
"""

from tasks import idempotency
from tasks.at_services import openings
from tasks.background import messages
from tasks.citizens import drafts
from tasks.office import Office
from tasks.reporting import annual_counting
from tasks.retention import erasing
from tasks.studio import migration_run


def run(office: Office) -> int:
    """Remove what has had its time; returns how much was removed."""
    removed = 0
    while (expired := drafts.expire(office)) > 0:
        removed += expired
    with office.database.reading() as reading:
        has_old_keys = idempotency.has_old(reading, office.clock.now())
    if has_old_keys:
        with office.database.work() as work:
            removed += idempotency.forget_old(work, office.clock.now())
    removed += migration_run.forget(office)
    removed += messages.forget_old(office) + erasing.destroy_left_keys(office) + erasing.forget_sent_mail(office)
    removed += openings.end_old(office)
    annual_counting.keep_up(office)
    return removed + office.documents.sweep(office.database)
