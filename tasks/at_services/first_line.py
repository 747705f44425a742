"""The first line: complaints at the services themselves. A service's handler notes one; the ombudsman sees how far the services are.

`receive(office, work, actor, answers, files)` opens a file of the handler's own service; `services(...)` counts per service what is open
and what is late, `late(...)` lists it by number, the longest late first. Who may see which file: `tasks.sight`.
Refuses with NotAllowed, FormNotAccepted, ArrivedLater.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, func, select

from cases.deadlines import ZONE, local_day
from cases.documents import Upload
from cases.models import Case, Deadline
from identity.people import Actor
from identity.permissions import require
from problems import Invalid
from storage.unit_of_work import Reading, UnitOfWork
from tasks import intake, sight
from tasks.intake import Received, Way
from tasks.office import Office

FORM, PROCESS, RECEIVE, READ = "first_line_received", "first_line", "first_line.receive", "first_line.read"
ACKNOWLEDGE, HANDLE = "first_line_ack_by", "first_line_handle_by"
PAGE = 50


class ArrivedLater(Invalid):
    """Een klacht kan niet later binnengekomen zijn dan vandaag. Kies de dag waarop u ze kreeg."""


@dataclass(frozen=True)
class Service:
    """How far a service is: its open complaints, and how many of these wait too long for a first letter, or for an answer."""

    key: str
    name: str
    open: int
    late_first_letter: int
    late_answer: int


@dataclass(frozen=True)
class LateCase:
    """A complaint at a service that is late, with the term that is over."""

    id: int
    number: str
    authority: str
    received_at: datetime
    rule: str
    due_on: date


def receive(
    office: Office, work: UnitOfWork, actor: Actor, answers: Mapping[str, Any], files: Sequence[Upload] = ()
) -> Received:
    """A complaint somebody made to the handler's service, noted there."""
    require(actor, RECEIVE)
    way = Way(RECEIVE, sight.FIRST_LINE_MATTER, PROCESS, office.register.get(actor.authority_key))
    arrived = str(answers.get("arrived_on") or "")
    return intake.receive(
        office, work, actor, answers, files, form_key=FORM, received_at=_moment(office, arrived), way=way
    )


def _moment(office: Office, arrived_on: str) -> datetime | None:
    """Noon of the day it came in, or now when that is today; None when it is no day, which the form refuses."""
    try:
        day = date.fromisoformat(arrived_on)
    except ValueError:
        return None
    now = office.clock.now()
    if day > local_day(now):
        raise ArrivedLater(errors=[{"field": "arrived_on", "message": ArrivedLater().sentence}])
    return now if day == local_day(now) else datetime.combine(day, time(12), ZONE).astimezone(UTC)


def services(reading: Reading, actor: Actor, today: date) -> list[Service]:
    """Every service with open complaints here, the one with most late answers first. Two statements, by index."""
    require(actor, READ)
    late: dict[str, dict[str, int]] = {}
    counted = select(Case.authority_key, Deadline.rule, func.count()).join(Case, Case.id == Deadline.case_id)
    for key, rule, many in reading.session.execute(
        counted.where(*_late(today)).group_by(Case.authority_key, Deadline.rule)
    ):
        late.setdefault(str(key), {})[rule] = many
    by_service = select(Case.authority_key, func.max(Case.authority_name), func.count())
    rows = reading.session.execute(by_service.where(*_open()).group_by(Case.authority_key))
    found = [
        Service(str(key), name, many, late.get(str(key), {}).get(ACKNOWLEDGE, 0), late.get(str(key), {}).get(HANDLE, 0))
        for key, name, many in rows
    ]
    return sorted(found, key=lambda each: (-each.late_answer, -each.late_first_letter, each.name))


def late(reading: Reading, actor: Actor, today: date, *, service: str = "", after: int = 0) -> list[LateCase]:
    """What is late, the longest first, going on after so many; one more than a page tells that there are more."""
    require(actor, READ)
    query = select(Case, Deadline.rule, Deadline.due_on).join(Deadline, Deadline.case_id == Case.id)
    wanted = [*_late(today), *sight.known(actor), *([Case.authority_key == service] if service else [])]
    ordered = query.where(*wanted).order_by(Deadline.due_on, Deadline.id).offset(after).limit(PAGE + 1)
    return [
        LateCase(case.id, case.number, case.authority_name, case.received_at, rule, due_on)
        for case, rule, due_on in reading.session.execute(ordered)
    ]


def _open() -> list[ColumnElement[bool]]:
    return [Case.closed_at.is_(None), Case.matter == sight.FIRST_LINE_MATTER]


def _late(today: date) -> list[ColumnElement[bool]]:
    """Terms that are over and not met, of open complaints: few, and found by their own index."""
    due = [Deadline.met_at.is_(None), Deadline.due_on < today, Deadline.rule.in_((ACKNOWLEDGE, HANDLE))]
    return [*due, *_open()]
