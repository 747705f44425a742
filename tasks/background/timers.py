"""Due timers: each fires once, in a turn of its own instance. Due moments are indexed rows, never found by loading instances.

Refuses nothing: a timer that cannot fire stays due (operations show it as late) and is passed by, as is one whose instance somebody
is busy with: nobody is held up, and the next tick comes back to them.
Several processes do this at once. Each takes the earliest portion; who meets what another did already begins somewhere else in a
fresh one, so that they seldom meet again. Of one instance the earliest timer comes first, whoever fires it.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random

from engine import starts, timers
from engine.step import Step
from engine.timers import FIRST, Due
from history.log import Event
from identity.people import system
from problems import Problem
from storage import watching
from storage.unit_of_work import DatabaseGone, UnitOfWork
from tasks import turn
from tasks.background import arrivals
from tasks.office import Office
from tasks.operating import counts

PORTION = 200
MET = 3  # so many that another had already: it works here too
_NEVER = threading.Event()
_log = watching.logger("ombudsflow.clock")


def fire_due(office: Office, stopping: threading.Event = _NEVER) -> int:
    """Fire what is due, the earliest first, until a round finds none that can fire; returns how many fired.

    Once `stopping` is set, no more are begun.
    """
    drain = _Drain(office, stopping)
    while drain.round():
        pass
    return drain.fired


@dataclass
class _Drain:
    """One process at work on what is due."""

    office: Office
    stopping: threading.Event
    fired: int = 0
    broken: set[int] = field(default_factory=set)
    chance: Random = field(default_factory=Random)

    def round(self) -> bool:
        """Everything that is due, once; True when something fired, so that there may be more."""
        before, place, start = self.fired, FIRST, 0
        while due := self._due(place):
            fired, met = self._portion(due[start:] + due[:start])
            self.fired += fired
            if fired and met:  # somebody else works at this portion: look again at what is left of it
                start = self.chance.randrange(len(due))
            else:
                place, start = due[-1], 0
        return self.fired > before and not self.stopping.is_set()

    def _due(self, place: Due) -> list[Due]:
        if self.stopping.is_set():
            return []
        with self.office.database.reading() as reading:
            return list(timers.due(reading, self.office.clock.now(), place, PORTION))

    def _portion(self, due: Sequence[Due]) -> tuple[int, bool]:
        """How many fired, and whether another process turned out to be at work here: then the rest is left."""
        fired = missed = 0
        for each in due:
            if self.stopping.is_set() or missed == MET:
                break
            if each.id in self.broken:
                continue
            try:
                happened = _fire(self.office, each)
            except DatabaseGone:
                raise  # nobody's fault: the next tick goes on
            except Exception as problem:  # one broken case must not cost another its deadline
                self.broken.add(each.id)
                _tell(each, problem)
                continue
            fired, missed = fired + happened, missed + (not happened)
        return fired, missed == MET


def _tell(timer: Due, problem: Exception) -> None:
    if isinstance(problem, Problem):
        _log.warning("timer not fired", timer=timer.id, problem=problem.code)
    else:
        _log.error("timer not fired", timer=timer.id, exc_info=problem)


def _fire(office: Office, timer: Due) -> bool:
    """One turn. False when it fired meanwhile, was withdrawn, or somebody is busy with its instance."""
    with (
        watching.background(_log, "timer", timer=timer.id),
        office.precedence.background(),
        office.database.work() as work,
    ):
        step = _begin(office, work, timer.id) if timer.instance_id is None else _go_on(office, work, timer.instance_id)
        if step is None:
            return False
        now = office.clock.now()
        told = {"due_at": timer.at.isoformat(), **({"begins": True} if timer.instance_id is None else {})}
        came = Event("timer", "received", now, "system:clock", "", told)
        work.after_commit(partial(counts.LATE.observe, (now - timer.at).total_seconds()))
        turn.apply(office, work, system("clock"), step, first=[came])
        return True


def _go_on(office: Office, work: UnitOfWork, instance_id: int) -> Step | None:
    return office.engine.fire_due(work, instance_id)


def _begin(office: Office, work: UnitOfWork, subscription_id: int) -> Step | None:
    taken = starts.take_due(work, subscription_id, office.clock.now())
    return None if taken is None else arrivals.take(office, work, taken, {}, None)
