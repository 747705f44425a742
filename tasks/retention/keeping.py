"""Keeping and destroying cases: what may go, what must stay, and the proofs of what went.

Refuses with NotAllowed, CaseNotFound, ReasonMissing, HoldNotFound, and what `tasks.retention.erasing` says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from cases import retention
from cases.deadlines import local_day
from cases.models import Case, Erasure, LegalHold
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Invalid
from storage.unit_of_work import Reading, UnitOfWork
from tasks import page_keys, sight, turn
from tasks.case_file.case_view import find
from tasks.case_file.spoken import label
from tasks.office import Office
from tasks.operating.mending import with_reason
from tasks.retention import erasing

PAGE = 50


class HoldNotFound(Invalid):
    """Deze bewaring is al opgeheven."""


@dataclass(frozen=True)
class Due:
    """A case whose time is over."""

    id: int
    number: str
    matter: str
    closed_at: datetime
    kept_until: date
    source: str


@dataclass(frozen=True)
class Kept:
    """How long one case is kept, and why. `until` is None while it is open."""

    number: str
    years: int
    source: str
    is_verified: bool
    until: date | None
    holds: Sequence[LegalHold]
    erasure: Erasure | None

    @property
    def is_held(self) -> bool:
        return any(hold.lifted_at is None for hold in self.holds)


def due(office: Office, reading: Reading, actor: Actor, after: tuple[datetime, int] | None = None) -> list[Due]:
    """Closed cases that may be destroyed today, those closed longest ago first; one page and one more when there are more."""
    require(actor, "retention.read")
    today = local_day(office.clock.now())
    rules = erasing.rules(office)
    query = (
        select(Case.id, Case.number, Case.matter, Case.closed_at)
        .outerjoin(Erasure, Erasure.case_id == Case.id)
        .where(rules.is_over(today), Erasure.id.is_(None), ~retention.is_held(), *sight.known(actor))
        .order_by(Case.closed_at, Case.id)
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(page_keys.beyond(Case.closed_at, Case.id, after, is_descending=False))
    found = []
    for case_id, number, matter, closed_at in reading.session.execute(query):
        assert closed_at is not None  # noqa: S101  # the rules ask for it
        rule = rules.of(matter)
        found.append(
            Due(case_id, number, label(office, "matters", matter), closed_at, rule.until(closed_at), rule.source)
        )
    return found


def of_case(office: Office, reading: Reading, actor: Actor, number: str) -> Kept:
    """How long this case is kept."""
    require(actor, "retention.read")
    case = find(reading, actor, number)
    rule = erasing.rules(office).of(case.matter)
    until = rule.until(case.closed_at) if case.closed_at else None
    erasure = reading.session.scalar(select(Erasure).where(Erasure.case_id == case.id))
    return Kept(number, rule.years, rule.source, rule.is_verified, until, retention.holds(reading, case.id), erasure)


def hold(office: Office, work: UnitOfWork, actor: Actor, number: str, reason: str) -> None:
    """Keep a case whatever the rules say."""
    require(actor, "retention.hold")
    case, now = find(work, actor, number), office.clock.now()
    row = LegalHold(case_id=case.id, reason=with_reason(reason)[:500], placed_by=actor.id, placed_at=now)
    work.session.add(row)
    work.session.flush()
    _note(office, work, actor, case.id, {"hold": row.id, "held": True})


def lift(office: Office, work: UnitOfWork, actor: Actor, number: str, hold_id: int) -> None:
    """The reason to keep it is gone; the rules count again."""
    require(actor, "retention.hold")
    case, now = find(work, actor, number), office.clock.now()
    row = work.session.get(LegalHold, hold_id, with_for_update=True)
    if row is None or row.case_id != case.id or row.lifted_at is not None:
        raise HoldNotFound(errors=[{"field": "hold", "message": HoldNotFound().sentence}])
    row.lifted_by, row.lifted_at = actor.id, now
    _note(office, work, actor, case.id, {"hold": row.id, "held": False})


def proofs(reading: Reading, actor: Actor, before: int = 0) -> list[tuple[Erasure, str]]:
    """What was destroyed, the last first, each with its number; one page and one more when there are more."""
    require(actor, "retention.read")
    query = select(Erasure, Case.number).join(Case, Case.id == Erasure.case_id).order_by(Erasure.id.desc())
    if before:
        query = query.where(Erasure.id < before)
    return [(row, number) for row, number in reading.session.execute(query.limit(PAGE + 1))]


def _note(office: Office, work: UnitOfWork, actor: Actor, case_id: int, told: dict[str, object]) -> None:
    event = Event("case", "changed", office.clock.now(), actor.id, turn.role_of(actor), told)
    office.log.append(work, turn.stream_of(case_id), [event])
