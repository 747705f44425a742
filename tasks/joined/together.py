"""Cases that belong together, as a handler works with them: which lead and follow, many joined at once, told at once, taken out again.

Commands begin a message to many cases (`tasks.joined.bulk`); each case takes it in a turn of its own. Refuses with NotAllowed, CasesUnknown,
NothingChosen, TooManyFound, LanguageMissing, FormNotAccepted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from cases import related
from cases.models import Case
from cases.related import JOINED, MERGED
from cases.searching import mentions
from history.log import Event
from identity.people import Actor
from problems import Conflict, Invalid
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn
from tasks.case_file import message_in
from tasks.joined import bulk
from tasks.office import Office

JOIN, TELL, APART = "complaint_joined", "follower_told", "treated_apart"
PAGE, MOST = 50, 5000
NUMBER = re.compile(r"\d{4}-\d{1,9}")
LANGUAGES = {"nl": "het Nederlands", "fr": "het Frans", "de": "het Duits", "en": "het Engels"}


class NothingChosen(Invalid):
    """U koos nog geen dossier. Vink er minstens één aan, of vul nummers in."""


class CasesUnknown(Invalid):
    """Deze nummers kennen wij niet. Kijk ze na; er is nog niets gebeurd."""


class TooManyFound(Invalid):
    """Meer dan 5.000 dossiers passen bij deze zoekvraag. Maak ze nauwer."""


class LanguageMissing(Invalid):
    """Niet alle klagers zouden het bericht in hun eigen taal krijgen. Vul ook die tekst in."""


class StillBusy(Conflict):
    """Een vorig bericht aan deze dossiers is nog onderweg. Wacht tot het klaar is."""


@dataclass(frozen=True)
class Member:
    """A case that belongs to another."""

    case_id: int
    number: str
    subject: str
    complainant: str
    is_name_withheld: bool
    language: str
    is_closed: bool


@dataclass(frozen=True)
class Together:
    """What belongs with a case. `leading` is the case it follows itself, `kind` how; `next` the key of the next page of followers."""

    leading: str
    kind: str
    followers: list[Member]
    merged: list[Member]
    total: int
    waiting: int
    next: int | None
    rounds: list[bulk.Progress]


def of(reading: Reading, actor: Actor, case: Case, after: int = 0) -> Together:
    """Everything that belongs with this case, as far as the actor may see it; of the followers one page."""
    seen = sight.limits(actor)
    above = related.leading_of(reading, case.id)
    page = related.following(case.id, JOINED).where(related.RelatedCase.id > after, *seen).limit(PAGE + 1)
    rows = reading.session.execute(page).all()
    merged = related.following(case.id, MERGED).where(*seen).limit(PAGE)
    counted = (
        related.following(case.id, JOINED).order_by(None).with_only_columns(func.count(), func.count(Case.closed_at))
    )
    total, closed = reading.session.execute(counted).one()
    return Together(
        leading=reading.session.get_one(Case, above.leading_id).number if above else "",
        kind=above.kind if above else "",
        followers=[_member(each) for _, each in rows[:PAGE]],
        merged=[_member(each) for _, each in reading.session.execute(merged)],
        total=total,
        waiting=total - closed,
        next=rows[PAGE - 1][0].id if len(rows) > PAGE else None,
        rounds=bulk.progress(reading, case.id),
    )


def _member(case: Case) -> Member:
    closed = case.closed_at is not None
    return Member(case.id, case.number, case.subject, case.complainant_name, case.name_withheld, case.language, closed)


def join(office: Office, work: UnitOfWork, actor: Actor, case: Case, numbers: Sequence[str], reason: str = "") -> int:
    """Let these cases follow this one. Returns the id of the message that goes round."""
    sight.require(actor, "case.join", case)
    chosen = _chosen(work, actor, numbers)
    return _join(office, work, actor, case, [each for each in chosen if each != case.id], reason)


def join_found(office: Office, work: UnitOfWork, actor: Actor, case: Case, words: str, reason: str = "") -> int:
    """Let every open case about the same service that mentions these words follow this one."""
    sight.require(actor, "case.join", case)
    query = select(Case.id).where(*_matching(actor, case, words)).order_by(Case.id).limit(MOST + 1)
    found = list(work.session.scalars(query))
    if len(found) > MOST:
        raise TooManyFound(errors=[{"field": "words", "message": TooManyFound().sentence}])
    return _join(office, work, actor, case, found, reason)


def count_found(reading: Reading, actor: Actor, case: Case, words: str) -> int:
    """How many cases `join_found` would take; it stops counting just over the limit."""
    found = select(Case.id).where(*_matching(actor, case, words)).limit(MOST + 1).subquery()
    return reading.session.scalar(select(func.count()).select_from(found)) or 0


def _matching(actor: Actor, case: Case, words: str) -> list[Any]:
    follows = select(related.RelatedCase.id).where(
        related.RelatedCase.case_id == Case.id, related.RelatedCase.until.is_(None)
    )
    about = (Case.authority_key == case.authority_key, Case.closed_at.is_(None), Case.id != case.id, ~follows.exists())
    return [*about, *mentions(words), *sight.limits(actor), *sight.own(actor)]


def _join(office: Office, work: UnitOfWork, actor: Actor, case: Case, chosen: Sequence[int], reason: str) -> int:
    related.require_free_to_lead(work, case)
    return _begin(office, work, actor, case, JOIN, {"joined_to": case.number, "joined_note": reason}, chosen)


def tell(office: Office, work: UnitOfWork, actor: Actor, case: Case, answers: Mapping[str, Any]) -> int:
    """Write to everybody whose complaint waits for this one, each in their own language."""
    sight.require(actor, "case.join", case)
    waiting = work.session.execute(related.following(case.id, JOINED).where(Case.closed_at.is_(None))).all()
    missing = {each.language for _, each in waiting} - {name for name in LANGUAGES if answers.get(f"told_{name}")}
    if missing - {"nl"}:
        sentences = [(name, f"Vul de tekst in {LANGUAGES.get(name, name)} in.") for name in sorted(missing - {"nl"})]
        raise LanguageMissing(errors=[{"field": f"told_{name}", "message": sentence} for name, sentence in sentences])
    return _begin(office, work, actor, case, TELL, answers, [each.id for _, each in waiting])


def take_out(office: Office, work: UnitOfWork, actor: Actor, case: Case, numbers: Sequence[str], reason: str) -> int:
    """Treat these cases apart from now on, for a reason that stands in each of them."""
    sight.require(actor, "case.join", case)
    followers = related.following(case.id, JOINED).where(Case.id.in_(_chosen(work, actor, numbers)))
    chosen = [each.id for _, each in work.session.execute(followers)]
    return _begin(office, work, actor, case, APART, {"apart_reason": reason}, chosen)


def _begin(
    office: Office, work: UnitOfWork, actor: Actor, case: Case, message: str, answers: Mapping[str, Any], cases: Any
) -> int:
    given = {name: value for name, value in answers.items() if value}
    message_in.check(office, work, message, given)
    if not cases:
        raise NothingChosen(errors=[{"field": "number", "message": NothingChosen().sentence}])
    if any(each.ended_at is None for each in bulk.progress(work, case.id)):
        raise StillBusy(number=case.number)
    now = office.clock.now()
    begun = bulk.begin(work, case.id, message, given, cases, actor, now)
    data = {"message": message, "cases": len(cases)}
    turn.finish(office, work, case.id, Event("bulk", "started", now, actor.id, turn.role_of(actor), data))
    return begun


def _chosen(reading: Reading, actor: Actor, numbers: Sequence[str]) -> list[int]:
    """The cases of these numbers, however they were typed. Refuses all when one is not known."""
    asked = {number for text in numbers for number in NUMBER.findall(text)}
    if not asked:
        raise NothingChosen(errors=[{"field": "number", "message": NothingChosen().sentence}])
    query = select(Case.number, Case.id).where(Case.number.in_(asked), *sight.limits(actor), *sight.own(actor))
    found = dict(reading.session.execute(query).all())
    if unknown := sorted(asked - found.keys()):
        message = f"Deze nummers kennen wij niet: {', '.join(unknown[:10])}."
        raise CasesUnknown(errors=[{"field": "number", "message": message}])
    return sorted(found.values())
