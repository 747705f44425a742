"""Who is acting: accounts, their roles, and logging in.

Passwords are argon2id (OWASP parameters of pwdlib). Guessing is slowed per login name: after five failures in fifteen
minutes the next try waits; and only so many are checked at once, since each takes 64 MB and a tenth of a second of a core.
Refuses with LoginRefused (one sentence for every cause), TooManyLogins, LoginsBusy, LoginTaken, WeakPassword.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from pwdlib import PasswordHash
from sqlalchemy import delete, func, literal, select, union_all

from identity.models import ApiToken, LoginFailure, Person
from identity.roles import EXTERNAL_ROLES, FIRST_LINE, STAFF_ROLES
from problems import Conflict, Forbidden, Invalid, NotFound, TooOften, Unavailable
from storage.unit_of_work import Reading, UnitOfWork

FAILURES, WINDOW = 5, timedelta(minutes=15)
SHORTEST_PASSWORD = 12
_hasher = PasswordHash.recommended()
# Whoever floods the login page would else take gigabytes, and the people who work would wait behind it.
_CHECKS = threading.BoundedSemaphore(4)
LONGEST_WAIT = 5.0  # seconds


class LoginRefused(Forbidden):
    """Deze naam en dit wachtwoord horen niet bij elkaar."""


class TooManyLogins(TooOften):
    """Er waren te veel mislukte pogingen. Wacht een kwartier en probeer opnieuw."""

    after = int(WINDOW.total_seconds())


class LoginsBusy(Unavailable):
    """Er melden zich te veel mensen tegelijk aan. Wacht een halve minuut en probeer opnieuw."""


class LoginTaken(Conflict):
    """Er is al iemand met deze aanmeldnaam."""


class WeakPassword(Invalid):
    """Kies een wachtwoord van minstens 12 tekens."""


class UnknownRole(Invalid):
    """Deze rol bestaat niet."""


class ServiceNeeded(Invalid):
    """Een klachtenbehandelaar van een dienst hoort bij één dienst en heeft geen andere rol. Kies de dienst, of kies een andere rol."""


class PersonNotFound(NotFound):
    """Er is niemand met deze aanmeldnaam."""


@dataclass(frozen=True)
class Actor:
    """Whoever does something: a person, a link holder, a program or the system itself.

    `authority_key` is the service somebody works for, for a complaint handler of a service only.
    """

    id: str
    name: str
    roles: frozenset[str]
    authority_key: str | None = None

    @property
    def is_external(self) -> bool:
        """True for those who act by a secret link."""
        return not self.roles.isdisjoint(EXTERNAL_ROLES)


def system(name: str) -> Actor:
    """The system acting by itself: `system("clock")`."""
    return Actor(f"system:{name}", name, frozenset())


def actor_of(person: Person) -> Actor:
    return Actor(f"person:{person.id}", person.name, frozenset(person.roles), person.authority_key)


def known_roles(roles: Iterable[str], known: frozenset[str] = STAFF_ROLES) -> list[str]:
    """The roles, sorted, each once. Raises UnknownRole for one that is not known: `known` are those of an account, or of a program."""
    unknown = sorted(set(roles) - known)
    if unknown:
        raise UnknownRole(roles=unknown, known=sorted(known))
    return sorted(set(roles))


def check_service(roles: Iterable[str], authority_key: str | None) -> None:
    """A service's complaint handler works for one service, and is nothing at the office. Raises ServiceNeeded."""
    held = set(roles)
    if (FIRST_LINE in held) != (authority_key is not None) or (FIRST_LINE in held and held != {FIRST_LINE}):
        raise ServiceNeeded(errors=[{"field": "authority", "message": ServiceNeeded().sentence}])


def add(
    work: UnitOfWork,
    *,
    login: str,
    name: str,
    password: str,
    roles: Iterable[str],
    at: datetime,
    email: str | None = None,
    authority_key: str | None = None,
    has_own_password: bool = True,
) -> Person:
    """Make an account; `authority_key` is the service of a complaint handler of a service, `has_own_password` False for a password that
    somebody else thought of."""
    roles = known_roles(roles)
    check_service(roles, authority_key)
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
        roles=roles,
        created_at=at,
        authority_key=authority_key,
        has_own_password=has_own_password,
    )
    work.session.add(person)
    work.session.flush()
    return person


