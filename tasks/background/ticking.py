"""What wakes the work that time brings: a thread for each kind, so that however much there is of one, no other waits for it.

The threads go by the monotonic clock. A scheduler that plans its next tick on the wall clock sleeps an hour when somebody sets
that clock back an hour, and every deadline with it (docs/decisions/0015). Holds no state that matters: what is due is in the database.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from problems import Unavailable
from storage import watching
from tasks.office import Office

LONGEST_GOODBYE = 15.0  # seconds
_log = watching.logger("ombudsflow.clock")


@dataclass(frozen=True)
class Kind:
    """A kind of work, and every how many seconds it is looked at. `work` ends soon once the event it is given is set."""

    name: str
    work: Callable[[Office, threading.Event], object]
    every: float


@contextmanager
def ticking(office: Office, kinds: Sequence[Kind]) -> Iterator[None]:
    """Keep every kind going for the length of a block. At its end nothing new is begun, and what is under way is waited for.

    What takes longer than `LONGEST_GOODBYE` is left: its claim ends by itself, and another process takes it over.
    """
    stopping = threading.Event()
    threads = [
        threading.Thread(target=_keep, args=(office, kind, stopping), name=f"ticks-{kind.name}", daemon=True)
        for kind in kinds
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        until = time.monotonic() + LONGEST_GOODBYE
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))


def _keep(office: Office, kind: Kind, stopping: threading.Event) -> None:
    is_away = False  # the database may be away for hours: that it went and that it came back is all there is to tell
    while not stopping.wait(kind.every):
        try:
            kind.work(office, stopping)
        except Unavailable as away:
            if not is_away:
                _log.warning("background work waits until it can go on", kind=kind.name, problem=away.code)
            is_away = True
        except Exception:  # the next tick tries again, and the log says what happened
            _log.exception("background work stopped half-way; the next tick goes on", kind=kind.name)
        else:
            if is_away:
                _log.warning("background work goes on again", kind=kind.name)
            is_away = False
