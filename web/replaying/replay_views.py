"""A step of a case as the auditor reads it: who, when, why now, what was answered, what changed, which row decided.

In: frames of `history.replay`. Out: plain views with Dutch words, for the templates.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from history.log import Recorded
from history.moves import Place
from history.replay import PLACE_KEYS, Changed, Decided, Frame, State
from storage.unit_of_work import Reading
from tasks.case_file import timeline
from tasks.case_file.case_course import moved_by_hand
from tasks.case_file.spoken import spoken, which_time, who
from tasks.citizens import on_behalf
from tasks.office import Office
from tasks.studio import decision_tables
from tasks.studio.decision_tables import TableView
from tasks.studio.definition_words import Words, spaced
from web.replaying.replay_words import (
    OUTCOME_LABELS,
    TABLE_WORDS,
    UNNAMED,
    kind_of,
    prefix_of,
    times_of,
    title_of_matter,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Line:
    """A step in the list of steps."""

    number: int
    at: datetime
    title: str
    who: str
    role: str
    kind: str
    first_seq: int
    last_seq: int


@dataclass(frozen=True)
class Standing:
    """An element where the case stands, with the number of tokens on it; `times` tells which of several, where these are few."""

    diagram: str
    name: str
    count: int
    times: str = ""


@dataclass(frozen=True)
class Diagram:
    """A diagram of the case at this step. `counts` are times entered, and of several at once how many are done; texts for the page's island."""

    key: str
    version: int
    name: str
    is_shown: bool
    active: str
    visited: str
    counts: str
    moved: str = ""

    @property
    def code(self) -> str:
        return f"{self.key}.{self.version}"


@dataclass(frozen=True)
class Difference:
    """A fact before and after."""

    label: str
    old: str
    new: str
    is_personal: bool

    @property
    def is_seen(self) -> bool:
        """False for a question that was left open."""
        return bool(self.old or self.new)


@dataclass(frozen=True)
class DecisionShown:
    """A decision: what went in, what came out, and each table with the numbers of the rows that fired."""

    name: str
    version: int
    inputs: list[tuple[str, str]]
    answers: list[tuple[str, str]]
    tables: list["TableShown"]
    warnings: tuple[str, ...]
    steps: list[tuple[str, str]]


