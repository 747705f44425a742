"""A writing call that is sent twice happens once: the second gets the first one's answer.

A program names a call with a key of its own (draft-ietf-httpapi-idempotency-key-header). The key is kept in the transaction of
the effect, at its end, so both are there or neither is. Nearly every call is new, so it is done as if it were: one that was done before
finds what it wants gone, or its key kept; then nothing of it stands, and the first one's answer is given (`earlier`). What was answered
is sealed with the caller's own secret, which the office does not keep: a case's secret link or a name in it is no clearer in this table
than in the rest of the database. A refused call has no effect and leaves no key. Refuses with KeyUsedForAnother, KeyNotUsable, KeyKept.
"""

import hashlib
import hmac
import os
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from problems import Conflict, Invalid
from storage.straight import Straight
from storage.unit_of_work import Reading, UnitOfWork
from tasks.models import IdempotencyKey

LIFETIME = timedelta(days=2)
LONGEST = 200
NONCE = 12
# Built once, and straight on the table: every writing call of a program runs them.
_TABLE: Any = IdempotencyKey.__table__
_KEPT = ("actor_id", "key", "fingerprint", "taken_at", "status", "answer")
_KEEP_ON_SQLITE, _KEEP_ON_POSTGRESQL = (
    Straight(kind.insert(_TABLE).on_conflict_do_nothing().returning(_TABLE.c.key), _KEPT)
    for kind in (sqlite, postgresql)
)
_PRINTABLE = frozenset(string.ascii_letters + string.digits + string.punctuation)


class KeyUsedForAnother(Conflict):
    """Deze Idempotency-Key hoort al bij een ander verzoek. Gebruik voor elk nieuw verzoek een nieuwe sleutel."""


class KeyNotUsable(Invalid):
    """Een Idempotency-Key is 1 tot 200 gewone tekens lang, zonder spaties."""


class KeyKept(Conflict):
    """Dit verzoek werd al uitgevoerd."""


@dataclass(frozen=True)
class Replay:
    """What was answered the first time."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Key:
    """One named call: whose, which name, and the fingerprint of what was sent."""

    actor_id: str
    name: str
    fingerprint: str
    secret: str

    @property
    def _cipher(self) -> AESGCM:
        return AESGCM(hmac.digest(self.secret.encode(), f"answer of {self.name}".encode(), hashlib.sha256))

    def seal(self, body: bytes) -> bytes:
        """Only who holds the secret and the name can open it."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, body, self.actor_id.encode())

    def open(self, sealed: bytes) -> bytes:
        """The body that was sealed."""
        return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], self.actor_id.encode())


def check(key: Key) -> None:
    """Refuse a name that cannot be kept."""
    if not 0 < len(key.name) <= LONGEST or not _PRINTABLE.issuperset(key.name):
        raise KeyNotUsable(errors=[{"field": "Idempotency-Key", "message": KeyNotUsable().sentence}])


def earlier(reading: Reading, key: Key) -> Replay | None:
    """What was answered when the same call was done before; None when it never was. Raises KeyUsedForAnother."""
    known = reading.session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.actor_id == key.actor_id, IdempotencyKey.key == key.name)
    )
    if known is None:
        return None
    if known.status is None or known.answer is None or known.fingerprint != key.fingerprint:
        raise KeyUsedForAnother(key=key.name)
    return Replay(known.status, key.open(known.answer))


def keep(work: UnitOfWork, key: Key, at: datetime, status: int, body: bytes) -> None:
    """Keep the answer with the effect. Waits for another call that is keeping the same key; raises KeyKept when that was first."""
    row = {"actor_id": key.actor_id, "key": key.name, "fingerprint": key.fingerprint, "taken_at": at}
    is_sqlite = work.session.get_bind().dialect.name == "sqlite"
    kept = row | {"status": status, "answer": key.seal(body)}
    if not (_KEEP_ON_SQLITE if is_sqlite else _KEEP_ON_POSTGRESQL).rows(work.session, kept):
        raise KeyKept


def has_old(reading: Reading, at: datetime) -> bool:
    """True when `forget_old` would remove something."""
    old = select(IdempotencyKey.key).where(IdempotencyKey.taken_at < at - LIFETIME).limit(1)
    return reading.session.scalar(old) is not None


def forget_old(work: UnitOfWork, at: datetime) -> int:
    """Remove keys of more than two days ago; returns how many. After that the same key is a new call."""
    old = delete(IdempotencyKey).where(IdempotencyKey.taken_at < at - LIFETIME)
    removed: int = work.session.execute(old).rowcount  # type: ignore[attr-defined]
    return removed
