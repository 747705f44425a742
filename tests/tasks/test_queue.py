"""What every queue promises, told on each of them: nothing lost, nothing twice at once, nothing done for what never happened.

`place` is an office with job types of its own; `place.run()` does whatever the queue says is due now.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select, text, update

from engine import claims, definitions
from engine.models import Incident, Job, ProcessInstance
from engine.queue import JOB, Embedded
from engine.step import HandlerEntry, JobContext, JobType, NoUseTrying, Outside, OutsideContext
from engine.vocabulary import Vocabulary
from identity.people import system
from tasks import turn
from tasks.background import errands, job_errands, outcalls
from tasks.background.clock_source import TravellingClock
from tasks.office import PROCRASTINATE, Office
from tests.engine.office import diagram, flows, service
from tests.tasks.queues import drain, with_procrastinate

Answer = Callable[[OutsideContext], Mapping[str, Any]]


@dataclass
class Place:
    """An office where the job type `call` is what a story says it is. `asked` are the calls, in order."""

    office: Office
    clock: TravellingClock
    asked: list[OutsideContext] = field(default_factory=list)
    answer: Answer = field(default=lambda _: {"said": "yes"})

    def __post_init__(self) -> None:
        types = cast(dict[str, JobType], self.office.engine.handlers)
        types |= {"call": Outside(self._call), "write": HandlerEntry(self._write, automatic=False)}

    def _call(self, context: OutsideContext) -> Mapping[str, Any]:
        self.asked.append(context)
        return self.answer(context)

    def _write(self, context: JobContext) -> Mapping[str, Any]:
        context.work.session.execute(update(ProcessInstance).where(ProcessInstance.id == 0).values(version=0))
        return self._call(context)

    def publish(self, job_type: str = "call", retries: int = 3, **headers: str) -> "Place":
        """A process `p` of one job, and `q` of two at the same time."""
        more = "".join(f'<zeebe:header key="{key}" value="{value}"/>' for key, value in headers.items())
        more = f"<zeebe:taskHeaders>{more}</zeebe:taskHeaders>" if more else ""
        mapped = f'{more}<zeebe:ioMapping><zeebe:input source="=word" target="word"/></zeebe:ioMapping>'

        def job(name: str) -> str:
            return service(name, job_type, mapped).replace(f'"{job_type}"/>', f'"{job_type}" retries="{retries}"/>')

        one = '<startEvent id="s"/>' + job("a") + '<endEvent id="e"/>' + flows("s>a;a>e")
        two = '<startEvent id="s"/><parallelGateway id="g"/>' + job("a") + job("b") + '<parallelGateway id="j"/>'
        two += '<endEvent id="e"/>' + flows("s>g;g>a;g>b;a>j;b>j;j>e")
        return self.publish_as("p", diagram(one, key="p")).publish_as("q", diagram(two, key="q"))

    def publish_as(self, key: str, content: bytes) -> "Place":
        known = Vocabulary(job_types=frozenset(self.office.engine.handlers))
        at = self.clock.now()
        with self.office.database.work() as work:
            made = definitions.publish(work, "process", content, actor_id="person:1", at=at, vocabulary=known)
            assert made.definition.key == key
            definitions.activate(work, made.definition.id, actor_id="person:2", at=at)
        return self

    def start(self, key: str = "p", word: str = "dag") -> int:
        """An instance whose job is put in the queue with it."""
        with self.office.database.work() as work:
            step = self.office.engine.start(work, key, {"word": word}, None)
            turn.apply(self.office, work, system("test"), step)
            return step.instance_id

    def run(self) -> int:
        """Do what the queue says is due now."""
        return errands.do_jobs(self.office) if isinstance(self.office.queue, Embedded) else drain(self.office)

    def job(self, instance: int) -> Job:
        with self.office.database.reading() as reading:
            return reading.session.scalars(
                select(Job).where(Job.instance_id == instance).order_by(Job.id.desc())
            ).first()  # type: ignore[return-value]

    def outcome(self, instance: int) -> str:
        with self.office.database.reading() as reading:
            return reading.session.get_one(ProcessInstance, instance).outcome

    def reasons(self) -> list[str]:
        with self.office.database.reading() as reading:
            return list(reading.session.scalars(select(Incident.reason).where(Incident.resolved_at.is_(None))))


@pytest.fixture(params=["embedded sqlite", "embedded postgresql", "procrastinate postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    queue, database = request.param.split()
    office, clock = request.getfixturevalue(f"{database}_office"), request.getfixturevalue("clock")
    if queue == PROCRASTINATE:
        office, clock = with_procrastinate(office.database, tmp_path)
    return Place(office, clock)


def fails(_context: OutsideContext) -> Mapping[str, Any]:
    raise ConnectionError("niemand neemt op")


def test_a_job_is_done_once_and_the_process_goes_on_with_its_answer(place: Place) -> None:
    instance = place.publish().start(word="hallo")
    assert (place.run(), place.run()) == (1, 0)
    [asked] = place.asked
    assert (asked.variables, asked.idempotency_key) == ({"word": "hallo"}, f"{instance}:{asked.token_id}")
    assert (place.outcome(instance), place.job(instance).state) == ("completed", "done")


def test_what_is_rolled_back_is_never_done(place: Place) -> None:
    place.publish()
    with pytest.raises(KeyboardInterrupt), place.office.database.work() as work:
        place.office.engine.start(work, "p", {}, None)
        raise KeyboardInterrupt
    assert (place.run(), place.asked) == (0, [])


def test_an_errand_that_comes_twice_is_done_once(place: Place) -> None:
    instance = place.publish().start()
    job = place.job(instance).id
    assert [errands.perform(place.office, JOB, job) for _ in range(2)] == [True, False]
    assert len(place.asked) == 1


@pytest.mark.parametrize(
    ("headers", "pauses"),
    [
        ({}, [30, 60, 120]),
        ({"retryBackoff": "PT10S"}, [10, 20, 40]),
        ({"retryBackoff": "PT1M,PT10M"}, [60, 600, 600]),
    ],
)
@pytest.mark.parametrize("job_type", ["call", "write"])
def test_the_diagram_says_how_often_and_when_it_is_tried_again(
    place: Place, headers: dict[str, str], pauses: list[int], job_type: str
) -> None:
    instance = place.publish(job_type, retries=4, **headers).start()
    place.answer = fails
    for pause in pauses:
        assert place.run() == 0
        rest = place.job(instance)
        assert (rest.state, rest.run_at - place.clock.now()) == ("ready", timedelta(seconds=pause))
        place.clock.advance(timedelta(seconds=pause - 1))
        before = len(place.asked)
        assert (place.run(), len(place.asked)) == (0, before), "its moment has not come"
        place.clock.advance(timedelta(seconds=1))
    assert place.reasons() == []
    place.run()
    assert (place.job(instance).state, place.outcome(instance), len(place.asked)) == ("dead", "incident", 4)
    assert "ConnectionError, tests.tasks.test_queue:" in place.reasons()[0]
    assert len({each.idempotency_key for each in place.asked}) == 1


def test_what_no_trying_can_help_is_not_tried_again(place: Place) -> None:
    def refused(_context: OutsideContext) -> Mapping[str, Any]:
        raise NoUseTrying("Dit dossier is daar niet bekend.")

    instance = place.publish().start()
    place.answer = refused
    place.run()
    assert (place.job(instance).attempts, place.reasons()) == (1, ["Dit dossier is daar niet bekend."])


def test_jobs_of_one_process_never_run_at_once_and_those_of_others_do(place: Place) -> None:
    both, inside, lock = threading.Barrier(2), dict[int, int](), threading.Lock()

    def meet(context: OutsideContext) -> Mapping[str, Any]:
        with lock:
            inside[context.instance_id] = inside.get(context.instance_id, 0) + 1
            assert inside[context.instance_id] == 1
        both.wait(timeout=20)  # two processes come together here, twice
        with lock:
            inside[context.instance_id] -= 1
        return {}

    first, second = place.publish().start("q"), place.start("q")
    place.answer = meet
    assert place.run() == 4
    assert (place.outcome(first), place.outcome(second)) == ("completed", "completed")


def test_one_that_hangs_is_let_go_and_what_it_brings_later_changes_nothing(place: Place) -> None:
    hang, left = threading.Event(), threading.Event()

    def answer(context: OutsideContext) -> Mapping[str, Any]:
        if context.variables["word"] == "hang" and not hang.is_set():
            hang.wait(timeout=20)
            left.set()
        return {"said": "too late"}

    poison = place.publish(timeLimit="PT0.2S").start(word="hang")
    others = [place.start() for _ in range(3)]
    place.answer = answer
    assert place.run() == 3
    assert {place.outcome(each) for each in others} == {"completed"}
    assert (place.job(poison).state, place.job(poison).attempts) == ("ready", 1)
    assert "0.2 seconden" in (place.job(poison).last_error or "")
    hang.set()
    assert left.wait(timeout=20)
    assert (place.outcome(poison), place.job(poison).state) == ("active", "ready")
    place.clock.advance(timedelta(minutes=1))
    assert place.run() == 1


def test_whoever_comes_back_after_their_lease_changes_nothing(place: Place) -> None:
    gone, waits = place.publish().start(), place.start()
    late = [job_errands.take(place.office, place.job(each).id) for each in (gone, waits)]
    assert (None not in late, place.run()) == (True, 0), "somebody has them"
    place.clock.advance(claims.LEASE)
    assert late[1] is not None
    assert not late[1](), "nobody took it over yet, and still it is not ours any more"
    assert place.outcome(waits) == "active"
    assert place.run() == 2
    assert (place.job(gone).attempts, place.outcome(gone)) == (2, "completed")
    assert late[0] is not None
    assert not late[0]()
    assert place.job(gone).state == "done"


def test_a_job_that_takes_its_process_down_time_and_again_ends_with_people(place: Place) -> None:
    instance = place.publish(retries=1).start()
    for _ in range(1 + claims.MOST_TAKEN_OVER):
        assert job_errands.take(place.office, place.job(instance).id) is not None  # and then the process is gone
        place.clock.advance(claims.LEASE)
    place.run()
    assert (place.asked, place.job(instance).state) == ([], "dead")
    assert "11 keer begonnen" in place.reasons()[0]


def asked(call: outcalls.Call) -> bool:
    def steps() -> outcalls.Steps:
        return (yield call) is True

    return outcalls.Doing(steps())()


def test_a_claim_is_kept_alive_while_the_call_lasts_and_not_once_it_is_lost(place: Place) -> None:
    instance = place.publish().start()
    with place.office.database.work() as work:
        claimed = claims.take(work, place.job(instance).id, ["call"], place.clock.now())
    assert claimed is not None

    def renewed() -> bool:
        with place.office.database.work() as work:
            return claims.renew(work, claimed, place.clock.now())

    kept, long, short = threading.Event(), timedelta(minutes=1), timedelta(milliseconds=5)
    place.clock.advance(claims.LEASE - long)

    def keep() -> bool:
        kept.set()  # the call ends once the lease was renewed
        return True

    assert asked(outcalls.Call(lambda: kept.wait(20), long, lambda: renewed() and keep(), short))
    assert place.job(instance).lease_until == place.clock.now() + claims.LEASE
    place.clock.advance(claims.LEASE)
    ended = threading.Event()
    with pytest.raises(outcalls.ClaimLost):
        asked(outcalls.Call(lambda: ended.wait(20), long, renewed, short))
    ended.set()


def test_no_transaction_is_open_while_the_world_is_asked(place: Place) -> None:
    def writes(context: OutsideContext) -> Mapping[str, Any]:
        with place.office.database.work() as work:  # with another writer about, this would wait for ever
            work.session.execute(
                text("UPDATE process_instance SET version = version + 1 WHERE id = :id"), {"id": context.instance_id}
            )
        return {}

    instance = place.publish().start()
    place.answer = writes
    assert (place.run(), place.outcome(instance)) == (1, "completed")


def test_a_suspended_process_costs_its_job_no_attempt(place: Place) -> None:
    instance = place.publish().start()
    with place.office.database.work() as work:
        place.office.engine.suspend(work, instance)
    assert (place.run(), place.job(instance).attempts) == (0, 0)
    with place.office.database.work() as work:
        place.office.engine.resume(work, instance)
    place.clock.advance(claims.LOOK_AGAIN)
    assert (place.run(), place.outcome(instance)) == (1, "completed")


def test_a_case_that_cannot_be_restored_holds_up_no_other(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    broken, whole = place.publish(retries=1).start(), place.start()
    with place.office.database.work() as work:
        work.session.execute(text("UPDATE process_instance SET state = 'no state' WHERE id = :id"), {"id": broken})
    with caplog.at_level("CRITICAL", "ombudsflow.jobs"):
        assert place.run() == 1
    assert (place.outcome(whole), place.job(broken).state) == ("completed", "dead")
