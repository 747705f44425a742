"""Who is acting: accounts, their roles, and logging in.

Passwords are argon2id (OWASP parameters of pwdlib). Guessing is slowed per login name: after five failures in fifteen
minutes the next try waits. Refuses with LoginRefused (one sentence for every cause), TooManyLogins, LoginTaken, WeakPassword.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pwdlib import PasswordHash
from sqlalchemy import delete, func, select

from identity.models import LoginFailure, Person
from identity.roles import EXTERNAL_ROLES, STAFF_ROLES
from problems import Conflict, Forbidden, Invalid, Unavailable
from storage.unit_of_work import Reading, UnitOfWork

FAILURES, WINDOW = 5, timedelta(minutes=15)
SHORTEST_PASSWORD = 12
_hasher = PasswordHash.recommended()


class LoginRefused(Forbidden):
    """Deze naam en dit wachtwoord horen niet bij elkaar."""


class TooManyLogins(Unavailable):
    """Er waren te veel mislukte pogingen. Wacht een kwartier en probeer opnieuw."""


class LoginTaken(Conflict):
    """Er is al iemand met deze aanmeldnaam."""


class WeakPassword(Invalid):
    """Kies een wachtwoord van minstens 12 tekens."""


class UnknownRole(Invalid):
    """Deze rol bestaat niet."""


@dataclass(frozen=True)
class Actor:
    """Whoever does something: a person, a link holder, a program or the system itself."""

    id: str
    name: str
    roles: frozenset[str]

    @property
    def is_external(self) -> bool:
        """True for those who act by a secret link."""
        return not self.roles.isdisjoint(EXTERNAL_ROLES)


def system(name: str) -> Actor:
    """The system acting by itself: `system("clock")`."""
    return Actor(f"system:{name}", name, frozenset())


def actor_of(person: Person) -> Actor:
    return Actor(f"person:{person.id}", person.name, frozenset(person.roles))


def add(
    work: UnitOfWork,
    *,
    login: str,
    name: str,
    password: str,
    roles: Iterable[str],
    at: datetime,
    email: str | None = None,
) -> Person:
    """Make an account."""
    unknown = sorted(set(roles) - STAFF_ROLES)
    if unknown:
        raise UnknownRole(roles=unknown, known=sorted(STAFF_ROLES))
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(errors=[{"field": "password", "message": WeakPassword().sentence}])
    login = login.strip().lower()
    if work.session.scalar(select(Person.id).where(Person.login == login)) is not None:
        raise LoginTaken(login=login)
    person = Person(
        login=login,
        name=name,
        email=email,
        password_hash=_hasher.hash(password),
        roles=sorted(set(roles)),
        created_at=at,
    )
    work.session.add(person)
    work.session.flush()
    return person


def set_password(work: UnitOfWork, person_id: int, password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(errors=[{"field": "password", "message": WeakPassword().sentence}])
    work.session.get_one(Person, person_id).password_hash = _hasher.hash(password)


def log_in(work: UnitOfWork, login: str, password: str, at: datetime) -> Person | None:
    """The person, or None when name and password do not belong together; the failure is then counted.

    It answers instead of raising, because raising would roll the count back.
    """
    login = login.strip().lower()[:80]
    recent = select(func.count()).where(LoginFailure.login == login, LoginFailure.at > at - WINDOW)
    if (work.session.scalar(recent) or 0) >= FAILURES:
        raise TooManyLogins(login=login)
    person = work.session.scalar(select(Person).where(Person.login == login, Person.is_active))
    matches = _hasher.verify(password, person.password_hash if person else _dummy_hash())
    if person is None or not matches:
        work.session.add(LoginFailure(login=login, at=at))
        return None
    work.session.execute(delete(LoginFailure).where(LoginFailure.login == login))
    return person


_dummy: list[str] = []


def _dummy_hash() -> str:
    if not _dummy:
        _dummy.append(_hasher.hash("nobody has this password"))
    return _dummy[0]


def with_role(reading: Reading, role: str) -> Sequence[Person]:
    """Active people who hold a role, by name."""
    people = reading.session.scalars(select(Person).where(Person.is_active).order_by(Person.name))
    return [person for person in people if role in person.roles]


def names(reading: Reading) -> dict[str, str]:
    """Actor id to name, for timelines."""
    return {f"person:{person.id}": person.name for person in reading.session.scalars(select(Person))}


def anyone(reading: Reading) -> bool:
    """True when at least one account exists."""
    return reading.session.scalar(select(Person.id).limit(1)) is not None
