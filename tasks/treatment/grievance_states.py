"""Each grievance of a case by itself: where it is now and by when something happens, and whether the case may end without it.

A part that went to its authority's own first line is done when that authority answered, or when its term went by in silence. In: a case.
Out: a state per grievance, in words. Only reads.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from cases import deadlines
from cases.models import Case, Deadline, Grievance
from cases.register import OFFICE
from problems import Invalid
from storage.unit_of_work import Reading
from tasks.case_file.spoken import label
from tasks.office import Office

# Two terms of a part: an acknowledgement, and the answer that ends it.
ANSWERED_BY = "first_line_handle_by"


class PartsStillOpen(Invalid):
    """Een deel van deze klacht is nog niet klaar. Noteer het antwoord van de dienst bij die taak, of wacht tot die dag."""


@dataclass(frozen=True)
class GrievanceState:
    """Where a grievance is. `until` is the next day that counts for it; `is_open` when the case cannot end yet because of it."""

    number: int
    authority: str
    where: str
    until: date | None
    is_open: bool
    is_over: bool


def of(office: Office, reading: Reading, case: Case) -> list[GrievanceState]:
    """The state of every grievance, by number. Two statements."""
    rows = reading.session.scalars(select(Grievance).where(Grievance.case_id == case.id).order_by(Grievance.number))
    unmet = select(Deadline).where(Deadline.case_id == case.id, Deadline.met_at.is_(None)).order_by(Deadline.due_on)
    due = list(reading.session.scalars(unmet))
    today = deadlines.local_day(office.clock.now())
    return [
        _state(office, case, row, [each for each in due if each.grievance == row.number], due, today) for row in rows
    ]


def _state(
    office: Office, case: Case, row: Grievance, own: list[Deadline], due: list[Deadline], today: date
) -> GrievanceState:
    is_waiting = any(each.name == ANSWERED_BY and each.due_on >= today for each in own)
    is_apart = _is_apart(row)
    until = _next(own if is_apart else [each for each in due if each.grievance is None], today)
    is_over = case.closed_at is not None or (is_apart and not is_waiting) or bool(row.finding)
    return GrievanceState(
        number=row.number,
        authority=row.authority_name,
        where=_where(office, case, row, is_waiting=is_waiting, was_silent=is_apart and bool(own) and not is_waiting),
        until=None if is_over else until,
        is_open=is_waiting,
        is_over=is_over,
    )


def _is_apart(row: Grievance) -> bool:
    """True for a grievance that goes its own way: to a first line, to another ombudsman, or answered as a question."""
    return not row.is_main and (row.transfer in ("forward", "refer") or row.matter == "question")


def _next(due: list[Deadline], today: date) -> date | None:
    """The first day that is still to come."""
    return next((each.due_on for each in due if each.due_on >= today), None)


def _where(office: Office, case: Case, row: Grievance, *, is_waiting: bool, was_silent: bool) -> str:
    if row.finding:
        return f"beoordeeld: {label(office, 'findings', row.finding).lower()}"
    if is_waiting:
        return "bij de dienst zelf (eerste lijn)"
    if was_silent:
        return "de dienst antwoordde niet binnen de termijn"
    if not row.is_main and row.matter == "question":
        return "als vraag beantwoord"
    if _is_apart(row):
        other = office.bodies.get(str(row.body or ""))
        name = other.name_in("nl") if other is not None and row.body != OFFICE else ""
        if row.transfer == "refer":
            return f"doorverwezen naar {name}" if name else "doorverwezen"
        return f"doorgezonden aan {name}" if name else "door de dienst beantwoord (eerste lijn)"
    return "afgesloten zonder oordeel" if case.closed_at is not None else "wordt met het dossier behandeld"


def require_done(office: Office, reading: Reading, case_id: int) -> None:
    """Refuse with PartsStillOpen, naming each part, as long as one is still with its authority."""
    case = reading.session.get_one(Case, case_id)
    open_parts = [each for each in of(office, reading, case) if each.is_open]
    if open_parts:
        told = [
            f"Grief {each.number} ({each.authority}) is nog bij de dienst"
            + (f", tot {each.until:%d/%m/%Y}." if each.until else ".")
            for each in open_parts
        ]
        raise PartsStillOpen(errors=[{"field": "parts", "message": sentence} for sentence in told])
