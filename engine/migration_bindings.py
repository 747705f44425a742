"""The versions an instance runs on after it moved: what it had stays; what only the new version asks is bound as at a start.

What nothing can reach any more is let go, so that the instance no longer counts as standing there.
"""

from dataclasses import dataclass
from typing import Any

from engine import bindings
from engine.errors import NotYetActive
from engine.specs import Process, Specs, VersionsInUse, calls_of, decisions_of, in_use
from storage.unit_of_work import Reading


@dataclass(frozen=True)
class Bindings:
    """Definition ids: the process itself, what it calls, what it asks (None: whatever is in use, as before this was fixed)."""

    own: int
    called: dict[str, int]
    decisions: dict[str, int] | None


def rebound(
    specs: Specs, reading: Reading, before: Bindings, key: str, target_id: int, *, is_own: bool, takes_decisions: bool
) -> Bindings:
    """The bindings with one process in another version. Raises NotYetActive for what nobody took into use."""
    called = dict(before.called) if is_own else {**before.called, key: target_id}
    own = target_id if is_own else before.own
    processes = in_use(reading, "process")
    found: dict[str, Process] = {}
    waiting = [specs.process(reading, own)]
    while waiting:
        process = waiting.pop()
        if process.spec.name in found:
            continue
        found[process.spec.name] = process
        for call in calls_of(process):
            if call.spec not in called:
                called[call.spec] = _version(reading, process, "process", call.spec, call.extensions, processes)
            waiting.append(specs.process(reading, called[call.spec]))
    called = {name: definition_id for name, definition_id in called.items() if name in found}
    if before.decisions is None:
        return Bindings(own, called, None)
    kept = {} if takes_decisions else before.decisions
    return Bindings(own, called, _decisions(reading, list(found.values()), kept))


def _decisions(reading: Reading, processes: list[Process], kept: dict[str, int]) -> dict[str, int]:
    tables, fixed = in_use(reading, "decision"), {}
    for process in processes:
        for asking in decisions_of(process):
            name = str(asking.extensions.decision)
            if name in kept:
                fixed[name] = kept[name]
            elif name not in fixed:
                fixed[name] = _version(reading, process, "decision", name, asking.extensions, tables)
    return dict(sorted(fixed.items()))


def _version(reading: Reading, caller: Process, kind: str, key: str, extensions: Any, in_use_now: VersionsInUse) -> int:
    fixed = bindings.fixed(reading, caller.definition_id, kind, extensions, key)
    if fixed is None and key not in in_use_now:
        raise NotYetActive(kind=kind, key=key)
    return in_use_now[key][0] if fixed is None else fixed
