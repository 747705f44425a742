"""Texts with holes: what differs from one printed case to the next stands open, everything else is kept once.

A played case has numbers and names that occur nowhere else (`MARKED`), so that its own ids, its number, its complainant, its dates
and the people who worked on it are recognised wherever they stand: in columns, letters, facts, history and token state.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from cases.deadlines import ZONE

FIRST_ID = 800_000_000_000
ID_STEP = 1_000_000_000  # between the ids of two tables
FIRST_NUMBER = 8_000_000  # of the case, in its year
GIVEN, FAMILY, PLACE, MARK = "Qanaam", "Qfamilie", "Qplaats", "Qkenmerk"
EMAIL = f"{GIVEN}.{FAMILY}@example.org".lower()

_MONTHS = {
    "januari februari maart april mei juni juli augustus september oktober november december": "nl",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre": "fr",
    "Januar Februar März April Mai Juni Juli August September Oktober November Dezember": "de",
}
_MONTH_NAMES = {language: names.split() for names, language in _MONTHS.items()}
_ANY_MONTH = "|".join(sorted({name for names in _MONTH_NAMES.values() for name in names}, key=len, reverse=True))
_HOLES = re.compile(
    rf"""(?P<advice>A20\d\d-8[012]\d000000\d{{3}}(?![0-9a-zA-Z]))
    |(?P<id>(?<![0-9a-zA-Z])8[012]\d000000\d{{3}}(?![0-9a-zA-Z]))
    |(?P<number>20\d\d-8\d{{6}})
    |(?P<within>\A8\d{{6}}(?=\ ))
    |(?P<instant>20\d\d-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{{1,6}})?)?(?:Z|[+-]\d\d:\d\d)?)
    |(?P<day>20\d\d-\d\d-\d\d)
    |(?P<slashed>\d\d/\d\d/20\d\d)
    |(?P<written>\d{{1,2}}\.?\ (?:{_ANY_MONTH})\ 20\d\d)
    |(?P<staff>person:\d+)
    |(?P<email>{re.escape(EMAIL)})
    |(?P<word>{GIVEN}|{GIVEN.lower()}|{FAMILY}|{FAMILY.lower()}|{PLACE}|{PLACE.lower()}|{MARK}|{MARK.lower()})""",
    re.VERBOSE,
)


class Hole(NamedTuple):
    """What stands open: its kind (a group of the expression above, or `hash`), and what stood there."""

    kind: str
    text: str


class Pattern(NamedTuple):
    """A text whose holes are filled by `form % pick(values)`."""

    form: str
    pick: Callable[[Sequence[Any]], Any]


class Holes:
    """The holes of one played case, each once; a pattern points at them by place."""

    def __init__(self) -> None:
        self.known: dict[Hole, int] = {}
        self.made_on: dict[str, str] = {}  # of a recommendation: its year is in its number

    def place(self, hole: Hole) -> int:
        return self.known.setdefault(hole, len(self.known))

    def pattern(self, text: str) -> Pattern | str:
        """The text with its holes, or the text itself when it has none."""
        places: list[int] = []

        def open_up(match: re.Match[str]) -> str:
            text = match.group()
            more = f" {self.made_on[text]}" if match.lastgroup == "advice" else ""
            places.append(self.place(Hole(match.lastgroup or "", text + more)))
            return "%s"

        form = _HOLES.sub(open_up, text.replace("%", "%%"))
        return Pattern(form, itemgetter(*places)) if places else text

    def alone(self, kind: str, text: str) -> Pattern:
        """A cell that is nothing but one hole."""
        return Pattern("%s", itemgetter(self.place(Hole(kind, text))))


def filled(cell: Any, values: Sequence[Any]) -> Any:
    """The cell of a printed case."""
    return cell.form % cell.pick(values) if type(cell) is Pattern else cell


@lru_cache(maxsize=500_000)
def moved(kind: str, text: str, weeks: int) -> str:
    """A day or instant whole weeks later by the clock on the wall, written as it was."""
    by = timedelta(weeks=weeks)
    if kind == "day":
        return (date.fromisoformat(text) + by).isoformat()
    if kind == "slashed":
        return (datetime.strptime(text, "%d/%m/%Y").date() + by).strftime("%d/%m/%Y")  # a day
    if kind == "written":
        return _written(text, by)
    return _instant(text, by)


def _instant(text: str, by: timedelta) -> str:
    at = datetime.fromisoformat(text.replace("Z", "+00:00"))
    stored = at.tzinfo is None
    moment = moved_instant(at.replace(tzinfo=UTC) if stored else at, by)
    spec = "microseconds" if "." in text else "seconds" if text.count(":") - text.count("+") > 1 else "minutes"
    if stored:
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=text[10], timespec=spec)
    zoned = moment.astimezone(UTC if text.endswith(("Z", "+00:00")) else ZONE).isoformat(sep=text[10], timespec=spec)
    return zoned.replace("+00:00", "Z") if text.endswith("Z") else zoned


def moved_instant(at: datetime, by: timedelta) -> datetime:
    """The same hour in the office, some days later."""
    local = at.astimezone(ZONE)
    return datetime.combine(local.date() + by, local.time(), ZONE).astimezone(UTC)


def _written(text: str, by: timedelta) -> str:
    day, month, year = text.split()
    language = next(each for each, names in _MONTH_NAMES.items() if month in names)
    later = date(int(year), _MONTH_NAMES[language].index(month) + 1, int(day.rstrip("."))) + by
    dot = "." if day.endswith(".") else ""
    return f"{later.day}{dot} {_MONTH_NAMES[language][later.month - 1]} {later.year}"


def id_of(tables: Mapping[int, str], text: str) -> tuple[str, int]:
    """The table a marked id belongs to, and its place in that table, from 1."""
    number = int(text) - FIRST_ID
    return tables[number // ID_STEP], number % ID_STEP
