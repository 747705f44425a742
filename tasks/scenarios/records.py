"""Reading a file of complaints: one record of JSON per line, as the office's example files are written.

A record falls apart in what is told (given to the office), what people judge (answered in their forms), what people do
afterwards (the script), and what is expected. Only `comparison` and `signposting` read the last.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from cases.deadlines import ZONE, local_day
from problems import Invalid
from tasks.scenarios import deed_words

NOON = time(12)
REQUIRED = ("id", "received_at", "channel", "filer", "subject", "body", "services")


class RecordNotReadable(Invalid):
    """Deze regel is geen klacht die wij kunnen lezen."""


@dataclass(frozen=True)
class Verdict:
    """What people judge of one grievance at the assessment. `authority` is empty for the main one."""

    authority: str
    finding: str | None
    remedy: str | None
    norms: tuple[int, ...]


@dataclass(frozen=True)
class Judged:
    """Everything people judge: the matter and urgency at intake, the verdicts at the assessment."""

    matter: str
    is_urgent: bool
    main: Verdict
    parts: tuple[Verdict, ...] = ()


@dataclass(frozen=True)
class Act:
    """One line of the script: who does what, and when (at noon of that day, never before the receipt)."""

    at: datetime
    days: int
    who: str
    does: str
    details: Mapping[str, Any]

    def text(self, *names: str) -> str:
        """The words of the act: the first of these details that is there, else all of them, else the verb in words."""
        for name in names:
            if self.details.get(name):
                return _words(self.details[name])
        return self.told or deed_words.of(self.does)

    @property
    def told(self) -> str:
        """What the details say; a yes or no among them says nothing without its question."""
        values = (value for value in self.details.values() if value and not isinstance(value, bool))
        return "; ".join(_words(value) for value in values)

    def number(self, name: str, otherwise: int) -> int:
        value = self.details.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


@dataclass(frozen=True)
class Record:
    """One complaint. `told` is the record without script and expectation."""

    id: str
    received_at: datetime
    told: Mapping[str, Any]
    judged: Judged
    script: tuple[Act, ...]
    expected: Mapping[str, Any]

    @property
    def received_on(self) -> date:
        return local_day(self.received_at)

    def moved(self, days: int) -> "Record":
        """The same complaint some days later: every date it names moves along. For demonstrations."""
        told = _moved(self.told, days)
        script = tuple(replace(act, at=act.at + timedelta(days=days)) for act in self.script)
        return replace(self, received_at=self.received_at + timedelta(days=days), told=told, script=script)


def _moved(value: Any, days: int) -> Any:
    """Dates inside a record, days later; whatever is not a date stays."""
    if isinstance(value, Mapping):
        return {name: _moved(item, days) for name, item in value.items()}
    if isinstance(value, str) and len(value) == len("2026-01-01"):
        try:
            return (date.fromisoformat(value) + timedelta(days=days)).isoformat()
        except ValueError:
            return value
    return value


def read(file: Path) -> list[Record]:
    """Every record of a file, in its order. Raises RecordNotReadable with the line."""
    records = []
    # Only a line feed ends a record: other line separators may stand inside a text.
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").split("\n"), start=1):
        if line.strip():
            records.append(_record(line, number))
    return records


def _record(line: str, number: int) -> Record:
    try:
        given = json.loads(line)
        missing = [name for name in REQUIRED if name not in given]
        received_at = datetime.fromisoformat(given["received_at"])
        expected = given.get("expected") or {}
        script = tuple(_act(step, received_at) for step in given.get("script") or [])
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise RecordNotReadable(line=number, reason=str(problem)) from problem
    if missing or received_at.tzinfo is None:
        raise RecordNotReadable(line=number, missing=missing)
    told = {name: value for name, value in given.items() if name not in ("script", "expected")}
    return Record(str(given["id"]), received_at, told, _judged(expected), script, expected)


def _judged(expected: Mapping[str, Any]) -> Judged:
    """The judgements of people, and nothing else of what is expected."""
    parts = tuple(_verdict(part, str(part.get("service") or "")) for part in expected.get("grievances") or [])
    return Judged(str(expected.get("type") or "complaint"), bool(expected.get("urgent")), _verdict(expected, ""), parts)


def _verdict(given: Mapping[str, Any], authority: str) -> Verdict:
    return Verdict(authority, given.get("finding"), given.get("remedy"), tuple(given.get("norms") or ()))


def _act(step: Mapping[str, Any], received_at: datetime) -> Act:
    days = int(step["after_days"])
    at = datetime.combine(local_day(received_at) + timedelta(days=days), NOON, ZONE)
    details = {**(step.get("with") or {}), **{k: v for k, v in step.items() if k in ("grievance", "redacted")}}
    return Act(max(at, received_at), days, str(step["who"]), str(step["does"]), details)


def _words(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_words(item) for item in value)
    return str(value)
