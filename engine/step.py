"""What one turn of the engine did: the answer of every engine call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from engine.occurrences import Occurrence
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Transition:
    """An element was activated, completed, cancelled, or met an incident. `definition` is (key, version).

    `undoes` is the activity a compensation handler works for. `occurrence` tells which time this is, where it is done several times.
    """

    element_id: str
    element_type: str
    transition: str
    token_id: str
    flow: str | None
    definition: tuple[str, int]
    undoes: str | None = None
    occurrence: Occurrence | None = None


@dataclass(frozen=True)
class OpenedUserTask:
    """A user task that now waits for a person. `occurrence` tells which time this is, where it is done several times."""

    token_id: str
    element_id: str
    name: str
    form_key: str | None
    roles: tuple[str, ...]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    inputs: Mapping[str, object]
    headers: Mapping[str, str]
    properties: Mapping[str, str]
    definition_id: int
    occurrence: Occurrence | None = None


@dataclass(frozen=True)
class DecisionRecord:
    """A decision taken: which version, on what, which rows fired, what came out."""

    token_id: str
    element_id: str
    decision: str
    version: int
    inputs: Mapping[str, object]
    value: object
    matched: tuple[tuple[str, str, int, tuple[str, ...]], ...]
    warnings: tuple[str, ...] = ()
    steps: tuple[tuple[str, object], ...] = ()

    def as_data(self) -> dict[str, object]:
        """For the history; `steps` are the answers of the decisions this one needed, in the order they were taken."""
        rows = [
            {"decision": d, "rule": rule, "row": index, "notes": list(notes)} for d, rule, index, notes in self.matched
        ]
        return {
            "token": self.token_id,
            "decision": self.decision,
            "version": self.version,
            "inputs": dict(self.inputs),
            "value": self.value,
            "rows": rows,
            "warnings": list(self.warnings),
            **({"steps": [{"decision": d, "value": value} for d, value in self.steps]} if self.steps else {}),
        }


@dataclass(frozen=True)
class OfferedChoice:
    """An ad-hoc subprocess in which somebody may choose what is done. `role` is the lane it stands in, if any."""

    token_id: str
    element_id: str
    name: str
    role: str | None
    definition_id: int


@dataclass(frozen=True)
class OpenedIncident:
    """A token that cannot go on, and why. `error` is the code of a modelled error that nobody catches."""

    token_id: str
    element_id: str
    reason: str
    error: str | None = None


@dataclass(frozen=True)
class ThrownMessage:
    """A message a diagram sends: delivered to exactly one receiver, in a turn of its own."""

    name: str
    key: str
    variables: Mapping[str, Any]
    time_to_live: timedelta
    message_id: str | None = None


@dataclass(frozen=True)
class ThrownSignal:
    """A signal a diagram broadcasts: whoever waits for it in this instance has had it already."""

    name: str
    variables: Mapping[str, Any]


@dataclass
class Step:
    """Everything the engine did in one turn, in order."""

    instance_id: int
    case_id: int
    transitions: list[Transition] = field(default_factory=list)
    opened: list[OpenedUserTask] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    offered: list[OfferedChoice] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)  # tokens of offered choices that are over
    decisions: list[DecisionRecord] = field(default_factory=list)
    incidents: list[OpenedIncident] = field(default_factory=list)
    messages: list[ThrownMessage] = field(default_factory=list)
    signals: list[ThrownSignal] = field(default_factory=list)
    outcome: str = "active"


@dataclass(frozen=True)
class BpmnError:
    """A modelled error: a handler returns it, and the diagram catches it (or an incident opens)."""

    code: str
    variables: Mapping[str, Any] = field(default_factory=dict)


class NoUseTrying(Exception):
    """Raised by a handler that knows trying again cannot help: the job is out of retries at once, with this reason."""


@dataclass(frozen=True)
class OutsideContext:
    """What a handler gets. `variables` are the element's inputs, or everything it sees when it has none.

    `idempotency_key` stays the same however often the job is tried.
    """

    case_id: int
    instance_id: int
    element_id: str
    token_id: str
    variables: Mapping[str, Any]
    headers: Mapping[str, str]
    now: datetime
    idempotency_key: str


@dataclass(frozen=True)
class JobContext(OutsideContext):
    """The same for a handler that works in the turn, or in a turn of its own: with the open unit of work."""

    work: UnitOfWork


Result = Mapping[str, Any] | BpmnError
Handler = Callable[[JobContext], Result]
OutsideHandler = Callable[[OutsideContext], Result]


@dataclass(frozen=True)
class HandlerEntry:
    """A job type that is database work: its handler, and whether it may run inside the turn; else a turn of its own follows.

    Inside, it answers the same when it is asked again on the same data: the turn may repeat it.
    """

    handler: Handler
    automatic: bool = True


@dataclass(frozen=True)
class Outside:
    """A job type that talks to the world: no transaction is open while its handler runs, and only mapped inputs reach it.

    It may be asked twice (a crash, a time limit), under one idempotency key. After `time_limit` its answer is not waited for.
    """

    handler: OutsideHandler
    time_limit: timedelta = timedelta(minutes=1)
    automatic: Literal[False] = False


JobType = HandlerEntry | Outside


class HeldJob(Protocol):
    """Where a job that somebody has belongs."""

    @property
    def instance_id(self) -> int: ...

    @property
    def token_id(self) -> str: ...


class Clock(Protocol):
    """Gives the present instant in UTC."""

    def now(self) -> datetime: ...
