"""Loading a sample: the examples are played once, then printed week by week, each week in a transaction of its own.

Promise: only an office without people and cases of its own is filled, and it is marked as a demonstration. Interrupted, the same
command goes on with the weeks that are missing. Refuses with OfficeNotEmpty and OtherSample.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from cases.models import Case, CaseNumber
from cases.surveys import SIDES
from history.log import Event
from history.models import EventRow
from history.sealing import keyring_at
from history.whole_chain import EVENT_COLUMNS, HEAD_COLUMNS
from identity import people, roles
from problems import Conflict
from storage import bulk
from storage.unit_of_work import Database, Reading, UnitOfWork
from tasks import accounts, demo
from tasks.forms_in_use import form_in_use
from tasks.office import WORKFLOWS, Office
from tasks.reporting.surveys import FORM as SURVEY
from tasks.sample_office import playing, registers
from tasks.sample_office.arrivals import Numbering, Plan, Week, arrivals, numbering
from tasks.sample_office.darkroom import OpenAt, develop
from tasks.sample_office.negatives import TABLES, Film
from tasks.sample_office.people_of_sample import FAMILY_NAMES, GIVEN_NAMES
from tasks.sample_office.printing import ANSWER_COLUMNS, Press, Printed, year_of
from tasks.scenarios.records import Record, read
from tasks.studio import shipped

SAMPLE = WORKFLOWS / "sample"
MARK = "sample"
# A colleague more for so many cases; most of them handle files.
CASES_PER_COLLEAGUE = 25_000
TEAM = (roles.HANDLER, roles.INTAKE, roles.HANDLER, roles.MEDIATOR, roles.HANDLER, roles.OMBUDSMAN)
Say = Callable[[str], None]
# Makes portions side by side: given the shop and the weeks, the weeks as they are done.
Spread = Callable[["Shop", Sequence[Week]], Iterator[Week]]


class OfficeNotEmpty(Conflict):
    """In deze databank staan al mensen of dossiers. Een voorbeeldkantoor komt alleen in een lege databank; er is niets gewijzigd."""


class OtherSample(Conflict):
    """In deze databank staat al een voorbeeld van een andere grootte. Kies dezelfde grootte om het af te maken, of een lege databank."""


@dataclass(frozen=True)
class Shop:
    """Everything needed to print a week anywhere: it can be sent to another process."""

    plan: Plan
    films: list[Film]
    numbers: Numbering
    colleagues: dict[str, list[str]]
    questions: dict[str, list[str]]
    key_file: Path

    def print_week(self, database: Database, week: Week) -> None:
        """All cases of a week, in one transaction."""
        with database.work() as work:
            bulk.begin(work, database.is_sqlite)
            write(work, self.films[0].tables, list(self._printed(week)))

    def _printed(self, week: Week) -> Iterator[Printed]:
        press = Press(self.films, self.plan.until, keyring_at(self.key_file), self.colleagues, self.questions)
        counted = dict(self.numbers.before[week.number])
        chance = random.Random(f"{self.plan.seed}:print:{week.number}")  # noqa: S311  # a sample has no secrets to keep
        for place, arrival in enumerate(arrivals(self.plan, week, self.films)):
            year = year_of(arrival)
            counted[year] = counted.get(year, 0) + 1
            yield press.print(arrival, week.first_id + place, f"{year}-{counted[year]:04d}", chance)


def load(
    office: Office, cases: int, *, open_at: OpenAt, spread: Spread, say: Say, examples: Sequence[Record] | None = None
) -> int:
    """Fill an office with this many cases; gives how many were made now. `examples` are what is played, else the shipped ones."""
    plan = _begin(office, cases)
    with office.database.reading() as reading:
        colleagues, questions = _colleagues(reading), _questions(reading)
    films = develop(office, open_at, _scripts(examples), say)
    for text in playing.PAPERS:  # the documents of the films point at these bytes
        office.documents.store(playing.paper(text))
    shop = Shop(plan, films, numbering(plan, films), colleagues, questions, office.settings.master_key_file)
    missing = _missing(office, plan)
    made = _all(shop, missing, spread, say)
    _finish(office, shop)
    registers.fill(office, plan, open_at, say)
    return made


def _scripts(examples: Sequence[Record] | None) -> list[playing.Script]:
    if examples is not None:
        return playing.scripts(list(examples), read(SAMPLE / "questions.jsonl")[:2], stalled=False)
    return playing.scripts(read(SAMPLE / "complaints.jsonl"), read(SAMPLE / "questions.jsonl"))


def _begin(office: Office, cases: int) -> Plan:
    """Hire the people of the demonstration and note the plan, or find the plan that was begun."""
    with office.database.reading() as reading:
        begun = _noted(reading)
        if begun is None and (people.anyone(reading) or reading.session.scalar(select(Case.id).limit(1))):
            raise OfficeNotEmpty
    if begun is not None:
        if begun.cases != cases:
            raise OtherSample(cases=begun.cases)
        return begun
    with office.database.work() as work:
        shipped.install(office, work)
    demo.hire(office)
    plan = Plan(cases, office.clock.now().replace(microsecond=0))
    with office.database.work() as work:
        _hire_more(office, work, cases // CASES_PER_COLLEAGUE)
        data = {"cases": cases, "until": plan.until.isoformat()}
        office.log.append(work, accounts.STREAM, [Event(MARK, "started", plan.until, demo.INSTALLER.id, "", data)])
    return plan


def _noted(reading: Reading) -> Plan | None:
    """The plan this office was begun with. Read as it is stored: it is needed before anything else."""
    row = reading.session.scalar(
        select(EventRow.data).where(EventRow.stream == accounts.STREAM, EventRow.activity == MARK).limit(1)
    )
    if row is None:
        return None
    data: dict[str, Any] = json.loads(row)
    return Plan(int(data["cases"]), datetime.fromisoformat(data["until"]))


def _hire_more(office: Office, work: UnitOfWork, many: int) -> None:
    for number in range(many):
        given, family = GIVEN_NAMES[number % len(GIVEN_NAMES)], FAMILY_NAMES[number * 7 % len(FAMILY_NAMES)]
        accounts.hire(
            office, work, demo.INSTALLER, login=f"collega{number + 1}", name=f"{given} {family}",
            password=demo.PASSWORD, roles=[TEAM[number % len(TEAM)]], email=f"collega{number + 1}@example.org",
        )  # fmt: skip


def _colleagues(reading: Reading) -> dict[str, list[str]]:
    """For each person who was played, everybody who could have done it: those of the same role."""
    found: dict[str, list[str]] = {}
    for role in sorted(roles.CASE_STAFF):
        held = [f"person:{person.id}" for person in people.with_role(reading, role)]
        found |= dict.fromkeys(held, held)
    return found


def _questions(reading: Reading) -> dict[str, list[str]]:
    """What each side of a closed case is asked, by the names of the fields."""
    forms = {side: form_in_use(reading, SURVEY.format(side=side))[0] for side in SIDES}
    return {side: [each.key for each in form.inputs() if each.type == "radio"] for side, form in forms.items()}


def _missing(office: Office, plan: Plan) -> list[Week]:
    """The weeks of which the first case is not there. A week is made whole or not at all."""
    weeks = [week for week in plan.weeks if week.count]
    with office.database.reading() as reading:
        firsts = [week.first_id for week in weeks]
        there = set(reading.session.scalars(select(Case.id).where(Case.id.in_(firsts))))
    return [week for week in weeks if week.first_id not in there]


def _all(shop: Shop, missing: Sequence[Week], spread: Spread, say: Say) -> int:
    total, made, told_at = sum(week.count for week in missing), 0, 0.0
    started = time.monotonic()
    for week in spread(shop, missing):
        made += week.count
        spent = time.monotonic() - started
        if spent - told_at >= 5 or made == total:
            told_at = spent
            left = spent / made * (total - made)
            say(f"{made:>9} of {total} cases, {made / max(spent, 0.001):.0f} a second, {left / 60:.1f} minutes left")
    return made


def write(work: UnitOfWork, columns: dict[str, tuple[str, ...]], printed: list[Printed]) -> None:
    """Put printed cases in the database, what others point at first."""
    for table in TABLES:
        bulk.write(work, table, columns[table], (row for each in printed for row in each.rows.get(table, ())))
    answers = (row for each in printed for row in each.rows.get("survey_answer", ()))
    bulk.write(work, "survey_answer", ANSWER_COLUMNS, answers)
    bulk.write(work, "stream_head", HEAD_COLUMNS, (each.head for each in printed))
    bulk.write(work, "event", EVENT_COLUMNS, (row for each in printed for row in each.events))


def _finish(office: Office, shop: Shop) -> None:
    """The counters go on after the last case; the planner learns what there is."""
    with office.database.work() as work:
        known = set(work.session.scalars(select(CaseNumber.year)))
        rows = [{"year": year, "last": many} for year, many in shop.numbers.totals.items() if year not in known]
        if rows:
            work.session.execute(insert(CaseNumber), rows)
    bulk.finish(office.database, [*TABLES, "event"])
