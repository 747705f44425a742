"""Clocks that are wrong, days that are missing or come twice: nothing fires twice, nothing is lost, nothing stays locked for ever."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text

from engine import claims, definitions
from engine.models import Subscription
from engine.vocabulary import Vocabulary
from service import open_office
from storage.unit_of_work import Database, DatabaseGone
from tasks.background import clock_source, job_errands, timers
from tasks.background.clock_source import DatabaseClock, SystemClock, TravellingClock
from tasks.office import Office, Settings
from tests.diagrams.shapes import boundary
from tests.engine.office import diagram, flows, users
from tests.tasks.test_queue import Place
from tests.tasks.test_timers import fired, once_each, waiting

BRUSSELS = ZoneInfo("Europe/Brussels")
HOUR = timedelta(hours=1)


def local(text: str) -> datetime:
    """A moment on the office's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def set_to(clock: TravellingClock, moment: datetime) -> None:
    """What an operator or a wrong time server does to the wall clock."""
    clock._now = moment.astimezone(UTC)


def repeating(office: Office, cycle: str) -> int:
    """An instance that is reminded, again and again, while its user task waits."""
    timer = f"<timerEventDefinition><timeCycle>{cycle}</timeCycle></timerEventDefinition>"
    body = '<startEvent id="s"/>' + users("u") + boundary("remind", "u", timer, 'cancelActivity="false"')
    content = diagram(body + '<endEvent id="e"/><endEvent id="f"/>' + flows("s>u;u>e;remind>f"))
    with office.database.work() as work:
        made = definitions.publish(
            work, "process", content, actor_id="person:1", at=office.clock.now(), vocabulary=Vocabulary.anything()
        ).definition
        definitions.activate(work, made.id, actor_id="person:2", at=office.clock.now())
        step = office.engine.start(work, made.key, {}, None)
        return step.instance_id


def next_due(office: Office) -> str:
    """When the only timer is due, on the office's clock."""
    with office.database.reading() as reading:
        due = reading.session.scalars(select(Subscription.due_at).where(Subscription.kind == "timer")).one()
    assert due is not None
    return due.astimezone(BRUSSELS).strftime("%Y-%m-%d %H:%M %z")


@pytest.fixture(params=[-1, 1, -24 * 366])
def jump(request: pytest.FixtureRequest) -> timedelta:
    return HOUR * int(request.param)


def test_a_clock_that_jumps_fires_each_timer_once(office: Office, clock: TravellingClock, jump: timedelta) -> None:
    instances = waiting(office, 3)
    due = clock.now() + HOUR
    set_to(clock, clock.now() + jump)
    early = timers.fire_due(office)
    assert early == (3 if clock.now() >= due else 0)
    set_to(clock, due)
    assert timers.fire_due(office) == 3 - early
    set_to(clock, due + jump)  # and once more, when they have fired
    assert timers.fire_due(office) == 0
    assert fired(office) == once_each(instances)


def test_a_lease_of_before_the_clock_was_set_back_keeps_nobody_from_the_job(
    office: Office, clock: TravellingClock
) -> None:
    place = Place(office, clock).publish("write")
    instance = place.start()
    assert job_errands.take(office, place.job(instance).id) is not None  # by a process that dies now
    assert place.run() == 0
    set_to(clock, clock.now() - claims.LEASE / 10)  # a clock that is corrected a little ends no lease
    assert place.run() == 0
    set_to(clock, clock.now() - HOUR)
    assert place.run() == 1
    assert place.outcome(instance) == "completed"


@pytest.mark.parametrize(
    ("start", "cycle", "fired_at", "then"),
    [
        ("2026-03-28T02:30", "R/P1D", "2026-03-29T03:30", "2026-03-30 02:30 +0200"),  # half past two does not come
        (
            "2026-10-25T01:30",
            "R/PT1H",
            "2026-10-25T02:30",
            "2026-10-25 02:30 +0100",
        ),  # it comes twice: an hour is an hour
        (
            "2026-10-25T01:30",
            "30 2 * * *",
            "2026-10-25T02:30",
            "2026-10-26 02:30 +0100",
        ),  # and a fixed hour is had once
        ("2027-12-31T23:59", "R/PT1M", "2028-01-01T00:00", "2028-01-01 00:01 +0100"),
        ("2028-02-28T09:00", "R/P1D", "2028-02-29T09:00", "2028-03-01 09:00 +0100"),
        ("2027-02-28T09:00", "R/P1D", "2027-03-01T09:00", "2027-03-02 09:00 +0100"),
        ("2028-02-29T09:00", "R/P1Y", "2029-02-28T09:00", "2030-02-28 09:00 +0100"),
    ],
)
def test_what_repeats_keeps_to_the_office_clock(
    sqlite_office: Office, clock: TravellingClock, start: str, cycle: str, fired_at: str, then: str
) -> None:
    set_to(clock, local(start))
    instance = repeating(sqlite_office, cycle)
    set_to(clock, local(fired_at) - timedelta(seconds=1))
    assert timers.fire_due(sqlite_office) == 0
    set_to(clock, local(fired_at))
    assert timers.fire_due(sqlite_office) == 1
    assert next_due(sqlite_office) == then
    set_to(clock, local(fired_at) - timedelta(days=2))
    assert timers.fire_due(sqlite_office) == 0
    assert next_due(sqlite_office) == then
    assert fired(sqlite_office) == once_each([instance])


class NoWallClock(datetime):
    """A host whose clock must not be asked."""

    @classmethod
    def now(cls, tz: object = None) -> "NoWallClock":
        raise AssertionError("the host's clock was asked")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_every_process_lives_by_the_clock_of_the_database(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, shown = DatabaseClock(database), text("SELECT clock_timestamp()")
    with database.reading() as reading:
        before = reading.session.execute(shown).scalar_one()
    clock.look()
    monkeypatch.setattr(clock_source, "datetime", NoWallClock)
    seen = clock.now()
    with database.reading() as reading:
        after = reading.session.execute(shown).scalar_one()
    assert before - timedelta(seconds=5) < seen < after + timedelta(seconds=5)
    assert seen.utcoffset() == timedelta(0)
    assert clock.now() >= seen
    assert clock._began is not None
    clock._began += HOUR  # the database's clock was an hour ahead, and is set right
    assert clock.now() > after + HOUR / 2
    clock.look()
    assert clock.now() < after + HOUR / 2


def test_without_its_database_the_clock_goes_on() -> None:
    clock = DatabaseClock(Database("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    before = clock.now()
    with pytest.raises(DatabaseGone):
        clock.look()
    assert clock.now() >= before


def test_an_office_on_postgresql_lives_by_that_clock(database: Database, tmp_path: Path) -> None:
    office = open_office(Settings(data_dir=tmp_path), database=database)
    assert isinstance(office.clock, SystemClock if database.is_sqlite else DatabaseClock)
    assert office.engine.clock is office.clock
