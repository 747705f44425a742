"""The register of recommendations: the office's own list, and the part of it that the ombudsman made public.

Public is only what was approved: a title and a text of its own, in which nobody of the file is named. The public page keeps nothing
of who reads it. Newest first; pages go by the last row that was shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from cases.models import Case
from cases.recommendations import Recommendation, RecommendationSource
from history import reports
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from problems import Invalid, NotFound
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn
from tasks.letters import namelessness
from tasks.office import Office

PAGE = 50
MOST_OPEN_DATA = 10_000
TITLE_LENGTH = 200
LANGUAGES = ("nl", "fr", "de", "en")


class RecommendationNotFound(NotFound):
    """Deze aanbeveling staat niet in het register."""


class NotFitToPublish(Invalid):
    """Deze tekst kan zo niet openbaar worden. Verbeter de velden hieronder."""


class SourceUnknown(Invalid):
    """Dit dossier kan hier niet bij. Kijk het nummer na."""


@dataclass(frozen=True)
class Filters:
    """What narrows the list; empty or 0 is everything."""

    year: int = 0
    status: str = ""
    kind: str = ""
    addressee: str = ""
    due_before: date | None = None  # looked at again before this day


@dataclass(frozen=True)
class Page:
    """A page of rows with the numbers of their cases. `next` is the key of the following page, 0 when there is none."""

    rows: Sequence[tuple[Recommendation, str]]
    total: int
    next: int
    years: Sequence[int]
    addressees: Sequence[str]


@dataclass(frozen=True)
class Wording:
    """What would be public: a short title, the recommendation, and what became of it."""

    title: str
    text: str
    follow_up: str
    language: str = "nl"


@dataclass(frozen=True)
class Step:
    """Something that became of a recommendation: `what` is the step of the diagram or of the register, `by` who did it."""

    at: datetime
    what: str
    by: str
    answer: str
    status: str
    source: str


def public(reading: Reading, filters: Filters, *, after: int = 0, limit: int = PAGE) -> Page:
    """What anybody may read."""
    return _page(reading, [Recommendation.approved_at.is_not(None)], filters, after, limit)


def page(reading: Reading, actor: Actor, filters: Filters, *, after: int = 0) -> Page:
    """The office's own list, of cases this person may see."""
    require(actor, "recommendation.read")
    return _page(reading, sight.limits(actor), filters, after, PAGE)


