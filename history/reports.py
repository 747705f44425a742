"""What became of each case, folded from the event log alone: the ground under every figure of an annual report.

A period counts what had happened by its end, so the same period gives the same figures for ever, whatever happens later.
Only what is not personal is read: nothing here is ever unsealed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from history.models import EventRow
from storage.unit_of_work import Reading

ZONE = ZoneInfo("Europe/Brussels")
# Facts of a case; what people answer about a recommendation is known by the names of its fields, and the theme by that of its fact,
# whatever the step is called.
ACTIVITIES = ("case", "register", "deadline", "recommendation")
THEME, KIND, LANGUAGE, INQUIRY = "complaint.theme", "complainant.kind", "complaint.language", "inquiry.reason"
# What a complaint told of which a figure is made. All else it told is sealed, whatever its form says of it: it goes when a case is destroyed.
COUNTED, OF_COMPLAINT = frozenset({THEME, KIND, LANGUAGE}), ("complaint.", "complainant.", "first_line.", "court.")
ASKED = ('%"recommendation_%', f'%"{THEME}"%')
AT_ONCE = 1000
FIRST_LINE, OWN = "first_line", "office"
ADMITTED = ("admitted", "admissible")


def goes_with_key(fact: str) -> bool:
    """True for what a complaint told and no figure is made of."""
    return fact.startswith(OF_COMPLAINT) and fact not in COUNTED


@dataclass
class Term:
    """A deadline: the day it fell due, and the day on which it was met."""

    due_on: date
    met_on: date | None = None


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


def cases(reading: Reading, since: datetime, until: datetime) -> Iterator[Told]:
    """Every case in which something happened in a period, as it stood at the end of it; in the order of their streams."""
    touched = select(EventRow.stream).where(EventRow.at >= since, EventRow.at < until, EventRow.stream.like("case:%"))
    query = (
        select(EventRow.stream, EventRow.at, EventRow.activity, EventRow.transition, EventRow.data)
        .where(EventRow.stream.in_(touched), EventRow.at < until)
        .where(or_(EventRow.activity.in_(ACTIVITIES), *(EventRow.data.like(each) for each in ASKED)))
        .order_by(EventRow.stream, EventRow.seq)
    )
    rows = reading.session.execute(query.execution_options(yield_per=AT_ONCE))
    for _, events in groupby(rows, key=itemgetter(0)):
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
    elif what == ("deadline", "changed") and "due_on" in data:
        told.terms[_term(data)] = Term(date.fromisoformat(data["due_on"]))
    elif what == ("deadline", "completed") and (term := told.terms.get(_term(data))) is not None:
        term.met_on = on
    elif what == ("recommendation", "changed") and "step" in data:
        asked = told.recommendations.setdefault(str(data["number"]), Asked(on))
        asked.answer, asked.status = str(data.get("answer") or ""), str(data.get("status") or asked.status)
    elif what[1] == "completed":
        _answered(told, on, data.get("answers") or {})
    return told


def _term(data: Mapping[str, Any]) -> tuple[str, object]:
    return str(data.get("name")), data.get("grievance")


def _change(told: Told, on: date, data: Mapping[str, Any]) -> None:
    for name, place in (("matter", "matter"), ("body", "body"), ("transfer", "transfer"), ("refusal_ground", "ground")):
        if isinstance(data.get(name), Mapping):
            setattr(told, place, str(data[name].get("new") or ""))
    if isinstance(data.get("admissibility"), Mapping):
        told.decided_on, told.admissibility = on, str(data["admissibility"].get("new") or "")
    if data.get("closed") is True:
        told.closed_on, told.closure_reason = on, str(data.get("closure_reason") or "")
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
