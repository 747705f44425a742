"""People go first: the background waits for requests under way, but never for ever, and takes one turn at a time."""

import threading

import pytest

from storage.turnstile import Turnstile
from storage.unit_of_work import DatabaseGone
from tasks.background import precedence
from tasks.background.clock_source import TravellingClock
from tasks.background.precedence import Precedence
from tasks.background.ticking import Kind, ticking
from tasks.office import Office
from tests.conftest import START


def in_a_thread(act: object) -> threading.Thread:
    assert callable(act)
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


def test_the_background_waits_for_the_request_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "LONGEST_PAUSE", 60)
    first, order = Precedence(), list[str]()

    def work() -> None:
        with first.background():
            order.append("background")

    with first.request():
        thread = in_a_thread(work)
        order.append("request")
    thread.join(30)
    assert order == ["request", "background"]


def test_however_busy_the_pages_are_the_background_gets_its_turn() -> None:
    first = Precedence()
    with first.request(), first.background():
        pass  # it came in, though the request never ended


def test_nobody_gives_way_to_a_request_that_itself_waits_for_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precedence, "LONGEST_PAUSE", 60)
    monkeypatch.setattr(precedence, "PATIENCE", 0)  # every request has taken longer than this
    first = Precedence()
    with first.request(), first.background():
        pass


def test_the_turnstile_lets_in_who_came_first() -> None:
    gate, order, here = Turnstile(), list[int](), threading.Semaphore(0)

    def come(number: int) -> None:
        here.release()
        with gate.passing():
            order.append(number)

    assert gate.acquire()
    threads = []
    for number in range(5):
        threads.append(in_a_thread(lambda number=number: come(number)))
        here.acquire()
        while len(gate._waiting) <= number:  # it is in line before the next one comes
            threading.Event().wait(0.001)
    assert not gate.acquire(timeout=0.001)  # who gives up leaves the line
    gate.release()
    for thread in threads:
        thread.join(30)
    assert order == [0, 1, 2, 3, 4]
    assert gate.acquire(timeout=0)


def test_a_kind_of_work_that_hangs_or_breaks_holds_up_no_other(sqlite_office: Office) -> None:
    free, ticked = threading.Event(), threading.Semaphore(0)

    def hangs(_office: Office, _stopping: threading.Event) -> None:
        free.wait(30)

    def breaks(_office: Office, _stopping: threading.Event) -> None:
        ticked.release()
        raise ValueError("as a handler may")

    def works(_office: Office, stopping: threading.Event) -> None:
        assert not stopping.is_set()
        ticked.release()

    kinds = [Kind("hangs", hangs, 0.001), Kind("breaks", breaks, 0.001), Kind("works", works, 0.001)]
    with ticking(sqlite_office, kinds):
        assert all(ticked.acquire(timeout=30) for _ in range(20))
        free.set()


def test_a_database_that_is_away_is_told_once_and_so_is_its_return(
    sqlite_office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    ticks, back = threading.Semaphore(0), threading.Event()

    def works(_office: Office, _stopping: threading.Event) -> None:
        ticks.release()
        if not back.is_set():
            raise DatabaseGone

    with ticking(sqlite_office, [Kind("works", works, 0.001)]):
        assert all(ticks.acquire(timeout=30) for _ in range(5))
        back.set()
        assert all(ticks.acquire(timeout=30) for _ in range(5))
    assert [record.msg for record in caplog.records] == [
        {"event": "background work waits until it can go on", "kind": "works", "problem": "DatabaseGone"},
        {"event": "background work goes on again", "kind": "works"},
    ]


def test_the_tick_does_not_look_at_the_wall_clock(sqlite_office: Office, clock: TravellingClock) -> None:
    ticked = threading.Semaphore(0)
    with ticking(sqlite_office, [Kind("ticks", lambda _office, _stopping: ticked.release(), 0.001)]):
        assert ticked.acquire(timeout=30)
        clock._now = START.replace(year=2001)  # what an operator or a wrong time server does to the wall clock
        assert all(ticked.acquire(timeout=30) for _ in range(5))
