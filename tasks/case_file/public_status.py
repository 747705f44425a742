"""A case as its complainant sees it: what was done, where it is now, what comes next and by when, what they can do.

In: a case. Out: plain sentences, from the properties `public_name` and `public_next` of the elements it entered. The diagram
itself is never shown. Only reads.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from cases import appeals, deadlines
from cases.counting import Reckoning
from cases.models import Case, Deadline
from engine.models import Subscription
from storage.unit_of_work import Reading
from tasks import worklist
from tasks.case_file import stages
from tasks.inbox import INFORMATION, OF_COMPLAINANT
from tasks.office import Office

IDENTITY = "identity_disclosed"
MESSAGES = OF_COMPLAINANT - {INFORMATION}
# Until when the complainant may appeal: no day by which we, or the service, do something.
THEIR_OWN = (appeals.APPEAL, appeals.SUSPENSION)


@dataclass(frozen=True)
class PublicStep:
    """One plain step. `at` is when the case first came there."""

    name: str
    at: datetime
    is_current: bool


@dataclass(frozen=True)
class PublicStatus:
    """Where the case is. `next` may be empty; `until` is the day by which the next thing happens, when there is one.

    `reckoning` tells how that day was counted, when it is that of a deadline.
    """

    steps: list[PublicStep]
    now: str
    next: str
    until: date | None
    reckoning: Reckoning | None
    may: frozenset[str]


def of(office: Office, reading: Reading, case: Case) -> PublicStatus:
    """The status of a case for its complainant."""
    told = [each for each in stages.entered(reading, case.id) if each.properties.get("public_name")]
    active = set(office.engine.active(reading, case.instance_id)) if case.instance_id else set()
    current = [each for each in told if each.element_id in active] or told[-1:]
    names = {each.properties["public_name"] for each in current}
    now = current[-1] if current else None
    until = _until(office, reading, case, now.element_id if now else "")
    return PublicStatus(
        steps=_steps(told, names),
        now=now.properties["public_name"] if now else "",
        next=now.properties.get("public_next", "") if now else "",
        until=until,
        reckoning=_reckoning(reading, case.id, until),
        may=_may(reading, case),
    )


def _steps(told: list[stages.Entered], current: set[str]) -> list[PublicStep]:
    """Each step once, where the case first came there; what is going on now stands last."""
    first: dict[str, datetime] = {}
    for each in told:
        first.setdefault(each.properties["public_name"], each.at)
    done = [PublicStep(name, at, False) for name, at in first.items() if name not in current]
    return done + [PublicStep(name, at, True) for name, at in first.items() if name in current]


def _until(office: Office, reading: Reading, case: Case, element_id: str) -> date | None:
    """The due day of what waits at this element, or the first day a term of the case ends."""
    if case.closed_at is not None:
        return None
    for row in worklist.open_of_case(reading, case.id):
        if row.element_id == element_id and row.due_at is not None:
            return deadlines.local_day(row.due_at)
    today = deadlines.local_day(office.clock.now())
    open_ones = (Deadline.case_id == case.id, Deadline.met_at.is_(None), Deadline.due_on >= today)
    query = select(Deadline).where(*open_ones, Deadline.rule.not_in(THEIR_OWN))
    held = deadlines.held_kinds(reading, case.id)  # a date that stands still is nothing to wait for
    running = (row.due_on for row in reading.session.scalars(query) if not deadlines.is_held(row, held))
    return min(running, default=None)


def _reckoning(reading: Reading, case_id: int, until: date | None) -> Reckoning | None:
    """How the open deadline of this day was counted."""
    if until is None:
        return None
    query = select(Deadline.reckoning).where(
        Deadline.case_id == case_id,
        Deadline.met_at.is_(None),
        Deadline.due_on == until,
        Deadline.reckoning.is_not(None),
    )
    kept = reading.session.scalars(query.order_by(Deadline.id).limit(1)).first()
    return None if kept is None else Reckoning.from_data(kept)


def _may(reading: Reading, case: Case) -> frozenset[str]:
    """The messages the diagram waits for now; plain information is welcome until the case is closed."""
    query = select(Subscription.name).where(
        Subscription.instance_id == case.instance_id, Subscription.kind == "message", Subscription.name.in_(MESSAGES)
    )
    waited = {name for name in reading.session.scalars(query) if name is not None}
    if case.complainant_name:
        waited.discard(IDENTITY)  # whoever is known by name has nothing to disclose
    return frozenset(waited | ({INFORMATION} if case.closed_at is None else set()))
