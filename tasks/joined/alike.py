"""Which cases look like this one, and why: the same complaint sent twice, and others about the same thing.

In: a case. Out: the likeliest, best first, each with the reason in words. Only suggests: a person decides. Candidates come by an index
(the same e-mail address or name, or the same service and still open), a bounded number of them; their texts are compared here, by the
words they share. Only cases the asker may see. Only reads.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select

from cases import searching
from cases.folding import normal
from cases.models import Case, Party
from cases.parties import complainant_of
from cases.related import RelatedCase
from identity.people import Actor
from storage.unit_of_work import Reading
from tasks import sight

# A complaint that was sent twice is sent twice soon; one about the same thing comes in the same season.
SENT_TWICE, SAME_SEASON = timedelta(days=400), timedelta(days=120)
LOOKED_AT, SHOWN = 200, 12
# Shorter words say nothing about what a text is about.
SHORTEST = 4
# Shared words of all words of both, in percent: from here on two texts tell much the same.
ALIKE, MUCH_ALIKE = 15, 40


@dataclass(frozen=True)
class Likeness:
    """A case that looks like the one asked about. `percent` of the words they share; `why` in words."""

    case_id: int
    number: str
    subject: str
    complainant: str
    is_name_withheld: bool
    received_at: datetime
    closed_at: datetime | None
    percent: int
    why: tuple[str, ...]


def duplicates(reading: Reading, actor: Actor, case: Case) -> list[Likeness]:
    """The same complaint of the same person, probably: same e-mail address or name, and the same service or much the same words."""
    party = complainant_of(reading, case.id)
    email = (party.email if party else None) or ""
    near = Case.received_at.between(case.received_at - SENT_TWICE, case.received_at + SENT_TWICE)
    same_mail = select(Party.case_id).where(Party.email.in_({email, email.lower()}), Party.role == "complainant")
    mailed = set(reading.session.scalars(same_mail)) if email else set()
    likely = mailed | _of_the_same_name(reading, case, near)
    if not likely:
        return []
    mine, found = telling(case.search_text), []
    for other in _others(reading, actor, case, Case.id.in_(likely), near):
        percent = in_common(mine, telling(other.search_text))
        has_service = bool(case.authority_key) and case.authority_key == other.authority_key
        if not (has_service or percent >= MUCH_ALIKE):
            continue
        who = "zelfde e-mailadres" if other.id in mailed else "zelfde naam"
        why = (who, *(("zelfde dienst",) if has_service else ()), _words(percent))
        found.append(_likeness(other, percent, why))
    return _best(found)


def _of_the_same_name(reading: Reading, case: Case, near: ColumnElement[bool]) -> set[int]:
    """Cases whose complainant bears this name, whatever its accents, capitals and order; each by an index, the newest of many."""
    name = sorted(normal(case.complainant_name).split())
    alike = (searching.conditions(reading, case.complainant_name), [Case.complainant_name == case.complainant_name])
    found: set[int] = set()
    for each in alike if name else ():
        query = select(Case.id, Case.complainant_name).where(near, Case.id != case.id, *each)
        rows = reading.session.execute(query.order_by(Case.id.desc()).limit(LOOKED_AT))
        found |= {case_id for case_id, other in rows if sorted(normal(other).split()) == name}
    return found


def kindred(reading: Reading, actor: Actor, case: Case) -> list[Likeness]:
    """Others about the same: open, the same service, in the same season, with words in common; none that already follows another."""
    if not case.authority_key:
        return []
    near = Case.received_at.between(case.received_at - SAME_SEASON, case.received_at + SAME_SEASON)
    follows = select(RelatedCase.id).where(RelatedCase.case_id == Case.id, RelatedCase.until.is_(None)).exists()
    service = (Case.authority_key == case.authority_key, Case.closed_at.is_(None), ~follows)
    mine, found = telling(case.search_text), []
    for other in _others(reading, actor, case, *service, near):
        percent = in_common(mine, telling(other.search_text))
        if percent >= ALIKE:
            found.append(_likeness(other, percent, ("zelfde dienst", _words(percent))))
    return _best(found)


def in_common(mine: AbstractSet[str], theirs: AbstractSet[str]) -> int:
    """How many words two texts share (`telling`), of all words of both, in percent."""
    together = len(mine | theirs)
    return round(100 * len(mine & theirs) / together) if together else 0


def telling(text: str) -> set[str]:
    """The words that say what a text is about."""
    return {word for word in normal(text).split() if len(word) >= SHORTEST}


def _others(reading: Reading, actor: Actor, case: Case, *conditions: Any) -> Sequence[Case]:
    query = select(Case).where(Case.id != case.id, *conditions, *sight.limits(actor), *sight.own(actor))
    return reading.session.scalars(query.order_by(Case.id.desc()).limit(LOOKED_AT)).all()


def _likeness(other: Case, percent: int, why: tuple[str, ...]) -> Likeness:
    return Likeness(
        other.id,
        other.number,
        other.subject,
        other.complainant_name,
        other.name_withheld,
        other.received_at,
        other.closed_at,
        percent,
        why,
    )


def _words(percent: int) -> str:
    return f"{percent} % van de woorden gemeenschappelijk"


def _best(found: list[Likeness]) -> list[Likeness]:
    return sorted(found, key=lambda each: (-each.percent, each.number))[:SHOWN]
