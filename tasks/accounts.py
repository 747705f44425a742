"""Accounts of people and tokens of programs: made, changed and closed, each noted in the office's own history.

Who did it is the actor; a password or a token's secret is never noted. Whoever leaves, or loses a role, holds up nobody: what they
had taken goes back to its role. Refuses with LoginTaken, WeakPassword, UnknownRole,
ServiceNeeded, UnknownService, PersonNotFound, TokenNotFound.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, select

from history.log import Event
from identity import people, sessions
from identity.models import Person
from identity.people import Actor
from identity.roles import PROGRAM_ROLES, STAFF_ROLES
from problems import Invalid
from storage.unit_of_work import Reading, UnitOfWork
from tasks import turn
from tasks.models import UserTask
from tasks.office import Office

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
    has_own_password: bool = True,
) -> Person:
    """A new account; of a complaint handler of a service with the key of that service. Raises UnknownService.

    With `has_own_password` False whoever logs in is asked to choose another.
    """
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
        has_own_password=has_own_password,
    )
    told = {"person_id": person.id, "login": person.login, "roles": person.roles}
    _note(office, work, actor, "person", told | ({"authority": authority_key} if authority_key else {}))
    return person


def change_password(office: Office, work: UnitOfWork, actor: Actor, login: str, password: str) -> None:
    """A new password; whoever was logged in with the old one is logged out. Whoever gets one from somebody else is asked to choose another."""
    person = people.by_login(work, login)
    people.set_password(work, person.id, password, is_own=people.actor_of(person).id == actor.id)
    sessions.close_all(work, person.id)
    _note(office, work, actor, "person", {"person_id": person.id, "password": "changed"})


def change_roles(office: Office, work: UnitOfWork, actor: Actor, login: str, roles: Iterable[str]) -> None:
    """Other roles from now on, also in sessions that are open; what they took in a role they lose goes back to it.

    Raises UnknownRole, ServiceNeeded.
    """
    person = people.by_login(work, login)
    held, before = people.known_roles(roles), person.roles
    _check_house(office, held)
    people.check_service(held, person.authority_key)
    person.roles = held
    _give_back(office, work, actor, person, held)
    _note(office, work, actor, "person", {"person_id": person.id, "roles": {"old": before, "new": held}})


@dataclass(frozen=True)
class Leaving:
    """What whoever leaves would leave behind: how many tasks go back to their role, and the roles that nobody else has."""

    taken: int
    last_of: list[str]


def leaving(reading: Reading, person: Person) -> Leaving:
    """What closing this account would do, to be read before it is done."""
    taken = select(func.count()).where(UserTask.assignee == f"person:{person.id}", UserTask.closed_at.is_(None))
    last_of = [role for role in person.roles if not any(p.id != person.id for p in people.with_role(reading, role))]
    return Leaving(reading.session.scalar(taken) or 0, last_of if person.is_active else [])


def set_active(office: Office, work: UnitOfWork, actor: Actor, login: str, is_active: bool) -> None:
    """Close an account, at once and everywhere, or open it again. What they had taken goes back to its roles."""
    person = people.by_login(work, login)
    people.set_active(work, person.id, is_active)
    if not is_active:
        sessions.close_all(work, person.id)
        _give_back(office, work, actor, person, ())
    _note(office, work, actor, "person", {"person_id": person.id, "is_active": is_active})


def _give_back(office: Office, work: UnitOfWork, actor: Actor, person: Person, keeps: Collection[str]) -> None:
    """Open tasks they took go back to their role, with the draft: a colleague goes on from there. Not those of the roles they keep."""
    taken = (UserTask.assignee == f"person:{person.id}", UserTask.closed_at.is_(None), UserTask.role.not_in(keeps))
    rows = work.session.scalars(select(UserTask).where(*taken).with_for_update())
    for row in sorted(
        rows, key=lambda each: turn.stream_of(each.case_id)
    ):  # one order of locks, whoever else tells these cases
        row.assignee = None
        row.version += 1
        told = {"token": row.token_id, "assignee": None, "instance": row.instance_id}
        now, role = office.clock.now(), turn.role_of(actor)
        turn.finish(office, work, row.case_id, Event(row.element_id, "released", now, actor.id, role, told))


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
    event = Event(activity, "changed", office.clock.now(), actor.id, turn.role_of(actor), data)
    office.log.append(work, STREAM, [event])
