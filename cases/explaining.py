"""The sentence that says how a date came about: how many days, from when, what was passed over, how long the clock stood still.

In Dutch for the file and the history, and for citizens in the language they read. The Dutch text is the id of a message, as on the pages.
"""

from datetime import date
from gettext import NullTranslations

from babel.dates import format_date

from cases.calendars import public_holidays
from cases.counting import CALENDAR_DAYS, MONTHS, WORKING_DAYS, Reckoning, Stop

# The sentence begins with one of these. What citizens read is gathered from here (web/gathered.py).
COUNTS = {
    CALENDAR_DAYS: ("%(num)s kalenderdag vanaf %(day)s", "%(num)s kalenderdagen vanaf %(day)s"),
    WORKING_DAYS: ("%(num)s werkdag vanaf %(day)s", "%(num)s werkdagen vanaf %(day)s"),
    MONTHS: ("%(num)s maand vanaf %(day)s", "%(num)s maanden vanaf %(day)s"),
}
MORE = ("%(num)s dag erbij", "%(num)s dagen erbij")
SKIPS = ("%(days)s telt niet mee", "%(days)s tellen niet mee")
STOOD_STILL = ("de klok stond %(num)s dag stil", "de klok stond %(num)s dagen stil")
AND, SO = "en", "dus uiterlijk %(day)s"
# Why a clock may stand still, as the shipped diagrams say it, and in the sentence.
FOR_INFORMATION = "informatie van de klager"
REASONS = {
    "zaak bij de rechter": "terwijl er een zaak bij de rechter liep",
    FOR_INFORMATION: "terwijl wij op informatie van de klager wachtten",
}
WORDS = (AND, SO, *REASONS.values())
_SHORT = {"de": "d. MMMM"}


def explain(reckoning: Reckoning, language: str = "nl", told: NullTranslations | None = None) -> str:
    """`10 werkdagen vanaf 2 april 2026; 6 april (Paasmaandag) telt niet mee; dus uiterlijk 17 april 2026.`"""
    words = told or NullTranslations()
    term = reckoning.term
    counted = words.ngettext(*COUNTS[term.unit], term.value)
    parts = [counted % {"num": term.value, "day": written_out(term.from_on, language)}]
    if term.more:
        parts.append(words.ngettext(*MORE, term.more) % {"num": term.more})
    if reckoning.skipped:
        days = [f"{_short(day, language)} ({_name(day, name, language)})" for day, name in reckoning.skipped]
        parts.append(words.ngettext(*SKIPS, len(days)) % {"days": _listed(days, words)})
    parts += [_stood_still(stop, words) for stop in reckoning.still]
    parts.append(words.gettext(SO) % {"day": written_out(reckoning.due_on, language)})
    return "; ".join(parts) + "."


def _stood_still(stop: Stop, words: NullTranslations) -> str:
    said = words.ngettext(*STOOD_STILL, stop.days) % {"num": stop.days}
    known = [words.gettext(REASONS[reason]) for reason in stop.reasons if reason in REASONS]
    other = [reason for reason in stop.reasons if reason and reason not in REASONS]
    why = _listed(known, words) if known else ""
    return " ".join(filter(None, (said, why, f"({', '.join(other)})" if other else "")))


def _name(day: date, name: str | None, language: str) -> str:
    return name or public_holidays(day.year, language).get(day, "")


def _listed(parts: list[str], words: NullTranslations) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} {words.gettext(AND)} {parts[-1]}"


def written_out(day: date, language: str) -> str:
    """A day in words as people in this country write it, in English too: 5 January 2026."""
    return format_date(day, f"{_SHORT.get(language, 'd MMMM')} y", locale=language)


def _short(day: date, language: str) -> str:
    return format_date(day, _SHORT.get(language, "d MMMM"), locale=language)
