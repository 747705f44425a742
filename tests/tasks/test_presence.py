"""Who works for the office can be seen: who lives, who went away without a word; and it costs no work that matters."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from starlette.testclient import TestClient

from service import create_app
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tasks.models import LiveProcess
from tasks.office import Office
from tasks.operating import presence
from tasks.operating.presence import SERVE, WORKER, Presence
from tests.storage.test_parts_of_a_complaint import migrate


def shown(office: Office) -> list[tuple[str, bool]]:
    with office.database.reading() as reading:
        return [(each.role, each.is_gone) for each in presence.of(reading, office.clock.now())]


def test_one_that_is_silent_is_gone_and_falls_off_and_one_that_stops_leaves(
    office: Office, clock: TravellingClock
) -> None:
    server, worker = Presence(office, SERVE), Presence(office, WORKER)
    server.say()
    worker.say()
    assert shown(office) == [(SERVE, False), (WORKER, False)]
    clock.travel_to(clock.now() + timedelta(seconds=31))
    server.say()
    assert shown(office) == [(SERVE, False), (WORKER, True)]
    clock.travel_to(clock.now() + timedelta(hours=2))
    assert shown(office) == []
    another = Presence(office, WORKER)
    another.say()
    with office.database.reading() as reading:
        assert len(reading.session.scalars(select(LiveProcess)).all()) == 1
    another.leave()
    assert shown(office) == []


def test_a_database_that_is_away_stops_no_process_and_is_told_once(
    sqlite_office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    here = Presence(sqlite_office, SERVE)
    with sqlite_office.database.work() as work:
        work.session.execute(text("ALTER TABLE live_process RENAME TO elsewhere"))
    for _ in range(3):
        here.say()
    assert len(caplog.records) == 1
    with sqlite_office.database.work() as work:
        work.session.execute(text("ALTER TABLE elsewhere RENAME TO live_process"))
    here.say()
    assert shown(sqlite_office) == [(SERVE, False)]


def test_a_server_is_in_the_list_for_as_long_as_it_serves(sqlite_office: Office) -> None:
    with TestClient(create_app(sqlite_office.settings, sqlite_office)):
        assert shown(sqlite_office) == [(SERVE, False)]
    again = Database(sqlite_office.database.url)
    with again.reading() as reading:
        assert reading.session.scalars(select(LiveProcess)).all() == []
    again.close()


def test_an_office_from_before_takes_its_cases_along(office: Office) -> None:
    Presence(office, SERVE).say()
    definitions = text("SELECT count(*) FROM definition")
    migrate(office.database, "0019", down=True)
    migrate(office.database, "head")
    assert shown(office) == []
    with office.database.engine.connect() as connection:
        assert connection.execute(definitions).scalar_one() > 10
