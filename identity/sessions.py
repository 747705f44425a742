"""Sessions in the database, and bearer tokens for programs. Only hashes of secrets are stored."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from identity.models import ApiToken, Person, SessionRow
from identity.people import Actor, actor_of
from storage.unit_of_work import Reading, UnitOfWork

LIFETIME = timedelta(hours=12)


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


def issue_token(work: UnitOfWork, *, name: str, roles: Iterable[str], by: Actor, at: datetime) -> str:
    """A bearer token for a program; shown once, stored as a hash."""
    secret = "of_" + secrets.token_urlsafe(32)
    work.session.add(
        ApiToken(name=name, token_hash=hash_of(secret), roles=sorted(roles), created_by=by.id, created_at=at)
    )
    return secret


def token_actor(reading: Reading, secret: str) -> Actor | None:
    """The program behind a bearer token."""
    token = reading.session.scalar(
        select(ApiToken).where(ApiToken.token_hash == hash_of(secret), ApiToken.revoked_at.is_(None))
    )
    return None if token is None else Actor(f"token:{token.id}", token.name, frozenset(token.roles))


def revoke_token(work: UnitOfWork, token_id: int, at: datetime) -> None:
    work.session.execute(update(ApiToken).where(ApiToken.id == token_id).values(revoked_at=at))
