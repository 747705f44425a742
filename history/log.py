"""The append-only memory of a case: one writer, many readers.

In: events of a turn. Out: rows numbered per stream without gaps, each hash taken over the row and the hash before it.
Promise: what is stored cannot change unseen: `verify` names the first event that does not hold, and a chain that somebody
without the master key rewrote as a whole shows by the seal of its head. Personal values are sealed;
the hash covers what is stored, so destroying the key (`erase`) leaves the chain whole.
Words follow XES: activity, transition, resource, role.
"""

import hashlib
import hmac
import json
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, String, bindparam, func, insert, literal, select, union, update
from sqlalchemy.dialects import postgresql

from history.models import EventRow, StreamHead
from history.sealing import InvalidTag, Keyring
from problems import Conflict
from storage.straight import Straight
from storage.unit_of_work import Reading, UnitOfWork

GENESIS = "0" * 64
# What the hash covers, in this order, after the hash of the event before.
HASHED = ("stream", "seq", "at", "activity", "transition", "resource", "role", "data", "sealed")

# Built once: every turn runs these. Straight on the table, so that events with and without sealed values are one statement.
_HEADS: Any = StreamHead.__table__
_LOCKED_HEAD = Straight(
    select(_HEADS.c.seq, _HEADS.c.hash, _HEADS.c.wrapped_key)
    .where(_HEADS.c.stream == bindparam("of"))
    .with_for_update()
)
_BEGIN_HEAD = insert(_HEADS)
# Of two that write the first event of a stream at once, the second waits here, and then goes on from the first one's head.
_BEGIN_HEAD_UNLESS_BEGUN = postgresql.insert(_HEADS).on_conflict_do_nothing().returning(_HEADS.c.seq)
_MOVE_HEAD = Straight(
    update(_HEADS)
    .where(_HEADS.c.stream == bindparam("of"))
    .values(seq=bindparam("last"), hash=bindparam("link"), seal=bindparam("sign"))
)
_EVENTS: Any = EventRow.__table__
_APPEND = Straight(insert(_EVENTS), (*HASHED, "hash"))
_STORED = [_EVENTS.c[name] for name in (*HASHED, "hash")]
# So many names of chains are asked at once.
STREAMS = 1_000


def _streams_after() -> Select[str]:
    """The names of chains after one, by their heads and by their events, in the database's own order."""
    after, many = bindparam("after", type_=String), bindparam("many", type_=Integer)
    heads = select(_HEADS.c.stream).where(_HEADS.c.stream > after).order_by(_HEADS.c.stream).limit(many).subquery()
    first = select(func.min(_EVENTS.c.stream).label("stream"), literal(1).label("place"))
    walk = first.where(_EVENTS.c.stream > after).cte("walk", recursive=True)
    following = select(func.min(_EVENTS.c.stream)).where(_EVENTS.c.stream > walk.c.stream).scalar_subquery()
    is_more = (walk.c.stream.isnot(None), walk.c.place < many)
    walk = walk.union_all(select(following, walk.c.place + 1).where(*is_more))
    named = union(select(heads.c.stream), select(walk.c.stream).where(walk.c.stream.isnot(None))).subquery()
    return select(named.c.stream).order_by(named.c.stream).limit(many)


_STREAMS = _streams_after()

# What of an event people said; and of that what decisions and the register were asked with. In a sealed house the first lies sealed, in
# an office the second: an event's other values make figures, also when its case was destroyed. Under which name it lies there.
TOLD = frozenset(
    {"facts", "answers", "inputs", "value", "old", "new", "changes", "reason", "variables", "named", "authority"}
)
ASKED = frozenset({"inputs", "named"})
SHUT = "\x02data"

UNSEALED = (
    "de keten klopt in zichzelf, maar haar kop draagt niet het zegel van dit kantoor: "
    "ze kan in haar geheel herschreven zijn"
)


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


class Stored(NamedTuple):
    """An event exactly as its row has it."""

    stream: str
    seq: int
    at: datetime
    activity: str
    transition: str
    resource: str
    role: str
    data: str
    sealed: str | None
    hash: str


class Head(NamedTuple):
    """Where a chain stands, its row locked."""

    seq: int
    hash: str
    wrapped_key: bytes | None


