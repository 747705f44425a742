"""What a year's report counts, case by case, and the tables it makes of that.

Each fact counts in the year in which it came about. Words are those of the code lists and registers of today; codes never change.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from statistics import median
from typing import Any

from history.reports import Portion, Term, Told
from tasks.case_file.spoken import OUTCOMES, label
from tasks.office import Office
from tasks.reporting.annual_tables import Label, Table, one_column, several_columns

UNKNOWN = "onbekend"
BANDS = {
    "under_3_months": (91, "minder dan 3 maanden"),
    "3_to_12_months": (365, "3 tot 12 maanden"),
    "12_to_18_months": (548, "12 tot 18 maanden"),
    "over_18_months": (10**6, "langer dan 18 maanden"),
}
LANGUAGES = {"nl": "Nederlands", "fr": "Frans", "de": "Duits", "en": "Engels"}
# What an office kept of who complains; region and gender are no part of an event, for they point at somebody.
PEOPLE = {
    "person": "Voor zichzelf",
    "organisation": "Voor een organisatie of bedrijf",
    "representative": "Voor iemand anders",
}
PHASES = {
    "admissibility": "Ontvankelijkheidsfase",
    "investigation": "Onderzoeksfase",
    "assessment": "Beoordelingsfase",
    "suspended": "Behandeling opgeschort",
    "closed": "Afgesloten",
}
KINDS = {"individual": "Voor één dossier", "general": "Algemeen", "regulation": "Over regelgeving"}
REPLIES = {"accepted": "Aanvaard", "partly": "Deels aanvaard", "refused": "Geweigerd"}
# The columns of tables that have several; what recommendations became stands beside what was answered.
FOUNDED = ("gegrond", "deels_gegrond")
ANSWERED_BY_SERVICE = "service_answer_by"
THEME_COLUMNS = {
    "received": "ontvangen",
    "assessed": "beoordeelde grieven",
    "founded": "(deels) gegrond",
    "norms": "geschonden normen",
}
AUTHORITY_COLUMNS = {"received": "ontvangen", "assessed": "beoordeelde grieven", "founded": "(deels) gegrond"}
ADVICE_COLUMNS = {
    "made": "gedaan",
    "accepted": "aanvaard",
    "partly": "deels aanvaard",
    "refused": "geweigerd",
    "silent": "geen antwoord",
    "done": "uitgevoerd",
    "partly_done": "deels uitgevoerd",
    "not_done": "niet uitgevoerd",
}
INQUIRY = "inquiry"
INQUIRIES = {INQUIRY: "Onderzoeken op eigen initiatief"}
OWN_COLUMNS = {"begun": "begonnen", "ended": "afgerond"}
# Of a year that is over none is open: its day came, and what was due was done or not.
TERM_COLUMNS = {
    "kept": "gehaald",
    "late": "te laat",
    "missed": "niet gehaald",
    "lapsed": "vervallen",
    "open": "nog niet verstreken",
}
TITLES = {
    "channels": "Ontvangen, volgens kanaal en soort",
    "languages": "Ontvangen, volgens taal",
    "people": "Voor wie men klaagde",
    "themes": "Volgens thema",
    "authorities": "Volgens dienst",
    "phases": "Hoe ver dossiers kwamen",
    "admissibility": "Ontvankelijkheid",
    "grounds": "Waarom niet ontvankelijk",
    "transfers": "Naar een andere dienst",
    "closures": "Hoe dossiers eindigden",
    "bands": "Hoe lang dossiers duurden",
    "own": "Op eigen initiatief",
    "findings": "Oordeel",
    "remedies": "Wat de dienst deed",
    "norms": "Geschonden ombudsnormen",
    "recommended": "Aanbevelingen",
    "answered": "Antwoorden op aanbevelingen",
    "advice": "Aanbevelingen van dit jaar, volgens dienst",
    "earlier_advice": "Wat er kwam van vroegere aanbevelingen",
    "terms": "Termijnen",
    "answer_times": "Antwoordden diensten op tijd op onze vragen?",
}
# What a term counts as, and in which year.
TERMS = (
    "In het jaar waarin gebeurde wat moest. Is dat niet gebeurd: in het jaar waarin de termijn afliep, of waarin hij verviel "
    "omdat het dossier gesloten werd."
)
NOTES = {
    "terms": TERMS,
    "answer_times": TERMS,
    "phases": "Alle dossiers waarin dit jaar iets gebeurde, zoals ze stonden op het einde ervan.",
    "norms": "Eén grief kan verschillende normen schenden.",
    "earlier_advice": "Uit dossiers waarin dit jaar nog iets gebeurde, zoals ze stonden op het einde ervan.",
}
UNITS = {
    "cases": "dossiers",
    "grievances": "grieven",
    "times": "keer",
    "recommendations": "aanbevelingen",
    "answers": "antwoorden",
}
CASES, GRIEVANCES, TIMES, ADVICE, ANSWERS = UNITS.items()
WAYS = {"forward": "doorgezonden", "refer": "doorverwezen"}
# Everything here that is told in words, for who translates it.
WORDS: Sequence[Mapping[str, str]] = (
    TITLES,
    NOTES,
    LANGUAGES,
    PEOPLE,
    PHASES,
    KINDS,
    REPLIES,
    THEME_COLUMNS,
    ADVICE_COLUMNS,
    TERM_COLUMNS,
    WAYS,
    OUTCOMES,
    INQUIRIES,
    OWN_COLUMNS,
    UNITS,
)


class Counted:
    """The counts of one year, case by case. `until` is the first day that is not counted whole."""

    def __init__(self, year: int, until: date) -> None:
        self.year, self.until = year, until
        self.channels: Counter[tuple[str, str]] = Counter()
        self.languages: Counter[str] = Counter()
        self.people: Counter[str] = Counter()
        self.themes: Counter[tuple[str, str]] = Counter()
        self.phases: Counter[str] = Counter()
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
        self.advice: Counter[tuple[str, str]] = Counter()
        self.earlier_advice: Counter[tuple[str, str]] = Counter()
        self.terms: Counter[tuple[str, str]] = Counter()
        self.answer_times: Counter[tuple[str, str]] = Counter()
        self.own: Counter[tuple[str, str]] = Counter()
        self.days: Counter[int] = Counter()

    @classmethod
    def of(cls, year: int, until: date, found: Mapping[str, Any]) -> "Counted":
        """Counts that were kept (`kept`), to be gone on with or told."""
        made = cls(year, until)
        for name, rows in found.items():
            counter = getattr(made, name)
            counter.update({parts[0] if len(parts) == 1 else tuple(parts): many for *parts, many in rows})
        return made

    @property
    def kept(self) -> dict[str, list[list[Any]]]:
        """The counts as JSON can hold them: of each table its rows, with their number last."""
        return {
            name: sorted([*(key if isinstance(key, tuple) else (key,)), many] for key, many in counter.items())
            for name, counter in vars(self).items()
            if isinstance(counter, Counter)
        }

    @property
    def received(self) -> int:
        return sum(self.channels.values())

    @property
    def closed(self) -> int:
        return self.days.total()

    @property
    def median_days(self) -> float | None:
        """How long the cases took that were closed; None when there are none."""
        return median(self.days.elements()) if self.days else None

    def add(self, portion: Portion) -> None:
        """More cases. The files of a service's own complaints are in its own yearly figures."""
        for told in portion.cases:
            if not told.is_first_line:
                self._add(told)
        for told in portion.untouched:
            if not told.is_first_line:
                self._keep_time(told)

    def _add(self, told: Told) -> None:
        """One more case: each fact in the year in which it came about."""
        authority, theme = told.authority or UNKNOWN, told.theme or UNKNOWN
        if told.is_own:
            self._begin(told)
        else:
            self._treat(told, authority, theme)
        if self._is_in(told.assessed_on):
            self._assess(told, authority, theme)
        self.recommended.update(kind for on, kind in told.recommended if self._is_in(on))
        self.answered.update(answer for on, answer in told.answered if self._is_in(on))
        for asked in told.recommendations.values():
            place = self.advice if self._is_in(asked.made_on) else self.earlier_advice
            place.update((authority, what) for what in {"made", asked.answer, asked.status} if what in ADVICE_COLUMNS)
        self._keep_time(told)

    def _treat(self, told: Told, authority: str, theme: str) -> None:
        """What somebody brought to the office, and how far it came."""
        self.phases[told.phase] += 1
        if self._is_in(told.received_on):
            self._receive(told, authority, theme)
        if self._is_in(told.decided_on):
            self.admissibility[told.admissibility] += 1
            if told.ground:
                self.grounds[told.ground] += 1
        if self._is_in(told.closed_on):
            self._close(told)

    def _begin(self, told: Told) -> None:
        """A file the office opened itself is no contact. Inquiries are told; a question to a service for its yearly figures is not."""
        if told.is_inquiry:
            self.own[INQUIRY, "begun"] += self._is_in(told.received_on)
            self.own[INQUIRY, "ended"] += self._is_in(told.closed_on)

    def _is_in(self, on: date | None) -> bool:
        return on is not None and on.year == self.year

    def _receive(self, told: Told, authority: str, theme: str) -> None:
        self.channels[told.channel or UNKNOWN, told.matter or UNKNOWN] += 1
        self.languages[told.language or UNKNOWN] += 1
        self.people[told.kind or UNKNOWN] += 1
        self.authorities[authority, "received"] += 1
        self.themes[theme, "received"] += 1

    def _close(self, told: Told) -> None:
        assert told.closed_on is not None  # noqa: S101  # asked just before
        days = (told.closed_on - told.received_on).days
        self.days[days] += 1
        self.closures[told.closure_reason or UNKNOWN] += 1
        self.bands[next(band for band, (longest, _) in BANDS.items() if days < longest)] += 1
        if told.transfer in WAYS and told.body:
            self.transfers[told.body, told.transfer] += 1

    def _assess(self, told: Told, authority: str, theme: str) -> None:
        for finding in told.findings:
            code = str(finding.get("finding") or UNKNOWN)
            norms = [str(norm) for norm in finding.get("norms") or []]
            self.findings[code] += 1
            self.remedies[str(finding.get("remedy") or UNKNOWN)] += 1
            self.norms.update(norms)
            self.themes[theme, "norms"] += len(norms)
            for counts, name in ((self.authorities, authority), (self.themes, theme)):
                counts[name, "assessed"] += 1
                counts[name, "founded"] += code in FOUNDED

    def _keep_time(self, told: Told) -> None:
        for term in told.terms.values():
            how, on = self._how(term)
            if self._is_in(on):
                self.terms[term.rule, how] += 1
                if term.rule == ANSWERED_BY_SERVICE:
                    self.answer_times[told.authority or UNKNOWN, how] += 1

    def _how(self, term: Term) -> tuple[str, date]:
        """What became of a term, and on which day: it was met, else its day passed, or its case was closed before that."""
        if term.met_on is not None:
            return ("kept" if term.met_on <= term.due_on else "late"), term.met_on
        if term.lapsed_on is not None and term.lapsed_on <= term.due_on:
            return "lapsed", term.lapsed_on
        return ("missed" if term.due_on < self.until else "open"), term.due_on


