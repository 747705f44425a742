"""The embedded queue asks the world for several things at once, and none of them makes another wait."""

import socket
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from engine.queue import JOB
from engine.step import OutsideContext
from tasks.background import errands
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tests.tasks.test_queue import Place


def test_what_falls_due_while_a_call_lasts_does_not_wait_for_it(
    sqlite_office: Office, clock: TravellingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(sqlite_office, clock)
    monkeypatch.setattr(errands, "LOOK_EVERY", timedelta(milliseconds=5))
    second_was_asked = threading.Event()

    def answer(context: OutsideContext) -> Mapping[str, Any]:
        if context.variables["word"] == "second":
            second_was_asked.set()
            return {}
        place.start(word="second")
        return {"said": second_was_asked.wait(timeout=20)}

    first = place.publish().start(word="first")
    place.answer = answer
    assert place.run() == 2
    assert (place.outcome(first), second_was_asked.is_set()) == ("completed", True)


def test_servers_that_never_answer_hold_up_nobody_once_their_time_is_over(
    sqlite_office: Office, clock: TravellingClock
) -> None:
    place, held = Place(sqlite_office, clock), list[socket.socket]()
    at_once = errands.LINES[JOB].at_once

    with socket.create_server(("127.0.0.1", 0), backlog=2 * at_once) as silent:

        def answer(context: OutsideContext) -> Mapping[str, Any]:
            if context.variables["word"] == "dag":
                return {}
            line = socket.create_connection(silent.getsockname())
            held.append(line)
            return {"said": line.recv(1).decode()}

        place.answer = answer
        place.publish(timeLimit="PT0.2S", retries=1)
        stuck = [place.start(word="hang") for _ in range(at_once)]
        well = place.start()
        assert place.run() == 1
        assert place.outcome(well) == "completed"
        assert [place.outcome(each) for each in stuck] == ["incident"] * at_once
        assert len(held) == at_once, "each was really waiting on its line"
        for line in held:
            line.shutdown(socket.SHUT_RDWR)
            line.close()
