"""Calls to the world: in a thread of their own, waited for no longer than a time limit, several at once.

An errand is written as steps: what it does here, with a `Call` yielded where the world is asked. Everything but the call happens in
the thread of whoever drives the steps, one errand after the other: so slow receivers wait side by side, and turns do not compete
with each other, nor all of them with the people who work.
A call that hangs cannot be stopped in Python, so it is let go: its thread may end when it likes, and what it then brings is thrown
away. Meanwhile its claim is kept alive. The steps get TookTooLong, ClaimLost, or what the call raises.
"""

import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from problems import Unavailable
from storage import watching

_log = watching.logger("ombudsflow.jobs")


class TookTooLong(Exception):
    """Een oproep naar buiten duurde te lang en wordt losgelaten."""

    def __str__(self) -> str:
        return f"Dit duurde langer dan {self.args[0].total_seconds():g} seconden en is losgelaten."


class ClaimLost(Exception):
    """Iemand anders heeft deze opdracht overgenomen."""


@dataclass(frozen=True)
class Call:
    """Something to ask the world. Each `every`, `keep` renews the claim and tells whether it still holds."""

    ask: Callable[[], Any]
    limit: timedelta
    keep: Callable[[], bool]
    every: timedelta


Steps = Generator[Call, Any, bool]


@dataclass(eq=False)
class _UnderWay:
    """A call whose answer is waited for. Moments are those of the machine's own clock, which nobody sets."""

    steps: Steps
    call: Call
    within: Context  # what the log knows of this errand, and of no other
    answer: Future[Any] = field(default_factory=Future)
    until: float = field(init=False)
    renew_at: float = field(init=False)

    def __post_init__(self) -> None:
        now = monotonic()
        self.until, self.renew_at = now + self.call.limit.total_seconds(), now + self.call.every.total_seconds()

    def run(self, ended: "SimpleQueue[_UnderWay]") -> None:
        try:
            self.answer.set_result(self.call.ask())
        except BaseException as problem:  # whatever ends the call is told to whoever waits for it
            self.answer.set_exception(problem)
        ended.put(self)

    def trouble(self) -> Exception | None:
        """Why it is not waited for any longer; renews the claim when that is due."""
        now = monotonic()
        if now >= self.until:
            return TookTooLong(self.call.limit)
        if now < self.renew_at:
            return None
        self.renew_at = now + self.call.every.total_seconds()
        try:
            return None if self.call.keep() else ClaimLost()
        except Unavailable as away:  # the lease still stands; whether the claim does, shows when the answer is taken
            _log.warning("a claim could not be renewed", problem=away.code)
            return None


class Calls:
    """Errands driven together. `succeeded` counts those whose steps ended well."""

    def __init__(self) -> None:
        self.succeeded = 0
        self._under_way: set[_UnderWay] = set()
        self._ended: SimpleQueue[_UnderWay] = SimpleQueue()

    def __len__(self) -> int:
        return len(self._under_way)

    def begin(self, steps: Steps) -> None:
        """Do what comes before the call, and start it; all of it when there is none."""
        self._go_on(steps, copy_context(), partial(next, steps))

    def wait(self, at_most: timedelta) -> None:
        """Until a call has ended or is let go, but not longer; then do what comes after it, for all that ended meanwhile."""
        soonest = min(min(each.until, each.renew_at) for each in self._under_way)
        try:
            self._after(self._ended.get(timeout=max(min(soonest - monotonic(), at_most.total_seconds()), 0)))
            while True:
                self._after(self._ended.get_nowait())
        except Empty:
            pass
        for each in list(self._under_way):
            trouble = None if each.answer.done() else each.trouble()
            if trouble is not None:
                self._under_way.discard(each)
                self._go_on(each.steps, each.within, partial(each.steps.throw, trouble))

    def _after(self, ended: _UnderWay) -> None:
        if ended not in self._under_way:
            return  # it was let go; nobody waits for what it brings
        self._under_way.discard(ended)
        problem = ended.answer.exception()
        if problem is None:
            self._go_on(ended.steps, ended.within, partial(ended.steps.send, ended.answer.result()))
        else:
            self._go_on(ended.steps, ended.within, partial(ended.steps.throw, problem))

    def _go_on(self, steps: Steps, within: Context, move: Callable[[], Call]) -> None:
        try:
            started = _UnderWay(steps, within.run(move), within)
        except StopIteration as stop:
            self.succeeded += bool(stop.value)
            return
        self._under_way.add(started)
        inside = partial(within.copy().run, started.run, self._ended)
        threading.Thread(target=inside, name="outcall", daemon=True).start()


@dataclass(frozen=True)
class Doing:
    """A claimed errand. Called, it is done to the end in this thread, and tells whether it succeeded."""

    steps: Steps

    def __call__(self) -> bool:
        calls = Calls()
        calls.begin(self.steps)
        while calls:
            calls.wait(timedelta.max)
        return bool(calls.succeeded)
