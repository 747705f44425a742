"""What time brings when there is much of it: timers and jobs per second, and what a person waits meanwhile.

`drain_timers_per_s` and `drain_jobs_per_s` are one process at work, as the threads of a server do it, with nobody else there;
`drain_jobs_per_s_2_processes` are two of them on PostgreSQL.
`p95_under_drain_ratio` is measured on the real server over HTTP: rounds of completions with nothing due and with hundreds of timers
due take turns, so that both meet the same machine.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from sqlalchemy import func, select, update

from cases import own_initiative
from engine import definitions
from engine.instances import Engine
from engine.models import Subscription
from engine.step import HandlerEntry
from engine.vocabulary import Vocabulary
from history.models import EventRow
from identity.people import system
from service import open_office
from tasks import turn
from tasks.background import errands, timers
from tasks.office import Office, Settings
from tests.load.client import Answer, Client, at_once
from tests.load.server import database_of, prepare, serving

DIAGRAM = Path(__file__).parent / "drain.bpmn"
TIMER, JOB = "drain_timer", "drain_job"
ALONE = 1_000  # of each kind, drained by one process
DUE, ROUNDS, CLIENTS, CASES = 400, 5, 4, 30
JOBS, RATIO, LATE = 500, 3, 2
SECONDS_TO_START = 15.0
PUNCTUAL = 20  # timers that fall due one after the other, with nothing else to do
BY, FAR_AWAY = system("bench"), datetime(2050, 1, 1, tzinfo=UTC)


@contextmanager
def office_of(settings: Settings) -> Iterator[Office]:
    """The office, with a job type that answers at once, in a turn of its own."""
    bare = open_office(settings)
    handlers = {**bare.engine.handlers, "bench.errand": HandlerEntry(lambda _: {"done": True}, automatic=False)}
    with closing(bare.database):
        yield replace(bare, engine=Engine(handlers, bare.clock, bare.queue))


def publish(office: Office) -> None:
    """Take both diagrams into use."""
    at, content = office.clock.now(), DIAGRAM.read_bytes()
    with office.database.work() as work:
        made = definitions.publish(work, "process", content, actor_id=BY.id, at=at, vocabulary=Vocabulary.anything())
        for each in (made.definition, *made.also):
            definitions.activate(work, each.id, actor_id=BY.id, at=at, second_person=False)


def begin(office: Office, key: str, count: int) -> None:
    """Cases that wait: for their day, or for their job. Fifty in a transaction."""
    for first in range(0, count, 50):
        with office.database.work() as work:
            for _ in range(min(50, count - first)):
                case = own_initiative.open_file(work, key, office.clock.now(), turn.new_secret()[1])
                step = office.engine.start(work, key, {}, case.id)
                case.instance_id = step.instance_id
                turn.apply(office, work, BY, step)


def fall_due(office: Office, count: int) -> None:
    """The day of so many has come; that of the others has not."""
    waiting = select(Subscription.id).where(Subscription.kind == "timer", Subscription.element_id == "late")
    with office.database.work() as work:
        change = update(Subscription).execution_options(synchronize_session=False)
        work.session.execute(change.where(Subscription.id.in_(waiting)).values(due_at=FAR_AWAY))
        now = office.clock.now() - timedelta(hours=1)
        work.session.execute(change.where(Subscription.id.in_(waiting.limit(count))).values(due_at=now))


def still_due(office: Office) -> int:
    """How many wait for the clock now."""
    query = select(func.count()).select_from(Subscription)
    with office.database.reading() as reading:
        return reading.session.scalar(query.where(Subscription.kind == "timer", Subscription.due_at < FAR_AWAY)) or 0


def latest(office: Office, count: int = PUNCTUAL) -> float:
    """How late the latest of some timers fired that fell due one after the other, as the server itself told it, in seconds."""
    began = office.clock.now()
    begin(office, TIMER, count)
    with office.database.work() as work:
        query = select(Subscription).where(Subscription.kind == "timer", Subscription.element_id == "late")
        for number, row in enumerate(work.session.scalars(query.order_by(Subscription.id.desc()).limit(count))):
            row.due_at = office.clock.now() + timedelta(seconds=1 + number / 4)
    while still_due(office):
        time.sleep(0.1)
    told = select(EventRow.at, EventRow.data).where(EventRow.activity == "timer", EventRow.at >= began)
    with office.database.reading() as reading:
        fired = [(at, datetime.fromisoformat(json.loads(data)["due_at"])) for at, data in reading.session.execute(told)]
    if len(fired) != count:
        raise SystemExit(f"{len(fired)} timers fired of {count}")
    return max((at - due).total_seconds() for at, due in fired)


def alone(settings: Settings, count: int = ALONE) -> dict[str, float]:
    """One process drains; nobody else is there."""
    with office_of(settings) as office:
        publish(office)
        begin(office, TIMER, count)
        begin(office, JOB, count)
        fall_due(office, count)
        return {
            "drain_timers_per_s": count / _seconds(lambda: timers.fire_due(office), count),
            "drain_jobs_per_s": count / _seconds(lambda: errands.do_jobs(office), count),
        }


def together(settings: Settings, count: int = 2 * ALONE) -> float:
    """Jobs a second, done by two processes that begin at the same moment."""
    with office_of(settings) as office:
        begin(office, JOB, count)
    moment = time.monotonic() + SECONDS_TO_START
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        told = list(processes.map(_jobs_from, [settings] * 2, [moment] * 2))
    if sum(done for done, _ in told) != count:
        raise SystemExit(f"{told} were done of {count}")
    return count / (max(ended for _, ended in told) - moment)


def _jobs_from(settings: Settings, moment: float) -> tuple[int, float]:
    """How many jobs this process did from that moment on, and when it had no more."""
    with office_of(settings) as office:
        time.sleep(moment - time.monotonic())  # raises when the process was not ready in time
        return errands.do_jobs(office), time.monotonic()


def _seconds(drain: Callable[[], int], expected: int) -> float:
    started = time.perf_counter()
    done = drain()
    took = time.perf_counter() - started
    if done != expected:
        raise SystemExit(f"{done} were done of {expected}")
    return took


@dataclass
class UnderDrain:
    """Clients at work while timers drain in the server, and while they do not."""

    office: Office
    address: str
    token: str

    def ratio(self) -> dict[str, float]:
        """The p95 of a completion under the drain, against its p95 when nothing is due."""
        begin(self.office, TIMER, ROUNDS * DUE)
        idle, busy, fired = list[Answer](), list[Answer](), 0
        for _ in range(ROUNDS):
            idle += self.round()
            fall_due(self.office, DUE)
            before = self.when_it_drains()
            busy += self.round()
            left = still_due(self.office)
            if not left:
                raise SystemExit("the timers were gone before the clients were: make DUE larger")
            fired += before - left
            fall_due(self.office, 0)
        times = [quantiles([each.milliseconds for each in answers], n=20)[-1] for answers in (idle, busy)]
        return {"p95_idle_ms": times[0], "p95_under_drain_ratio": times[1] / times[0], "timers_fired_meanwhile": fired}

    def when_it_drains(self) -> int:
        """Once the server's clock has begun; gives how many are left."""
        while (left := still_due(self.office)) == DUE:
            time.sleep(0.02)
        return left

    def round(self) -> list[Answer]:
        """Cases completed by four clients."""
        clients = [Client(self.address, self.token) for _ in range(CLIENTS)]
        answers = completed_by(clients)
        for client in clients:
            client.close()
        return answers


