"""People go first: what the clock brings lets requests under way pass before each of its turns.

A process does one thing at a time (Python's lock, SQLite's one writer), so a hundred thousand timers would make everybody who works
wait behind them. Promise: at most one turn of the background at a time in each process, none while a request is under way; but
however busy the pages are, the background gets a turn every `LONGEST_PAUSE`.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from storage.turnstile import Turnstile

# With more, a hundred thousand timers that fall due at once would take half an hour of a busy day.
LONGEST_PAUSE = 0.005  # seconds
# A request that takes longer waits for something itself (a slow line, work that must still come): nobody gives way to it.
PATIENCE = 1.0  # seconds


class Precedence:
    """The requests of one process that are under way, and the one turn of the background."""

    def __init__(self) -> None:
        self._under_way: dict[object, float] = {}
        self._ended = threading.Condition()
        self._background = Turnstile()

    @contextmanager
    def request(self) -> Iterator[None]:
        """Somebody waits for an answer."""
        mine = object()
        with self._ended:
            self._under_way[mine] = time.monotonic()
        try:
            yield
        finally:
            with self._ended:
                del self._under_way[mine]
                self._ended.notify_all()

    @contextmanager
    def background(self) -> Iterator[None]:
        """A turn nobody waits for: after the turns of the background that came before, and after the requests under way."""
        with self._background.passing():
            with self._ended:
                self._ended.wait_for(self._is_quiet, timeout=LONGEST_PAUSE)
            yield

    def _is_quiet(self) -> bool:
        patient_since = time.monotonic() - PATIENCE
        return all(began < patient_since for began in self._under_way.values())
