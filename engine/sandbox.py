"""The real engine over a database in memory and a clock that travels: for stories, scenario tests and a Python shell.

    >>> from engine.sandbox import Sandbox
    >>> box = Sandbox()
    >>> [process] = box.publish(Path("permit.bpmn"))
    >>> permit = box.start(process, {"amount": 12})
    >>> box.waiting(permit)
    [<user_task 'check', instance 1>]
    >>> box.complete("check", {"correct": True})
    >>> box.outcome(permit)
    'completed'

Every call is a turn with its commit; between calls the state exists only as text, so what runs here survives a restart.
After each call everything that can happen now has happened: messages and signals that were sent are delivered, and timers that are
due have fired. Time moves only by `advance`.
Refuses like the office does: with a Problem whose sentence says what to do.
"""

import weakref
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Table, select

from engine import messages, models, moving
from engine.delivering import NotDelivered, Sent
from engine.errors import DiagramRefused, NeverComesToRest, NotWaitedFor, StateUnreadable
from engine.instances import Engine
from engine.models import Definition, Incident, Job, ProcessInstance, PublishedMessage, Subscription
from engine.sandbox_files import AUTHOR, content_of, kind_of, publish
from engine.sandbox_waiting import CHOICE, JOB, USER_TASK, Waiting, host_of, token_at, waits
from engine.step import BpmnError, HandlerEntry, OpenedUserTask, Step
from engine.travelling import TravellingClock
from storage.base import Base
from storage.unit_of_work import Database, UnitOfWork

__all__ = ["DiagramRefused", "Sandbox", "Transitioned", "Waiting"]

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # ten o'clock in Brussels
MESSAGE_LIVES = timedelta(hours=1)
_MOST_TURNS = 20_000  # after one call; a diagram that sends itself a message for ever must not hang the caller
_Answer = TypeVar("_Answer")


class Transitioned(NamedTuple):
    """One line of the history."""

    instance: int
    element_id: str
    transition: str
    at: datetime


