"""Random block-structured models with events, and a plain machine that runs them. It knows nothing of the engine.

A block begins as a run; runs form a tree, and a run is over when nothing is left in it. What happens is one of: a person completes
an open task, a message comes that is waited for, the clock reaches the next timer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

Path = tuple[int, ...]  # which instance of each multi-instance around it
Name = tuple[str, Path]


@dataclass
class Clock:
    """The present, for timers that begin now."""

    now: datetime


@dataclass(frozen=True)
class Wait:
    """An event that may happen: a timer has its moment, a message none."""

    name: str
    path: Path
    due: datetime | None


@dataclass(frozen=True)
class Place:
    """Where a run stands: its instance, the scope around it, the clock."""

    path: Path
    scope: Scope | None
    clock: Clock


class Run:
    """Something that goes on."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.live: list[Run] = []

    @property
    def is_over(self) -> bool:
        return not self.live

    def tasks(self) -> Iterator[Name]:
        """The open tasks of people."""
        for run in self.live:
            yield from run.tasks()

    def waits(self) -> Iterator[Wait]:
        """The events that may happen."""
        for run in self.live:
            yield from run.waits()

    def act(self, what: Name | Wait) -> bool:
        """A task is done or an event happens; False when it is not in here."""
        if self.own(what):
            return True
        for run in list(self.live):
            if run.act(what):
                if run.is_over and run in self.live:
                    self.live.remove(run)
                    self.went(run)
                return True
        return False

    def own(self, what: Name | Wait) -> bool:
        return False

    def went(self, run: Run) -> None:
        """A run inside is over, and no longer in `live`."""

    def begin(self, block: Block, place: Place | None = None) -> Run:
        """A run of a block inside this one. Every block has a task or an event in it, so none is over at once."""
        run = block.begin(place or self.place)
        self.live.append(run)
        return run


class Block(Protocol):
    """A part of a model with one way in and one way out."""

    def begin(self, place: Place) -> Run: ...


@dataclass
class Trigger:
    """A message of its own, or a timer."""

    seconds: int | None
    name: str = ""

    def armed(self, place: Place) -> Wait:
        due = None if self.seconds is None else place.clock.now + timedelta(seconds=self.seconds)
        return Wait(self.name, place.path, due)


@dataclass
class Task:
    name: str = ""

    def begin(self, place: Place) -> Run:
        return TaskRun(place, self.name)


class TaskRun(Run):
    def __init__(self, place: Place, name: str) -> None:
        super().__init__(place)
        self.name, self.done = (name, place.path), False

    @property
    def is_over(self) -> bool:
        return self.done

    def tasks(self) -> Iterator[Name]:
        yield self.name

    def own(self, what: Name | Wait) -> bool:
        self.done = self.done or what == self.name
        return what == self.name


@dataclass
class Sequence:
    parts: list[Block]

    def begin(self, place: Place) -> Run:
        return SequenceRun(place, list(self.parts))


class SequenceRun(Run):
    """Also a loop (the same part again) and the sequential multi-instance (the same part in another place)."""

    def __init__(self, place: Place, parts: list[Block], places: list[Place] | None = None) -> None:
        super().__init__(place)
        self.left = list(zip(parts, places or [place] * len(parts), strict=True))
        self.went(self)

    def went(self, run: Run) -> None:
        if self.left:
            self.begin(*self.left.pop(0))


@dataclass
class Together:
    """Parallel branches; or, as `picks`, those that an inclusive gateway takes."""

    parts: list[Block]
    picks: list[int] | None = None

    def begin(self, place: Place) -> Run:
        run = Run(place)
        for at, part in enumerate(self.parts):
            if self.picks is None or at in self.picks:
                run.begin(part)
        return run


@dataclass
class Choice:
    parts: list[Block]
    pick: int

    def begin(self, place: Place) -> Run:
        return self.parts[self.pick].begin(place)


@dataclass
class Loop:
    """Drawn with gateways and a counter."""

    body: Block
    rounds: int
    counter: str = ""

    def begin(self, place: Place) -> Run:
        return SequenceRun(place, [self.body] * self.rounds)


@dataclass
class Listener:
    """An event subprocess: one task of a person."""

    trigger: Trigger
    is_interrupting: bool
    task: Task = field(default_factory=Task)


@dataclass
class Subprocess:
    """With event subprocesses. When it `races`, it is over as soon as one of its parallel branches is (a terminate end)."""

    body: Block
    listeners: list[Listener] = field(default_factory=list)
    races: bool = False
    rounds: int = 1  # of a standard loop

    def begin(self, place: Place) -> Run:
        once = _Once(self)
        return SequenceRun(place, [once] * self.rounds)


@dataclass
class _Once:
    block: Subprocess

    def begin(self, place: Place) -> Run:
        body, races = self.block.body, self.block.races
        parts = body.parts if races and isinstance(body, Together) else [body]
        return Scope(place, parts, self.block.listeners, races)