def completed_by(clients: list[Client]) -> list[Answer]:
    """Fresh cases, completed by these clients at the same time."""
    for _ in range(CASES):
        clients[0].start()
    waiting = clients[0].open_user_tasks()
    answers, _ = at_once(clients, lambda client, number: _complete(client, waiting[number :: len(clients)]))
    return answers


def _complete(client: Client, user_tasks: list[int]) -> list[Answer]:
    answers = []
    for each in user_tasks:
        answers.append(client.complete(each))
        answers.append(client.complete(answers[-1].content["next_user_task_id"]))
    return answers


def measure(kind: str) -> dict[str, float]:
    """All figures of `sqlite` or `postgresql`, on a throw-away office."""
    with TemporaryDirectory(prefix="ombudsflow-drain-") as folder, database_of(kind, Path(folder)) as url:
        settings = Settings(database_url=url, data_dir=Path(folder))
        token = prepare(settings)
        found = alone(settings)
        if kind == "postgresql":
            found["drain_jobs_per_s_2_processes"] = together(settings)
        for workers in (1, 2) if kind == "postgresql" else (1,):
            with serving(settings, workers) as address, office_of(settings) as office:
                if workers == 1:
                    found["timer_late_max_s"] = latest(office)
                ratio = UnderDrain(office, address, token).ratio()
            found |= {name if workers == 1 else f"{name}_{workers}_workers": value for name, value in ratio.items()}
    return {name: round(value, 2) for name, value in found.items()}


def missed(figures: dict[str, float]) -> list[str]:
    """What does not reach the mark."""
    jobs = max(value for name, value in figures.items() if name.startswith("drain_jobs_per_s"))
    slow = [f"drain_jobs_per_s {jobs} < {JOBS}"] if jobs < JOBS else []
    slow += [f"timer_late_max_s {figures['timer_late_max_s']} > {LATE}"] if figures["timer_late_max_s"] > LATE else []
    ratios = {name: value for name, value in figures.items() if name.startswith("p95_under_drain_ratio")}
    return slow + [f"{name} {value} > {RATIO}" for name, value in ratios.items() if value > RATIO]


if __name__ == "__main__":
    sys.stdout.write(json.dumps({kind: measure(kind) for kind in sys.argv[1:]}, indent=2) + "\n")
