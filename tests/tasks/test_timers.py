"""Timers that are due, with several who fire them: nobody waits, each fires once, whoever dies, and in the order of one case."""

import os
import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import func, select

from engine import definitions
from engine.vocabulary import Vocabulary
from history.models import EventRow
from identity.people import system
from service import open_office
from tasks import turn
from tasks.background import timers
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.diagrams.shapes import after, catch, chain
from tests.engine.office import diagram, flows
from tests.processes import Started

BY = system("test")


def waiting(office: Office, count: int) -> list[int]:
    """So many instances that wait an hour, and then nine days."""
    return waiting_at(office, chain(catch("t", after("PT1H")), catch("u", after("P9999D"))), count)


def waiting_at(office: Office, content: bytes, count: int = 1) -> list[int]:
    """So many instances of this diagram."""
    at = office.clock.now()
    with office.database.work() as work:
        made = definitions.publish(
            work, "process", content, actor_id="person:1", at=at, vocabulary=Vocabulary.anything()
        ).definition
        definitions.activate(work, made.id, actor_id="person:2", at=at)
        steps = [office.engine.start(work, made.key, {}, None) for _ in range(count)]
        for step in steps:
            turn.apply(office, work, BY, step)
    return [step.instance_id for step in steps]


def fired(office: Office) -> Counter[str]:
    """How often a timer fired, by the instance's stream."""
    query = select(EventRow.stream, func.count()).where(EventRow.activity == "timer", EventRow.transition == "received")
    with office.database.reading() as reading:
        return Counter(dict(reading.session.execute(query.group_by(EventRow.stream)).all()))


def draining(office: Office, *how: str) -> Started:
    """A process of its own that fires timers."""
    words = (office.database.url, str(office.settings.data_dir), *how)
    return Started("tests.tasks.draining", *words, environment=os.environ)


def answer(process: Started) -> None:
    """Let it commit."""
    assert process.stdout.readline() == "commit?\n"
    process.stdin.write("yes\n")
    process.stdin.flush()


def awake(office: Office) -> Office:
    """The same office by the real clock."""
    return open_office(office.settings, database=office.database)


def once_each(instances: list[int]) -> Counter[str]:
    return Counter(f"instance:{instance}" for instance in instances)


def test_a_case_somebody_is_busy_with_is_passed_by_and_comes_later(office: Office, clock: TravellingClock) -> None:
    busy, *others = waiting(office, 3)
    clock.advance(timedelta(hours=2))
    if office.database.is_sqlite:  # one writer at a time: nobody can be busy with a case while another one moves
        assert timers.fire_due(office) == 3
        return
    with office.database.work() as work:
        office.engine.hold(work, busy)
        assert timers.fire_due(office) == 2
    assert fired(office) == once_each(others)
    assert timers.fire_due(office) == 1
    assert fired(office) == once_each([busy, *others])


def late() -> tuple[float, float]:
    """How many timers fired as this process tells it, and how many seconds late all together."""
    values = (REGISTRY.get_sample_value(f"ombudsflow_timer_late_seconds_{name}") for name in ("count", "sum"))
    count, seconds = (value or 0.0 for value in values)
    return count, seconds


def test_how_late_a_timer_fired_is_told_and_never_more_than_one_tick_when_nothing_holds_it_up(
    sqlite_office: Office, clock: TravellingClock
) -> None:
    [instance] = waiting(sqlite_office, 1)
    tick = timedelta(seconds=sqlite_office.settings.tick_seconds)
    clock.advance(timedelta(hours=1) - tick / 2)
    assert timers.fire_due(sqlite_office) == 0
    before = late()
    clock.advance(tick)
    assert timers.fire_due(sqlite_office) == 1
    with sqlite_office.database.reading() as reading:
        told = next(e for e in sqlite_office.log.read(reading, f"instance:{instance}") if e.activity == "timer")
    assert told.at - datetime.fromisoformat(str(told.data["due_at"])) == tick / 2 < timedelta(seconds=2)
    assert [round(now - then, 6) for now, then in zip(late(), before, strict=True)] == [1, 0.5]


def test_of_one_case_the_timer_that_is_due_longest_comes_first_whichever_was_asked_for(
    office: Office, clock: TravellingClock
) -> None:
    both = '<eventBasedGateway id="g"/>' + catch("late", after("PT2H")) + catch("soon", after("PT1H"))
    links = flows("s>g;g>late;g>soon;late>e;soon>f")
    waiting_at(office, diagram('<startEvent id="s"/>' + both + '<endEvent id="e"/><endEvent id="f"/>' + links))
    clock.advance(timedelta(hours=3))
    assert timers.fire_due(office) == 1
    with office.database.reading() as reading:
        query = select(EventRow.activity).where(EventRow.transition == "completed")
        passed = set(reading.session.scalars(query))
    assert "soon" in passed
    assert "late" not in passed


def test_once_told_to_stop_no_timer_is_begun(office: Office, clock: TravellingClock) -> None:
    instances = waiting(office, 3)
    clock.advance(timedelta(hours=2))
    stopping = threading.Event()
    stopping.set()
    assert timers.fire_due(office, stopping) == 0
    assert timers.fire_due(office) == 3
    assert fired(office) == once_each(instances)


@pytest.mark.parametrize("office", ["postgresql"], indirect=True)
def test_who_dies_just_before_its_commit_held_up_nobody_and_its_timer_fires_once(office: Office) -> None:
    instances = waiting(office, 30)  # due long ago for processes that live by the real clock
    first = draining(office, "step")
    for _ in range(7):
        answer(first)
    assert first.stdout.readline() == "commit?\n"  # everything is written, its case is locked
    second = draining(office)
    assert second.communicate(timeout=60)[0] == "fired 22\n"
    first.kill()
    first.communicate()
    assert timers.fire_due(awake(office)) == 1  # what the dead one held
    assert fired(office) == once_each(instances)
