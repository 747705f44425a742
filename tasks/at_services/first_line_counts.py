"""What the system itself knows of a year of a service's own complaint handling, to start its yearly report with.

Codes are those of domain lists: grounds of refusal, findings, norms. What was not handled here, the service adds itself.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from statistics import fmean
from typing import Any

from sqlalchemy import select

from cases.deadlines import ZONE, local_day
from cases.models import Case, Grievance
from storage.unit_of_work import Reading

MATTER = "first_line"
TERM = 45  # days, Bestuursdecreet art. II.83
CARRIERS = {"post": "letter", "email": "email", "web": "email", "phone": "phone", "visit": "visit"}
FINDINGS = {"gegrond": "founded", "deels_gegrond": "partly_founded", "ongegrond": "unfounded"}
REMEDIES = {"hersteld": "solved", "verzoend": "reconciled"}


def of(reading: Reading, authority_key: str, year: int) -> dict[str, float]:
    """The numbers of the report form by their names, for what was received in this year; empty when nothing was handled here."""
    counted: Counter[str] = Counter()
    days: list[int] = []
    for case, grievance in _received(reading, authority_key, year):
        counted.update(_told(case, grievance))
        if case.closed_at is not None:
            days.append((local_day(case.closed_at) - local_day(case.received_at)).days)
    if not counted:
        return {}
    counted["within_term"] = sum(each <= TERM for each in days)
    counted["over_term"] = sum(each > TERM for each in days)
    found: dict[str, float] = {**dict.fromkeys(("admissible", *FINDINGS.values()), 0), **counted}
    return found | ({"mean_days": round(fmean(days), 1)} if days else {})


def _received(reading: Reading, authority_key: str, year: int) -> Iterator[tuple[Case, Grievance | None]]:
    since, until = (datetime.combine(date(each, 1, 1), datetime.min.time(), ZONE) for each in (year, year + 1))
    query = (
        select(Case, Grievance)
        .join(Grievance, (Grievance.case_id == Case.id) & Grievance.is_main, isouter=True)
        .where(
            Case.authority_key == authority_key,
            Case.matter == MATTER,
            Case.received_at >= since,
            Case.received_at < until,
        )
    )
    yield from ((case, grievance) for case, grievance in reading.session.execute(query))


def _told(case: Case, grievance: Grievance | None) -> Iterator[str]:
    yield "received"
    yield f"carrier_{CARRIERS.get(case.channel, 'email')}"
    if case.refusal_ground:
        yield f"ground_{case.refusal_ground}"
        return
    if case.admissibility or (grievance is not None and grievance.finding):
        yield "admissible"
    if grievance is None:
        return
    if grievance.finding in FINDINGS:
        yield FINDINGS[grievance.finding]
    if grievance.remedy in REMEDIES:
        yield REMEDIES[grievance.remedy]
    yield from (f"norm_{norm}" for norm in grievance.norms)


def as_facts(found: Mapping[str, float]) -> dict[str, Any]:
    """The numbers under the names the file knows them by."""
    return {f"first_line_report.{name}": number for name, number in found.items()}
