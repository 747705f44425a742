"""Several handlers in one turn: one that fails is taken back alone, whatever the others wrote, and nothing is called twice for nothing."""

import pytest
from sqlalchemy import select, text

from engine.errors import NotRepeatable
from engine.models import Definition, Incident, Job, ProcessInstance
from engine.step import HandlerEntry, JobContext
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.diagrams.shapes import END, START, chain
from tests.engine.office import Stage, diagram, flows, service, users


@pytest.fixture
def counts() -> dict[str, int]:
    return {}


@pytest.fixture
def stage(database: Database, clock: TravellingClock, counts: dict[str, int]) -> Stage:
    def write(context: JobContext) -> dict[str, object]:
        """Adds its letter to the name of the diagram, and remembers that in the transaction."""
        counts[context.element_id] = counts.get(context.element_id, 0) + 1
        row = context.work.session.scalars(select(Definition)).one()
        row.name += context.element_id
        context.work.session.info.setdefault("told", []).append(context.element_id)
        return {f"said_{context.element_id}": context.element_id}

    def fail(context: JobContext) -> dict[str, object]:
        write(context)
        if context.variables.get("ready") is not True:
            raise ValueError("nog niet klaar")
        return {}

    def refused(context: JobContext) -> dict[str, object]:
        """Leaves to the database something it must refuse."""
        write(context)
        if context.variables.get("ready") is not True:
            context.work.session.add(Incident(instance_id=-1))
        return {}

    def changing(context: JobContext) -> dict[str, object]:
        write(context)
        return {"answer": counts[context.element_id]}

    types = {"write": write, "fail": fail, "refused": refused, "changing": changing}
    entries = {name: HandlerEntry(handler) for name, handler in types.items()}
    return Stage(database, clock, {**entries, "later": HandlerEntry(write, automatic=False)})


def name_of(stage: Stage) -> str:
    with stage.database.reading() as reading:
        return reading.session.scalars(select(Definition.name)).one()


@pytest.mark.parametrize("kind", ["fail", "refused"])
def test_what_others_wrote_before_and_after_a_failing_handler_stays(
    stage: Stage, counts: dict[str, int], kind: str
) -> None:
    body = START + users("u") + '<parallelGateway id="g"/>' + service("a", "write") + service("b", kind)
    body += service("c", "write") + users("z") + END + '<endEvent id="e2"/>'
    stage.publish(diagram(body + flows("s>u;u>a;a>g;g>b;g>c;b>e;c>z;z>e2"))).start()
    with stage.database.work() as work:
        step = stage.engine.complete(work, stage.instance, stage.tokens["u"], {})
        assert work.session.info["told"] == ["a", "c"]
    assert (step.outcome, stage.active) == ("incident", {"b": 1, "z": 1})
    assert name_of(stage) == "pac"
    assert counts == {"a": 2, "b": 1, "c": 1}, "only what had succeeded is done again"
    assert (stage.variables["said_a"], stage.variables["said_c"]) == ("a", "c")
    stage.mend(ready=True)
    assert name_of(stage) == "pacb"


def test_two_that_fail_each_lose_only_their_own(stage: Stage) -> None:
    body = START + '<parallelGateway id="g"/>' + service("a", "fail") + service("b", "write") + service("c", "refused")
    body += service("d", "write") + users("z") + "".join(f'<endEvent id="e{n}"/>' for n in range(4))
    stage.publish(diagram(body + flows("s>g;g>a;g>b;g>c;g>d;a>e0;b>e1;c>e2;d>z;z>e3")))
    step = stage.start()
    assert [incident.element_id for incident in step.incidents] == ["a", "c"]
    assert name_of(stage) == "pbd"


def test_a_job_for_outside_survives_a_handler_that_fails_after_it(stage: Stage) -> None:
    body = START + '<parallelGateway id="g"/>' + service("a", "write") + service("b", "later") + service("c", "fail")
    body += "".join(f'<endEvent id="e{n}"/>' for n in range(3))
    stage.publish(diagram(body + flows("s>g;g>a;g>b;g>c;a>e0;b>e1;c>e2"))).start()
    with stage.database.reading() as reading:
        assert [job.element_id for job in reading.session.scalars(select(Job))] == ["b"]
    assert stage.active == {"b": 1, "c": 1}


def test_one_that_answers_otherwise_when_repeated_costs_the_turn_and_changes_nothing(stage: Stage) -> None:
    stage.publish(chain(users("u"), service("a", "changing"), service("b", "fail"), users("z"))).start()
    with stage.database.reading() as reading:
        before = reading.session.scalars(select(ProcessInstance.state)).one()
    with pytest.raises(NotRepeatable):
        stage.complete("u")
    with stage.database.reading() as reading:
        assert reading.session.scalars(select(ProcessInstance.state)).one() == before
        assert list(reading.session.execute(text("SELECT id FROM incident"))) == []
    assert (name_of(stage), stage.active) == ("p", {"u": 1})


def test_trouble_while_taking_back_costs_the_turn_and_is_nobodys_incident(stage: Stage, counts: dict[str, int]) -> None:
    def once(context: JobContext) -> dict[str, object]:
        counts["once"] = counts.get("once", 0) + 1
        if counts["once"] > 1:
            raise KeyError("weg")
        return {}

    stage.engine.handlers = {**stage.engine.handlers, "once": HandlerEntry(once)}
    stage.publish(chain(users("u"), service("a", "once"), service("b", "fail"), users("z"))).start()
    with pytest.raises(KeyError):
        stage.complete("u")
    assert (name_of(stage), stage.active) == ("p", {"u": 1})