def tables(office: Office, counted: Counted) -> Iterator[Table]:
    """Every table of the report, in its order."""

    def of(codelist: str) -> Label:
        return lambda code: label(office, codelist, code)

    yield from _received(office, counted, of)
    yield from _treated(office, counted, of)
    yield from _assessed(counted, of)
    yield from _followed(office, counted)


def _received(office: Office, counted: Counted, of: Any) -> Iterator[Table]:
    columns = {matter: of("matters")(matter) for matter in sorted({matter for _, matter in counted.channels})}
    yield _several("channels", columns, counted.channels, of("channels"))
    yield _one("languages", CASES, counted.languages, _from(LANGUAGES))
    yield _one("people", CASES, counted.people, _from(PEOPLE))
    yield _several("themes", THEME_COLUMNS, counted.themes, of("themes"))
    yield _several("authorities", AUTHORITY_COLUMNS, counted.authorities, _services(office))


def _treated(office: Office, counted: Counted, of: Any) -> Iterator[Table]:
    yield _one("phases", CASES, counted.phases, _from(PHASES), order=list(PHASES))
    yield _one("admissibility", CASES, counted.admissibility, _from(OUTCOMES))
    yield _one("grounds", CASES, counted.grounds, of("refusal_grounds"))
    bodies = {body.key: body.name_in("nl") for body in office.bodies.values()}
    yield _several("transfers", WAYS, counted.transfers, _from(bodies))
    yield _one("closures", CASES, counted.closures, of("closure_reasons"))
    bands = {band: words for band, (_, words) in BANDS.items()}
    yield _one("bands", CASES, counted.bands, _from(bands), order=list(bands))
    yield _several("own", OWN_COLUMNS, counted.own, _from(INQUIRIES))


