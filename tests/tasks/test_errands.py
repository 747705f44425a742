"""The embedded queue asks the world for several things at once, and none of them makes another wait."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from engine.step import OutsideContext
from tasks import errands
from tasks.clock_source import TravellingClock
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
