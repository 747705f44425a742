"""The network of the services' complaint handlers: who they are, what they share, and what they ask each other. For members only.

A member is a complaint handler of a service, or the ombudsman. Nothing here is about a case.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from cases.register import Register
from identity.models import Person
from identity.people import Actor
from identity.permissions import allows, require
from identity.roles import FIRST_LINE
from problems import Invalid, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks.models import Contribution, NetworkMember

PRACTICE, QUESTION, ANSWER = "practice", "question", "answer"
PAGE = 30
LONGEST_TITLE, LONGEST_TEXT = 200, 10_000


class ContributionNotFound(NotFound):
    """Dit bericht bestaat niet, of het is weggehaald."""


class ContributionNotComplete(Invalid):
    """Vul de verplichte velden in."""


@dataclass(frozen=True)
class Member:
    """A complaint handler as colleagues see them."""

    name: str
    service: str
    job_title: str
    phone: str
    email: str


@dataclass(frozen=True)
class Written:
    """A contribution as it is read. `answers` are counted in a list, and 0 where it stands alone."""

    id: int
    kind: str
    about_id: int | None
    title: str
    text: str
    by: str
    service: str
    written_at: datetime
    is_own: bool
    answers: int = 0


def person_of(actor: Actor) -> int:
    """The account of a member. Programs and the system are no members."""
    return int(actor.id.removeprefix("person:"))


def directory(reading: Reading, register: Register, actor: Actor) -> list[Member]:
    """Every complaint handler with an account, by service and name."""
    require(actor, "network.read")
    query = (
        select(Person, NetworkMember)
        .join(NetworkMember, NetworkMember.person_id == Person.id, isouter=True)
        .where(Person.is_active, Person.authority_key.isnot(None))
    )
    found = [
        Member(
            person.name,
            service_of(register, person.authority_key),
            member.job_title if member else "",
            member.phone if member else "",
            person.email or "",
        )
        for person, member in reading.session.execute(query)
        if FIRST_LINE in person.roles
    ]
    return sorted(found, key=lambda each: (each.service, each.name))


def service_of(register: Register, key: str | None) -> str:
    """What a member's service is called; the ombudsman's own people have none."""
    authority = register.get(key)
    return authority.name if authority else key or ""


def own(reading: Reading, actor: Actor) -> NetworkMember:
    """What the actor tells the others; empty before they said anything."""
    require(actor, "network.read")
    found = reading.session.get(NetworkMember, person_of(actor))
    return found or NetworkMember(person_id=person_of(actor), job_title="", phone="")


def tell(work: UnitOfWork, actor: Actor, job_title: str, phone: str) -> None:
    """Change what the others read about the actor."""
    row = own(work, actor)
    row.job_title, row.phone = job_title[:200], phone[:60]
    work.session.add(row)


def contributions(reading: Reading, register: Register, actor: Actor, kind: str, before: int = 0) -> list[Written]:
    """Practices or questions, the newest first, one more than a page; `before` is the id of the last one seen."""
    require(actor, "network.read")
    answer = aliased(Contribution)
    answers = (
        select(func.count()).where(answer.about_id == Contribution.id, answer.removed_at.is_(None)).scalar_subquery()
    )
    query = (
        select(Contribution, Person, answers)
        .join(Person, Person.id == Contribution.person_id)
        .where(Contribution.kind == kind, Contribution.removed_at.is_(None))
    )
    if before:
        query = query.where(Contribution.id < before)
    rows = reading.session.execute(query.order_by(Contribution.id.desc()).limit(PAGE + 1))
    return [_written(register, actor, row, person, count) for row, person, count in rows]


def thread(reading: Reading, register: Register, actor: Actor, contribution_id: int) -> list[Written]:
    """A contribution and its answers in their order. Raises ContributionNotFound."""
    require(actor, "network.read")
    query = (
        select(Contribution, Person)
        .join(Person, Person.id == Contribution.person_id)
        .where(
            (Contribution.id == contribution_id) | (Contribution.about_id == contribution_id),
            Contribution.removed_at.is_(None),
        )
        .order_by(Contribution.id)
    )
    found = [_written(register, actor, row, person) for row, person in reading.session.execute(query)]
    if not found or found[0].id != contribution_id or found[0].about_id is not None:
        raise ContributionNotFound(id=contribution_id)
    return found


def _written(register: Register, actor: Actor, row: Contribution, person: Person, answers: int = 0) -> Written:
    return Written(
        id=row.id,
        kind=row.kind,
        about_id=row.about_id,
        title=row.title,
        text=row.text,
        by=person.name,
        service=service_of(register, person.authority_key),
        written_at=row.written_at,
        is_own=person.id == person_of(actor),
        answers=answers,
    )


def write(work: UnitOfWork, actor: Actor, kind: str, title: str, text: str, now: datetime) -> Contribution:
    """Share a practice, or ask a question. Raises ContributionNotComplete, naming each field."""
    require(actor, "network.write")
    _check({"title": (title, LONGEST_TITLE), "text": (text, LONGEST_TEXT)})
    return _add(work, Contribution(kind=kind, title=title, text=text, person_id=person_of(actor), written_at=now))


def answer(
    work: UnitOfWork, register: Register, actor: Actor, contribution_id: int, text: str, now: datetime
) -> Contribution:
    """Answer a question, or say something about a practice. Raises ContributionNotFound, ContributionNotComplete."""
    require(actor, "network.write")
    thread(work, register, actor, contribution_id)
    _check({"text": (text, LONGEST_TEXT)})
    row = Contribution(kind=ANSWER, about_id=contribution_id, text=text, person_id=person_of(actor), written_at=now)
    return _add(work, row)


def _add(work: UnitOfWork, row: Contribution) -> Contribution:
    work.session.add(row)
    work.session.flush()
    return row


def _check(fields: dict[str, tuple[str, int]]) -> None:
    errors = [
        {"field": name, "message": f"Hou het korter dan {longest} tekens." if text else "Vul dit in."}
        for name, (text, longest) in fields.items()
        if not 0 < len(text) <= longest
    ]
    if errors:
        raise ContributionNotComplete(errors=errors)


def remove(work: UnitOfWork, actor: Actor, contribution_id: int, now: datetime) -> Contribution:
    """Take away one's own words; who leads the network may take away anybody's. Raises ContributionNotFound."""
    require(actor, "network.write")
    row = work.session.get(Contribution, contribution_id, with_for_update=True)
    is_theirs = row is not None and (row.person_id == person_of(actor) or allows(actor, "network.lead"))
    if row is None or row.removed_at is not None or not is_theirs:
        raise ContributionNotFound(id=contribution_id)
    row.removed_at, row.removed_by = now, actor.id
    return row
