"""Conflict of interest: somebody who may not come near a case says so, or the ombudsman says it of them; from then on the case
does not exist for them.

In: who, the case, of whom, why. Out: one turn: the declaration, what they had taken goes back to its role, the history. `tasks.sight`
asks `cases.interests` wherever cases are read, so that pages, lists, counts, letters, documents and the API follow by themselves.
Refuses with NotAllowed, CaseNotFound, ReasonMissing, NotOfStaff, AlreadyDeclared, ConflictNotFound.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cases.interests import kept_out
from cases.models import Case
from cases.treatment_models import ConflictOfInterest
from history.log import Event
from identity import people
from identity.people import Actor
from identity.permissions import allows
from problems import Conflict, Invalid, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn
from tasks.models import UserTask
from tasks.office import Office
from tasks.operating.mending import with_reason

DECLARE, DECLARE_OTHER, LIFT = "conflict.declare", "conflict.declare_other", "conflict.lift"
ABOUT_THE_OFFICE, DECLARE_COMPLAINED_OF = "about_ombudsman", "conflict.declare_complained_of"


class NotOfStaff(Invalid):
    """Kies een medewerker uit de lijst."""


class AlreadyDeclared(Conflict):
    """Voor deze medewerker is in dit dossier al een belangenconflict gemeld."""


class ConflictNotFound(NotFound):
    """Dit belangenconflict bestaat niet, of is al opgeheven."""


@dataclass(frozen=True)
class ConflictView:
    """A declaration that stands or stood. `reason` is empty for who may not read it."""

    id: int
    person: str
    reason: str
    declared_by: str
    declared_at: datetime
    lifted_by: str
    lifted_at: datetime | None
    lifted_because: str


@dataclass(frozen=True)
class Colleague:
    """Somebody who can be kept out of a case; `did` names what they did in it before, since that may be the conflict."""

    id: int
    name: str
    did: tuple[str, ...]


def declare(
    office: Office, work: UnitOfWork, actor: Actor, case: Case, reason: str, person_id: int | None = None
) -> None:
    """Keep somebody out of a case: oneself, or with `person_id` a colleague, which only the ombudsman may."""
    person = actor.id if person_id is None else f"person:{person_id}"
    sight.require(actor, DECLARE if person == actor.id else of_others(case), case)
    said = with_reason(reason)[:500]
    if person not in {f"person:{each.id}" for each in people.everyone(work)}:
        raise NotOfStaff(errors=[{"field": "person_id", "message": NotOfStaff().sentence}])
    if person in kept_out(work, case.id):
        raise AlreadyDeclared(case=case.number, person=person)
    now = office.clock.now()
    row = ConflictOfInterest(case_id=case.id, person=person, reason=said, declared_by=actor.id, declared_at=now)
    work.session.add(row)
    work.session.flush()
    told = {"conflict": row.id, "person": person, "stands": True}
    events = [Event("conflict", "changed", now, actor.id, turn.role_of(actor), told, {"reason": said})]
    events += [_given_back(office, actor, task) for task in _taken(work, case.id, person)]
    turn.finish(office, work, case.id, *events)


def of_others(case: Case) -> str:
    """What one must be allowed to keep a colleague out of this case: whoever is complained of may be the ombudsman himself."""
    return DECLARE_COMPLAINED_OF if case.matter == ABOUT_THE_OFFICE else DECLARE_OTHER


def lift(office: Office, work: UnitOfWork, actor: Actor, case: Case, conflict_id: int, reason: str) -> None:
    """Let somebody in again; what they had taken is not given back to them."""
    sight.require(actor, LIFT, case)
    said = with_reason(reason)[:500]
    row = work.session.get(ConflictOfInterest, conflict_id, with_for_update=True)
    if row is None or row.case_id != case.id or row.lifted_at is not None:
        raise ConflictNotFound(conflict_id=conflict_id)
    now = office.clock.now()
    row.lifted_by, row.lifted_at, row.lifted_because = actor.id, now, said
    told = {"conflict": row.id, "person": row.person, "stands": False}
    turn.finish(
        office,
        work,
        case.id,
        Event("conflict", "changed", now, actor.id, turn.role_of(actor), told, {"reason": said}),
    )


def _taken(work: UnitOfWork, case_id: int, person: str) -> Sequence[UserTask]:
    """The open tasks somebody took or began to answer, locked."""
    query = select(UserTask).where(UserTask.case_id == case_id, UserTask.closed_at.is_(None)).with_for_update()
    return [row for row in work.session.scalars(query) if person in (row.assignee, row.draft_by, row.office_draft_by)]


def _given_back(office: Office, actor: Actor, row: UserTask) -> Event:
    """Back to the role, without what they had begun to write: nobody goes on with the words of who may not be there."""
    row.assignee, row.draft, row.draft_by = None, None, None
    row.office_draft, row.office_draft_by = None, None
    row.version += 1
    told = {"token": row.token_id, "assignee": None, "instance": row.instance_id, "why": "conflict"}
    return Event(row.element_id, "released", office.clock.now(), actor.id, turn.role_of(actor), told)


def of_case(reading: Reading, actor: Actor, case_id: int) -> list[ConflictView]:
    """The declarations of a case, the newest first. Reasons are for whoever may lift one."""
    names, may_read = people.names(reading), allows(actor, LIFT)
    query = select(ConflictOfInterest).where(ConflictOfInterest.case_id == case_id)
    rows = reading.session.scalars(query.order_by(ConflictOfInterest.id.desc()))
    return [
        ConflictView(
            id=row.id,
            person=names.get(row.person, row.person),
            reason=row.reason if may_read else "",
            declared_by=names.get(row.declared_by, row.declared_by),
            declared_at=row.declared_at,
            lifted_by=names.get(row.lifted_by or "", ""),
            lifted_at=row.lifted_at,
            lifted_because=(row.lifted_because or "") if may_read else "",
        )
        for row in rows
    ]


def colleagues(reading: Reading, actor: Actor, case_id: int) -> list[Colleague]:
    """Whom the ombudsman may keep out, those who did something in the case first."""
    query = select(UserTask.closed_by, UserTask.name).where(UserTask.case_id == case_id, UserTask.closed_at.isnot(None))
    done: dict[str, list[str]] = {}
    for who, name in reading.session.execute(query.order_by(UserTask.id)):
        done.setdefault(who or "", []).append(name)
    out = kept_out(reading, case_id)
    found = [
        Colleague(each.id, each.name, tuple(dict.fromkeys(done.get(f"person:{each.id}", ()))))
        for each in people.everyone(reading)
        if each.is_active and f"person:{each.id}" not in {*out, actor.id}
    ]
    return sorted(found, key=lambda each: (not each.did, each.name))