@dataclass(frozen=True)
class Verdict:
    """What a walk over the chain found."""

    ok: bool
    events: int
    first_bad_seq: int | None = None
    reason: str = ""


class Log:
    """The history, with the keys that open it. `seals` are the names in an event's data that are sealed with what is personal (`TOLD`, `ASKED`)."""

    def __init__(self, keyring: Keyring, *, seals: frozenset[str] = frozenset()) -> None:
        self._keyring, self._seals = keyring, seals

    def append(self, work: UnitOfWork, stream: str, events: Iterable[Event]) -> int:
        """Append events; returns the last seq. Always three statements at most: head, insert, head."""
        batch = list(events)
        work.session.flush()
        head = self._locked_head(work, stream)
        if not batch:
            return head.seq
        if head.wrapped_key is None and any(event.personal for event in batch):
            raise HistoryErased(stream=stream)
        seq, last = head.seq, head.hash
        rows = []
        for event in (_told_apart(each, self._seals) for each in batch):
            seq += 1
            row = self._row(stream, seq, event, head.wrapped_key)
            last = row["hash"] = chain_hash(last, row)
            rows.append(row)
        _APPEND.write(work.session, rows)
        seal = self._keyring.sign_head(stream, seq, last)
        _MOVE_HEAD.change(work.session, {"of": stream, "last": seq, "link": last, "sign": seal})
        return seq

    def _locked_head(self, work: UnitOfWork, stream: str) -> Head:
        row = _LOCKED_HEAD.first(work.session, {"of": stream})
        if row is not None:
            return Head(*row)
        head = Head(0, GENESIS, self._keyring.new_key(stream))
        begun = {"stream": stream, **head._asdict()}
        if work.session.get_bind().dialect.name == "sqlite":  # one writer at a time
            work.session.execute(_BEGIN_HEAD, begun)
            return head
        if work.session.execute(_BEGIN_HEAD_UNLESS_BEGUN, begun).first() is not None:
            return head
        return Head(*_LOCKED_HEAD.rows(work.session, {"of": stream})[0])

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

    def read(
        self, reading: Reading, stream: str, *, after: int = 0, limit: int | None = None, transition: str | None = None
    ) -> list[Recorded]:
        """Events of a stream in order, opened where the key still exists; only those of a transition, when one is given."""
        query = (
            select(*_STORED).where(EventRow.stream == stream, EventRow.seq > after).order_by(EventRow.seq).limit(limit)
        )
        if transition is not None:
            query = query.where(EventRow.transition == transition)
        key = reading.session.scalar(select(StreamHead.wrapped_key).where(StreamHead.stream == stream))
        return [self._recorded(Stored(*row), key) for row in reading.session.execute(query)]

    def _recorded(self, row: Stored, key: bytes | None) -> Recorded:
        personal: dict[str, object] = {}
        data = readable(row.data)
        is_erased = row.sealed is not None and key is None
        if row.sealed is not None and key is not None:
            try:
                personal = self._keyring.open(key, row.stream, row.sealed)
                told = personal.pop(SHUT, None)
                data.update(told if isinstance(told, dict) else {})
            except (InvalidTag, ValueError):
                is_erased = True  # verify() says whether somebody changed it
        return Recorded(
            row.activity,
            row.transition,
            row.at,
            row.resource,
            row.role,
            data,
            personal,
            stream=row.stream,
            seq=row.seq,
            hash=row.hash,
            is_erased=is_erased,
        )

    def link_secret(self, subject: str) -> str:
        """The secret of a link, made again from the master key whenever it has to be told."""
        return self._keyring.link_secret(subject)

    def erase(self, work: UnitOfWork, stream: str, at: datetime) -> None:
        """Destroy the stream's key: its personal values can never be read again, by anyone."""
        work.session.execute(
            update(StreamHead).where(StreamHead.stream == stream).values(wrapped_key=None, key_destroyed_at=at)
        )

    def verify(self, reading: Reading, stream: str) -> Verdict:
        """Walk the chain, and check that its head carries this office's seal: the hashes alone anyone could have rewritten."""
        verdict = verify(reading, stream)
        known = head(reading, stream)
        if not verdict.ok or known is None:
            return verdict
        if not hmac.compare_digest(known.seal, self._keyring.sign_head(stream, known.seq, known.hash)):
            return Verdict(False, verdict.events, 1, UNSEALED)
        return verdict

    def verify_all(
        self, reading: Reading, *, after: str = "", limit: int | None = None
    ) -> Iterator[tuple[str, Verdict]]:
        """Verify every chain, one after the other; memory stays the same however long they are.

        `after` and `limit` take them in portions, by name.
        """
        for stream in streams(reading, after=after, limit=limit):
            yield stream, self.verify(reading, stream)