class Scope(Run):
    """The main course, what runs beside it, and what listens. It may be over `at_once` when a part of its main course is."""

    def __init__(self, place: Place, parts: list[Block], listeners: list[Listener], at_once: bool) -> None:
        super().__init__(place)
        self.inside = Place(place.path, self, place.clock)
        self.listening = {each.trigger.armed(place): each for each in listeners}
        self.at_once = at_once
        self.main = [self.begin(part, self.inside) for part in parts]

    def waits(self) -> Iterator[Wait]:
        yield from super().waits()
        yield from self.listening

    def own(self, what: Name | Wait) -> bool:
        listener = self.listening.get(what) if isinstance(what, Wait) else None
        if listener is None:
            return False
        if listener.is_interrupting:
            self.live, self.listening, self.main = [], {}, []
        elif isinstance(what, Wait) and what.due is not None:
            del self.listening[what]
        self.begin(listener.task, self.inside)
        return True

    def went(self, run: Run) -> None:
        if self.at_once and run in self.main:
            self.live = []
        if not self.live:
            self.listening = {}


@dataclass
class Multi:
    """A subprocess, as many times as said, at once or one after another."""

    body: Block
    count: int
    is_sequential: bool
    item: str = ""
    counters: list[str] = field(default_factory=list)

    def begin(self, place: Place) -> Run:
        once = _Once(Subprocess(self.body))
        places = [Place((*place.path, at), place.scope, place.clock) for at in range(1, self.count + 1)]
        if self.is_sequential:
            return SequenceRun(place, [once] * self.count, places)
        run = Run(place)
        for each in places:
            run.begin(once, each)
        return run


@dataclass
class Guarded:
    """A boundary event on all of a subprocess, loop or multi-instance. A non-interrupting one leads to a task that ends apart."""

    host: Block
    trigger: Trigger
    is_interrupting: bool
    handler: Block

    def begin(self, place: Place) -> Run:
        return GuardedRun(place, self)


class GuardedRun(Run):
    def __init__(self, place: Place, block: Guarded) -> None:
        super().__init__(place)
        self.block = block
        self.armed: Wait | None = block.trigger.armed(place)
        self.begin(block.host)

    def waits(self) -> Iterator[Wait]:
        yield from super().waits()
        if self.armed is not None:
            yield self.armed

    def own(self, what: Name | Wait) -> bool:
        if self.armed is None or what != self.armed:
            return False
        if self.block.is_interrupting:
            self.live, self.armed = [], None
            self.begin(self.block.handler)
        else:
            self.armed = None if self.armed.due is not None else self.armed
            assert self.place.scope is not None
            self.place.scope.begin(self.block.handler, self.place)
        return True

    def went(self, run: Run) -> None:
        self.armed = None


@dataclass
class Throws:
    """A subprocess that ends in an error (its handler takes over) or an escalation (its handler, a task, runs beside)."""

    body: Block
    is_error: bool
    handler: Block

    def begin(self, place: Place) -> Run:
        return ThrowsRun(place, self)


class ThrowsRun(Run):
    def __init__(self, place: Place, block: Throws) -> None:
        super().__init__(place)
        self.block, self.is_caught = block, False
        self.begin(_ThrowingBody(block, self))

    def caught(self) -> None:
        """The main course inside reached its end: an error or escalation comes out."""
        if self.block.is_error:
            self.is_caught = True
        else:
            assert self.place.scope is not None
            self.place.scope.begin(self.block.handler, self.place)

    def went(self, run: Run) -> None:
        if self.is_caught:
            self.is_caught = False
            self.begin(self.block.handler)


@dataclass
class _ThrowingBody:
    block: Throws
    catcher: ThrowsRun

    def begin(self, place: Place) -> Run:
        return ThrowingScope(place, self.block.body, self.catcher, self.block.is_error)


class ThrowingScope(Scope):
    def __init__(self, place: Place, body: Block, catcher: ThrowsRun, is_error: bool) -> None:
        self.catcher = catcher
        super().__init__(place, [body], [], is_error)

    def went(self, run: Run) -> None:
        if run in self.main:
            self.catcher.caught()
        super().went(run)


@dataclass
class Events:
    """An event-based gateway: the first event decides which part follows."""

    triggers: list[Trigger]
    parts: list[Block]

    def begin(self, place: Place) -> Run:
        return EventsRun(place, self)


class EventsRun(Run):
    def __init__(self, place: Place, block: Events) -> None:
        super().__init__(place)
        self.block = block
        self.armed = [trigger.armed(place) for trigger in block.triggers]

    @property
    def is_over(self) -> bool:
        return not self.armed and not self.live

    def waits(self) -> Iterator[Wait]:
        yield from self.armed
        yield from super().waits()

    def own(self, what: Name | Wait) -> bool:
        if not isinstance(what, Wait) or what not in self.armed:
            return False
        part = self.block.parts[self.armed.index(what)]
        self.armed = []
        self.begin(part)
        return True
