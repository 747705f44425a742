"""Printing: one case out of a film, as it stands at the moment of the plan, with its own ids, dates, names, secrets and chain."""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cases import surveys
from cases.deadlines import ZONE
from cases.folding import normal
from cases.searching import number_words
from history.sealing import Keyring
from history.whole_chain import EventCells, HeadCells, Told, chain
from tasks.sample_office.arrivals import Arrival
from tasks.sample_office.negatives import ROOM, Film, Stop, table_numbers
from tasks.sample_office.patterns import EMAIL, GIVEN, MARK, Hole, filled, id_of, moved, moved_instant
from tasks.sample_office.people_of_sample import FAMILY_NAMES, GIVEN_NAMES, PLACES

_TABLES = table_numbers()
# What becomes of an invitation to say what one thought of us: one in three answers.
ANSWERED = {surveys.OPEN: 0.62, surveys.ANSWERED: 0.33, surveys.DECLINED: 0.05}
ANSWER_COLUMNS = ("key", "side", "year", "answers")
# How the answers are spread, from not agreed at all to agreed.
SCORES = {"1": 1, "2": 2, "3": 4, "4": 8, "5": 5}
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Printed:
    """The rows of one case, table by table, and its chain."""

    rows: Mapping[str, list[tuple[Any, ...]]]
    events: list[EventCells]
    head: HeadCells


@dataclass(frozen=True)
class Press:
    """What all cases have in common: the films, the moment, the keys, and which colleagues may stand for a person who was played; of both
    sides the questions they are asked afterwards."""

    films: Sequence[Film]
    until: datetime
    keyring: Keyring
    colleagues: Mapping[str, Sequence[str]]
    questions: Mapping[str, Sequence[str]]

    def print(self, arrival: Arrival, case_id: int, number: str, chance: random.Random) -> Printed:
        """One case."""
        film = self.films[arrival.film]
        stop = _stop(film, arrival, self.until)
        values = self._values(film, arrival, case_id, number, chance)
        rows = {table: [_row(cells, values) for cells in found] for table, found in stop.rows.items() if found}
        rows["survey_answer"] = list(self._answers(film, rows.get("survey_invitation", ()), chance))
        told = [Told(*(filled(part, values) for part in each)) for each in film.events[: stop.events]]
        events, head = chain(self.keyring, f"case:{case_id}", told)
        return Printed(rows, events, head)

    def _answers(
        self, film: Film, asked: Iterable[tuple[Any, ...]], chance: random.Random
    ) -> Iterator[tuple[Any, ...]]:
        """What those answered who did, apart from the case as always."""
        for row in asked:
            told = dict(zip(film.tables["survey_invitation"], row, strict=True))
            if told["state"] == surveys.ANSWERED:
                questions = self.questions[told["side"]]
                scores = chance.choices(list(SCORES), list(SCORES.values()), k=len(questions))
                answers = json.dumps(dict(zip(questions, scores, strict=True)), separators=(",", ":"))
                yield f"{chance.getrandbits(128):032x}", told["side"], told["year"], answers

    def _values(self, film: Film, arrival: Arrival, case_id: int, number: str, chance: random.Random) -> list[Any]:
        """What fills each hole. A colleague stands for one played person throughout a case."""
        words = _words(chance)
        values: list[Any] = []
        for kind, text in film.holes:
            if kind == "id":
                values.append(_id(text, case_id))
            elif kind == "number":
                values.append(number)
            elif kind == "advice":
                values.append(_advice(text, arrival.weeks, case_id))
            elif kind == "within":  # what a search finds the number by
                values.append(number_words(number))
            elif kind == "word":
                values.append(words[text])
            elif kind == "email":
                values.append(words[EMAIL])
            else:
                values.append(self._other(Hole(kind, text), arrival, chance))
        return values

    def _other(self, hole: Hole, arrival: Arrival, chance: random.Random) -> str:
        if hole.kind == "staff":
            return chance.choice(self.colleagues.get(hole.text) or (hole.text,))
        if hole.kind == "hash":
            return f"{chance.getrandbits(256):064x}"
        if hole.kind == "year":
            return moved("day", hole.text, arrival.weeks)[:4]
        if hole.kind == "answered":
            return chance.choices(list(ANSWERED), list(ANSWERED.values()))[0]
        if hole.kind == "message":
            return f"<{chance.getrandbits(128):032x}@{hole.text.rpartition('@')[2]}"
        return moved(hole.kind, hole.text, arrival.weeks)


def _stop(film: Film, arrival: Arrival, until: datetime) -> Stop:
    """How far the case is at that moment: the last stop that is past."""
    by = timedelta(weeks=arrival.weeks)
    past = film.stops[0]
    for stop in film.stops:
        if moved_instant(stop.at, by) > until:
            break
        past = stop
    return past


def _row(cells: Any, values: Sequence[Any]) -> tuple[Any, ...]:
    if not cells.patterns:
        return cells.constants  # type: ignore[no-any-return]
    row = list(cells.constants)
    for place, pattern in cells.patterns:
        row[place] = pattern.form % pattern.pick(values)
    return tuple(row)


def _id(text: str, case_id: int) -> int:
    table, place = id_of(_TABLES, text)
    return case_id if table == "case" else case_id * ROOM + place  # below that are the rows of no case


def _advice(text: str, weeks: int, case_id: int) -> str:
    """The number of a recommendation: `A2026-8...` with the day on which it was made."""
    number, made_on = text.split()
    return f"A{moved('day', made_on, weeks)[:4]}-{_id(number.partition('-')[2], case_id)}"


def _words(chance: random.Random) -> dict[str, str]:
    """A complainant, a place, and a reference that hardly another case has."""
    given, family, place = chance.choice(GIVEN_NAMES), chance.choice(FAMILY_NAMES), chance.choice(PLACES)
    mark = "".join(chance.choices(_LETTERS, k=7))
    written = {GIVEN: given, "Qfamilie": family, "Qplaats": place, MARK: mark.upper()}
    lower = {word.lower(): normal(text) for word, text in written.items()}
    address = f"{normal(given)}.{normal(family).replace(' ', '')}@example.org"
    return {**written, **lower, EMAIL: address}


def year_of(arrival: Arrival) -> int:
    """The year its case number counts in."""
    return arrival.received_at.astimezone(ZONE).year
