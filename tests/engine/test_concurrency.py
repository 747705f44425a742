"""Two at the same moment: exactly one wins, the other is told, and the case lives."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from engine import definitions
from engine.errors import TokenNotWaiting
from engine.models import Subscription
from engine.step import Step
from storage.unit_of_work import Database, UnitOfWork
from tasks.background.clock_source import TravellingClock
from tests.engine.office import MESSAGE, Stage, diagram, flows, users

Act = Callable[[UnitOfWork], Step | None]


@pytest.fixture
def stage(database: Database, clock: TravellingClock) -> Stage:
    return Stage(database, clock)


def together(stage: Stage, acts: list[Act]) -> list[Step | Exception | None]:
    """Each act in a transaction and a thread of its own, all let go at once."""
    line = Barrier(len(acts))

    def run(act: Act) -> Step | Exception | None:
        line.wait()
        try:
            with stage.database.work() as work:
                return act(work)
        except TokenNotWaiting as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def completing(stage: Stage, element_id: str, **variables: object) -> Act:
    instance, token = stage.instance, stage.tokens[element_id]
    return lambda work: stage.engine.complete(work, instance, token, variables)


CHAIN = diagram('<startEvent id="s"/>' + users("u z") + '<endEvent id="e"/>' + flows("s>u;u>z;z>e"))


@pytest.mark.parametrize("rounds", range(4))
def test_of_two_completions_of_one_token_exactly_one_wins(stage: Stage, rounds: int) -> None:
    stage.publish(CHAIN).start(round=rounds)
    results = together(stage, [completing(stage, "u", who=n) for n in range(4)])
    won = [step for step in results if isinstance(step, Step)]
    assert len(won) == 1
    assert sum(isinstance(refusal, TokenNotWaiting) for refusal in results) == 3
    assert stage.active == {"z": 1}
    stage.tokens["z"] = won[0].opened[0].token_id
    results = together(stage, [completing(stage, "z") for _ in range(3)])
    assert [step.outcome for step in results if isinstance(step, Step)] == ["completed"]
    assert sum(isinstance(refusal, TokenNotWaiting) for refusal in results) == 2


def test_two_branches_completed_at_once_both_count(stage: Stage) -> None:
    body = (
        '<startEvent id="s"/><parallelGateway id="g"/>' + users("a b z") + '<parallelGateway id="j"/><endEvent id="e"/>'
    )
    stage.publish(diagram(body + flows("s>g;g>a;g>b;a>j;b>j;j>z;z>e"))).start()
    results = together(stage, [completing(stage, "a", from_a=1), completing(stage, "b", from_b=2)])
    assert all(isinstance(step, Step) for step in results)
    assert stage.active == {"z": 1}
    assert stage.variables == {"case_id": 7, "from_a": 1, "from_b": 2}


TIMED = diagram(
    '<startEvent id="s"/>'
    + users("u")
    + '<boundaryEvent id="late" attachedToRef="u" cancelActivity="false"><timerEventDefinition><timeDuration>P1D</timeDuration>'
    + "</timerEventDefinition></boundaryEvent>"
    + users("remind")
    + '<endEvent id="e"/><endEvent id="e2"/>'
    + flows("s>u;u>e;late>remind;remind>e2")
)


def test_a_timer_fires_once_however_many_tick(stage: Stage) -> None:
    stage.publish(TIMED).start()
    stage.clock.advance(timedelta(days=1))
    with stage.database.reading() as reading:
        (timer,) = reading.session.scalars(select(Subscription.id))
    results = together(stage, [lambda work: stage.engine.fire_timer(work, timer) for _ in range(4)])
    assert sum(isinstance(step, Step) for step in results) == 1
    assert stage.active == {"u": 1, "remind": 1}


def test_a_timer_and_a_person_at_once_leave_one_story(stage: Stage) -> None:
    interrupting = TIMED.replace(b'cancelActivity="false"', b"")
    stage.publish(interrupting).start()
    stage.clock.advance(timedelta(days=1))
    with stage.database.reading() as reading:
        (timer,) = reading.session.scalars(select(Subscription.id))
    person, tick = together(stage, [completing(stage, "u"), lambda work: stage.engine.fire_timer(work, timer)])
    if isinstance(person, Step):
        assert (person.outcome, tick) == ("completed", None)
    else:
        assert isinstance(tick, Step)
        assert stage.active == {"remind": 1}


def test_messages_at_once_are_each_taken_once(stage: Stage) -> None:
    edge = TIMED.replace(
        b"<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition>",
        b'<messageEventDefinition messageRef="message_m"/>',
    )
    stage.publish(edge.replace(b"<process", MESSAGE.format("m").encode() + b"<process")).start()
    results = together(stage, [lambda work: stage.engine.correlate(work, "m", "7", {}) for _ in range(4)])
    assert all(isinstance(step, Step) for step in results)
    assert stage.active == {"u": 1, "remind": 4}


def test_of_versions_published_and_activated_at_once_each_has_a_number_and_one_is_in_use(stage: Stage) -> None:
    line = Barrier(4)

    def at_once(number: int) -> int:
        line.wait()
        stage.publish(CHAIN.replace(b'name="u"', b'name="u %d"' % number))
        return number

    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(at_once, range(4)))) == 4
    with stage.database.reading() as reading:
        made = definitions.versions(reading, "process", "p")
    assert [row.version for row in made] == [4, 3, 2, 1]
    assert sorted(row.state for row in made) == ["active", "retired", "retired", "retired"]
