"""What a case tells of appeals: the term for the Council of State where the decision can go there, and the warning for all others.

In: a case. Out: the term and a sentence in a language, for letters, the file and the complainant's page. Only reads.
"""

from collections.abc import Mapping
from datetime import date, datetime

from cases import appeals, deadline_rules, facts
from cases.appeals import CouncilAppeal
from cases.deadlines import local_day
from cases.models import Case
from cases.narrative import mentions_council_of_state
from storage.unit_of_work import Reading
from tasks.office import Office
from tasks.sight import FIRST_LINE_MATTER

COUNCIL = "raad_van_state"


def term(
    office: Office, reading: Reading, case: Case, now: datetime, known: Mapping[str, object] | None = None
) -> CouncilAppeal | None:
    """The term for the Council of State; None when it is not known that one can go there. A service's first line suspends nothing."""
    if case.matter == FIRST_LINE_MATTER:
        return None
    authority = office.register.get(case.authority_key)
    # The words of the search hold the story, so that a case that cannot go there costs no statement.
    if not (authority and authority.appeal == COUNCIL) and not mentions_council_of_state(case.search_text):
        return None
    told = facts.known(reading, case.id) if known is None else known
    decided_on = _day(told.get("complaint.facts_on"))
    if decided_on is None:
        return None
    rules = deadline_rules.in_force(reading)
    if (
        not {appeals.APPEAL, appeals.SUSPENSION} <= rules.versions.keys()
    ):  # an office that has not taken in these rules yet
        return None
    closed_on = local_day(case.closed_at) if case.closed_at else None
    return appeals.council_of_state(rules, decided_on, local_day(case.received_at), local_day(now), closed_on)


def warning(
    office: Office,
    reading: Reading,
    case: Case,
    language: str,
    now: datetime,
    known: Mapping[str, object] | None = None,
) -> str:
    """The sentence about appeals, in this language."""
    return appeals.sentence(term(office, reading, case, now, known), language, local_day(now))


def _day(value: object) -> date | None:
    """A fact that is a day, as forms keep it."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
