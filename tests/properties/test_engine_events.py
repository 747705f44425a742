"""Whatever people, messages, time and failures do, in any order: the rows say what the tokens say, and the story adds up."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from engine.models import Incident, Job, ProcessInstance, Subscription
from engine.step import BpmnError, HandlerEntry, JobContext
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.conftest import START as MOMENT
from tests.conftest import sqlite_at
from tests.diagrams.shapes import END, ERROR, START, after, boundary, catch, inside, on_message
from tests.engine.office import MESSAGE, Stage, diagram, flows, service, users

CALLED = diagram(
    '<startEvent id="cs"/>' + users("called_work") + service("called_risk", "risky") + '<endEvent id="ce"/>'
    + flows("cs>called_work;called_work>called_risk;called_risk>ce"),
    key="called",
)  # fmt: skip

_INNER = (
    '<startEvent id="ws"/><parallelGateway id="wg"/>'
    + users("w1 w2")
    + service("w3", "later")
    + '<parallelGateway id="wj"/>'
)
_INNER += (
    service("risk", "risky")
    + '<endEvent id="we"/>'
    + flows("ws>wg;wg>w1;wg>w2;wg>w3;w1>wj;w2>wj;w3>wj;wj>risk;risk>we")
)
_ASKED = (
    f'<startEvent id="as" isInterrupting="false">{on_message("ask")}</startEvent>'
    + users("answer")
    + '<endEvent id="ae"/>'
)
_STOPPED = f'<startEvent id="ps">{on_message("stop")}</startEvent>' + users("goodbye") + '<endEvent id="pe"/>'
_CALL = '<callActivity id="call" name="call"><extensionElements><zeebe:calledElement processId="called"/></extensionElements></callActivity>'

RICH = diagram(
    START + '<exclusiveGateway id="again"/><exclusiveGateway id="more" default="f_more_e"/>' + END
    + inside("work", _INNER)
    + boundary("late", "work", after("P3D"), 'cancelActivity="false"') + users("remind")
    + boundary("note", "work", on_message("note"), 'cancelActivity="false"') + users("read")
    + boundary("broken", "work", '<errorEventDefinition errorRef="er"/>') + users("repair")
    + boundary("hurry", "work", on_message("hurry"))
    + '<exclusiveGateway id="m"/><eventBasedGateway id="g"/>' + catch("word", on_message("word")) + catch("week", after("P7D"))
    + '<exclusiveGateway id="m2"/>' + _CALL + users("judge") + "".join(f'<endEvent id="e{n}"/>' for n in range(1, 4))
    + inside("asked", _ASKED + flows("as>answer;answer>ae"), 'triggeredByEvent="true"')
    + inside("stopped", _STOPPED + flows("ps>goodbye;goodbye>pe"), 'triggeredByEvent="true"')
    + flows("s>again;again>work;work>m;hurry>m;m>g;g>word;g>week;word>m2;week>m2;m2>call;call>judge;judge>more;more>e;more>again[round < 2]")
    + flows("late>remind;remind>e1;note>read;read>e2;broken>repair;repair>e3"),
    root=ERROR + "".join(MESSAGE.format(name) for name in ("ask", "stop", "note", "hurry", "word")),
)  # fmt: skip


def risky(context: JobContext) -> dict[str, object] | BpmnError:
    """Does what the variable `luck` says."""
    luck = context.variables.get("luck")
    if luck == "error":
        return BpmnError("E1")
    if luck == "crash":
        raise ValueError("pech")
    return {}


HANDLERS = {"risky": HandlerEntry(risky), "later": HandlerEntry(risky, automatic=False)}


@pytest.fixture(scope="module")
def database_of_walks(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    file = tmp_path_factory.mktemp("walks") / "walks.db"
    shutil.copy(sqlite_template, file)
    made = sqlite_at(file)
    Stage(made, TravellingClock(MOMENT), HANDLERS).publish(CALLED).publish(RICH)
    yield made
    made.close()


class Walk:
    """One instance, with what the worklist would show."""

    def __init__(self, database: Database) -> None:
        self.stage = Stage(database, TravellingClock(MOMENT), HANDLERS)
        self.open: dict[str, str] = {}
        self.rounds = 0
        self._after(lambda: self.stage.start(round=0, luck="good"))

    def _after(self, act: object) -> None:
        before = len(self.stage.steps)
        assert callable(act)
        act()
        for step in self.stage.steps[before:]:
            self.open |= {opened.token_id: opened.element_id for opened in step.opened}
            for token_id in step.closed:
                del self.open[token_id]

    def act(self, data: st.DataObject) -> None:
        actions = ["wait", "message", *(["complete"] * 3 if self.open else []), *(["job"] if self.jobs() else [])]
        actions += ["mend"] if self.incidents() else []
        getattr(self, f"_{data.draw(st.sampled_from(actions))}")(data)

    def _complete(self, data: st.DataObject) -> None:
        token_id = data.draw(st.sampled_from(list(self.open)))
        self.rounds += self.open[token_id] == "judge"
        self.stage.tokens["chosen"] = token_id
        luck = data.draw(st.sampled_from(["good", "good", "error", "crash"]))
        self._after(lambda: self.stage.complete("chosen", luck=luck, round=self.rounds))

    def _wait(self, data: st.DataObject) -> None:
        days = data.draw(st.sampled_from([1, 4, 8]))
        self._after(lambda: self.stage.wait(days=days))

    def _message(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(["ask", "note", "hurry", "word", "stop"]))
        self._after(lambda: self.stage.message(name))

    def _job(self, _data: st.DataObject) -> None:
        self._after(lambda: self.stage.finish_job("w3"))

    def _mend(self, _data: st.DataObject) -> None:
        incident = self.incidents()[0]
        with self.stage.database.work() as work:
            step = self.stage.engine.resolve_incident(work, incident, {"luck": "good"}, by="person:1")
        self._after(lambda: self.stage.steps.append(step))

    def _ids(self, query: object) -> list[int]:
        with self.stage.database.reading() as reading:
            return list(reading.session.scalars(query))  # type: ignore[call-overload]

    def jobs(self) -> list[int]:
        return self._ids(select(Job.id).where(Job.instance_id == self.stage.instance, Job.state == "ready"))

    def incidents(self) -> list[int]:
        mine = Incident.instance_id == self.stage.instance
        return self._ids(select(Incident.id).where(mine, Incident.resolved_at.is_(None)).order_by(Incident.id))

    def check(self) -> None:
        active = self.stage.active
        assert self.stage.folded() == active
        shown = Counter(self.open.values())
        assert shown == {name: n for name, n in active.items() if name in shown}
        with self.stage.database.reading() as reading:
            row = reading.session.get_one(ProcessInstance, self.stage.instance)
            rows = reading.session.scalars(select(Subscription).where(Subscription.instance_id == row.id))
            waits = {each.element_id for each in rows}
        assert (row.ended_at is not None) == (not active)
        assert bool(self.incidents()) == (row.outcome == "incident")
        assert len(self.jobs()) == active.get("w3", 0)
        for element, host in (("late", "work"), ("note", "work"), ("hurry", "work"), ("word", "g"), ("week", "g")):
            if element != "late":  # that one fires once
                assert (element in waits) == (host in active), (element, waits, active)
        if not active:
            assert not waits


@settings(max_examples=40, print_blob=True)
@given(data=st.data())
def test_rows_tokens_and_story_agree_whatever_happens(database_of_walks: Database, data: st.DataObject) -> None:
    with database_of_walks.work() as work:  # messages find the one case there is
        work.session.execute(delete(Subscription))
        work.session.execute(delete(Job))
    walk = Walk(database_of_walks)
    walk.check()
    for _ in range(25):
        if walk.stage.outcome == "completed":
            break
        walk.act(data)
        walk.check()
    assert walk.stage.tokens_held < 80
