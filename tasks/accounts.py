"""Accounts of people and tokens of programs: made, changed and closed, each noted in the office's own history.

Who did it is the actor; a password or a token's secret is never noted. Refuses with LoginTaken, WeakPassword, UnknownRole,
ServiceNeeded, UnknownService, PersonNotFound, TokenNotFound.
"""

from collections.abc import Iterable

from history.log import Event
from identity import people, sessions
from identity.models import Person
from identity.people import Actor
from identity.roles import PROGRAM_ROLES, STAFF_ROLES
from problems import Invalid
from storage.unit_of_work import UnitOfWork
from tasks.office import Office
from tasks.turn import role_of

STREAM = "office"


class UnknownService(Invalid):
    """Deze dienst staat niet in het register. Kies een dienst uit de lijst, of gebruik de sleutel uit het register."""


class RoleOfAnotherHouse(Invalid):
    """Deze rol bestaat hier niet. Het meldpunt en de ombudsdienst hebben elk hun eigen mensen."""


def _check_house(office: Office, roles: Iterable[str]) -> None:
    """Nobody of the office takes reports, and nobody of the reports house sees complaints. Raises RoleOfAnotherHouse."""
    if not (STAFF_ROLES & set(roles)) <= office.house.staff:
        raise RoleOfAnotherHouse(errors=[{"field": "roles", "message": RoleOfAnotherHouse().sentence}])


def hire(
    office: Office,
    work: UnitOfWork,
    actor: Actor,
    *,
    login: str,
    name: str,
    password: str,
    roles: Iterable[str],
    email: str | None = None,
    authority_key: str | None = None,
) -> Person:
    """A new account; of a complaint handler of a service with the key of that service. Raises UnknownService."""
    if authority_key is not None and office.register.get(authority_key) is None:
        raise UnknownService(errors=[{"field": "authority", "message": UnknownService().sentence}])
    roles = list(roles)
    _check_house(office, roles)
    person = people.add(
        work,
        login=login,
        name=name,
        password=password,
        roles=roles,
        at=office.clock.now(),
        email=email,
        authority_key=authority_key,
    )
    told = {"person_id": person.id, "login": person.login, "roles": person.roles}
    _note(office, work, actor, "person", told | ({"authority": authority_key} if authority_key else {}))
    return person


def change_password(office: Office, work: UnitOfWork, actor: Actor, login: str, password: str) -> None:
    """A new password; whoever was logged in with the old one is logged out."""
    person = people.by_login(work, login)
    people.set_password(work, person.id, password)
    sessions.close_all(work, person.id)
    _note(office, work, actor, "person", {"person_id": person.id, "password": "changed"})


def change_roles(office: Office, work: UnitOfWork, actor: Actor, login: str, roles: Iterable[str]) -> None:
    """Other roles from now on, also in sessions that are open. Raises UnknownRole, ServiceNeeded."""
    person = people.by_login(work, login)
    held, before = people.known_roles(roles), person.roles
    _check_house(office, held)
    people.check_service(held, person.authority_key)
    person.roles = held
    _note(office, work, actor, "person", {"person_id": person.id, "roles": {"old": before, "new": held}})


def set_active(office: Office, work: UnitOfWork, actor: Actor, login: str, is_active: bool) -> None:
    """Close an account, at once and everywhere, or open it again."""
    person = people.by_login(work, login)
    people.set_active(work, person.id, is_active)
    if not is_active:
        sessions.close_all(work, person.id)
    _note(office, work, actor, "person", {"person_id": person.id, "is_active": is_active})


def issue_token(office: Office, work: UnitOfWork, actor: Actor, *, name: str, roles: Iterable[str]) -> str:
    """A bearer token for a program. The secret is in the answer and nowhere else."""
    held = people.known_roles(roles, PROGRAM_ROLES)
    _check_house(office, held)
    secret = sessions.issue_token(work, name=name, roles=held, by=actor, at=office.clock.now())
    _note(office, work, actor, "token", {"name": name, "roles": held})
    return secret


def revoke_token(office: Office, work: UnitOfWork, actor: Actor, token_id: int) -> None:
    """The token no longer opens anything."""
    sessions.revoke_token(work, token_id, office.clock.now())
    _note(office, work, actor, "token", {"token_id": token_id, "is_active": False})


def _note(office: Office, work: UnitOfWork, actor: Actor, activity: str, data: dict[str, object]) -> None:
    event = Event(activity, "changed", office.clock.now(), actor.id, role_of(actor), data)
    office.log.append(work, STREAM, [event])
