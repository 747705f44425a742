"""Meetings of the network: planned by who leads it, answered by its members, and in everybody's own calendar by a feed.

The feed is iCalendar (RFC 5545) behind a secret link of each member, since calendars cannot log in; a new link ends the old one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from cases.register import Register
from identity.models import Person
from identity.people import Actor, actor_of
from identity.permissions import allows, require
from problems import Conflict, Invalid, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks.at_services import network
from tasks.errors import LinkNotValid
from tasks.models import Attendance, Meeting, NetworkMember
from tasks.turn import hash_of, new_secret

SHOWN = timedelta(days=366)  # how far back meetings are shown and fed


class MeetingNotFound(NotFound):
    """Dit overleg bestaat niet."""


class MeetingNotComplete(Invalid):
    """Vul de verplichte velden in."""


class MeetingOver(Conflict):
    """Dit overleg is voorbij of afgelast."""


@dataclass(frozen=True)
class Coming:
    """What one member answered."""

    name: str
    service: str
    is_coming: bool


def listed(reading: Reading, actor: Actor, now: datetime) -> list[Meeting]:
    """Meetings from a year ago on, the earliest first."""
    require(actor, "network.read")
    return _since(reading, now)


def _since(reading: Reading, now: datetime) -> list[Meeting]:
    query = select(Meeting).where(Meeting.starts_at >= now - SHOWN).order_by(Meeting.starts_at, Meeting.id)
    return list(reading.session.scalars(query))


def get(reading: Reading, actor: Actor, meeting_id: int) -> Meeting:
    """Raises MeetingNotFound."""
    require(actor, "network.read")
    found = reading.session.get(Meeting, meeting_id)
    if found is None:
        raise MeetingNotFound(id=meeting_id)
    return found


def answers(reading: Reading, register: Register, actor: Actor, meeting_id: int) -> list[Coming]:
    """Who comes and who does not, by service and name."""
    require(actor, "network.read")
    query = (
        select(Attendance.is_coming, Person)
        .join(Person, Person.id == Attendance.person_id)
        .where(Attendance.meeting_id == meeting_id)
    )
    found = [
        Coming(person.name, network.service_of(register, person.authority_key), is_coming)
        for is_coming, person in reading.session.execute(query)
    ]
    return sorted(found, key=lambda each: (not each.is_coming, each.service, each.name))


def own_answer(reading: Reading, actor: Actor, meeting_id: int) -> bool | None:
    """What the actor answered; None before they did."""
    row = reading.session.get(Attendance, (meeting_id, network.person_of(actor)))
    return None if row is None else row.is_coming


def plan(
    work: UnitOfWork,
    actor: Actor,
    *,
    title: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
    place: str,
    agenda: str,
    now: datetime,
) -> Meeting:
    """Plan a meeting. Raises MeetingNotComplete, naming each field."""
    require(actor, "network.lead")
    errors = [
        {"field": name, "message": "Vul dit in."}
        for name, value in {"title": title, "starts_at": starts_at, "ends_at": ends_at, "place": place}.items()
        if not value
    ]
    if starts_at and ends_at and ends_at <= starts_at:
        errors.append({"field": "ends_at", "message": "Het einde moet na het begin liggen."})
    if starts_at and starts_at <= now:
        errors.append({"field": "starts_at", "message": "Het begin moet in de toekomst liggen."})
    if errors or starts_at is None or ends_at is None:
        raise MeetingNotComplete(errors=errors)
    row = Meeting(
        title=title[:200], starts_at=starts_at, ends_at=ends_at, place=place[:300], agenda=agenda, made_by=actor.id,
        changed_at=now,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    return row


def call_off(work: UnitOfWork, actor: Actor, meeting_id: int, now: datetime) -> None:
    """Call a meeting off; it stays in the list and in calendars, as called off. Raises MeetingNotFound, MeetingOver."""
    require(actor, "network.lead")
    row = _open(work, actor, meeting_id, now)
    row.called_off_at = row.changed_at = now


def attend(work: UnitOfWork, actor: Actor, meeting_id: int, is_coming: bool, now: datetime) -> None:
    """Say whether one comes; the last word counts. Raises MeetingNotFound, MeetingOver."""
    require(actor, "network.write")
    _open(work, actor, meeting_id, now)
    key = (meeting_id, network.person_of(actor))
    row = work.session.get(Attendance, key) or Attendance(meeting_id=key[0], person_id=key[1])
    row.is_coming, row.answered_at = is_coming, now
    work.session.add(row)


def _open(work: UnitOfWork, actor: Actor, meeting_id: int, now: datetime) -> Meeting:
    """The meeting, locked: two answers of one member come one after the other."""
    row = work.session.get(Meeting, meeting_id, with_for_update=True)
    if row is None:
        raise MeetingNotFound(id=meeting_id)
    if row.called_off_at is not None or row.ends_at <= now:
        raise MeetingOver(id=meeting_id)
    return row


def new_link(work: UnitOfWork, actor: Actor) -> str:
    """A new secret for the actor's calendar; the one before no longer works."""
    secret, hashed = new_secret()
    row = network.own(work, actor)
    row.calendar_hash = hashed
    work.session.add(row)
    return secret


def feed(reading: Reading, secret: str, office_name: str, base_url: str, now: datetime) -> bytes:
    """The meetings as a calendar. Raises LinkNotValid, also once its holder is no member any more."""
    query = (
        select(Person)
        .join(NetworkMember, NetworkMember.person_id == Person.id)
        .where(NetworkMember.calendar_hash == hash_of(secret), Person.is_active)
    )
    person = reading.session.scalar(query)
    if person is None or not allows(actor_of(person), "network.read"):
        raise LinkNotValid
    return _calendar(_since(reading, now), office_name, base_url)


def _calendar(found: Sequence[Meeting], office_name: str, base_url: str) -> bytes:
    from icalendar import Calendar, Event  # noqa: PLC0415  # only who asks for a calendar pays for it

    calendar: Any = Calendar()
    calendar.add("prodid", f"-//{office_name}//Ombudsflow//NL")
    calendar.add("version", "2.0")
    for each in found:
        event: Any = Event()
        event.add("uid", f"overleg-{each.id}@{base_url.partition('://')[2]}")
        event.add("dtstamp", each.changed_at)
        event.add("dtstart", each.starts_at)
        event.add("dtend", each.ends_at)
        event.add("summary", each.title)
        event.add("location", each.place)
        event.add("description", each.agenda)
        event.add("url", f"{base_url}/netwerk/overleg/{each.id}")
        event.add("status", "CANCELLED" if each.called_off_at else "CONFIRMED")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
