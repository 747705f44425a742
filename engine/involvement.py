"""Whether a process that starts by itself will ask something of the office: of people, or of a handler that works on a case."""

from collections.abc import Collection
from typing import Any

from engine.elements.activities import UserTask
from engine.elements.subprocesses import AdHoc
from engine.specs import Specs
from storage.unit_of_work import Reading


def needs_a_case(specs: Specs, reading: Reading, definition_id: int, job_types: Collection[str]) -> bool:
    """True when the process, or one it calls, has a user task, steps to choose, or a job of these types. Raises NotYetActive as its start would."""
    versions = specs.bind(reading, specs.process(reading, definition_id).spec.name)
    processes = [specs.process(reading, each) for each in (versions.own, *versions.called.values())]
    scopes = [scope for process in processes for scope in (process.spec, *process.scope_specs.values())]
    return any(_asks(element, job_types) for scope in scopes for element in scope.elements.values())


def _asks(element: Any, job_types: Collection[str]) -> bool:
    return isinstance(element, UserTask | AdHoc) or element.extensions.job_type in job_types
