"""A sample office: each printed case is a case of its own, whole, at a moment of its life, and goes on from there."""

import pickle
from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select

import service
from cases.models import Case, CaseNumber
from cases.recommendations import Recommendation
from cases.searching import number_words
from cases.surveys import SurveyAnswer
from engine.models import ProcessInstance
from history.replay import frames
from history.reports import said_of
from identity.people import Actor
from service import open_office
from storage import bulk
from storage.unit_of_work import Database
from tasks import accounts, sample_office, worklist
from tasks.background.clock_source import Clock, TravellingClock
from tasks.office import WORKFLOWS, Office, Settings
from tasks.sample_office import playing
from tasks.sample_office.arrivals import Arrival, Plan, Week, arrivals, numbering
from tasks.sample_office.darkroom import develop
from tasks.sample_office.loading import OfficeNotEmpty, OtherSample, Shop, write
from tasks.sample_office.patterns import FAMILY, GIVEN, MARK, PLACE, moved
from tasks.sample_office.printing import Press
from tasks.scenarios.records import read
from tasks.scenarios.stage import Stage
from tests.properties.walk import Walk
from tests.tasks.test_annual_report import is_what_is_counted_by_hand

WEEKS = -60  # from the day it was played to well before the office's day
SAMPLE = WORKFLOWS / "sample"
QUESTIONS = {"complainant": ["clear", "in_time"], "authority": ["clear"]}
HANDLER = Actor("person:1", "Hamid", frozenset({"case_handler", "intake_officer"}))


def open_at(settings: Settings, database: Database, clock: Clock) -> Office:
    return service.open_office(settings, database=database, clock=clock)


def printed_at_every_stop(office: Office) -> int:
    """One complaint as it stood at each moment of its life, each a case of its own; gives how many."""
    example = next(record for record in read(SAMPLE / "complaints.jsonl") if record.id == "V003")
    films = develop(office, open_at, playing.scripts([example], [], stalled=False), print)
    film = films[0]
    printed = []
    for number, stop in enumerate(film.stops, start=1):
        press = Press(films, stop.at + timedelta(weeks=WEEKS, hours=1), office.log._keyring, {}, QUESTIONS)
        arrival = Arrival(film.received_at + timedelta(weeks=WEEKS), 0, WEEKS)
        printed.append(press.print(arrival, number, f"2025-{number:04d}", Random(number)))
    with office.database.work() as work:
        bulk.begin(work, office.database.is_sqlite)
        write(work, film.tables, printed)
    bulk.finish(office.database, [*film.tables, "event"])
    return len(printed)


def test_every_moment_of_a_played_case_is_printed_as_a_whole_case_that_goes_on(
    office: Office, clock: TravellingClock
) -> None:
    many = printed_at_every_stop(office)
    assert many > 12

    with office.database.reading() as reading:
        assert [stream for stream, verdict in office.log.verify_all(reading) if not verdict.ok] == []
        instances = list(reading.session.execute(select(ProcessInstance.case_id, ProcessInstance.id)))
    for case_id, instance_id in instances:
        Walk(office, clock, Random(0), case_id or 0, instance_id).check()
    with office.database.reading() as reading:
        for case in reading.session.scalars(select(Case)):
            assert case.search_text.startswith(f"{number_words(case.number)} ")
            told = str([case.search_text, case.subject, *office.log.read(reading, f"case:{case.id}")])
            assert not [word for word in (GIVEN, FAMILY, PLACE, MARK, "2026-8") if word.lower() in told.lower()]
        assert len(set(reading.session.scalars(select(Case.secret_hash)))) == many
        advice = {row.case_id: row for row in reading.session.scalars(select(Recommendation))}
        for case_id, row in advice.items():
            kept = said_of(reading, f"case:{case_id}", "recommendation")
            assert {str(told["number"]) for _, _, _, told in kept} == {row.number}
        given = list(reading.session.scalars(select(SurveyAnswer.answers)))
    assert 3 < len(advice) < many
    assert {key for answers in given for key in answers} <= set(QUESTIONS["complainant"])
    is_what_is_counted_by_hand(office, 2025)

    stage = Stage(office, 1)
    before = len(film_of(office, 1))
    stage.completes(stage.open()["assess_intake"], {"matter": "complaint", "judged_urgent": "nee"})
    assert "decide_admissibility" in stage.open()
    assert len(film_of(office, 1)) > before
    with office.database.reading() as reading:
        assert office.log.verify(reading, "case:1").ok
        assert worklist.page(reading, HANDLER, "all", now=clock.now()).total > 0


