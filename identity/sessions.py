"""Sessions in the database, and bearer tokens for programs. Only hashes of secrets are stored."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from identity.models import ApiToken, Person, SessionRow
from identity.people import Actor, actor_of, known_roles
from identity.roles import PROGRAM_ROLES
from problems import NotFound
from storage.straight import Straight
from storage.unit_of_work import Reading, UnitOfWork

LIFETIME = timedelta(hours=12)
# Built once, and straight on the table: every call of a program asks this.
_TOKENS: Any = ApiToken.__table__
_LIVE_TOKEN = Straight(
    select(_TOKENS.c.id, _TOKENS.c.name, _TOKENS.c.roles).where(
        _TOKENS.c.token_hash == bindparam("hash"), _TOKENS.c.revoked_at.is_(None)
    )
)


@dataclass(frozen=True)
class OpenSession:
    """Who is behind a cookie, and the CSRF secret of that session."""

    actor: Actor
    csrf: str
    person_id: int


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def open_for(work: UnitOfWork, person: Person, at: datetime) -> str:
    """Start a session; returns the cookie's secret, which is not stored."""
    secret = secrets.token_urlsafe(32)
    work.session.execute(delete(SessionRow).where(SessionRow.expires_at < at))
    work.session.add(
        SessionRow(
            token_hash=hash_of(secret),
            person_id=person.id,
            csrf=secrets.token_urlsafe(32),
            created_at=at,
            expires_at=at + LIFETIME,
        )
    )
    return secret


def find(reading: Reading, secret: str, at: datetime) -> OpenSession | None:
    """The session behind a cookie, in one statement."""
    query = (
        select(SessionRow.csrf, Person)
        .join(Person, Person.id == SessionRow.person_id)
        .where(SessionRow.token_hash == hash_of(secret), SessionRow.expires_at > at, Person.is_active)
    )
    row = reading.session.execute(query).first()
    return None if row is None else OpenSession(actor_of(row[1]), row[0], row[1].id)


def close(work: UnitOfWork, secret: str) -> None:
    work.session.execute(delete(SessionRow).where(SessionRow.token_hash == hash_of(secret)))


def close_all(work: UnitOfWork, person_id: int) -> None:
    """Log a person out everywhere (new password, account closed)."""
    work.session.execute(delete(SessionRow).where(SessionRow.person_id == person_id))


def of_person(reading: Reading, person_id: int, at: datetime) -> Sequence[SessionRow]:
    """The sessions of a person that are still open, the newest first."""
    query = select(SessionRow).where(SessionRow.person_id == person_id, SessionRow.expires_at > at)
    return list(reading.session.scalars(query.order_by(SessionRow.created_at.desc())))


def close_others(work: UnitOfWork, person_id: int, secret: str) -> None:
    """Log a person out everywhere but here."""
    others = delete(SessionRow).where(SessionRow.person_id == person_id, SessionRow.token_hash != hash_of(secret))
    work.session.execute(others)


class TokenNotFound(NotFound):
    """Er is geen sleutel met dit nummer, of ze is al ingetrokken."""


def issue_token(work: UnitOfWork, *, name: str, roles: Iterable[str], by: Actor, at: datetime) -> str:
    """A bearer token for a program; shown once, stored as a hash. Raises UnknownRole."""
    secret = "of_" + secrets.token_urlsafe(32)
    work.session.add(
        ApiToken(
            name=name,
            token_hash=hash_of(secret),
            roles=known_roles(roles, PROGRAM_ROLES),
            created_by=by.id,
            created_at=at,
        )
    )
    return secret


def token_actor(reading: Reading, secret: str) -> Actor | None:
    """The program behind a bearer token."""
    token = _LIVE_TOKEN.first(reading.session, {"hash": hash_of(secret)})
    if token is None:
        return None
    number, name, roles = token
    return Actor(f"token:{number}", name, frozenset(roles))


def revoke_token(work: UnitOfWork, token_id: int, at: datetime) -> None:
    """Refuse the token from now on. Raises TokenNotFound."""
    found = update(ApiToken).where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None)).values(revoked_at=at)
    if work.session.execute(found).rowcount != 1:  # type: ignore[attr-defined]
        raise TokenNotFound(token_id=token_id)


def tokens(reading: Reading) -> Sequence[ApiToken]:
    """Every token ever issued, the oldest first; never its secret."""
    return list(reading.session.scalars(select(ApiToken).order_by(ApiToken.id)))
