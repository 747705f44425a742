"""Killed at any point of a completion, a case is as before or as after; nothing between, and it goes on."""

import os
import signal

from sqlalchemy import select

from engine.models import ProcessInstance, Subscription
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.engine.office import Stage, diagram, flows, users
from tests.processes import Started


def edge(element_id: str, host: str) -> str:
    return (
        f'<boundaryEvent id="{element_id}" attachedToRef="{host}"><timerEventDefinition><timeDuration>P9D</timeDuration>'
        f'</timerEventDefinition></boundaryEvent><endEvent id="end_{element_id}"/>'
    )


TWO_GUARDED = diagram(
    '<startEvent id="s"/>'
    + users("u z")
    + edge("late_u", "u")
    + edge("late_z", "z")
    + '<endEvent id="e"/>'
    + flows("s>u;u>z;z>e;late_u>end_late_u;late_z>end_late_z")
)


def killed_at(stage: Stage, point: str) -> bool:
    """Run the completion in a process of its own; True when it was killed, False when there was no such point."""
    url = stage.database.url
    words = (url, str(stage.instance), stage.tokens["u"], point)
    process = Started("tests.engine.crash", *words, environment=os.environ)
    said, _ = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGKILL), said
    return process.returncode != 0


def rows(stage: Stage) -> tuple[list[str], int]:
    """The timers in the database, and the version of the instance."""
    with stage.database.reading() as reading:
        timers = list(reading.session.scalars(select(Subscription.element_id)))
        return timers, reading.session.get_one(ProcessInstance, stage.instance).version


def test_a_kill_leaves_the_case_before_or_after_and_never_between(database: Database, clock: TravellingClock) -> None:
    stage = Stage(database, clock)
    stage.publish(TWO_GUARDED).start()
    before = rows(stage)
    for point in ("1", "2", "3", "commit"):  # reading, taking timers away, adding timers, everything written
        assert killed_at(stage, point)
        assert (stage.active, rows(stage)) == ({"u": 1}, before)
    assert killed_at(stage, "after")
    assert (stage.active, stage.variables["answer"]) == ({"z": 1}, "kept")
    assert rows(stage) == (["late_z"], before[1] + 1)