def film_of(office: Office, case_id: int) -> list[object]:
    with office.database.reading() as reading:
        return list(frames(office.log.read(reading, f"case:{case_id}")))


def test_dates_move_by_whole_weeks_on_the_clock_of_the_wall() -> None:
    assert moved("day", "2026-03-23", 1) == "2026-03-30"
    assert moved("instant", "2026-03-23 08:00:00.000000", 1) == "2026-03-30 07:00:00.000000"
    assert moved("instant", "2026-03-23T09:00:00+01:00", 1) == "2026-03-30T09:00:00+02:00"
    assert moved("instant", "2026-03-23T08:00:00Z", 1) == "2026-03-30T07:00:00Z"
    assert moved("slashed", "31/12/2026", 1) == "07/01/2027"
    assert moved("written", "31 december 2026", 1) == "7 januari 2027"
    assert moved("written", "31. Dezember 2026", 1) == "7. Januar 2027"


class Interrupted(Exception):
    """Somebody pulled the plug."""


def sent_elsewhere(database: Database, stops_after: int | None = None):  # type: ignore[no-untyped-def]
    """Print each week with a shop that travelled to another process; after some weeks the plug may be pulled."""

    def weeks(shop: Shop, missing: Sequence[Week]) -> Iterator[Week]:
        elsewhere = pickle.loads(pickle.dumps(shop))  # made a moment ago
        for number, week in enumerate(missing):
            if number == stops_after:
                raise Interrupted
            elsewhere.print_week(database, week)
            yield week

    return weeks


def load(office: Office, cases: int, stops_after: int | None = None) -> int:
    spread = sent_elsewhere(office.database, stops_after)
    return sample_office.load(office, cases, open_at=open_at, spread=spread, say=print, examples=())


def test_an_interrupted_load_goes_on_with_the_weeks_that_are_missing(office: Office) -> None:
    with pytest.raises(Interrupted):
        load(office, 100, stops_after=40)
    with pytest.raises(OtherSample):
        load(office, 400)
    later = open_office(office.settings, database=office.database, clock=TravellingClock(office.clock.now()))
    later.clock.advance(timedelta(days=40))  # type: ignore[attr-defined]

    made = load(later, 100)

    with office.database.reading() as reading:
        numbers = list(reading.session.scalars(select(Case.number).order_by(Case.id)))
        last = {row.year: row.last for row in reading.session.scalars(select(CaseNumber))}
        newest = reading.session.scalar(select(func.max(Case.received_at)))
        assert all(verdict.ok for _, verdict in office.log.verify_all(reading))
    assert 0 < made < 100
    assert len(numbers) == 100
    assert numbers == [f"{year}-{number:04d}" for year in sorted(last) for number in range(1, last[year] + 1)]
    assert newest is not None
    assert newest <= office.clock.now()


def test_an_office_with_people_of_its_own_is_not_filled(sqlite_office: Office) -> None:
    with sqlite_office.database.work() as work:
        accounts.hire(
            sqlite_office, work, HANDLER, login="an", name="An", password="een lange zin is veilig", roles=["admin"],
        )  # fmt: skip
    with pytest.raises(OfficeNotEmpty):
        load(sqlite_office, 100)


def test_a_load_has_exactly_the_cases_that_were_asked_and_most_are_questions(sqlite_office: Office) -> None:
    scripts = playing.scripts(read(SAMPLE / "complaints.jsonl")[:1], read(SAMPLE / "questions.jsonl")[:1])
    films = develop(sqlite_office, open_at, scripts, print)
    plan = Plan(2_000, sqlite_office.clock.now())
    came = [films[each.film].kind for week in plan.weeks for each in arrivals(plan, week, films)]
    assert len(came) == 2_000
    assert sum(numbering(plan, films).totals.values()) == 2_000
    assert 0.8 < came.count("question") / len(came) < 0.95
    assert came.count("stalled") < came.count("file")
