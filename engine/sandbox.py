"""The real engine over a database in memory and a clock that travels: for stories, scenario tests and a Python shell.

    >>> from engine.sandbox import Sandbox
    >>> box = Sandbox()
    >>> [process] = box.publish(Path("permit.bpmn"))
    >>> permit = box.start(process, {"amount": 12})
    >>> box.waiting(permit)
    [Waiting(user_task 'check', instance 1)]
    >>> box.complete("check", {"correct": True})
    >>> box.outcome(permit)
    'completed'

Every call is a turn with its commit; between calls the state exists only as text, so what runs here survives a restart.
After each call everything that can happen now has happened: messages and signals that were sent are delivered, and timers that are
due have fired. Time moves only by `advance`.
Refuses like the office does: with a Problem whose sentence says what to do.
"""

import re
import weakref
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Table, select

from engine import definitions, models
from engine.errors import DiagramRefused, InstanceNotFound, NeverComesToRest, NotWaitedFor, XmlRefused
from engine.instances import Engine
from engine.models import Definition, Incident, Job, ProcessInstance, Subscription
from engine.parsing import xml
from engine.sandbox_waiting import JOB, USER_TASK, Waiting, waits
from engine.step import BpmnError, HandlerEntry, OpenedUserTask, Step
from engine.travelling import TravellingClock
from engine.vocabulary import Vocabulary
from storage.base import Base
from storage.unit_of_work import Database, Reading, UnitOfWork

__all__ = ["DiagramRefused", "Sandbox", "Transitioned", "Waiting"]

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # ten o'clock in Brussels
_AUTHOR, _APPROVER = "person:1", "person:2"
_MOST_TURNS = 20_000  # after one call; a diagram that sends itself a message for ever must not hang the caller
_ENCODING = re.compile(r"""^(<\?xml[^>]*?)\s+encoding=["'][^"']*["']""")
_Answer = TypeVar("_Answer", Step, Step | None)


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
        self.database = Database("sqlite://")
        Base.metadata.create_all(self.database.engine, tables=_tables())
        weakref.finalize(self, self.database.close)
        self.engine = Engine(handlers or {}, self.clock)
        self._history: list[Transitioned] = []
        self._worklist: dict[str, tuple[int, OpenedUserTask]] = {}

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
        content = _content(source)
        kind = _kind(content)
        with self.database.work() as work:
            return publish(work, kind, content, self.clock.now())

    # -- turns --------------------------------------------------------------------------------------------------------

    def start(self, process_id: str, variables: Mapping[str, Any] | None = None) -> int:
        """A new instance of the version in use; gives its id. Raises NotYetActive when nothing of that id is published."""
        return self._turn(lambda work: self.engine.start(work, process_id, dict(variables or {}), 0)).instance_id

    def advance(self, by: timedelta) -> None:
        """Let time pass: every timer that falls due on the way fires at its own moment, in order."""
        until = self.clock.now() + by
        stuck: set[int] = set()
        while (due := self._next_due(until, stuck)) is not None:
            self.clock.travel_to(due[0])
            if not self._fire(due[1]):
                stuck.add(due[1])
            self._settle()
        self.clock.travel_to(until)
        self._settle()

    def message(self, name: str, key: str | None = None, variables: Mapping[str, Any] | None = None) -> int | None:
        """A message for exactly one receiver; gives the instance that took it, or None when nobody waits for it."""
        step = self._turn(lambda work: self.engine.correlate(work, name, key or "", dict(variables or {})))
        return None if step is None else step.instance_id

    def complete(
        self, what: str | Waiting, variables: Mapping[str, Any] | None = None, *, instance: int | None = None
    ) -> None:
        """Do a user task or a job, or choose an activity of an ad-hoc subprocess.

        An element id means the one that waits longest in the oldest instance. Raises NotWaitedFor when nothing of that id waits.
        """
        wait, given = self._find(what, (USER_TASK, JOB), instance), dict(variables or {})
        if wait.kind == JOB:
            self._turn(lambda work: self.engine.finish_job(work, _claimed(work, wait, "done"), given))
        else:
            self._turn(lambda work: self.engine.complete(work, wait.instance, wait.token, given))

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
        self._turn(lambda work: self.engine.resolve_incident(work, incident, dict(variables or {}), by=_AUTHOR))

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
            self.engine.suspend(work, instance, resume=True)
        self._settle()

    # -- questions ----------------------------------------------------------------------------------------------------

    def waiting(self, instance: int | None = None) -> list[Waiting]:
        """What is waited for, in one instance or in all."""
        with self.database.work() as work:
            found = waits(work, self.engine, self._worklist.values())
        return [wait for wait in found if instance in (None, wait.instance)]

    def outcome(self, instance: int) -> str:
        """active, completed, terminated, incident, or error: an incident because nobody catches a BPMN error."""
        with self.database.reading() as reading:
            row = reading.session.get(ProcessInstance, instance)
            if row is None:
                raise InstanceNotFound(instance_id=instance)
            is_error = row.outcome == "incident" and self._is_uncaught(reading, instance)
            return "error" if is_error else row.outcome

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

    def _turn(self, command: Callable[[UnitOfWork], _Answer]) -> _Answer:
        """One command, its commit, and then everything that can happen now."""
        with self.database.work() as work:
            step = command(work)
        if step is not None:
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

    def _settle(self) -> None:
        """Fire what is due already, until nothing moves by itself."""
        stuck: set[int] = set()
        for _ in range(_MOST_TURNS):
            due = self._next_due(self.clock.now(), stuck)
            if due is None:
                return
            if not self._fire(due[1]):
                stuck.add(due[1])
        raise NeverComesToRest(at=self.clock.now().isoformat())

    def _next_due(self, until: datetime, stuck: Collection[int]) -> tuple[datetime, int] | None:
        """The first timer that falls due, but for those that could not fire."""
        query = select(Subscription.due_at, Subscription.id).where(
            Subscription.kind == "timer", Subscription.due_at <= until, Subscription.id.not_in(stuck)
        )
        with self.database.reading() as reading:
            row = reading.session.execute(query.order_by(Subscription.due_at, Subscription.id).limit(1)).first()
        return None if row is None or row[0] is None else (row[0], row[1])

    def _fire(self, subscription_id: int) -> bool:
        with self.database.work() as work:
            step = self.engine.fire_timer(work, subscription_id)
        if step is not None:
            self._keep(step)
        return step is not None

    @staticmethod
    def _is_uncaught(reading: Reading, instance: int) -> bool:
        query = select(Incident.reason).where(Incident.instance_id == instance, Incident.resolved_at.is_(None))
        return any(reason.startswith("Niemand vangt de fout") for reason in reading.session.scalars(query))

    def _find(self, what: str | Waiting, kinds: Collection[str], instance: int | None) -> Waiting:
        """The wait that is meant: the given one, else the oldest of that element id, or of that job type."""
        waiting = [wait for wait in self.waiting(instance) if wait.kind in kinds]
        if isinstance(what, Waiting):
            found = [wait for wait in waiting if wait.token == what.token]
        else:
            found = [wait for wait in waiting if wait.element_id == what]
            found = found or [wait for wait in waiting if wait.job_type == what]
        if not found:
            raise NotWaitedFor(asked=str(what), waiting=[str(wait) for wait in waiting])
        return found[0]


