"""The append-only memory of a case: one writer, many readers.

In: events of a turn. Out: rows numbered per stream without gaps, each hash taken over the row and the hash before it.
Promise: what is stored cannot change unseen: `verify` names the first event that does not hold. Personal values are sealed;
the hash covers what is stored, so destroying the key (`erase`) leaves the chain whole.
Words follow XES: activity, transition, resource, role.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise

from sqlalchemy import insert, select, update

from history.models import EventRow, StreamHead
from history.sealing import InvalidTag, Keyring
from problems import Conflict
from storage.unit_of_work import Reading, UnitOfWork

GENESIS = "0" * 64


class HistoryErased(Conflict):
    """De persoonsgegevens van dit dossier zijn gewist; er kan niets persoonlijks meer bij."""


@dataclass(frozen=True)
class Event:
    """Something that happened. `personal` is sealed when stored."""

    activity: str
    transition: str
    at: datetime
    resource: str
    role: str = ""
    data: Mapping[str, object] = field(default_factory=dict)
    personal: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Recorded(Event):
    """An event as read back; `personal` is None once the key is destroyed."""

    stream: str = ""
    seq: int = 0
    hash: str = ""
    is_erased: bool = False


@dataclass(frozen=True)
class Verdict:
    """What a walk over the chain found."""

    ok: bool
    events: int
    first_bad_seq: int | None = None
    reason: str = ""


class Log:
    """The history, with the keys that open it."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def append(self, work: UnitOfWork, stream: str, events: Iterable[Event]) -> int:
        """Append events; returns the last seq. Always three statements at most: head, insert, head."""
        batch = list(events)
        head = self._locked_head(work, stream)
        if not batch:
            return head.seq
        if head.wrapped_key is None and any(event.personal for event in batch):
            raise HistoryErased(stream=stream)
        seq, last = head.seq, head.hash
        rows = []
        for event in batch:
            seq += 1
            row = self._row(stream, seq, event, head.wrapped_key)
            last = row["hash"] = chain_hash(last, row)
            rows.append(row)
        work.session.execute(insert(EventRow), rows)
        head.seq, head.hash = seq, last
        work.session.flush()
        return seq

    def _locked_head(self, work: UnitOfWork, stream: str) -> StreamHead:
        head = work.session.scalar(select(StreamHead).where(StreamHead.stream == stream).with_for_update())
        if head is None:
            head = StreamHead(stream=stream, seq=0, hash=GENESIS, wrapped_key=self._keyring.new_key(stream))
            work.session.add(head)
        return head

    def _row(self, stream: str, seq: int, event: Event, key: bytes | None) -> dict[str, object]:
        sealed = self._keyring.seal(key, stream, event.personal) if event.personal and key else None
        return {
            "stream": stream,
            "seq": seq,
            "at": event.at.astimezone(UTC),
            "activity": event.activity,
            "transition": event.transition,
            "resource": event.resource,
            "role": event.role,
            "data": json.dumps(event.data, ensure_ascii=False, separators=(",", ":"), default=str),
            "sealed": sealed,
        }

    def read(self, reading: Reading, stream: str, *, after: int = 0, limit: int | None = None) -> list[Recorded]:
        """Events of a stream in order, opened where the key still exists."""
        query = (
            select(EventRow).where(EventRow.stream == stream, EventRow.seq > after).order_by(EventRow.seq).limit(limit)
        )
        key = reading.session.scalar(select(StreamHead.wrapped_key).where(StreamHead.stream == stream))
        return [self._recorded(row, key) for row in reading.session.scalars(query)]

    def _recorded(self, row: EventRow, key: bytes | None) -> Recorded:
        personal: dict[str, object] = {}
        is_erased = row.sealed is not None and key is None
        if row.sealed is not None and key is not None:
            try:
                personal = self._keyring.open(key, row.stream, row.sealed)
            except (InvalidTag, ValueError):
                is_erased = True  # verify() says whether somebody changed it
        return Recorded(
            row.activity,
            row.transition,
            row.at,
            row.resource,
            row.role,
            json.loads(row.data),
            personal,
            stream=row.stream,
            seq=row.seq,
            hash=row.hash,
            is_erased=is_erased,
        )

    def erase(self, work: UnitOfWork, stream: str, at: datetime) -> None:
        """Destroy the stream's key: its personal values can never be read again, by anyone."""
        work.session.execute(
            update(StreamHead).where(StreamHead.stream == stream).values(wrapped_key=None, key_destroyed_at=at)
        )


def chain_hash(previous: str, row: Mapping[str, object]) -> str:
    """sha256 over the previous hash and the row as stored, in a fixed order with unambiguous separation."""
    at = row["at"]
    if not isinstance(at, datetime):
        raise TypeError("an event needs an instant")
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [
        previous,
        row["stream"],
        row["seq"],
        instant,
        row["activity"],
        row["transition"],
        row["resource"],
        row["role"],
        row["data"],
        row["sealed"],
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def streams(reading: Reading) -> Sequence[str]:
    """Every chain there is."""
    return list(reading.session.scalars(select(StreamHead.stream).order_by(StreamHead.stream)))


def verify(reading: Reading, stream: str) -> Verdict:
    """Walk the chain; say the first event that does not hold, and why."""
    head = reading.session.get(StreamHead, stream)
    rows = select(EventRow).where(EventRow.stream == stream).order_by(EventRow.seq).execution_options(yield_per=1000)
    last, expected = GENESIS, 1
    with closing(reading.session.scalars(rows)) as stored:
        for row in stored:
            reason = _what_is_wrong(row, expected, last)
            if reason:
                return Verdict(False, expected - 1, expected, reason)
            last, expected = row.hash, expected + 1
    count = expected - 1
    if head is None:
        return Verdict(count == 0, count, 1 if count else None, "de keten heeft geen kop" if count else "")
    if head.seq > count:
        return Verdict(False, count, expected, f"er ontbreken gebeurtenissen: de keten had er {head.seq}")
    if head.hash != last or head.seq != count:
        return Verdict(False, count, max(head.seq, 1), "de kop van de keten klopt niet met de laatste gebeurtenis")
    return Verdict(True, count)


def _what_is_wrong(row: EventRow, expected: int, last: str) -> str:
    if row.seq != expected:
        return f"gebeurtenis {expected} ontbreekt"
    stored = {
        name: getattr(row, name)
        for name in ("stream", "seq", "at", "activity", "transition", "resource", "role", "data", "sealed")
    }
    return "" if chain_hash(last, stored) == row.hash else "de inhoud is gewijzigd nadat ze geschreven werd"


def gapless(events: Sequence[Recorded]) -> bool:
    """True when the numbers follow each other."""
    return all(after.seq == before.seq + 1 for before, after in pairwise(events))
