"""The names a diagram may use: given to publishing, so that a diagram that asks for a missing form is refused."""

from dataclasses import dataclass


class _Every(frozenset[str]):
    """A set that holds every name."""

    def __contains__(self, name: object) -> bool:
        return True


@dataclass(frozen=True)
class Vocabulary:
    """Forms, job types, roles, decisions and processes that exist.

    `external` are the job types that workers outside do; the office does the others itself.
    `variables`: what forms, jobs and messages may bring; None when nobody can know.
    `webhooks` are the addresses outside that have a name here; None when nobody can know.
    `letters` are those that may be sent; None when nobody can know.
    `is_foreign`: the diagram comes from elsewhere and is only tried out, so a user task may also go without a form or a role.
    """

    forms: frozenset[str] = frozenset()
    job_types: frozenset[str] = frozenset()
    external: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    webhooks: frozenset[str] | None = None
    variables: frozenset[str] | None = None
    letters: frozenset[str] | None = None
    is_foreign: bool = False

    @classmethod
    def anything(cls) -> "Vocabulary":
        """Every name exists: for the sandbox, where nothing but the diagram is known."""
        every = _Every()
        return cls(forms=every, job_types=every, roles=every, decisions=every, processes=every, is_foreign=True)
