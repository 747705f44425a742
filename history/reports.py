"""What became of each case, folded from the event log alone: the ground under every figure of an annual report.

A period counts what had happened by its end, so the same period gives the same figures for ever, whatever happens later.
Only what is not personal is read: nothing here is ever unsealed. A year is read in portions, so that who counts a large one can
tell how far it is, stop, and go on where it was.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, and_, column, exists, func, or_, select, text, values

from history.models import TERM_IS_SET, EventRow
from storage.unit_of_work import Reading

ZONE = ZoneInfo("Europe/Brussels")
# Before anything that can be in a history: where the reading of a year begins, for a term of it may have been set long before.
BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
# Events of a portion, and chains asked for at once.
PORTION, STREAMS = 5_000, 500
# Facts of a case; what people answer about a recommendation is known by the names of its fields, and the theme by that of its fact,
# whatever the step is called.
ACTIVITIES = ("case", "register", "deadline", "recommendation")
THEME, KIND, LANGUAGE, INQUIRY = "complaint.theme", "complainant.kind", "complaint.language", "inquiry.reason"
# What was told in a complaint, and found in it, of which a figure is made. All else is sealed, whatever its form says: it goes when a case is destroyed.
COUNTED = frozenset({THEME, KIND, LANGUAGE})
OF_COMPLAINT = ("complaint.", "complainant.", "first_line.", "court.", "assessment.")
ASKED = ('%"recommendation_%', f'%"{THEME}"%')
FIRST_LINE, OWN = "first_line", "office"
ADMITTED = ("admitted", "admissible")
SECOND = re.compile(r"_\d+$")  # a second deadline of one rule is called after it, with a number


def goes_with_key(fact: str) -> bool:
    """True for a fact that was told in a complaint, or found in it, and of which no figure is made."""
    return fact.startswith(OF_COMPLAINT) and fact not in COUNTED


@dataclass
class Term:
    """A deadline of a rule: the day it fell due, and the day on which it was met, or ended unmet because its case was closed."""

    rule: str
    due_on: date
    met_on: date | None = None
    lapsed_on: date | None = None

    @property
    def is_open(self) -> bool:
        return self.met_on is None and self.lapsed_on is None


@dataclass
class Asked:
    """A recommendation: the day it was made, and what was answered and done by the end of the period."""

    made_on: date
    answer: str = ""
    status: str = "open"


@dataclass
class Told:
    """What the history tells of one case. Every day is the office's own (Brussels); codes are those of the code lists."""

    received_on: date
    channel: str = ""
    language: str = ""
    matter: str = ""
    authority: str = ""
    body: str = ""
    transfer: str = ""
    decided_on: date | None = None
    admissibility: str = ""
    ground: str = ""
    closed_on: date | None = None
    closure_reason: str = ""
    assessed_on: date | None = None
    findings: list[Mapping[str, Any]] = field(default_factory=list)
    recommended: list[tuple[date, str]] = field(default_factory=list)
    answered: list[tuple[date, str]] = field(default_factory=list)
    # By its name, and the grievance it belongs to when it is not the whole case's.
    terms: dict[tuple[str, object], Term] = field(default_factory=dict)
    theme: str = ""
    kind: str = ""
    recommendations: dict[str, Asked] = field(default_factory=dict)
    # A complaint at a service itself: a file of that service, which has its own yearly figures.
    is_first_line: bool = False
    # A file the office opened by itself: nobody complained. `is_inquiry` when it looks into many complaints about a service.
    is_own: bool = False
    is_inquiry: bool = False

    @property
    def phase(self) -> str:
        """How far it came by the end of the period: the phases of the office's own reports."""
        if self.closed_on is not None:
            return "closed"
        if self.admissibility == "suspended":
            return "suspended"
        if self.assessed_on is not None:
            return "assessment"
        return "investigation" if self.admissibility in ADMITTED else "admissibility"


