"""Cases that are alike and ended differently: does the same get the same answer here, and if not, is the difference right?

In: who looks. Out: assessed cases, newest first, each beside those before it that are likest and ended differently, with why they are
alike, in what they differ, and what a handler noted about that. Cases are alike when they are about one theme or one service and much
of what was told has the same words. Every assessed case comes by, a page at a time; each is laid beside the BESIDE before it of its
service and as many of its theme, so a page costs the same however old the office is. Only cases the asker may see. A note is kept,
once a pair, and in the history of both cases. Refuses with NotAllowed, CaseNotFound, ReasonMissing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select, union_all

from cases.models import Case, Grievance
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
from tasks.joined.clusters import THEMES
from tasks.office import Office
from tasks.operating.mending import with_reason

READ, NOTE = "consistency.read", "consistency.note"
# What is asked, and how it is answered, changes: cases further apart are not laid beside each other.
NEAR = timedelta(days=730)
# Cases a page looks at, others each is laid beside, pairs shown of each, and pairs after which a page ends.
PORTION, BESIDE, SHOWN, ENOUGH = 100, 100, 3, 50
# Of another service or theme, more must be alike.
MORE_ALIKE = 25
FINDING, NORMS = "oordeel", "normen"
BY_SERVICE, BY_THEME = Case.authority_key, Case.assessed_theme
# What is read of a case: hundreds are, for a page.
COLUMNS = (
    *(Case.id, Case.number, Case.subject, Case.authority_key, Case.authority_name, Case.assessed_theme),
    *(Case.received_at, Case.search_text, Case.complainant_name),
)


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
    told: str
    complainant: str
    findings: tuple[str, ...]
    norms: tuple[int, ...]
    reasoning: str

    @cached_property
    def words(self) -> AbstractSet[str]:
        """What was told, by its words. Who complained, about whom, and under which number says nothing of what happened."""
        return telling(self.told) - telling(f"{self.number} {self.complainant} {self.authority}")


@dataclass(frozen=True)
class Noted:
    """Why a difference is right, or that it was not."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Pair:
    """Two cases beside each other, the later one first. `why` and `differs` in words."""

    one: Assessed
    other: Assessed
    percent: int
    why: tuple[str, ...]
    differs: tuple[str, ...]
    noted: Noted | None


@dataclass(frozen=True)
class Page:
    """The pairs of some cases, at most SHOWN of each. `until` is the oldest case that was looked at; `next` where the following page
    begins, 0 when every case came by."""

    pairs: Sequence[Pair]
    until: Assessed | None
    next: int


def page(office: Office, reading: Reading, actor: Actor, *, is_open: bool, after: int = 0) -> Page:
    """What stands out among the cases before `after`, or among the newest; `is_open` leaves out what somebody wrote about already."""
    require(actor, READ)
    looked_at, more = _portion(reading, actor, after)
    found = _pairs(office, reading, _before(reading, actor, looked_at))
    pairs = _likest([each for each in found if each.noted is None or not is_open])
    if len(pairs) > ENOUGH:  # the case that makes it enough is the last one
        last = pairs[ENOUGH - 1].one
        shown = [each for each in pairs if each.one.case_id >= last.case_id]
        return Page(shown, last, last.case_id)
    return Page(pairs, looked_at[-1] if looked_at else None, more)


def of_case(office: Office, reading: Reading, actor: Actor, case: Case) -> tuple[Assessed | None, list[Pair]]:
    """What was found in a case, and beside it those before and after it that are alike and ended differently, likest first."""
    require(actor, READ)
    (mine, *_) = [*_found(reading, Case.id == case.id), None]
    if mine is None:
        return None, []
    ids = [
        _nearest(actor, column, value, case.id, is_before)
        for column, value in ((BY_SERVICE, mine.authority_key), (BY_THEME, mine.theme))
        for is_before in (True, False)
        if value
    ]
    others = _found(reading, _any_of(ids)) if ids else ()
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


def _portion(reading: Reading, actor: Actor, after: int) -> tuple[list[Assessed], int]:
    """The next assessed cases, newest first, and where those after them begin; 0 when there are none."""
    query = select(Case.id).where(Case.assessed_theme.is_not(None), *sight.limits(actor))
    if after:
        query = query.where(Case.id < after)
    ids = reading.session.scalars(query.order_by(Case.id.desc()).limit(PORTION + 1)).all()
    return _found(reading, Case.id.in_(ids[:PORTION])), ids[PORTION - 1] if len(ids) > PORTION else 0


