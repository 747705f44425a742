"""Parsed definitions, cached: a spec is parsed once per process and shared read-only by all its instances.

An engine knows them by the definition's id, which never changes content, so the cache needs no invalidation. What is parsed is
kept by content: the same file under another id, or in another office of the same process, is not read again.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from engine import bindings, decision_imports
from engine.decisions import DecisionModel
from engine.elements.activities import DecisionTask
from engine.elements.subprocesses import CallActivity
from engine.errors import DecisionNotYetActive, DefinitionNotFound, NotYetActive, TwoVersionsAsked
from engine.models import Definition
from engine.parsing.dmn import load as load_decisions
from engine.parsing.parser import parsed
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


@lru_cache(maxsize=256)
def _decisions_alone(content: bytes) -> DecisionModel:
    return load_decisions(content)


def _imports(content: bytes) -> bool:
    """Whether a decision file may lean on others; then its content alone does not say what it means."""
    return b"<import" in content or b":import" in content


class Specs:
    """The cache of one engine."""

    def __init__(self) -> None:
        self._processes: dict[int, Process] = {}
        self._decisions: dict[int, tuple[DecisionModel, int]] = {}
        self._bound: dict[tuple[int, ...], Bound] = {}

    def bind(self, reading: Reading, process_key: str) -> Versions:
        """The versions of a new instance. Raises NotYetActive, DecisionNotYetActive: better now than halfway a case."""
        processes, decisions = in_use(reading, "process"), in_use(reading, "decision")
        if process_key not in processes:
            raise NotYetActive(kind="process", key=process_key)
        found: dict[str, Process] = {}
        asked: dict[str, int] = {}
        waiting = [(process_key, processes[process_key][0])]
        while waiting:
            key, definition_id = waiting.pop()
            if key in found:
                refuse_two(key, found[key].definition_id, definition_id)
                continue
            process = found[key] = self.process(reading, definition_id)
            waiting += [
                (called.spec, _version(reading, process, "process", called.spec, called, processes))
                for called in calls_of(process)
            ]
            for task in decisions_of(process):
                decision = str(task.extensions.decision)
                bound = _version(reading, process, "decision", decision, task, decisions)
                refuse_two(decision, asked.setdefault(decision, bound), bound)
        called_ids = {key: process.definition_id for key, process in found.items() if key != process_key}
        return Versions(found[process_key].definition_id, called_ids, dict(sorted(asked.items())))

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
            spec, scope_specs = parsed(row.content, row.key)
            self._processes[definition_id] = Process(row.id, row.version, spec, scope_specs)
        return self._processes[definition_id]

    def decision(self, reading: Reading, definition_id: int) -> tuple[DecisionModel, int]:
        """A decision by its definition, with its version; the database is asked once per process."""
        if definition_id not in self._decisions:
            row = reading.session.get(Definition, definition_id)
            if row is None:
                raise DefinitionNotFound(definition_id=definition_id)
            imports = decision_imports.of(reading, row) if _imports(row.content) else None
            model = _decisions_alone(row.content) if imports is None else load_decisions(row.content, imports)
            self._decisions[definition_id] = model, row.version
        return self._decisions[definition_id]

    def decision_in_use(
        self, reading: Reading, decision: str, known: VersionsInUse | None = None
    ) -> tuple[DecisionModel, int]:
        """The decision in the version in use now, among the `known` ones if given. Raises NotYetActive."""
        found = (in_use(reading, "decision") if known is None else known).get(decision)
        if found is None:
            raise NotYetActive(kind="decision", key=decision)
        return self.decision(reading, found[0])


def calls_of(process: Process) -> list[CallActivity]:
    """The call activities of a process, also inside its subprocesses."""
    scopes = (process.spec, *process.scope_specs.values())
    return [spec for scope in scopes for spec in scope.elements.values() if isinstance(spec, CallActivity)]


def decisions_of(process: Process) -> list[DecisionTask]:
    """The tasks of a process that ask a decision, also inside its subprocesses."""
    scopes = (process.spec, *process.scope_specs.values())
    tasks = [spec for scope in scopes for spec in scope.elements.values() if isinstance(spec, DecisionTask)]
    return [task for task in tasks if task.extensions.decision]


def refuse_two(key: str, one: int, other: int) -> None:
    """An instance runs on one version of each diagram and decision. Raises TwoVersionsAsked."""
    if one != other:
        raise TwoVersionsAsked(key=key)


def _version(reading: Reading, caller: Process, kind: str, key: str, element: Any, in_use_now: VersionsInUse) -> int:
    fixed = bindings.fixed(reading, caller.definition_id, kind, element.extensions, key)
    if fixed is not None:
        return fixed
    if key not in in_use_now:
        raise (
            DecisionNotYetActive(kind=kind, key=key, process=caller.spec.name)
            if kind == "decision"
            else NotYetActive(kind=kind, key=key)
        )
    return in_use_now[key][0]
