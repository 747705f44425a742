"""Long cases stay small: a loop's thousandth round costs what its tenth did, whatever stands in the loop."""

import pytest

from engine.instances import Engine
from engine.models import ProcessInstance
from engine.step import Step
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.engine.office import MESSAGE, Stage, diagram, flows, script, users

ROUNDS = 1_000


def looping(body: str, first: str, last: str, root: str = "", tail: str = "") -> bytes:
    """Start, the body as long as `again`, end."""
    frame = '<startEvent id="s"/><exclusiveGateway id="m"/><exclusiveGateway id="x" default="f_x_e"/><endEvent id="e"/>'
    return diagram(frame + body + flows(f"s>m;m>{first};{last}>x;x>e;x>m[again]{tail}"), root=root)


PLAIN = looping(users("u"), "u", "u")
PARALLEL = looping(
    '<parallelGateway id="g"/>' + users("u v") + '<parallelGateway id="j"/>' + flows("g>u;g>v;u>j;v>j"), "g", "j"
)
SCOPE = looping(
    '<subProcess id="sp" name="sp"><startEvent id="s2"/>'
    + users("u")
    + script("calc", "1", "n")
    + '<endEvent id="e2"/>'
    + flows("s2>u;u>calc;calc>e2")
    + "</subProcess>",
    "sp",
    "sp",
)
GUARDED = looping(
    users("u")
    + '<boundaryEvent id="late" attachedToRef="u" cancelActivity="false"><timerEventDefinition><timeDuration>P9D</timeDuration>'
    + '</timerEventDefinition></boundaryEvent><boundaryEvent id="stop" attachedToRef="u"><messageEventDefinition '
    + 'messageRef="message_stop"/></boundaryEvent><endEvent id="e3"/><endEvent id="e4"/>',
    "u",
    "u",
    root=MESSAGE.format("stop"),
    tail=";late>e3;stop>e4",
)
CALLED = looping(
    '<callActivity id="c" name="c"><extensionElements><zeebe:calledElement processId="called"/></extensionElements></callActivity>',
    "c",
    "c",
)
CALLED_PROCESS = diagram(
    '<startEvent id="cs"/>' + users("u") + '<endEvent id="ce"/>' + flows("cs>u;u>ce"), key="called"
)


class Rounds:
    """Drives one instance through many rounds in one transaction: each completion still restores and saves the state."""

    def __init__(self, database: Database, clock: TravellingClock, content: bytes) -> None:
        self.stage = Stage(database, clock)
        self.stage.publish(CALLED_PROCESS).publish(content).start(again=True)
        self.engine: Engine = self.stage.engine
        self.tokens = dict(self.stage.tokens)
        self.bytes: dict[int, int] = {}

    def run(self, rounds: int, names: list[str]) -> Step:
        with self.stage.database.work() as work:
            for number in range(1, rounds + 1):
                for name in names:
                    again = {"again": number < rounds}
                    step = self.engine.complete(work, self.stage.instance, self.tokens[name], again)
                    self.tokens |= {opened.element_id: opened.token_id for opened in step.opened}
                self.bytes[number] = len(work.session.get_one(ProcessInstance, self.stage.instance).state)
        return step


@pytest.mark.parametrize(
    ("content", "names"),
    [(PLAIN, ["u"]), (PARALLEL, ["u", "v"]), (PARALLEL, ["v", "u"]), (SCOPE, ["u"]), (GUARDED, ["u"]), (CALLED, ["u"])],
    ids=["plain", "parallel", "parallel_reversed", "scope", "guarded", "called"],
)
def test_a_thousand_rounds_stay_flat(
    database: Database, clock: TravellingClock, content: bytes, names: list[str]
) -> None:
    rounds = Rounds(database, clock, content)
    last = rounds.run(ROUNDS, names)
    assert last.outcome == "completed"
    assert rounds.bytes[ROUNDS - 1] == rounds.bytes[10]
    assert rounds.bytes[10] < 3_000
