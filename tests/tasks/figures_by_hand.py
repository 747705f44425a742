"""The figures of a year counted once more, from the events alone and in another way: for each question a walk over whole histories.

Written from what annual reports tabulate (contacts, files, admissibility, referrals, findings, norms, remedies, handling time, terms,
recommendations), not from the code that counts: it loads everything, folds nothing, and asks each case each question apart.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from history.models import EventRow
from storage.unit_of_work import Reading

BRUSSELS = ZoneInfo("Europe/Brussels")
Cells = dict[tuple[str, str], int]


class Happened(NamedTuple):
    """One event: the day in Brussels, what, and what it says."""

    on: date
    what: str
    data: dict[str, Any]


class Life:
    """Everything that happened in one case by the end of a year."""

    def __init__(self, events: list[Happened]) -> None:
        self.events = events
        begin = next(each for each in events if each.what == "case.received")
        self.received = begin.on
        self.begin = begin.data

    def all(self, what: str) -> list[Happened]:
        return [each for each in self.events if each.what == what]

    def last(self, what: str, name: str) -> Happened | None:
        """The last time something was changed to another value."""
        found = [each for each in self.all(what) if isinstance(each.data.get(name), dict)]
        return found[-1] if found else None

    def value(self, name: str) -> str:
        changed = self.last("case.changed", name)
        return str(changed.data[name].get("new") or "") if changed else ""

    @property
    def closing(self) -> Happened | None:
        """When it was closed, unless it goes on since."""
        found = [each for each in self.all("case.changed") if each.data.get("closed") in (True, False)]
        return found[-1] if found and found[-1].data["closed"] else None

    @property
    def authority(self) -> str:
        named = self.all("register.decided")
        return (named[-1].data if named else self.begin).get("authority") or "onbekend"

    @property
    def theme(self) -> str:
        theme = (self.begin.get("facts") or {}).get("complaint.theme")
        for each in self.events:
            changed = ((each.data.get("answers") or {}).get("changed") or {}).get("complaint.theme")
            if each.what.endswith(".completed") and isinstance(changed, dict):
                theme = changed.get("new")
        return theme or "onbekend"

    @property
    def assessments(self) -> list[Happened]:
        return self.all("case.decided")

    @property
    def is_own(self) -> bool:
        return self.begin.get("channel") == "office"

    def terms(self) -> Iterator[tuple[str, date, date | None, date | None]]:
        """Of each term: its rule, the day it was due in the end, when it was met, and when its case closed before that."""
        for key in dict.fromkeys(_term(each) for each in self.all("deadline.changed") if "due_on" in each.data):
            mine = [at for at, each in enumerate(self.events) if each.what == "deadline.changed" and _term(each) == key]
            begun = mine[0]
            due = date.fromisoformat(
                [self.events[at] for at in mine if "due_on" in self.events[at].data][-1].data["due_on"]
            )
            ended = next((each for each in self.events[begun:] if _ends(each, key)), None)
            is_met = ended is not None and ended.what == "deadline.completed"
            on = ended.on if ended else None
            yield _rule(key[0]), due, on if is_met else None, on if not is_met else None


def _term(event: Happened) -> tuple[str, object]:
    return str(event.data.get("name")), event.data.get("grievance")


def _rule(name: str) -> str:
    head, _, tail = name.rpartition("_")
    return head if tail.isdigit() else name


def _ends(event: Happened, key: tuple[str, object]) -> bool:
    if event.what == "case.changed":
        return event.data.get("closed") is True
    name, grievance = _term(event)
    return event.what == "deadline.completed" and _rule(name) == _rule(key[0]) and grievance == key[1]


def lives(reading: Reading, until: datetime) -> list[Life]:
    """Every case of which something is known by then, without the services' own."""
    found: dict[str, list[Happened]] = defaultdict(list)
    query = select(EventRow).where(EventRow.stream.like("case:%"), EventRow.at < until)
    for row in reading.session.scalars(query.order_by(EventRow.stream, EventRow.seq)):
        day = row.at.astimezone(BRUSSELS).date()
        found[row.stream].append(Happened(day, f"{row.activity}.{row.transition}", json.loads(row.data)))
    begun = (events for events in found.values() if any(each.what == "case.received" for each in events))
    return [life for life in map(Life, begun) if life.begin.get("matter") != "first_line"]


def figures(reading: Reading, year: int, until: datetime) -> dict[str, Cells]:
    """Every table of a year by its key: its numbers by the code of their line and column. What is nought is left out."""
    every = lives(reading, until)
    today = until.astimezone(BRUSSELS).date()
    counted: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for life in every:
        for table, row, column, many in _told(life, year, today):
            counted[table][row, column] += many
    return {table: {cell: many for cell, many in cells.items() if many} for table, cells in counted.items()}


Told = tuple[str, str, str, int]