def _before(reading: Reading, actor: Actor, looked_at: Sequence[Assessed]) -> Iterator[tuple[Assessed, Assessed]]:
    """Each of these with those before it that may be like it: of its service, and of its theme. Independent of where a page begins."""
    ids = []
    for column, of in ((BY_SERVICE, _service), (BY_THEME, _theme)):
        for value in {of(each) for each in looked_at} - {""}:
            mine = [each.case_id for each in looked_at if of(each) == value]
            ids.append(_nearest(actor, column, value, max(mine), is_before=True, many=BESIDE + len(mine)))
    groups: dict[tuple[str, str], list[Assessed]] = {}
    for other in _found(reading, _any_of(ids)) if ids else ():
        groups.setdefault(("service", other.authority_key), []).append(other)
        groups.setdefault(("theme", other.theme), []).append(other)
    for one in looked_at:
        near: dict[int, Assessed] = {}
        for key in (("service", one.authority_key), ("theme", one.theme)):
            earlier = [other for other in groups.get(key, ()) if other.case_id < one.case_id] if key[1] else []
            near |= {other.case_id: other for other in earlier[:BESIDE]}
        yield from ((one, other) for other in near.values())


def _service(case: Assessed) -> str:
    return case.authority_key


def _theme(case: Assessed) -> str:
    return case.theme


def _nearest(actor: Actor, column: Any, value: str, case_id: int, is_before: bool, many: int = BESIDE) -> Select[int]:
    """The assessed cases of one service or theme next to a case: a walk along an index."""
    side, order = (Case.id < case_id, Case.id.desc()) if is_before else (Case.id > case_id, Case.id)
    query = select(Case.id).where(column == value, Case.assessed_theme.is_not(None), side, *sight.limits(actor))
    return query.order_by(order).limit(many)


def _any_of(queries: Sequence[Select[int]]) -> ColumnElement[bool]:
    """The case is found by one of these."""
    every = union_all(*(select(each.subquery().c.id) for each in queries)).subquery()
    return Case.id.in_(select(every.c.id))


def _found(reading: Reading, which: ColumnElement[bool]) -> list[Assessed]:
    """The cases of which this holds and in which something was found, newest first."""
    cases = reading.session.execute(select(*COLUMNS).where(which).order_by(Case.id.desc())).all()
    rows = select(Grievance.case_id, Grievance.finding, Grievance.norms, Grievance.reasoning).where(
        Grievance.case_id.in_([case.id for case in cases]), Grievance.finding.is_not(None)
    )
    grievances: dict[int, list[Any]] = {}
    for row in reading.session.execute(rows.order_by(Grievance.case_id, Grievance.number)):
        grievances.setdefault(row.case_id, []).append(row)
    return [_one(case, grievances[case.id]) for case in cases if case.id in grievances]


def _one(case: Any, grievances: Sequence[Any]) -> Assessed:
    return Assessed(
        case_id=case.id,
        number=case.number,
        subject=case.subject,
        authority_key=case.authority_key or "",
        authority=case.authority_name,
        theme=case.assessed_theme or "",
        received_at=case.received_at,
        told=case.search_text,
        complainant=case.complainant_name,
        findings=tuple(dict.fromkeys(str(each.finding) for each in grievances)),
        norms=tuple(sorted({int(norm) for each in grievances for norm in each.norms})),
        reasoning="\n\n".join(each.reasoning for each in grievances if each.reasoning),
    )


def _pairs(office: Office, reading: Reading, couples: Iterable[tuple[Assessed, Assessed]]) -> list[Pair]:
    """Those that are alike and ended differently: of the newest case first, and likest first."""
    found = [pair for one, other in couples if (pair := _pair(office, one, other)) is not None]
    notes = _notes(reading, {each.case_id for pair in found for each in (pair.one, pair.other)}) if found else {}
    known = [Pair(p.one, p.other, p.percent, p.why, p.differs, notes.get(_key(p.one, p.other))) for p in found]
    return sorted(known, key=lambda each: (-each.one.case_id, -each.percent, -each.other.case_id))


def _likest(pairs: Sequence[Pair]) -> list[Pair]:
    """At most SHOWN of each case: whoever wants the others looks at that case."""
    shown: list[Pair] = []
    for pair in pairs:
        if len(shown) < SHOWN or shown[-SHOWN].one.case_id != pair.one.case_id:
            shown.append(pair)
    return shown


def _pair(office: Office, one: Assessed, other: Assessed) -> Pair | None:
    """None for two that are not alike, or ended alike."""
    differs = (
        *((FINDING,) if set(one.findings) != set(other.findings) else ()),
        *((NORMS,) if one.norms != other.norms else ()),
    )
    if not differs or abs(one.received_at - other.received_at) > NEAR:
        return None
    same_theme = bool(one.theme) and one.theme == other.theme
    same_service = bool(one.authority_key) and one.authority_key == other.authority_key
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
    query = select(ConsistencyNote).where(ConsistencyNote.one_id.in_(ids), ConsistencyNote.other_id.in_(ids))
    return {
        (row.one_id, row.other_id): Noted(row.reason, row.noted_by, row.noted_at)
        for row in reading.session.scalars(query)
    }
