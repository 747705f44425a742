"""The lines somebody ticked in a list, by the numbers of their rows."""

from problems import Invalid
from web.context import FormBody
from web.text import numbers_of


class NothingTicked(Invalid):
    """Kies eerst minstens één regel in de lijst."""


def ticked(body: FormBody, name: str) -> list[int]:
    """The rows that were ticked, in the order of the list; none when nothing was."""
    return numbers_of(body.fields.get(name, []))


def some_ticked(body: FormBody, name: str) -> list[int]:
    """The same for who is about to do something with them. Raises NothingTicked."""
    rows = ticked(body, name)
    if not rows:
        raise NothingTicked
    return rows
