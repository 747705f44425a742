"""The names a diagram may use: given to publishing, so that a diagram that asks for a missing form is refused."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Vocabulary:
    """Forms, job types, roles, decisions and processes that exist."""

    forms: frozenset[str] = frozenset()
    job_types: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
