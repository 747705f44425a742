"""Dates as people say them: 'ma 23 november 2026', 'nog 3 dagen (do 26 november)'. Days are days in Brussels."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date, format_timedelta

from cases.deadlines import ZONE, local_day
from web import catalogues


@dataclass(frozen=True)
class Until:
    """A deadline seen from today. `state` is late, today, soon (three days or less) or later; `days` may be negative."""

    days: int
    state: str
    words: str
    on: date


def as_day(value: datetime | date) -> date:
    """The calendar day in Brussels."""
    return local_day(value) if isinstance(value, datetime) else value


def day(value: datetime | date | str | None, language: str = "nl") -> str:
    """'ma 23 november 2026'; empty for nothing."""
    if not value:
        return ""
    found = date.fromisoformat(value[:10]) if isinstance(value, str) else as_day(value)
    return _written(found, "MMMM y", language)


def _written(on: date, rest: str, language: str) -> str:
    """In German the day is an ordinal: `Mo 5. Januar`."""
    weekday = format_date(on, "EEE", locale=language).replace(".", "")
    return f"{weekday} {on.day}{'.' if language == 'de' else ''} {format_date(on, rest, locale=language)}"


def moment(value: datetime | None, language: str = "nl") -> str:
    """'ma 23 november 2026 om 14:02'."""
    if value is None:
        return ""
    return f"{day(value, language)}, {_brussels(value):%H:%M}"


def length(value: timedelta, language: str = "nl") -> str:
    """'3 dagen', '5 minuten': how long something took, in its largest unit."""
    return format_timedelta(value, locale=language)


def clock_time(value: datetime) -> str:
    """'14:02' in Brussels."""
    return f"{_brussels(value):%H:%M}"


def until(due: datetime | date, now: datetime, language: str = "nl") -> Until:
    """How far a deadline is."""
    on = as_day(due)
    days = (on - local_day(now)).days
    shown = _written(on, "MMMM", language)
    told = catalogues.of(language)
    if days < 0:
        late = told.ngettext("%(num)s dag te laat", "%(num)s dagen te laat", -days) % {"num": -days}
        return Until(days, "late", f"{late} ({shown})", on)
    if days == 0:
        return Until(0, "today", f"{told.gettext('vandaag')} ({shown})", on)
    left = told.ngettext("nog %(num)s dag", "nog %(num)s dagen", days) % {"num": days}
    return Until(days, "soon" if days <= 3 else "later", f"{left} ({shown})", on)


def _brussels(value: datetime) -> datetime:
    return value.astimezone(ZONE)