def publish(work: UnitOfWork, kind: str, content: bytes, at: datetime) -> list[str]:
    """Check a file and take into use what stands in it, without asking which forms, roles or job types exist."""
    made = definitions.publish(work, kind, content, actor_id=_AUTHOR, at=at, vocabulary=Vocabulary.anything())
    if made.definition.state == "draft":
        definitions.activate(work, made.definition.id, actor_id=_APPROVER, at=at)
    return [made.definition.key]


def _tables() -> list[Table]:
    """The engine's own tables: it knows no others."""
    own = (mapper.local_table for mapper in Base.registry.mappers if mapper.class_.__module__ == models.__name__)
    return [table for table in own if isinstance(table, Table)]


def _content(source: str | bytes | Path) -> bytes:
    """The bytes of a file. What a text says of its own encoding is void: it is no longer encoded."""
    if isinstance(source, Path):
        return source.read_bytes()
    if isinstance(source, bytes):
        return source
    return _ENCODING.sub(r"\1", source.lstrip(), count=1).encode()


def _kind(content: bytes) -> str:
    if content.lstrip().startswith(b"{"):
        return "form"
    try:
        root = xml.parse(content)
    except XmlRefused:
        return "process"  # publishing says what is wrong with it
    return "decision" if "/DMN/" in xml.namespace(root) else "process"


def _claimed(work: UnitOfWork, wait: Waiting, state: str) -> Job:
    """The row of a job that waits, in its new state."""
    query = select(Job).where(Job.instance_id == wait.instance, Job.token_id == wait.token, Job.state == "ready")
    job = work.session.scalars(query.order_by(Job.id)).one()
    job.state = state
    return job
