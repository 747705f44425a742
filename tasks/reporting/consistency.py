"""Cases that are alike and ended differently: does the same get the same answer here, and if not, is the difference right?

In: who looks. Out: pairs of assessed cases, likest first, each with why they are alike, in what they differ, and what a handler noted about
that. Cases are alike when they are about one theme or one service and much of what was told has the same words. Bounded: the newest
assessed cases of two years. Only cases the asker may see. A note is kept, once a pair, and in the history of both cases.
Refuses with NotAllowed, CaseNotFound, ReasonMissing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from sqlalchemy import and_, or_, select

from cases import own_initiative
from cases.models import Case, Fact, Grievance
from cases.publications import ConsistencyNote
from history.log import Event
from identity.people import Actor
from identity.permissions import require
from storage.unit_of_work import Reading, UnitOfWork
from tasks import sight, turn
from tasks.case_file import case_view
from tasks.case_file.spoken import label
from tasks.errors import CaseNotFound
from tasks.joined.alike import ALIKE, in_common, telling
from tasks.joined.clusters import THEME, THEMES
from tasks.office import Office
from tasks.operating.mending import with_reason

READ, NOTE = "consistency.read", "consistency.note"
SINCE, LOOKED_AT, PAGE = timedelta(days=730), 250, 25
# Of another service or theme, more must be alike.
MORE_ALIKE = 25
FINDING, NORMS = "oordeel", "normen"


@dataclass(frozen=True)
class Assessed:
    """A case with what was found: the findings of its grievances, and the norms that were violated."""

    case_id: int
    number: str
    subject: str
    authority_key: str
    authority: str
    theme: str
    received_at: datetime
    words: frozenset[str]
    findings: tuple[str, ...]
    norms: tuple[int, ...]
    reasoning: str


@dataclass(frozen=True)
class Noted:
    """Why a difference is right, or that it was not."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Pair:
    """Two cases beside each other. `why` and `differs` in words."""

    one: Assessed
    other: Assessed
    percent: int
    why: tuple[str, ...]
    differs: tuple[str, ...]
    noted: Noted | None


@dataclass(frozen=True)
class Page:
    """Some pairs of all; `next` is where the following page begins, 0 when there is none."""

    pairs: Sequence[Pair]
    total: int
    unexplained: int
    next: int


def page(office: Office, reading: Reading, actor: Actor, *, is_open: bool, start: int = 0) -> Page:
    """Every pair that stands out, or only those that nobody wrote about yet."""
    require(actor, READ)
    found = _pairs(office, reading, combinations(_assessed(office, reading, actor), 2))
    without = [each for each in found if each.noted is None]
    shown = without if is_open else found
    more = start + PAGE if len(shown) > start + PAGE else 0
    return Page(shown[start : start + PAGE], len(shown), len(without), more)


def of_case(office: Office, reading: Reading, actor: Actor, case: Case) -> tuple[Assessed | None, list[Pair]]:
    """What was found in a case, and beside it those that are alike and ended differently."""
    require(actor, READ)
    (mine, *_) = [*_with_findings(office, reading, [case]), None]
    if mine is None:
        return None, []
    others = (each for each in _assessed(office, reading, actor) if each.case_id != case.id)
    return mine, _pairs(office, reading, ((mine, each) for each in others))


def note(office: Office, work: UnitOfWork, actor: Actor, number: str, other: str, reason: str) -> None:
    """Keep why two cases differ; a later note about the same pair replaces it, and the history has both."""
    require(actor, NOTE)
    reason = with_reason(reason)
    one, two = sorted((case_view.find(work, actor, each) for each in (number, other)), key=lambda case: case.id)
    if one.id == two.id:
        raise CaseNotFound(number=other)
    now = office.clock.now()
    same = and_(ConsistencyNote.one_id == one.id, ConsistencyNote.other_id == two.id)
    row = work.session.scalar(select(ConsistencyNote).where(same).with_for_update())
    if row is None:
        row = ConsistencyNote(one_id=one.id, other_id=two.id)
        work.session.add(row)
    row.reason, row.noted_by, row.noted_at = reason, actor.id, now
    for case, beside in ((one, two), (two, one)):
        told = Event(
            "consistency", "noted", now, actor.id, turn.role_of(actor), {"with": beside.number}, {"why": reason}
        )
        turn.finish(office, work, case.id, told)


