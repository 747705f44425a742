"""The annual report of the office, for any year, from the event log alone.

What it counts has a version, and its figures a digest: whoever makes it again for the same year with the same version finds the
same digest, or knows that the history was changed. A year that is not over is counted up to now.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median

from cases.deadlines import ZONE
from history import reports
from history.reports import Told
from identity.people import Actor
from identity.permissions import require
from problems import NotFound
from storage.unit_of_work import Reading
from tasks.annual_tables import Label, Table, one_column, public, several_columns
from tasks.office import Office
from tasks.spoken import OUTCOMES, label

# Change it with every change of what is counted or how.
DEFINITION = "2026-1"
FIRST_YEAR, LEAST_PUBLIC = 1999, 5
UNKNOWN = "onbekend"
SECOND = re.compile(r"_\d+$")  # a second deadline of one rule is called after it, with a number
BANDS = (
    (91, "minder dan 3 maanden"),
    (365, "3 tot 12 maanden"),
    (548, "12 tot 18 maanden"),
    (10**6, "langer dan 18 maanden"),
)
LANGUAGES = {"nl": "Nederlands", "fr": "Frans", "de": "Duits", "en": "Engels"}
KINDS = {"individual": "Voor één dossier", "general": "Algemeen", "regulation": "Over regelgeving"}
REPLIES = {"accepted": "Aanvaard", "partly": "Deels aanvaard", "refused": "Geweigerd"}


class NoSuchYear(NotFound):
    """Van dit jaar is er geen verslag."""


@dataclass(frozen=True)
class Report:
    """The figures of a year. `until` is the moment up to which was counted; `median_days` is how long cases took that were closed."""

    year: int
    until: datetime
    is_over: bool
    received: int
    closed: int
    median_days: float | None
    tables: tuple[Table, ...]
    is_public: bool = False
    definition: str = DEFINITION

    @property
    def digest(self) -> str:
        """SHA-256 over the definition, the moment and every number; the words may change, the codes may not."""
        numbers = [[t.key, [[row.code, *row.numbers] for row in t.rows]] for t in self.tables]
        counted = [self.definition, self.year, self.until.isoformat(), self.received, self.closed, self.median_days]
        return hashlib.sha256(json.dumps([*counted, numbers]).encode()).hexdigest()


def make(office: Office, reading: Reading, actor: Actor, year: int) -> Report:
    """Count a year. Raises NoSuchYear for one that has not begun, or before there were ombudsmen."""
    require(actor, "report.read")
    now = office.clock.now()
    if not FIRST_YEAR <= year <= now.astimezone(ZONE).year:
        raise NoSuchYear(year=year)
    since, end = (datetime(each, 1, 1, tzinfo=ZONE) for each in (year, year + 1))
    until = min(end, now.astimezone(ZONE) + timedelta(microseconds=1))  # what happens now counts
    counted = Counted(year)
    for told in reports.cases(reading, since, until):
        if not told.is_first_line:  # a service's own complaints are in its own yearly figures
            counted.add(told)
    return Report(
        year=year,
        until=until,
        is_over=end <= now,
        received=sum(counted.channels.values()),
        closed=len(counted.days),
        median_days=median(counted.days) if counted.days else None,
        tables=tuple(_tables(office, counted)),
    )


def open_data(report: Report) -> Report:
    """The report as it may be published: without small numbers, and without what could be worked out from the others."""
    return replace(report, tables=tuple(public(table, LEAST_PUBLIC) for table in report.tables), is_public=True)


class Counted:
    """The counts of one year, case by case."""

    def __init__(self, year: int) -> None:
        self.year = year
        self.channels: Counter[tuple[str, str]] = Counter()
        self.languages: Counter[str] = Counter()
        self.authorities: Counter[tuple[str, str]] = Counter()
        self.admissibility: Counter[str] = Counter()
        self.grounds: Counter[str] = Counter()
        self.transfers: Counter[tuple[str, str]] = Counter()
        self.closures: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()
        self.remedies: Counter[str] = Counter()
        self.norms: Counter[str] = Counter()
        self.bands: Counter[str] = Counter()
        self.recommended: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.terms: Counter[tuple[str, str]] = Counter()
        self.days: list[int] = []

    def add(self, told: Told) -> None:
        """One more case: each fact in the year in which it came about."""
        authority = told.authority or UNKNOWN
        if self._is_in(told.received_on):
            self.channels[told.channel or UNKNOWN, told.matter or UNKNOWN] += 1
            self.languages[told.language or UNKNOWN] += 1
            self.authorities[authority, "received"] += 1
        if self._is_in(told.decided_on):
            self.admissibility[told.admissibility] += 1
            if told.ground:
                self.grounds[told.ground] += 1
        if self._is_in(told.closed_on):
            self._close(told)
        if self._is_in(told.assessed_on):
            self._assess(told, authority)
        self.recommended.update(kind for on, kind in told.recommended if self._is_in(on))
        self.answered.update(answer for on, answer in told.answered if self._is_in(on))
        for name, term in told.terms.items():
            if self._is_in(term.due_on) or self._is_in(term.met_on):
                self.terms[SECOND.sub("", name), _how(term)] += 1

    def _is_in(self, on: date | None) -> bool:
        return on is not None and on.year == self.year

    def _close(self, told: Told) -> None:
        assert told.closed_on is not None  # noqa: S101  # asked just before
        days = (told.closed_on - told.received_on).days
        self.days.append(days)
        self.closures[told.closure_reason or UNKNOWN] += 1
        self.bands[next(words for longest, words in BANDS if days < longest)] += 1
        if told.transfer in ("forward", "refer") and told.body:
            self.transfers[told.body, told.transfer] += 1

    def _assess(self, told: Told, authority: str) -> None:
        for finding in told.findings:
            code = str(finding.get("finding") or UNKNOWN)
            self.findings[code] += 1
            self.remedies[str(finding.get("remedy") or UNKNOWN)] += 1
            self.norms.update(str(norm) for norm in finding.get("norms") or [])
            self.authorities[authority, "assessed"] += 1
            self.authorities[authority, "founded"] += code in ("gegrond", "deels_gegrond")


def _how(term: reports.Term) -> str:
    if term.met_on is None:
        return "open"
    return "kept" if term.met_on <= term.due_on else "late"


def _tables(office: Office, counted: Counted) -> Iterator[Table]:
    def of(codelist: str) -> Label:
        return lambda code: label(office, codelist, code)

    columns = {matter: of("matters")(matter) for matter in sorted({matter for _, matter in counted.channels})}
    yield several_columns("channels", "Ontvangen, volgens kanaal en soort", columns, counted.channels, of("channels"))
    yield one_column("languages", "Ontvangen, volgens taal", "dossiers", counted.languages, _from(LANGUAGES))
    about = {"received": "ontvangen", "assessed": "beoordeelde grieven", "founded": "(deels) gegrond"}
    names = {authority.key: authority.name for authority in office.register.authorities}
    yield several_columns("authorities", "Volgens dienst", about, counted.authorities, _from(names))
    yield one_column("admissibility", "Ontvankelijkheid", "dossiers", counted.admissibility, _from(OUTCOMES))
    yield one_column("grounds", "Waarom niet ontvankelijk", "dossiers", counted.grounds, of("refusal_grounds"))
    ways = {"forward": "doorgezonden", "refer": "doorverwezen"}
    bodies = {body.key: body.name_in("nl") for body in office.bodies.values()}
    yield several_columns("transfers", "Naar een andere dienst", ways, counted.transfers, _from(bodies))
    yield one_column("closures", "Hoe dossiers eindigden", "dossiers", counted.closures, of("closure_reasons"))
    yield one_column("bands", "Hoe lang dossiers duurden", "dossiers", counted.bands, str, order=[b for _, b in BANDS])
    yield one_column("findings", "Oordeel", "grieven", counted.findings, of("findings"))
    yield one_column("remedies", "Wat de dienst deed", "grieven", counted.remedies, of("remedies"))
    several = "Eén grief kan verschillende normen schenden."
    yield one_column("norms", "Geschonden ombudsnormen", "keer", counted.norms, of("norms"), several)
    yield one_column("recommended", "Aanbevelingen", "aanbevelingen", counted.recommended, _from(KINDS))
    yield one_column("answered", "Antwoorden op aanbevelingen", "antwoorden", counted.answered, _from(REPLIES))
    kept = {"kept": "gehaald", "late": "te laat", "open": "nog open of vervallen"}
    yield several_columns("terms", "Termijnen", kept, counted.terms, _from(_terms(office)))


def _from(words: Mapping[str, str]) -> Label:
    return lambda code: words.get(code, code)


def _terms(office: Office) -> dict[str, str]:
    """The words of each rule."""
    return {name: rule.label for name, rule in office.deadline_rules.rules.items()}


def years(office: Office) -> Sequence[int]:
    """The years that can be asked for in a menu: the last ten."""
    last = office.clock.now().astimezone(ZONE).year
    return range(last, last - 10, -1)
