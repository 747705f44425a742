"""Parsed definitions, cached: a spec is parsed once per process and shared read-only by all its instances.

The key is the definition's id, which never changes content; so the cache needs no invalidation.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine.decisions import DecisionModel
from engine.elements.activities import DecisionTask
from engine.elements.subprocesses import CallActivity
from engine.errors import DecisionNotYetActive, DefinitionNotFound, NotYetActive
from engine.models import Definition
from engine.parsing import xml
from engine.parsing.dmn import load as load_decisions
from engine.parsing.parser import parse_process
from storage.unit_of_work import Reading

VersionsInUse = dict[str, tuple[int, int]]  # key to id and number


@dataclass(frozen=True)
class Process:
    """A parsed process definition."""

    definition_id: int
    version: int
    spec: Any
    scope_specs: dict[str, Any]


@dataclass(frozen=True)
class Versions:
    """The versions an instance runs on for all its life, by id: its process, the processes and decisions it may ask, by key."""

    own: int
    called: dict[str, int]
    decisions: dict[str, int]


@dataclass(frozen=True)
class Bound:
    """An instance's specs: its own process, the processes it calls, and their versions."""

    spec: Any
    scope_specs: dict[str, Any]
    processes: dict[str, Process]

    def definition_of(self, process_key: str) -> tuple[str, int]:
        return process_key, self.processes[process_key].version

    def definition_id_of(self, process_key: str) -> int:
        return self.processes[process_key].definition_id


def in_use(reading: Reading, kind: str) -> VersionsInUse:
    """All versions in use, in one statement."""
    query = select(Definition.key, Definition.id, Definition.version)
    rows = reading.session.execute(query.where(Definition.kind == kind, Definition.state == "active"))
    return {key: (definition_id, version) for key, definition_id, version in rows}


class Specs:
    """The cache of one engine."""

    def __init__(self) -> None:
        self._processes: dict[int, Process] = {}
        self._decisions: dict[int, tuple[DecisionModel, int]] = {}
        self._bound: dict[tuple[int, ...], Bound] = {}

    def bind(self, reading: Reading, process_key: str) -> Versions:
        """The versions of a new instance. Raises NotYetActive, DecisionNotYetActive: better now than halfway a case."""
        processes, decisions = in_use(reading, "process"), in_use(reading, "decision")
        found: dict[str, Process] = {}
        asked: set[str] = set()
        waiting = [process_key]
        while waiting:
            key = waiting.pop()
            if key in found:
                continue
            if key not in processes:
                raise NotYetActive(kind="process", key=key)
            found[key] = self.process(reading, processes[key][0])
            waiting += called_by(found[key])
            asked |= asked_by(found[key])
        missing = sorted(asked - decisions.keys())
        if missing:
            raise DecisionNotYetActive(kind="decision", key=missing[0], process=process_key)
        called = {key: process.definition_id for key, process in found.items() if key != process_key}
        return Versions(found[process_key].definition_id, called, {key: decisions[key][0] for key in sorted(asked)})

    def bound(self, reading: Reading, definition_id: int, called: dict[str, int]) -> Bound:
        """The specs of an instance; reads the database only for what this process has not parsed yet."""
        ids = (definition_id, *sorted(called.values()))
        if ids not in self._bound:
            own, *others = [self.process(reading, each) for each in ids]
            specs = {own.spec.name: own.spec, **own.scope_specs}
            for other in others:
                specs |= {other.spec.name: other.spec, **other.scope_specs}
            self._bound[ids] = Bound(own.spec, specs, {p.spec.name: p for p in (own, *others)})
        return self._bound[ids]

    def process(self, reading: Reading, definition_id: int) -> Process:
        if definition_id not in self._processes:
            row = reading.session.get(Definition, definition_id)
            if row is None:
                raise DefinitionNotFound(definition_id=definition_id)
            spec, scope_specs = parse_process(xml.parse(row.content), row.key)
            self._processes[definition_id] = Process(row.id, row.version, spec, scope_specs)
        return self._processes[definition_id]

    def decision(self, reading: Reading, definition_id: int) -> tuple[DecisionModel, int]:
        """A decision by its definition, with its version; the database is asked once per process."""
        if definition_id not in self._decisions:
            row = reading.session.get(Definition, definition_id)
            if row is None:
                raise DefinitionNotFound(definition_id=definition_id)
            self._decisions[definition_id] = load_decisions(row.content), row.version
        return self._decisions[definition_id]

    def decision_in_use(
        self, reading: Reading, decision: str, known: VersionsInUse | None = None
    ) -> tuple[DecisionModel, int]:
        """The decision in the version in use now, among the `known` ones if given. Raises NotYetActive."""
        found = (in_use(reading, "decision") if known is None else known).get(decision)
        if found is None:
            raise NotYetActive(kind="decision", key=decision)
        return self.decision(reading, found[0])


def called_by(process: Process) -> set[str]:
    """The processes a process calls, also from inside its subprocesses."""
    scopes = (process.spec, *process.scope_specs.values())
    return {spec.spec for scope in scopes for spec in scope.elements.values() if isinstance(spec, CallActivity)}


def asked_by(process: Process) -> set[str]:
    """The decisions a process asks, also from inside its subprocesses."""
    scopes = (process.spec, *process.scope_specs.values())
    tasks = [spec for scope in scopes for spec in scope.elements.values() if isinstance(spec, DecisionTask)]
    return {task.extensions.decision for task in tasks if task.extensions.decision}