class Sandbox:
    """An engine of its own, empty until something is published. `handlers` run inside the turn; every other job type waits."""

    def __init__(self, start: datetime = MONDAY, handlers: Mapping[str, HandlerEntry] | None = None) -> None:
        self.clock = TravellingClock(start)
        self.database = empty()
        weakref.finalize(self, self.database.close)
        self.engine = Engine(handlers or {}, self.clock)
        self._history: list[Transitioned] = []
        self._worklist: dict[str, tuple[int, OpenedUserTask]] = {}
        self._stuck: set[int] = set()  # timers that could not fire now
        self._passed: list[Sent] = []  # what was sent and could not be delivered

    def __repr__(self) -> str:
        states = ", ".join(f"{instance} {self.outcome(instance)}" for instance in self.instances())
        return f"<Sandbox at {self.clock.now():%Y-%m-%d %H:%M}: {states or 'no instance yet'}>"

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget everything."""
        self.database.close()

    # -- diagrams -----------------------------------------------------------------------------------------------------

    def publish(self, source: str | bytes | Path) -> list[str]:
        """Take the processes (or decisions, or the form) of a file into use; gives their ids in the order of the file.

        A text is the content itself, a Path names a file. Raises DiagramRefused: `.findings` says at which element and why.
        """
        content = content_of(source)
        with self.database.work() as work:
            return publish(work, kind_of(content), content, self.clock.now())

    # -- turns --------------------------------------------------------------------------------------------------------

    def start(self, process_id: str, variables: Mapping[str, Any] | None = None) -> int:
        """A new instance of the version in use; gives its id. Raises NotYetActive when nothing of that id is published."""
        return self._turn(lambda work: self.engine.start(work, process_id, dict(variables or {}), None)).instance_id

    def advance(self, by: timedelta) -> None:
        """Let time pass: every timer that falls due on the way fires at its own moment, in order."""
        until = self.clock.now() + by
        while (due := self._next_due(until)) is not None:
            self.clock.travel_to(due)
            self._settle()
        self.clock.travel_to(until)
        self._settle()

    def message(
        self,
        name: str,
        key: str | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        ttl: timedelta = MESSAGE_LIVES,
        message_id: str | None = None,
    ) -> int | None:
        """A message for exactly one receiver: who waits longest, else a process that starts with it.

        Gives the instance that took it now. None when there is none: it then waits, as long as its time to live.
        Raises MessageAlreadySeen.
        """
        now, given = self.clock.now(), dict(variables or {})
        with self.database.work() as work:
            number = messages.publish(work, name, key or "", given, now=now, ttl=ttl, message_id=message_id)
        return self._settle(number)

    def signal(self, name: str, variables: Mapping[str, Any] | None = None) -> None:
        """A signal for every instance that waits for it now, and every process that starts with it."""
        with self.database.work() as work:
            self.engine.broadcast(work, name, dict(variables or {}))
        self._settle()

    def conditions(self, variables: Mapping[str, Any]) -> None:
        """Tell what is so: an instance starts of each process whose start condition holds for it."""
        with self.database.work() as work:
            steps = self.engine.evaluate_conditions(work, dict(variables))
        for step in steps:
            self._keep(step)
        self._settle()

    def complete(
        self, what: str | Waiting, variables: Mapping[str, Any] | None = None, *, instance: int | None = None
    ) -> None:
        """Do a user task or a job, or choose an activity of an ad-hoc subprocess.

        An element id (or a job type) means the one that waits longest in the oldest instance. Raises NotWaitedFor when nothing
        of that id waits.
        """
        wait, given = self._find(what, (USER_TASK, JOB, CHOICE), instance), dict(variables or {})
        if wait.kind == JOB:
            self._turn(lambda work: self.engine.finish_job(work, _claimed(work, wait, "done"), given))
        elif wait.kind == CHOICE:
            self._turn(lambda work: self.engine.choose(work, wait.instance, wait.token, [wait.element_id]))
        else:
            self._turn(lambda work: self.engine.complete(work, wait.instance, wait.token, given))

    def choose(self, instance: int, ad_hoc: str, activities: Sequence[str]) -> None:
        """Choose what is done next in an ad-hoc subprocess, by the ids of its activities."""
        with self.database.reading() as reading:
            host = host_of(reading, self.engine, instance, ad_hoc)
        self._turn(lambda work: self.engine.choose(work, instance, host, list(activities)))

    def fail(
        self,
        job: str | Waiting,
        reason: str = "De uitvoerder meldde een fout.",
        *,
        retries: int | None = None,
        after: timedelta = timedelta(0),
        instance: int | None = None,
    ) -> None:
        """A worker could not do a job. It may be tried again `after` a while; when no retry is left, an incident opens.

        `retries` is how many are left; without it, one less than before.
        """
        wait = self._find(job, (JOB,), instance)
        with self.database.work() as work:
            row = _claimed(work, wait, "ready")
            row.attempts += 1
            row.retries = row.retries if retries is None else row.attempts + retries
            row.run_at, row.last_error = self.clock.now() + after, reason
            is_over = row.attempts >= row.retries
        if is_over:
            self._turn(lambda work: self.engine.fail_job(work, _claimed(work, wait, "dead"), reason))

    def throw(self, job: str | Waiting, error_code: str, *, instance: int | None = None) -> None:
        """A worker found that a job ends in a modelled error: the diagram catches it, or an incident opens."""
        wait = self._find(job, (JOB,), instance)
        self._turn(lambda work: self.engine.finish_job(work, _claimed(work, wait, "done"), BpmnError(error_code)))

    def resolve(self, instance: int, variables: Mapping[str, Any] | None = None) -> None:
        """Mend the oldest incident of an instance: correct variables, and the element is tried again."""
        query = select(Incident.id).where(Incident.instance_id == instance, Incident.resolved_at.is_(None))
        with self.database.reading() as reading:
            incident = reading.session.scalar(query.order_by(Incident.id).limit(1))
        if incident is None:
            raise NotWaitedFor(instance=instance, waiting="geen incident")
        self._turn(lambda work: self.engine.resolve_incident(work, incident, dict(variables or {}), by=AUTHOR))

    def terminate(self, instance: int) -> None:
        """Stop an instance for good."""
        self._turn(lambda work: self.engine.terminate(work, instance))

    def suspend(self, instance: int) -> None:
        """Nothing moves it until `resume`; what falls due meanwhile waits."""
        with self.database.work() as work:
            self.engine.suspend(work, instance)

    def resume(self, instance: int) -> None:
        """Let a suspended instance go on; what fell due meanwhile happens now."""
        with self.database.work() as work:
            self.engine.resume(work, instance)
        self._settle()

    def move(self, instance: int, *, cancel: Sequence[str] = (), activate: Sequence[str] = ()) -> None:
        """Take away the oldest token of each of these elements, and begin those. Raises NotWaitedFor, ElementNotThere."""
        with self.database.reading() as reading:
            tokens = [token_at(reading, self.engine, instance, element) for element in cancel]
        self._turn(lambda work: moving.move(self.engine, work, instance, cancel=tokens, activate=activate))

    def correct(self, instance: int, variables: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
        """Give variables of the process another value; returns name, old and new value of each."""
        with self.database.work() as work:
            changed, step = moving.correct(self.engine, work, instance, variables)
        if step is not None:
            self._keep(step)
        self._settle()
        return [tuple(change) for change in changed]

    # -- questions ----------------------------------------------------------------------------------------------------

    def waiting(self, instance: int | None = None) -> list[Waiting]:
        """What is waited for, in one instance or in all: by instance, then people, jobs, events and choices."""
        with self.database.work() as work:
            return waits(work, self.engine, self._worklist.values(), instance)

    def outcome(self, instance: int) -> str:
        """active, completed or terminated; incident when it cannot go on until something is mended, also for want of a catcher
        of a BPMN error; error when its stored state cannot be read.
        """
        with self.database.reading() as reading:
            try:
                self.engine.active(reading, instance)
            except StateUnreadable:
                return "error"
            return reading.session.get_one(ProcessInstance, instance).outcome

    def history(self, instance: int | None = None) -> list[Transitioned]:
        """Every transition of every element in order, of one instance or of all."""
        return [line for line in self._history if instance in (None, line.instance)]

    def variables(self, instance: int) -> dict[str, Any]:
        """The variables of the process itself."""
        with self.database.reading() as reading:
            return self.engine.variables(reading, instance)

    def active(self, instance: int) -> dict[str, int]:
        """How many tokens each element holds now."""
        with self.database.reading() as reading:
            return self.engine.active(reading, instance)

    def instances(self, process_id: str | None = None) -> list[int]:
        """Every instance that was ever started, also by a message or a timer; those of one process if named."""
        query = select(ProcessInstance.id).join(Definition, Definition.id == ProcessInstance.definition_id)
        if process_id is not None:
            query = query.where(Definition.key == process_id)
        with self.database.reading() as reading:
            return list(reading.session.scalars(query.order_by(ProcessInstance.id)))

    # -- how a call becomes turns -------------------------------------------------------------------------------------

    def _turn(self, command: Callable[[UnitOfWork], Step]) -> Step:
        """One command, its commit, and then everything that can happen now."""
        with self.database.work() as work:
            step = command(work)
        self._keep(step)
        self._settle()
        return step

    def _keep(self, step: Step) -> None:
        now = self.clock.now()
        self._history += [
            Transitioned(step.instance_id, done.element_id, done.transition, now) for done in step.transitions
        ]
        self._worklist |= {opened.token_id: (step.instance_id, opened) for opened in step.opened}
        for token_id in step.closed:
            self._worklist.pop(token_id, None)

    def _settle(self, message: int | None = None) -> int | None:
        """Deliver and fire what can be, until nothing moves by itself; gives the instance that took a message."""
        taker: int | None = None
        self._stuck.clear()
        for _ in range(_MOST_TURNS):
            with self.database.work() as work:
                step = self._moved_by_itself(work)
                is_taken = step and message and work.session.get_one(PublishedMessage, message).state == "received"
            if step is None:
                return taker
            self._keep(step)
            if is_taken and taker is None:
                taker = step.instance_id
        raise NeverComesToRest(at=self.clock.now().isoformat())

    def _moved_by_itself(self, work: UnitOfWork) -> Step | None:
        """One signal or message on its way, else one timer that is due."""
        try:
            step = self.engine.deliver_next(work, self._passed)
        except NotDelivered as refusal:
            self._passed.append(refusal.sent)  # it never holds up the others, and is tried no more
            raise refusal.__cause__ or refusal from None
        while step is None and (due := self._first_due(work)) is not None:
            step = self.engine.fire_timer(work, due)
            if step is None:
                self._stuck.add(due)
        return step

    def _first_due(self, work: UnitOfWork) -> int | None:
        query = select(Subscription.id).where(
            Subscription.kind == "timer", Subscription.due_at <= self.clock.now(), Subscription.id.not_in(self._stuck)
        )
        return work.session.scalar(query.order_by(Subscription.due_at, Subscription.id).limit(1))

    def _next_due(self, until: datetime) -> datetime | None:
        """The next moment at which a timer falls due; what is due already could not fire."""
        query = select(Subscription.due_at).where(
            Subscription.kind == "timer", Subscription.due_at > self.clock.now(), Subscription.due_at <= until
        )
        with self.database.reading() as reading:
            return reading.session.scalar(query.order_by(Subscription.due_at).limit(1))

    def _find(self, what: str | Waiting, kinds: Collection[str], instance: int | None) -> Waiting:
        """The wait that is meant: the given one, else the oldest of that element id, or of that job type."""
        waiting = [wait for wait in self.waiting(instance) if wait.kind in kinds]
        if isinstance(what, Waiting):
            found = [wait for wait in waiting if (wait.token, wait.element_id) == (what.token, what.element_id)]
        else:
            found = [wait for wait in waiting if wait.element_id == what]
            found = found or [wait for wait in waiting if wait.job_type == what]
        if not found:
            raise NotWaitedFor(asked=str(what), waiting=[str(wait) for wait in waiting])
        return next((wait for wait in found if wait.kind != CHOICE), found[0])


def empty() -> Database:
    """A database in memory with the engine's own tables."""
    made = Database("sqlite://")
    with made.engine.connect() as connection:
        connection.connection.driver_connection.deserialize(_image())  # type: ignore[union-attr]
    return made


@cache
def _image() -> bytes:
    """What such a database is, byte for byte: making its tables one by one took longer than playing a small case."""
    first = Database("sqlite://")
    Base.metadata.create_all(first.engine, tables=_tables())
    with first.engine.connect() as connection:
        image: bytes = connection.connection.driver_connection.serialize()  # type: ignore[union-attr]
    first.close()
    return image


def _tables() -> list[Table]:
    """The engine's own tables: it knows no others."""
    own = (mapper.local_table for mapper in Base.registry.mappers if mapper.class_.__module__ == models.__name__)
    return [table for table in own if isinstance(table, Table)]


def _claimed(work: UnitOfWork, wait: Waiting, state: str) -> Job:
    """The row of a job that waits, in its new state."""
    query = select(Job).where(Job.instance_id == wait.instance, Job.token_id == wait.token, Job.state == "ready")
    job = work.session.scalars(query.order_by(Job.id)).one()
    job.state = state
    return job
