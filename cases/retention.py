"""How long a case is kept, by rules that are data, and the holds that keep it longer.

`workflows/retention/*.json`: years after the closing, per kind of matter, with a source and the day from which a rule holds. A hold
(a court asked for the file, an inquiry runs) wins from every rule for as long as it stands.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from dateutil.relativedelta import relativedelta
from sqlalchemy import and_, or_, select
from sqlalchemy.sql import ColumnElement

from cases.deadlines import ZONE, local_day
from cases.models import Case, LegalHold
from storage.unit_of_work import Reading

ANY = "*"


@dataclass(frozen=True)
class RetentionRule:
    """Cases of a matter are kept so many years after their closing. `ANY` is for every matter without a rule of its own."""

    matter: str
    years: int
    valid_from: date
    source: str
    is_verified: bool

    def until(self, closed_at: datetime) -> date:
        """The last day on which the case is kept."""
        return local_day(closed_at) + relativedelta(years=self.years)


@dataclass(frozen=True)
class Retention:
    """The rules that hold today: the newest of each matter."""

    rules: tuple[RetentionRule, ...]

    def of(self, matter: str) -> RetentionRule:
        """The rule of a matter."""
        own = [rule for rule in self.rules if rule.matter == matter]
        return own[0] if own else next(rule for rule in self.rules if rule.matter == ANY)

    def is_over(self, today: date) -> ColumnElement[bool]:
        """For a query: cases that were closed so long ago that their time is over."""
        own = [rule for rule in self.rules if rule.matter != ANY]
        each = [and_(Case.matter == rule.matter, Case.closed_at < _before(rule, today)) for rule in own]
        others = and_(Case.matter.not_in([rule.matter for rule in own]), Case.closed_at < _before(self.of(ANY), today))
        return or_(*each, others)


def _before(rule: RetentionRule, today: date) -> datetime:
    """Cases closed before this moment are over today. The day itself is still kept."""
    day = today - relativedelta(years=rule.years)
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


@lru_cache(maxsize=8)
def load(folder: Path, today: date) -> Retention:
    """The rules of a folder that hold on a day; one for any matter is always among them."""
    found: dict[str, RetentionRule] = {}
    for file in sorted(folder.glob("*.json")):
        for entry in json.loads(file.read_text(encoding="utf-8"))["rules"]:
            rule = RetentionRule(**{**entry, "valid_from": date.fromisoformat(entry["valid_from"])})
            known = found.get(rule.matter)
            if rule.valid_from <= today and (known is None or known.valid_from < rule.valid_from):
                found[rule.matter] = rule
    return Retention(tuple(found.values()))


def holds(reading: Reading, case_id: int) -> Sequence[LegalHold]:
    """Every hold of a case, the newest first."""
    query = select(LegalHold).where(LegalHold.case_id == case_id).order_by(LegalHold.id.desc())
    return list(reading.session.scalars(query))


def is_held() -> ColumnElement[bool]:
    """For a query over cases: a hold stands."""
    return select(LegalHold.id).where(LegalHold.case_id == Case.id, LegalHold.lifted_at.is_(None)).exists()
