"""What time brings: due timers, messages and signals on their way, jobs outside the turn, mail. Each in a unit of work of its own.

`tick` does it all, one kind after the other; a server keeps a thread for each (tasks.background.ticking). It only wakes; due moments are indexed
rows, never found by loading instances. Refuses nothing: what fails is kept, tried again later, and in the end becomes an incident.
"""

from collections.abc import Callable

from storage import watching
from tasks.background import errands, messages, timers
from tasks.office import Office

_log = watching.logger("ombudsflow.clock")


def tick(office: Office) -> int:
    """Do everything that is due; returns how much was done. What breaks in one kind of work never holds up the others."""
    return sum(_apart(work, office) for work in KINDS)


def _apart(work: Callable[[Office], int], office: Office) -> int:
    """One kind of work by itself; when it breaks, the others and the next tick never notice."""
    try:
        return work(office)
    except Exception:  # a database that is away, a full disk: the next tick tries again, and the log says what happened
        _log.exception(
            "background work stopped half-way; the next tick goes on", kind=getattr(work, "__name__", "work")
        )
        return 0


# Messages after what may send them; what is delivered may again bring jobs, and these may send.
KINDS = (timers.fire_due, messages.deliver, errands.do_jobs, messages.deliver, messages.clear_away, errands.do_mail)
