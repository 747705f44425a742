"""The rules of terms: versions that are data, each with its legal source and the day from which it holds.

A rule applies by the day from which the term counts: the newest version that held on that day. What began before the oldest version
follows the oldest one, since the office knows no other. The shipped versions (`workflows/deadlines/*.json`) are taken in at setup;
a newer shipped version of a rule that is there already waits as a plan, like the office's own (`tasks.deadlines.deadline_plans`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from cases.calendars import Calendar, Closing
from cases.counting import WORKING_DAYS
from cases.models import ClosingDay, DeadlineRule
from problems import Invalid
from storage.unit_of_work import Reading

COMPLAINANT, COURT_CASE = "complainant", "court_case"
PAUSES = (COMPLAINANT, COURT_CASE)  # what a clock may stand still for
TODAY = "today"  # counts from the day on which the term is started
_KNOWN = "deadline rules known in this transaction"


class UnknownRule(Invalid):
    """Deze termijnregel bestaat niet."""


@dataclass(frozen=True)
class Rule:
    """How a term is counted, in one version. `version` is kept with each date that came from it."""

    name: str
    label: str
    value: int
    unit: str
    source: str
    version: str
    valid_from: date
    counts_from: str = TODAY
    pauses_for: tuple[str, ...] = ()
    is_verified: bool = True


@dataclass(frozen=True)
class Rules:
    """Every version of every rule, the oldest first, and the office's calendar."""

    versions: Mapping[str, tuple[Rule, ...]]
    calendar: Calendar = field(default_factory=Calendar)

    @property
    def rules(self) -> dict[str, Rule]:
        """The newest version of each rule."""
        return {name: found[-1] for name, found in self.versions.items()}

    def get(self, name: str, on: date | None = None) -> Rule:
        """The version for a term that counts from this day; without a day the newest. Raises UnknownRule."""
        if name not in self.versions:
            raise UnknownRule(name=name, known=sorted(self.versions))
        found = self.versions[name]
        held = [rule for rule in found if on is None or rule.valid_from <= on]
        return held[-1] if held else found[0]

    def with_version(self, rule: Rule) -> "Rules":
        """As they would be with one version more."""
        return Rules({**self.versions, rule.name: _ordered([*self.versions.get(rule.name, ()), rule])}, self.calendar)

    def with_calendar(self, calendar: Calendar) -> "Rules":
        """As they would be with another calendar."""
        return Rules(self.versions, calendar)


def _ordered(found: Iterable[Rule]) -> tuple[Rule, ...]:
    """By the day from which they hold; of two with one day the one that came last counts."""
    return tuple(sorted(found, key=lambda rule: rule.valid_from))


@lru_cache(maxsize=4)
def load(folder: Path) -> Rules:
    """The rules and closing days of a folder, as they are shipped."""
    found: dict[str, list[Rule]] = {}
    closings: set[Closing] = set()
    for file in sorted(folder.glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        closings |= {closing_of(day) for day in content.get("closing_days", [])}
        for entry in content.get("rules", []):
            rule = rule_of(entry)
            found.setdefault(rule.name, []).append(rule)
    return Rules({name: _ordered(rules) for name, rules in found.items()}, Calendar(frozenset(closings)))


def rule_of(data: Mapping[str, Any]) -> Rule:
    """A rule from its JSON form."""
    return Rule(
        **{**data, "valid_from": date.fromisoformat(data["valid_from"]), "pauses_for": tuple(data["pauses_for"])}
    )


def closing_of(data: Mapping[str, Any]) -> Closing:
    """A closing day from its JSON form."""
    return Closing(date.fromisoformat(data["on"]), data["name"], bool(data.get("is_yearly")), data.get("source", ""))


def in_force(reading: Reading) -> Rules:
    """The versions in use and the office's calendar, asked once a transaction."""
    info: dict[object, Any] = reading.session.info
    if _KNOWN not in info:
        found: dict[str, list[Rule]] = {}
        for row in reading.session.scalars(select(DeadlineRule).order_by(DeadlineRule.id)):
            found.setdefault(row.name, []).append(_of_row(row))
        rules = {name: _ordered(versions) for name, versions in found.items()}
        is_asked = any(rule.unit == WORKING_DAYS for versions in rules.values() for rule in versions)
        info[_KNOWN] = Rules(rules, calendar(reading) if is_asked else Calendar())
    known: Rules = info[_KNOWN]
    return known


def forget(reading: Reading) -> None:
    """Rules or closing days changed in this transaction: whoever asks next sees it."""
    reading.session.info.pop(_KNOWN, None)


def calendar(reading: Reading) -> Calendar:
    """The office's closing days."""
    rows = reading.session.scalars(select(ClosingDay))
    return Calendar(frozenset(Closing(row.closed_on, row.name, row.is_yearly, row.source) for row in rows))


def _of_row(row: DeadlineRule) -> Rule:
    return Rule(
        name=row.name,
        label=row.label,
        value=row.value,
        unit=row.unit,
        source=row.source,
        version=row.version,
        valid_from=row.valid_from,
        counts_from=row.counts_from,
        pauses_for=tuple(row.pauses_for),
        is_verified=row.is_verified,
    )


def row_of(rule: Rule) -> DeadlineRule:
    """A version as a row, without who brought it."""
    return DeadlineRule(**{**vars(rule), "pauses_for": list(rule.pauses_for)})