def _assessed(office: Office, reading: Reading, actor: Actor) -> list[Assessed]:
    """The newest cases in which something was found."""
    was_assessed = select(Grievance.case_id).where(Grievance.finding.is_not(None))
    of_office = Case.matter.not_in((own_initiative.MATTER, sight.FIRST_LINE_MATTER))
    query = select(Case).where(
        Case.id.in_(was_assessed), Case.received_at >= office.clock.now() - SINCE, of_office, *sight.limits(actor)
    )
    cases = reading.session.scalars(query.order_by(Case.id.desc()).limit(LOOKED_AT)).all()
    return _with_findings(office, reading, cases)


def _with_findings(office: Office, reading: Reading, cases: Sequence[Case]) -> list[Assessed]:
    ids = [case.id for case in cases]
    rows = (
        select(Grievance).where(Grievance.case_id.in_(ids), Grievance.finding.is_not(None)).order_by(Grievance.number)
    )
    grievances: dict[int, list[Grievance]] = {}
    for row in reading.session.scalars(rows):
        grievances.setdefault(row.case_id, []).append(row)
    told = select(Fact.case_id, Fact.value).where(Fact.case_id.in_(ids), Fact.name == THEME, Fact.replaced_at.is_(None))
    themes = {case_id: str(theme) for case_id, theme in reading.session.execute(told)}
    return [_one(case, themes.get(case.id, ""), grievances[case.id]) for case in cases if case.id in grievances]


def _one(case: Case, theme: str, grievances: Sequence[Grievance]) -> Assessed:
    # Who complained, about whom, and under which number says nothing of what happened.
    around = telling(f"{case.number} {case.complainant_name} {case.authority_name}")
    return Assessed(
        case_id=case.id,
        number=case.number,
        subject=case.subject,
        authority_key=case.authority_key or "",
        authority=case.authority_name,
        theme=theme,
        received_at=case.received_at,
        words=frozenset(telling(case.search_text) - around),
        findings=tuple(dict.fromkeys(str(each.finding) for each in grievances)),
        norms=tuple(sorted({int(norm) for each in grievances for norm in each.norms})),
        reasoning="\n\n".join(each.reasoning for each in grievances if each.reasoning),
    )


def _pairs(office: Office, reading: Reading, couples: Iterator[tuple[Assessed, Assessed]]) -> list[Pair]:
    found = [pair for one, other in couples if (pair := _pair(office, one, other)) is not None]
    notes = _notes(reading, {each.case_id for pair in found for each in (pair.one, pair.other)})
    known = [Pair(p.one, p.other, p.percent, p.why, p.differs, notes.get(_key(p.one, p.other))) for p in found]
    return sorted(known, key=lambda each: (-each.percent, each.one.number, each.other.number))


def _pair(office: Office, one: Assessed, other: Assessed) -> Pair | None:
    """None for two that are not alike, or ended alike."""
    differs = (
        *((FINDING,) if set(one.findings) != set(other.findings) else ()),
        *((NORMS,) if one.norms != other.norms else ()),
    )
    same_theme = bool(one.theme) and one.theme == other.theme
    same_service = bool(one.authority_key) and one.authority_key == other.authority_key
    if not differs or not (same_theme or same_service):
        return None
    percent = in_common(one.words, other.words)
    if percent < (ALIKE if same_theme and same_service else MORE_ALIKE):
        return None
    why = (
        *((f"zelfde thema: {label(office, THEMES, one.theme)}",) if same_theme else ()),
        *(("zelfde dienst",) if same_service else ()),
        f"{percent} % van de woorden gemeenschappelijk",
    )
    return Pair(one, other, percent, why, differs, None)


def _key(one: Assessed, other: Assessed) -> tuple[int, int]:
    return min(one.case_id, other.case_id), max(one.case_id, other.case_id)


def _notes(reading: Reading, ids: set[int]) -> Mapping[tuple[int, int], Noted]:
    query = select(ConsistencyNote).where(or_(ConsistencyNote.one_id.in_(ids), ConsistencyNote.other_id.in_(ids)))
    return {
        (row.one_id, row.other_id): Noted(row.reason, row.noted_by, row.noted_at)
        for row in reading.session.scalars(query)
    }