def _told_apart(event: Event, seals: frozenset[str]) -> Event:
    """What people said, sealed whether or not a form calls it personal. What a diagram did stays to be read."""
    told = {name: value for name, value in event.data.items() if name in seals}
    if not told:
        return event
    open_ = {name: value for name, value in event.data.items() if name not in seals}
    return replace(event, data=open_, personal={**event.personal, SHUT: told})


def readable(data: str) -> dict[str, object]:
    """What an event says; nothing when somebody made it unreadable, so that its case can still be opened and `verify` tell."""
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def chain_hash(previous: str, row: Mapping[str, object]) -> str:
    """sha256 over the previous hash and the row as stored, in a fixed order with unambiguous separation."""
    at = row["at"]
    if not isinstance(at, datetime):
        raise TypeError("an event needs an instant")
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    return hash_of_parts([previous, *(instant if name == "at" else row[name] for name in HASHED)])


def hash_of_parts(parts: Sequence[object]) -> str:
    """sha256 over the previous hash and what HASHED names, the instant in ISO 8601 to the microsecond, in UTC."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def streams(reading: Reading, *, after: str = "", limit: int | None = None) -> Sequence[str]:
    """Every chain there is, by name, also one whose head somebody took away.

    Without head there is nothing to find it by but its events: their index is jumped through, from one name to the next.
    """
    found: list[str] = []
    while True:
        portion = STREAMS if limit is None else min(STREAMS, limit - len(found))
        last = found[-1] if found else after
        named = list(reading.session.scalars(_STREAMS, {"after": last, "many": portion}))
        found += named
        if len(named) < portion or len(found) == limit:
            return found


def rows(reading: Reading, stream: str) -> Generator[Stored]:
    """The events of a stream as they are stored, in order, a thousand at a time."""
    query = select(*_STORED).where(EventRow.stream == stream).order_by(EventRow.seq, EventRow.id)
    with closing(reading.session.execute(query.execution_options(yield_per=1000))) as stored:
        for row in stored:
            yield Stored(*row)


def head(reading: Reading, stream: str) -> StreamHead | None:
    """The head of a chain: its last number and hash."""
    return reading.session.get(StreamHead, stream)


def verify(reading: Reading, stream: str) -> Verdict:
    """Walk the chain; say the first event that does not hold, and why. Needs no key: whoever holds an export can do the same."""
    last, count = GENESIS, 0
    with closing(rows(reading, stream)) as stored:
        for row in stored:
            reason = _what_is_wrong(row, count + 1, last)
            if reason:
                return Verdict(False, count, count + 1, reason)
            last, count = row.hash, count + 1
    return _against_head(head(reading, stream), last, count)


def _against_head(known: StreamHead | None, last: str, count: int) -> Verdict:
    """A chain that is right in itself may still lack its tail, or have one that this office never wrote."""
    if known is None:
        return Verdict(count == 0, count, 1 if count else None, "de keten heeft geen kop meer" if count else "")
    if known.seq > count:
        return Verdict(False, count, count + 1, f"er ontbreken gebeurtenissen: de keten had er {known.seq}")
    if known.seq < count:
        return Verdict(False, count, known.seq + 1, f"de keten had maar {known.seq} gebeurtenissen; deze is toegevoegd")
    if known.hash != last:
        return Verdict(False, count, max(count, 1), "de kop van de keten klopt niet met de laatste gebeurtenis")
    return Verdict(True, count)


def _what_is_wrong(row: Stored, expected: int, last: str) -> str:
    if row.seq != expected:
        return f"gebeurtenis {expected} ontbreekt"
    return "" if chain_hash(last, row._asdict()) == row.hash else "de inhoud is gewijzigd nadat ze geschreven werd"
