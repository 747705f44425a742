"""Calls to the world: in a thread of their own, waited for no longer than a time limit.

A call that hangs cannot be stopped in Python, so it is let go: its thread may end when it likes, and what it then brings is thrown
away. Meanwhile whoever asked keeps its claim alive. Raises TookTooLong, ClaimLost, and what the call raises.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from time import monotonic
from typing import TypeVar

T = TypeVar("T")


class TookTooLong(Exception):
    """Een oproep naar buiten duurde te lang en wordt losgelaten."""

    def __str__(self) -> str:
        return f"Dit duurde langer dan {self.args[0].total_seconds():g} seconden en is losgelaten."


class ClaimLost(Exception):
    """Iemand anders heeft deze opdracht overgenomen."""


def within(limit: timedelta, call: Callable[[], T], *, keep: Callable[[], bool], every: timedelta) -> T:
    """The answer of a call. While it lasts, `keep` is asked each `every` whether the claim still holds."""
    answer: Future[T] = Future()
    ended = threading.Event()

    def run() -> None:
        try:
            answer.set_result(call())
        except BaseException as problem:  # whatever ends the call is told to whoever waits for it
            answer.set_exception(problem)
        ended.set()

    threading.Thread(target=run, name="outcall", daemon=True).start()
    until = monotonic() + limit.total_seconds()
    while not ended.wait(max(min(every.total_seconds(), until - monotonic()), 0)):
        if monotonic() >= until:
            raise TookTooLong(limit)
        if not keep():
            raise ClaimLost
    return answer.result()