def _told(life: Life, year: int, today: date) -> Iterator[Told]:
    asked: tuple[Callable[[Life, int], Iterator[Told]], ...] = (_assessed, _recommended)
    if not life.is_own:
        asked = (_received, _phase, _decided, _closed, *asked)
    elif "inquiry.reason" in (life.begin.get("facts") or {}):
        asked = (_own, *asked)
    for question in asked:
        yield from question(life, year)
    yield from _timed(life, year, today)


def _received(life: Life, year: int) -> Iterator[Told]:
    if life.received.year != year:
        return
    facts = life.begin.get("facts") or {}
    yield "channels", life.begin.get("channel") or "onbekend", life.value("matter") or "onbekend", 1
    yield "languages", facts.get("complaint.language") or "onbekend", "cases", 1
    yield "people", facts.get("complainant.kind") or "onbekend", "cases", 1
    yield "authorities", life.authority, "received", 1
    yield "themes", life.theme, "received", 1


def _phase(life: Life, year: int) -> Iterator[Told]:
    if any(each.on.year == year for each in life.events):
        outcome = life.value("admissibility")
        phase = "investigation" if outcome in ("admitted", "admissible") else "admissibility"
        phase = "assessment" if life.assessments else phase
        phase = "suspended" if outcome == "suspended" else phase
        yield "phases", "closed" if life.closing else phase, "cases", 1


def _decided(life: Life, year: int) -> Iterator[Told]:
    decided = life.last("case.changed", "admissibility")
    if decided is not None and decided.on.year == year:
        yield "admissibility", life.value("admissibility"), "cases", 1
        if life.value("refusal_ground"):
            yield "grounds", life.value("refusal_ground"), "cases", 1


def _closed(life: Life, year: int) -> Iterator[Told]:
    if life.closing is None or life.closing.on.year != year:
        return
    days = (life.closing.on - life.received).days
    yield "days", str(days), "", 1
    yield "closures", life.closing.data.get("closure_reason") or "onbekend", "cases", 1
    bands = {"under_3_months": days < 91, "3_to_12_months": days < 365, "12_to_18_months": days < 548}
    yield "bands", next((band for band, is_it in bands.items() if is_it), "over_18_months"), "cases", 1
    if life.value("transfer") in ("forward", "refer") and life.value("body"):
        yield "transfers", life.value("body"), life.value("transfer"), 1


def _own(life: Life, year: int) -> Iterator[Told]:
    yield "own", "inquiry", "begun", int(life.received.year == year)
    yield "own", "inquiry", "ended", int(life.closing is not None and life.closing.on.year == year)


def _assessed(life: Life, year: int) -> Iterator[Told]:
    if not life.assessments or life.assessments[-1].on.year != year:
        return
    for finding in life.assessments[-1].data["findings"]:
        norms, code = finding.get("norms") or [], finding.get("finding") or "onbekend"
        yield "findings", code, "grievances", 1
        yield "remedies", finding.get("remedy") or "onbekend", "grievances", 1
        for norm in norms:
            yield "norms", str(norm), "times", 1
        yield "themes", life.theme, "norms", len(norms)
        for table, row in (("themes", life.theme), ("authorities", life.authority)):
            yield table, row, "assessed", 1
            yield table, row, "founded", int(code in ("gegrond", "deels_gegrond"))


def _recommended(life: Life, year: int) -> Iterator[Told]:
    for each in life.events:
        said = each.data.get("answers") or {}
        if each.what.endswith(".completed") and each.on.year == year and said.get("recommendation_kind"):
            yield "recommended", said["recommendation_kind"], "recommendations", 1
        if each.what.endswith(".completed") and each.on.year == year and said.get("recommendation_answer"):
            yield "answered", said["recommendation_answer"], "answers", 1
    kept = [each for each in life.all("recommendation.changed") if "step" in each.data]
    is_touched = any(each.on.year == year for each in life.events)
    for number in dict.fromkeys(str(each.data["number"]) for each in kept):
        steps = [each for each in kept if str(each.data["number"]) == number]
        table = "advice" if steps[0].on.year == year else "earlier_advice" if is_touched else ""
        columns = {"made", steps[-1].data.get("answer"), steps[-1].data.get("status")} - {"open", None, ""}
        for column in columns if table else ():
            yield table, life.authority, str(column), 1


def _timed(life: Life, year: int, today: date) -> Iterator[Told]:
    for rule, due, met, lapsed in life.terms():
        if met is not None:
            how, on = "kept" if met <= due else "late", met
        elif lapsed is not None and lapsed <= due:
            how, on = "lapsed", lapsed
        else:
            how, on = "missed" if due < today else "open", due
        if on.year == year:
            yield "terms", rule, how, 1
            if rule == "service_answer_by":
                yield "answer_times", life.authority, how, 1