def _assessed(counted: Counted, of: Any) -> Iterator[Table]:
    yield _one("findings", GRIEVANCES, counted.findings, of("findings"))
    yield _one("remedies", GRIEVANCES, counted.remedies, of("remedies"))
    yield _one("norms", TIMES, counted.norms, of("norms"))


def _followed(office: Office, counted: Counted) -> Iterator[Table]:
    yield _one("recommended", ADVICE, counted.recommended, _from(KINDS))
    yield _one("answered", ANSWERS, counted.answered, _from(REPLIES))
    yield _several("advice", ADVICE_COLUMNS, counted.advice, _services(office))
    yield _several("earlier_advice", ADVICE_COLUMNS, counted.earlier_advice, _services(office))
    yield _several("terms", TERM_COLUMNS, counted.terms, _from(_terms(office)))
    yield _several("answer_times", TERM_COLUMNS, counted.answer_times, _services(office))


def _one(
    key: str, unit: tuple[str, str], counted: Counter[str], words: Label, *, order: Sequence[str] | None = None
) -> Table:
    return one_column(key, TITLES[key], unit, counted, words, NOTES.get(key, ""), order)


def _several(key: str, columns: Mapping[str, str], counted: Counter[tuple[str, str]], words: Label) -> Table:
    return several_columns(key, TITLES[key], columns, counted, words, NOTES.get(key, ""))


def _services(office: Office) -> Label:
    return _from({authority.key: authority.name for authority in office.register.authorities})


def _from(words: Mapping[str, str]) -> Label:
    return lambda code: words.get(code, code)


def _terms(office: Office) -> dict[str, str]:
    """The words of each rule."""
    return {name: rule.label for name, rule in office.deadline_rules.rules.items()}
