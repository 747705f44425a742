"""The office's calendar: which days are working days, and what the other days are called.

Public holidays come from the library `holidays` (Belgium, public holidays only: its school holidays are nobody's day off here).
The office's own closing days, such as 11 July, are rows: the library does not know them as days off. Days are days in Brussels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import holidays

ZONE = ZoneInfo("Europe/Brussels")
SATURDAY = 5
# The library knows English only as it is written in the United States.
LANGUAGES = {"en": "en_US"}


@dataclass(frozen=True)
class Closing:
    """A day on which the office is closed; `is_yearly` means that day of every year from then on."""

    on: date
    name: str
    is_yearly: bool = False
    source: str = ""


@dataclass(frozen=True)
class Calendar:
    """The days on which a term in working days counts."""

    closings: frozenset[Closing] = frozenset()

    def name_of(self, day: date) -> str | None:
        """What a day off is called in Dutch; None for a working day, and for a weekend without a name."""
        return public_holidays(day.year).get(day) or self.closing_name(day)

    def closing_name(self, day: date) -> str | None:
        """The office's own name of a day on which it is closed."""
        return self._once.get(day) or next((name for since, name in self._yearly(day) if since <= day.year), None)

    def is_working(self, day: date) -> bool:
        """Monday to Friday, no public holiday, and the office is not closed."""
        return day.weekday() < SATURDAY and self.name_of(day) is None

    def first_working(self, day: date) -> date:
        """This day, or the first working day after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    @cached_property
    def _once(self) -> Mapping[date, str]:
        return {each.on: each.name for each in self.closings if not each.is_yearly}

    @cached_property
    def _every_year(self) -> Mapping[tuple[int, int], list[tuple[int, str]]]:
        found: dict[tuple[int, int], list[tuple[int, str]]] = {}
        for each in sorted(self.closings, key=lambda closing: (closing.on, closing.name)):
            if each.is_yearly:
                found.setdefault((each.on.month, each.on.day), []).append((each.on.year, each.name))
        return found

    def _yearly(self, day: date) -> list[tuple[int, str]]:
        return self._every_year.get((day.month, day.day), [])


@lru_cache(maxsize=512)
def public_holidays(year: int, language: str = "nl") -> Mapping[date, str]:
    """The public holidays of Belgium in a year, with their names in a language of the office."""
    return dict(holidays.country_holidays("BE", years=year, language=LANGUAGES.get(language, language)))


def day_typed(text: str) -> date | None:
    """The day somebody typed or chose (ISO 8601); None when it is none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def local_day(instant: datetime) -> date:
    """The office's own day at an instant."""
    return instant.astimezone(ZONE).date()
