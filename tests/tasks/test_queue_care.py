"""What looks after the shared queue: its tables, errands that were lost, workers that died; and where it is refused."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from engine import procrastinate_tables
from engine.procrastinate_queue import Procrastinate
from engine.queue import JOB, Errand
from engine.step import OutsideContext
from service import open_office
from storage.unit_of_work import Database, SchemaOutdated
from tasks.background import crew, mail, queue_care
from tasks.background.crew import Crew
from tasks.office import PROCRASTINATE, Office, SettingRefused, Settings
from tests.tasks.post_office import open_post_office
from tests.tasks.queues import WAITING, drain, with_procrastinate
from tests.tasks.test_queue import Place

BEFORE_WORKERS_HAD_A_PULSE = "03.00.00_50"


@pytest.fixture
def place(postgresql_office: Office, tmp_path: Path) -> Place:
    return Place(*with_procrastinate(postgresql_office.database, tmp_path))


def forget_everything(place: Place) -> None:
    with place.office.database.work() as work:
        work.session.execute(text("DELETE FROM procrastinate_jobs"))


def waiting(place: Place) -> int:
    with place.office.database.reading() as reading:
        return int(reading.session.scalar(text(WAITING)) or 0)


def test_what_the_queue_lost_is_put_again_once_it_is_a_minute_late(place: Place) -> None:
    first, second = place.publish().start(), place.start()
    forget_everything(place)
    assert (place.run(), queue_care.look_after(place.office)) == (0, 0)
    place.clock.advance(queue_care.OVERDUE)
    assert (queue_care.look_after(place.office), queue_care.look_after(place.office)) == (2, 0)
    assert place.run() == 2
    assert [place.outcome(first), place.outcome(second), len(place.asked)] == ["completed", "completed", 2]
    assert queue_care.look_after(place.office) == 0


def test_what_waited_in_the_other_queue_is_done_after_the_change(postgresql_office: Office, tmp_path: Path) -> None:
    with postgresql_office.database.work() as work:
        mail.queue(postgresql_office, work, to="jan@example.org", subject="Dag", body="Dag", case_id=None)
    changed, clock = with_procrastinate(postgresql_office.database, tmp_path)
    clock.advance(queue_care.OVERDUE)
    with open_post_office() as post:
        sending = replace(changed.settings, smtp_host="127.0.0.1", smtp_port=post.port)
        office = open_office(sending, database=changed.database, clock=clock)
        assert queue_care.look_after(office) == 1
        drain(office)
        assert [each["To"] for each in post.arrived] == ["jan@example.org"]


def test_an_errand_of_a_worker_without_a_pulse_goes_to_another(place: Place) -> None:
    instance = place.publish().start()
    with place.office.database.work() as work:  # as a worker leaves it that is killed before it claimed the row
        work.session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    assert place.run() == 0
    assert (queue_care.look_after(place.office), place.run(), place.outcome(instance)) == (1, 1, "completed")


def test_one_that_rests_never_holds_up_another_of_its_process(place: Place) -> None:
    def first_fails(_context: OutsideContext) -> Mapping[str, Any]:
        if len(place.asked) == 1:
            raise ConnectionError("niemand neemt op")
        return {}

    instance = place.publish(retryBackoff="PT6H").start("q")
    place.answer = first_fails
    assert (place.run(), len(place.asked), waiting(place)) == (1, 2, 0)
    place.clock.advance(timedelta(hours=6))
    assert (place.run(), place.outcome(instance)) == (1, "completed")


def test_a_crew_that_is_told_to_stop_ends_what_it_does_and_leaves_the_rest(place: Place) -> None:
    began, end = threading.Event(), threading.Event()

    def slow(_context: OutsideContext) -> Mapping[str, Any]:
        began.set()
        assert end.wait(20)
        return {}

    instances = [place.publish().start(), place.start()]
    place.answer = slow
    hands = Crew(place.office, 1)
    hands.start()
    assert began.wait(20)
    stopping = threading.Thread(target=hands.stop)
    stopping.start()
    end.set()
    stopping.join(20)
    assert not stopping.is_alive()
    assert [place.outcome(each) for each in instances] == ["completed", "active"]
    assert (drain(place.office), place.outcome(instances[1])) == (1, "completed")


def test_a_crew_whose_connections_are_cut_starts_anew(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "REST_SECONDS", 0.05)
    done = threading.Semaphore(0)

    def answer(_context: OutsideContext) -> Mapping[str, Any]:
        done.release()
        return {}

    place.publish().start()
    place.answer = answer
    hands = Crew(place.office, 2)
    hands.start()
    assert done.acquire(timeout=20)
    with place.office.database.work() as work:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE '%procrastinate%'"
        work.session.execute(text(f"{cut} AND datname = current_database() AND pid <> pg_backend_pid()"))
    place.start()
    assert done.acquire(timeout=20)
    hands.stop()
    assert len(place.asked) == 2


def test_the_tables_are_made_once_and_brought_along_with_the_library(postgresql_office: Office) -> None:
    database = postgresql_office.database
    queue = Procrastinate(postgresql_office.clock)
    with pytest.raises(SchemaOutdated):
        procrastinate_tables.require_current(database)
    with pytest.raises(SchemaOutdated), database.work() as work:
        queue.put(work, Errand(JOB, 1, postgresql_office.clock.now()))
    _as_it_was(database, BEFORE_WORKERS_HAD_A_PULSE)
    with pytest.raises(SchemaOutdated):
        procrastinate_tables.require_current(database)
    for _ in range(2):
        procrastinate_tables.install(database)
        procrastinate_tables.require_current(database)
    database.upgrade()
    with database.work() as work:
        queue.put(work, Errand(JOB, 1, postgresql_office.clock.now()))
    Crew(replace(postgresql_office, queue=queue), 1).drain()
    with database.reading() as reading:
        assert reading.session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0, "row 1 asks nothing"


def _as_it_was(database: Database, version: str) -> None:
    """The tables as an older version of the library made them, step by step."""
    for step in procrastinate_tables.steps():
        if procrastinate_tables.number_of(step) <= version:
            with database.work() as work:
                procrastinate_tables.run(work, step.read_text(encoding="utf-8"))
    with database.work() as work:
        work.session.execute(text(f"COMMENT ON TABLE procrastinate_jobs IS 'version {version}'"))


def test_sqlite_cannot_have_this_queue(sqlite_office: Office) -> None:
    with pytest.raises(SettingRefused) as refused:
        open_office(Settings(queue=PROCRASTINATE), database=sqlite_office.database)
    assert refused.value.fields["variable"] == "OMBUDSFLOW_QUEUE"
    assert "PostgreSQL" in str(refused.value.fields["expected"])