@dataclass(frozen=True)
class TableShown:
    """A decision table in words. `rows` are (number, tests, answers, sources, whether it fired)."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    rows: list[tuple[int, list[str], list[str], str, bool]]

    @property
    def fired(self) -> list[int]:
        return [number for number, _, _, _, has_fired in self.rows if has_fired]


@dataclass(frozen=True)
class Matter:
    """Something that came with the step: a letter, a deadline, an entry on the file."""

    title: str
    details: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """Everything about one step."""

    line: Line
    place: str
    way: str
    undoes: str
    because: Line | None
    is_last: bool
    answers: list[tuple[str, str]]
    differences: list[Difference]
    decisions: list[DecisionShown]
    matters: list[Matter]
    standing: list[Standing]
    diagrams: list[Diagram]
    focus: str
    is_erased: bool

    @property
    def current(self) -> Diagram | None:
        """The diagram that is shown."""
        return next((each for each in self.diagrams if each.is_shown), None)


@dataclass(frozen=True)
class Teller:
    """What turning frames into words needs at hand."""

    office: Office
    reading: Reading
    words: Words
    names: Mapping[str, str]

    def element(self, place: Place, kind: str = "") -> str:
        """The name in the diagram, else what it is."""
        name = self.words.element(*place)
        return UNNAMED.get(kind, name) if name == spaced(place.element_id) else name

    def lines(self, film: Sequence[Frame]) -> list[Line]:
        return [self.line(film, frame.number) for frame in film]

    def line(self, film: Sequence[Frame], number: int) -> Line:
        """A step in one line; at a fork with the way that was taken."""
        frame = film[number - 1]
        after = film[number] if number < len(film) else None
        is_fork = frame.element_type == "exclusive_gateway" and frame.transition == "completed"
        way = self._way(after) if after and is_fork else ""
        return Line(
            number=frame.number,
            at=frame.at,
            title=f"{self._title(frame)} {way[:1].upper()}{way[1:]}" if way else self._title(frame),
            who=who(frame.resource, self.names) + on_behalf.words(frame.events[0].data),
            role=frame.role,
            kind=kind_of(frame),
            first_seq=frame.first_seq,
            last_seq=frame.last_seq,
        )

    def _title(self, frame: Frame) -> str:
        if frame.is_element and frame.place:
            name = self.element(frame.place, frame.element_type)
            time = which_time(*frame.occurrence) if frame.occurrence else ""
            name = f"{name} ({time})" if time else name
            prefix = prefix_of(frame)
            return f"{prefix}: {name}" if prefix else name
        event = frame.events[0]
        told = timeline.line(self.office, self.words, self.names, event)
        return told.title if told else title_of_matter(event)

    def show(self, film: Sequence[Frame], number: int, chosen: str = "") -> Shown:
        """One step in full. `chosen` is the diagram to show (`key.version`); the step's own when it is not among them."""
        frame = film[number - 1]
        return Shown(
            line=self.line(film, number),
            place=self.element(frame.place, frame.element_type) if frame.place else "",
            way=self._way(frame),
            undoes=self._undone(frame),
            because=self.line(film, frame.because) if frame.because else None,
            is_last=number == len(film),
            answers=self._answers(frame),
            differences=[shown for each in frame.changes if (shown := self._difference(each)).is_seen],
            decisions=[self._decision(decided) for decided in frame.decisions],
            matters=self._matters(frame),
            standing=self._standing(frame),
            diagrams=self._diagrams(film, number, chosen),
            focus=frame.place.element_id if frame.place else "",
            is_erased=frame.is_erased,
        )

    def _way(self, frame: Frame) -> str:
        """What stands on the arrow by which the case came here."""
        if not frame.flow or not frame.place:
            return ""
        named = self.words.element(frame.place.key, frame.place.version, frame.flow)
        return "" if named == spaced(frame.flow) else named

    def _undone(self, frame: Frame) -> str:
        return self.element(frame.place._replace(element_id=frame.undoes)) if frame.undoes and frame.place else ""

    def _answers(self, frame: Frame) -> list[tuple[str, str]]:
        found = []
        for name, value in frame.answers.items():
            about = self.words.field(name)
            found.append((about.label, spoken(self.office, value, about.choices, about.codelist)))
        return found

    def _difference(self, change: Changed) -> Difference:
        about = self.words.fact(change.name)
        label = OUTCOME_LABELS.get(change.name, about.label)
        old, new = (spoken(self.office, v, about.choices, about.codelist) for v in (change.old, change.new))
        return Difference(label, old, new, change.is_personal)

    def _decision(self, decided: Decided) -> DecisionShown:
        known = self.words.decision(decided.decision, decided.version)
        value = decided.value if isinstance(decided.value, dict) else {"": decided.value}
        tables = decision_tables.of(self.reading, decided.decision, decided.version).values()
        return DecisionShown(
            name=known.name,
            version=decided.version,
            inputs=[(name, self._said(v) or "niet gekend") for name, v in decided.inputs.items()],
            answers=[
                (known.outputs.get(name, spaced(name)) if name else "Antwoord", self._said(v) or "geen")
                for name, v in value.items()
            ],
            tables=[shown for table in tables if (shown := self._table(table, decided)).fired],
            warnings=decided.warnings,
            steps=[
                (self.words.part(decided.decision, decided.version, name), self._said(value) or "geen")
                for name, value in decided.steps
            ],
        )

    def _said(self, value: object) -> str:
        return spoken(self.office, value, TABLE_WORDS if str(value) in TABLE_WORDS else None)

    def _table(self, table: TableView, decided: Decided) -> TableShown:
        fired = {(rule, row) for name, rule, row, _ in decided.rows if name == table.decision}
        rows = [
            (
                rule.number,
                [self._said(test) for test in rule.tests],
                [self._said(answer) for answer in rule.answers],
                "; ".join(rule.notes),
                (rule.id, rule.number) in fired,
            )
            for rule in table.rules
        ]
        return TableShown(table.name, table.inputs, table.outputs, rows)

    def _matters(self, frame: Frame) -> list[Matter]:
        found = []
        for event in frame.notes:
            told = timeline.line(self.office, self.words, self.names, event)
            if event is frame.events[0]:  # its title is that of the step
                found += [Matter("Reden", told.details)] if told and told.details and event.data.get("reason") else []
                continue
            if event.transition == "changed" and event.activity == "case":
                continue
            found.append(
                Matter(told.title, told.details) if told else Matter(title_of_matter(event), tuple(self._rest(event)))
            )
        return found

    def _rest(self, event: Recorded) -> list[str]:
        shown = [(name, spoken(self.office, value)) for name, value in event.data.items() if name not in PLACE_KEYS]
        return [f"{OUTCOME_LABELS.get(name, spaced(name))}: {text}" for name, text in shown if text]

    def _standing(self, frame: Frame) -> list[Standing]:
        return [
            Standing(
                self._diagram_name(place.key),
                self.element(place),
                count,
                times_of(frame.state.occurrences.get(place, ())),
            )
            for place, count in frame.state.active.items()
        ]

    def _diagram_name(self, key: str) -> str:
        return self.words.names.get(("process", key)) or spaced(key)

    def _diagrams(self, film: Sequence[Frame], number: int, chosen: str) -> list[Diagram]:
        """Every diagram entered so far; shown is the chosen one, else that of this step or the last one with an element.

        Before the first element there is the diagram the case is about to enter, still empty.
        """
        state = film[number - 1].state
        own = next((p for f in [*reversed(film[:number]), *film[number:]] if f.place and (p := state.today(f))), None)
        places = list(state.visited) or ([own] if own else [])
        seen = list(dict.fromkeys((place.key, place.version) for place in places))
        by_hand = moved_by_hand(event for frame in film[:number] for event in frame.events)
        codes = {f"{key}.{version}" for key, version in seen}
        wanted = chosen if chosen in codes else f"{own.key}.{own.version}" if own else ""
        return [
            Diagram(
                key=key,
                version=version,
                name=self._diagram_name(key),
                is_shown=f"{key}.{version}" == wanted,
                active=",".join(_within(state.active, key, version)),
                visited=",".join([*_within(state.visited, key, version), *_within(state.flows, key, version)]),
                counts=",".join(_counted(state, key, version)),
                moved=",".join(each for each in _within(state.visited, key, version) if each in by_hand),
            )
            for key, version in seen
        ]


def _counted(state: State, key: str, version: int) -> Iterator[str]:
    """How often each element was entered, and how many of several at once are done: `ask:3` or `ask:3:1`."""
    active, several = _within(state.active, key, version), _within(state.occurrences, key, version)
    for element, times in _within(state.visited, key, version).items():
        if times > 1:
            now = active.get(element, 0)
            yield f"{element}:{times}:{times - now}" if now > 1 or element in several else f"{element}:{times}"


def _within(counts: Mapping[Place, T], key: str, version: int) -> dict[str, T]:
    return {place.element_id: n for place, n in counts.items() if (place.key, place.version) == (key, version)}