@dataclass(frozen=True)
class Portion:
    """A part of a year: each case of which the first event of the year lies in it, as it stood at the end, and where the next part
    begins. `untouched` are cases in which nothing happened in the year, but in which a term may have passed by.
    """

    cases: Sequence[Told]
    untouched: Sequence[Told]
    upto: datetime


def portion(reading: Reading, year: int, until: datetime, after: datetime) -> Portion:
    """The part of a year that begins `after`, BEGINNING for the first one; it is over when `upto` is `until`.

    However a year is cut in portions, each of its cases comes once. First come terms that were set before the year.
    """
    since = datetime(year, 1, 1, tzinfo=ZONE)
    if after < since:
        due = _falls_due(year)
        upto = _end(reading, due, after, since)
        found = _streams(reading, and_(due, EventRow.at >= after, EventRow.at < upto))
        others = _with(
            reading, found, or_(and_(EventRow.at >= since, EventRow.at < until), and_(EventRow.at < after, due))
        )
        silent = [stream for stream in found if stream not in others]
        return Portion((), list(_told(reading, silent, until)), upto)
    of_cases = EventRow.stream.startswith("case:")
    upto = _end(reading, of_cases, after, until)
    found = _streams(reading, and_(of_cases, EventRow.at >= after, EventRow.at < upto))
    before = _with(reading, found, and_(EventRow.at >= since, EventRow.at < after))
    return Portion(list(_told(reading, [stream for stream in found if stream not in before], until)), (), upto)


def events_before(reading: Reading, until: datetime) -> int:
    """How many events there are from before a moment. Since none is ever taken away or changed, the same number is the same events."""
    return reading.session.scalar(select(func.count()).select_from(EventRow).where(EventRow.at < until)) or 0


def _falls_due(year: int) -> ColumnElement[bool]:
    """A term was set to a day of this year. The index `ix_event_deadline` has just these events."""
    return and_(text(TERM_IS_SET), EventRow.data.like(f'%"due_on":"{year:04d}-%'))


def _end(reading: Reading, which: ColumnElement[bool], after: datetime, last: datetime) -> datetime:
    """Where a portion of these events ends."""
    query = select(EventRow.at).where(which, EventRow.at > after, EventRow.at < last).order_by(EventRow.at)
    return reading.session.scalar(query.offset(PORTION).limit(1)) or last


def _in_groups(streams: Sequence[str]) -> Iterator[Sequence[str]]:
    return (streams[at : at + STREAMS] for at in range(0, len(streams), STREAMS))


def _streams(reading: Reading, which: ColumnElement[bool]) -> list[str]:
    return list(reading.session.scalars(select(EventRow.stream).where(which).distinct()))


def _with(reading: Reading, streams: Sequence[str], which: ColumnElement[bool]) -> set[str]:
    """Those of these chains that have such an event; a chain is read no further than its first one."""
    found: set[str] = set()
    for some in _in_groups(streams):
        asked = values(column("stream", String), name="asked").data([(stream,) for stream in some]).cte("asked")
        has_one = exists().where(EventRow.stream == asked.c.stream, which)
        found.update(reading.session.scalars(select(asked.c.stream).where(has_one)))
    return found


def _told(reading: Reading, streams: Sequence[str], until: datetime) -> Iterator[Told]:
    """These cases as they stood at a moment."""
    said = or_(*(EventRow.data.like(each) for each in ASKED))
    for some in _in_groups(streams):
        query = (
            select(EventRow.stream, EventRow.at, EventRow.activity, EventRow.transition, EventRow.data)
            .where(EventRow.stream.in_(some), EventRow.at < until)
            .where(or_(EventRow.activity.in_(ACTIVITIES), and_(EventRow.transition == "completed", said)))
            .order_by(EventRow.stream, EventRow.seq)
        )
        for _, events in groupby(reading.session.execute(query), key=itemgetter(0)):
            told: Told | None = None
            for _, at, activity, transition, data in events:
                told = _folded(told, at.astimezone(ZONE).date(), (activity, transition), json.loads(data))
            if told is not None:
                yield told