def _page(reading: Reading, allowed: Sequence[ColumnElement[bool]], filters: Filters, after: int, limit: int) -> Page:
    def among(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        return query.join(Case, Case.id == Recommendation.case_id).where(*allowed)

    asked = _asked(filters)
    session, newest = reading.session, Recommendation.id.desc()
    query = among(select(Recommendation, Case.number)).where(*asked).order_by(newest).limit(limit + 1)
    rows = [
        (row, number) for row, number in session.execute(query.where(Recommendation.id < after) if after else query)
    ]
    total = session.scalar(among(select(func.count(Recommendation.id))).where(*asked)) or 0
    years = session.scalars(among(select(Recommendation.year).distinct()).order_by(Recommendation.year.desc()))
    addressees = session.scalars(among(select(Recommendation.addressee).distinct()).order_by(Recommendation.addressee))
    more = rows[limit - 1][0].id if len(rows) > limit else 0
    return Page(rows[:limit], total, more, list(years), list(addressees))


def _asked(filters: Filters) -> list[ColumnElement[bool]]:
    exact = {
        Recommendation.year: filters.year,
        Recommendation.status: filters.status,
        Recommendation.kind: filters.kind,
        Recommendation.addressee: filters.addressee,
    }
    found: list[ColumnElement[bool]] = [column == value for column, value in exact.items() if value]
    if filters.due_before:
        found.append(Recommendation.next_check_on <= filters.due_before)
    return found


def find(reading: Reading, actor: Actor, recommendation_id: int) -> Recommendation:
    """One that this person may see. Raises RecommendationNotFound."""
    require(actor, "recommendation.read")
    row = reading.session.get(Recommendation, recommendation_id)
    if row is None or not sight.sees(reading, actor, row.case_id):
        raise RecommendationNotFound(recommendation_id=recommendation_id)
    return row


def sources(reading: Reading, row: Recommendation) -> Sequence[str]:
    """The numbers of the cases it rests on, the one it was made in first."""
    query = (
        select(Case.number)
        .join(RecommendationSource, RecommendationSource.case_id == Case.id)
        .where(RecommendationSource.recommendation_id == row.id)
        .order_by(Case.id)
    )
    own = reading.session.get_one(Case, row.case_id).number
    return [own, *reading.session.scalars(query)]


def course(reading: Reading, row: Recommendation) -> list[Step]:
    """What became of it from the first day on, as the history of its case tells."""
    told = reports.said_of(reading, turn.stream_of(row.case_id), "recommendation")
    return [
        Step(
            at=at,
            what=str(said.get("step") or transition),
            by=who,
            answer=str(said.get("answer") or ""),
            status=str(said.get("status") or ""),
            source=str(said.get("source") or ""),
        )
        for at, transition, who, said in told
        if said.get("number") == row.number
    ]


def add_source(office: Office, work: UnitOfWork, actor: Actor, recommendation_id: int, number: str) -> None:
    """It rests on this case as well. Raises SourceUnknown; adding it again changes nothing."""
    require(actor, "recommendation.publish")
    row = find(work, actor, recommendation_id)
    case = work.session.scalar(select(Case).where(Case.number == number, *sight.limits(actor)))
    if case is None or case.id == row.case_id:
        raise SourceUnknown(errors=[{"field": "number", "message": SourceUnknown().sentence}])
    if work.session.get(RecommendationSource, (row.id, case.id)) is None:
        work.session.add(RecommendationSource(recommendation_id=row.id, case_id=case.id))
        _note(office, work, actor, row, "source_added", source=number)


def publish(
    office: Office, work: UnitOfWork, actor: Actor, recommendation_id: int, wording: Wording, *, is_looked_at: bool
) -> list[str]:
    """Make it public, when the text names nobody of any source case. Raises NotFitToPublish with each name and its place.

    Words that may be names are returned, and nothing is done, until somebody says to have looked at them.
    """
    require(actor, "recommendation.publish")
    row = find(work, actor, recommendation_id)
    wrong = [*_missing(wording), *_named(work, row, wording)]
    if wrong:
        raise NotFitToPublish(errors=wrong)
    doubtful = namelessness.suspects("\n".join((wording.title, wording.text, wording.follow_up)))
    doubtful = [words for words in doubtful if words != row.addressee]
    if doubtful and not is_looked_at:
        return doubtful
    row.public_title, row.public_text, row.public_follow_up = wording.title, wording.text, wording.follow_up
    row.language, row.approved_by, row.approved_at = wording.language, actor.id, office.clock.now()
    _note(office, work, actor, row, "published", looked_at=doubtful)
    return []


def withdraw(office: Office, work: UnitOfWork, actor: Actor, recommendation_id: int) -> None:
    """No longer public; the wording stays for the next time."""
    require(actor, "recommendation.publish")
    row = find(work, actor, recommendation_id)
    if row.approved_at is not None:
        row.approved_by, row.approved_at = None, None
        _note(office, work, actor, row, "withdrawn")


def _missing(wording: Wording) -> list[dict[str, str]]:
    found = {"title": wording.title, "text": wording.text}
    errors = [{"field": name, "message": "Vul dit in."} for name, value in found.items() if not value]
    if len(wording.title) > TITLE_LENGTH:
        errors.append({"field": "title", "message": f"Hou de titel onder {TITLE_LENGTH} tekens."})
    if wording.language not in LANGUAGES:
        errors.append({"field": "language", "message": "Kies een taal uit de lijst."})
    return errors


def _named(reading: Reading, row: Recommendation, wording: Wording) -> list[dict[str, str]]:
    others = select(RecommendationSource.case_id).where(RecommendationSource.recommendation_id == row.id)
    cases = [reading.session.get_one(Case, each) for each in (row.case_id, *reading.session.scalars(others))]
    names = [namelessness.of_case(reading, case) for case in cases]
    fields = {"title": ("Titel", wording.title), "text": ("Tekst", wording.text)}
    fields["follow_up"] = ("Wat ervan kwam", wording.follow_up)
    found = {
        name: (label, [each for known in names for each in known.in_text(text)])
        for name, (label, text) in fields.items()
    }
    return [
        {"field": name, "message": namelessness.told(label, places)}
        for name, (label, places) in found.items()
        if places
    ]


def _note(office: Office, work: UnitOfWork, actor: Actor, row: Recommendation, transition: str, **data: object) -> None:
    told = {"number": row.number, **data}
    event = Event("recommendation", transition, office.clock.now(), actor.id, turn.role_of(actor), told)
    turn.finish(office, work, row.case_id, event)
