"""Which version a call gets: the one in use at the start, the one of its deployment, the one with a tag; and files of several processes."""

import pytest

from engine import definitions
from engine.errors import TwoVersionsAsked
from engine.models import Definition
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.diagrams.shapes import END, START
from tests.engine.office import NAMESPACES, Stage, diagram, flows, users


@pytest.fixture
def stage(database: Database, clock: TravellingClock) -> Stage:
    return Stage(database, clock)


def called(step: str, tag: str = "") -> bytes:
    more = f'<extensionElements><zeebe:versionTag value="{tag}"/></extensionElements>' if tag else ""
    return diagram(
        more + '<startEvent id="cs"/>' + users(step) + '<endEvent id="ce"/>' + flows(f"cs>{step};{step}>ce"),
        key="called",
    )


def call(element_id: str, binding: str = "") -> str:
    return (
        f'<callActivity id="{element_id}" name="{element_id}"><extensionElements>'
        f'<zeebe:calledElement processId="called" {binding}/></extensionElements></callActivity>'
    )


def caller(binding: str) -> bytes:
    return diagram(START + call("c", binding) + END + flows("s>c;c>e"))


@pytest.mark.parametrize(
    ("binding", "step"),
    [("", "second"), ('bindingType="latest"', "second"), ('bindingType="deployment"', "first"), ('bindingType="versionTag" versionTag="old"', "first")],
)  # fmt: skip
def test_a_call_runs_the_version_it_is_bound_to(stage: Stage, binding: str, step: str) -> None:
    stage.publish(called("first", tag="old")).publish(caller(binding))
    stage.publish(called("second"))
    stage.start()
    assert stage.active == {"c": 1, step: 1}


def test_one_instance_never_runs_two_versions_of_the_same_process(stage: Stage) -> None:
    stage.publish(called("first", tag="old"))
    body = START + call("a") + call("b", 'bindingType="versionTag" versionTag="old"') + END
    stage.publish(diagram(body + flows("s>a;a>b;b>e"))).publish(called("second"))
    with pytest.raises(TwoVersionsAsked):
        stage.start()


def test_a_file_of_two_processes_becomes_two_definitions_that_may_call_each_other(stage: Stage) -> None:
    both = (
        f"<definitions {NAMESPACES}>"
        f'<process id="p" name="p" isExecutable="true">{START}{call("c")}{END}{flows("s>c;c>e")}</process>'
        f'<process id="called" name="called" isExecutable="true"><startEvent id="cs"/>{users("inner")}'
        f'<endEvent id="ce"/>{flows("cs>inner;inner>ce")}</process></definitions>'
    ).encode()
    stage.publish(both)
    with stage.database.work() as work:
        drafts = work.session.query(Definition).filter_by(state="draft")
        for each in [row.id for row in drafts]:
            definitions.activate(work, each, actor_id="person:2", at=stage.clock.now())
    stage.start()
    assert stage.active == {"c": 1, "inner": 1}
    stage.complete("inner")
    assert stage.outcome == "completed"
