"""A whole chain made at once, for a load of very many cases: the same numbers, hashes and seals as `log.append` gives.

In: the events of a stream as they are to be stored. Out: the rows of `event` and the one of `stream_head`. Promise: `Log.verify`
holds for what comes out, and `Log.read` opens its personal values.
"""

from collections.abc import Iterable
from typing import NamedTuple

from history.log import GENESIS, HASHED, hash_of_parts
from history.sealing import Keyring

EVENT_COLUMNS = (*HASHED, "hash")
HEAD_COLUMNS = ("stream", "seq", "hash", "seal", "wrapped_key")
EventCells = tuple[str, int, str, str, str, str, str, str, str | None, str]
HeadCells = tuple[str, int, str, str, bytes]


class Told(NamedTuple):
    """An event before it is in a chain. `at` is UTC as the database keeps it, to the microsecond; `data` and `personal` are JSON."""

    at: str
    activity: str
    transition: str
    resource: str
    role: str
    data: str
    personal: str | None


def chain(keyring: Keyring, stream: str, events: Iterable[Told]) -> tuple[list[EventCells], HeadCells]:
    """The rows of a stream that did not exist yet, and its head, with a key of its own."""
    wrapped_key = keyring.new_key(stream)
    seal = keyring.sealer(wrapped_key, stream)
    rows: list[EventCells] = []
    last, seq = GENESIS, 0
    for at, activity, transition, resource, role, data, personal in events:
        seq += 1
        sealed = None if personal is None else seal(personal)
        instant = f"{at[:10]}T{at[11:]}+00:00"
        last = hash_of_parts([last, stream, seq, instant, activity, transition, resource, role, data, sealed])
        rows.append((stream, seq, at, activity, transition, resource, role, data, sealed, last))
    return rows, (stream, seq, last, keyring.sign_head(stream, seq, last), wrapped_key)