def _folded(told: Told | None, on: date, what: tuple[str, str], data: Mapping[str, Any]) -> Told | None:
    """The case after one more event. What comes before it was received tells nothing."""
    if what == ("case", "received"):
        facts = data.get("facts") or {}
        channel, language = str(data.get("channel") or ""), str(facts.get(LANGUAGE) or "")
        theme, kind = str(facts.get(THEME) or ""), str(facts.get(KIND) or "")
        told = Told(on, channel, language, theme=theme, kind=kind, is_first_line=data.get("matter") == FIRST_LINE)
        told.is_own, told.is_inquiry = channel == OWN, INQUIRY in facts
        told.authority = str(data.get("authority") or "")
        return told
    if told is None:
        return None
    if what == ("register", "decided"):
        told.authority = str(data.get("authority") or "")
    elif what == ("case", "changed"):
        _change(told, on, data)
    elif what == ("case", "decided"):
        told.assessed_on, told.findings = on, list(data.get("findings") or [])
    elif what[0] == "deadline":
        _keep_time(told, on, what[1], data)
    elif what == ("recommendation", "changed") and "step" in data:
        asked = told.recommendations.setdefault(str(data["number"]), Asked(on))
        asked.answer, asked.status = str(data.get("answer") or ""), str(data.get("status") or asked.status)
    elif what[1] == "completed":
        _answered(told, on, data.get("answers") or {})
    return told


def _keep_time(told: Told, on: date, transition: str, data: Mapping[str, Any]) -> None:
    """A term was set or moved, or what had to happen happened: then every open term of that rule is met, whatever its number."""
    name, grievance = str(data.get("name")), data.get("grievance")
    rule = SECOND.sub("", name)
    if transition == "changed" and "due_on" in data:
        due_on = date.fromisoformat(data["due_on"])
        told.terms.setdefault((name, grievance), Term(rule, due_on)).due_on = due_on
    elif transition == "completed":
        for (_, of), term in told.terms.items():
            if term.rule == rule and of == grievance and term.is_open:
                term.met_on = on


def _change(told: Told, on: date, data: Mapping[str, Any]) -> None:
    for name, place in (("matter", "matter"), ("body", "body"), ("transfer", "transfer"), ("refusal_ground", "ground")):
        if isinstance(data.get(name), Mapping):
            setattr(told, place, str(data[name].get("new") or ""))
    if isinstance(data.get("admissibility"), Mapping):
        told.decided_on, told.admissibility = on, str(data["admissibility"].get("new") or "")
    if data.get("closed") is True:
        told.closed_on, told.closure_reason = on, str(data.get("closure_reason") or "")
        for term in told.terms.values():
            if term.is_open:  # nothing is due any more, also when the case goes on later
                term.lapsed_on = on
    elif data.get("closed") is False:
        told.closed_on, told.closure_reason = None, ""


def _answered(told: Told, on: date, answers: Mapping[str, Any]) -> None:
    theme = (answers.get("changed") or {}).get(THEME)
    if isinstance(theme, Mapping):
        told.theme = str(theme.get("new") or "")
    if answers.get("recommendation_kind"):
        told.recommended.append((on, str(answers["recommendation_kind"])))
    if answers.get("recommendation_answer"):
        told.answered.append((on, str(answers["recommendation_answer"])))


def said_of(reading: Reading, stream: str, activity: str) -> list[tuple[datetime, str, str, Mapping[str, Any]]]:
    """What a history says of one activity, in its order: when, what happened, by whom, and what is told openly of it."""
    query = (
        select(EventRow.at, EventRow.transition, EventRow.resource, EventRow.data)
        .where(EventRow.stream == stream, EventRow.activity == activity)
        .order_by(EventRow.seq)
    )
    return [(at, transition, who, json.loads(data)) for at, transition, who, data in reading.session.execute(query)]
