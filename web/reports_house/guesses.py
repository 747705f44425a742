"""How many wrong codes may be tried at the door of the mailboxes, by all who come together: of none of them is anything known.

So many that no stranger easily keeps reporters out, and so few that trying is hopeless: at this pace one of ten thousand reports is found
once in three thousand years. Counted in the memory of this process; where several serve, each counts for itself.
"""

import threading
from collections import deque
from datetime import datetime, timedelta

from problems import TooOften

A_MINUTE = timedelta(minutes=1)
MOST_WRONG = 600


class TooManyCodes(TooOften):
    """Er worden nu te veel verkeerde codes geprobeerd. Wacht een minuut en probeer opnieuw. Wat in uw postbus zit, blijft bewaard."""

    after = int(A_MINUTE.total_seconds())


class Guesses:
    """The moments of the last minute at which a code was wrong, and nothing else."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wrong: deque[datetime] = deque()

    def require_room(self, at: datetime) -> None:
        """Before a code is looked up. Raises TooManyCodes, for a right one too: else trying would go on."""
        with self._lock:
            while self._wrong and self._wrong[0] <= at - A_MINUTE:
                self._wrong.popleft()
            if len(self._wrong) >= MOST_WRONG:
                raise TooManyCodes

    def note(self, at: datetime) -> None:
        """A code was wrong."""
        with self._lock:
            self._wrong.append(at)