def set_password(work: UnitOfWork, person_id: int, password: str, *, is_own: bool = True) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(errors=[{"field": "password", "message": WeakPassword().sentence}])
    person = work.session.get_one(Person, person_id)
    person.password_hash, person.has_own_password = _hasher.hash(password), is_own


def recognise(reading: Reading, login: str, password: str, at: datetime) -> Person | None:
    """The person, or None when name and password do not belong together. Raises TooManyLogins, LoginsBusy.

    It only reads: checking a password takes a tenth of a second, and no writer should wait for that. What it found is
    noted afterwards, by `note_failure` or `forget_failures`.
    """
    login = login.strip().lower()[:80]
    recent = select(func.count()).where(LoginFailure.login == login, LoginFailure.at > at - WINDOW)
    if (reading.session.scalar(recent) or 0) >= FAILURES:
        raise TooManyLogins(login=login)
    person = reading.session.scalar(select(Person).where(Person.login == login, Person.is_active))
    if not _CHECKS.acquire(timeout=LONGEST_WAIT):
        raise LoginsBusy
    try:
        matches = _hasher.verify(password, person.password_hash if person else _dummy_hash())
    finally:
        _CHECKS.release()
    return person if matches else None


def note_failure(work: UnitOfWork, login: str, at: datetime) -> None:
    """Count a failed login; failures of more than a day ago are forgotten."""
    work.session.execute(delete(LoginFailure).where(LoginFailure.at < at - timedelta(days=1)))
    work.session.add(LoginFailure(login=login.strip().lower()[:80], at=at))


def forget_failures(work: UnitOfWork, login: str) -> None:
    """Somebody logged in: the earlier failures no longer count."""
    work.session.execute(delete(LoginFailure).where(LoginFailure.login == login.strip().lower()[:80]))


@cache
def _dummy_hash() -> str:
    """What is checked when nobody has the name: telling that must take as long."""
    return _hasher.hash("nobody has this password")


def with_role(reading: Reading, role: str) -> Sequence[Person]:
    """Active people who hold a role, by name."""
    people = reading.session.scalars(select(Person).where(Person.is_active).order_by(Person.name))
    return [person for person in people if role in person.roles]


def handlers_of(reading: Reading, authority_key: str) -> Sequence[Person]:
    """Active complaint handlers of a service, by name."""
    query = select(Person).where(Person.is_active, Person.authority_key == authority_key)
    return [person for person in reading.session.scalars(query.order_by(Person.name)) if FIRST_LINE in person.roles]


def by_login(reading: Reading, login: str) -> Person:
    """The person with this login name, active or not. Raises PersonNotFound."""
    person = reading.session.scalar(select(Person).where(Person.login == login.strip().lower()))
    if person is None:
        raise PersonNotFound(login=login)
    return person


def everyone(reading: Reading) -> Sequence[Person]:
    """All accounts, closed ones too, by login name."""
    return list(reading.session.scalars(select(Person).order_by(Person.login)))


def set_active(work: UnitOfWork, person_id: int, is_active: bool) -> None:
    """Close an account or open it again. A closed one stays: the history refers to it."""
    work.session.get_one(Person, person_id).is_active = is_active


def names(reading: Reading) -> dict[str, str]:
    """Actor id to name, for timelines: people and programs. One statement."""
    people = select(literal("person").label("kind"), Person.id, Person.name)
    programs = select(literal("token").label("kind"), ApiToken.id, ApiToken.name)
    rows = reading.session.execute(union_all(people, programs))
    return {f"{kind}:{number}": name for kind, number, name in rows}


def anyone(reading: Reading) -> bool:
    """True when at least one account exists."""
    return reading.session.scalar(select(Person.id).limit(1)) is not None
