"""A running instance decides by the tables it started with, also in what it calls; one from before asks the version in use."""

import pytest
from sqlalchemy import event, text, update

from engine import usage
from engine.errors import DecisionNotYetActive
from engine.models import Definition, ProcessInstance
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.diagrams.shapes import END, START, chain, inside
from tests.engine.office import Stage, diagram, flows, users
from tests.engine.test_decisions import decision, file, rows, table
from tests.storage.test_parts_of_a_complaint import migrate

DEFINITION = (
    "INSERT INTO definition (id, kind, key, version, digest, name, content, state, created_by, created_at) "
    "VALUES (1, 'process', 'p', 1, 'x', 'p', '', 'active', 'person:1', '2026-01-05 09:00:00')"
)
INSTANCE = (
    "INSERT INTO process_instance (id, case_id, definition_id, called, outcome, is_suspended, state, codec_version, "
    "library_version, version, started_at) VALUES (1, 7, 1, '{\"q\":1}', 'active', false, '{}', 1, '3', 1, '2026-01-05 09:00:00')"
)


def rule(element_id: str = "ask") -> str:
    """A business rule task on the decision `rule`; its answer comes in `found`."""
    asked = '<zeebe:calledDecision decisionId="rule" resultVariable="found"/>'
    return f'<businessRuleTask id="{element_id}"><extensionElements>{asked}</extensionElements></businessRuleTask>'


def answering(answer: str) -> bytes:
    """A table that answers one thing, whatever is asked."""
    return file(decision(table("UNIQUE", rows(("-", f'"{answer}"')))))


@pytest.fixture
def stage(database: Database, clock: TravellingClock) -> Stage:
    return Stage(database, clock).publish(answering("old"), "decision")


def decided(stage: Stage) -> tuple[object, int]:
    """The value and version of the last decision."""
    record = stage.steps[-1].decisions[-1]
    return record.value, record.version


def test_a_running_instance_keeps_its_table_and_a_new_one_gets_the_new(stage: Stage) -> None:
    stage.publish(chain(users("u"), rule(), users("z"))).start()
    stage.publish(answering("new"), "decision").complete("u")
    assert decided(stage) == ("old", 1)
    assert stage.variables["found"] == "old"
    stage.start()
    stage.complete("u")
    assert decided(stage) == ("new", 2)


def test_a_table_asked_inside_a_subprocess_of_a_called_process_is_kept_too(stage: Stage) -> None:
    deep = '<startEvent id="ds"/>' + rule() + users("z") + '<endEvent id="de"/>' + flows("ds>ask;ask>z;z>de")
    called = '<startEvent id="cs"/>' + inside("sub", deep) + '<endEvent id="ce"/>' + flows("cs>sub;sub>ce")
    stage.publish(diagram(called, key="called"))
    call = '<callActivity id="call"><extensionElements><zeebe:calledElement processId="called"/></extensionElements></callActivity>'
    stage.publish(diagram(START + users("u") + call + END + flows("s>u;u>call;call>e"))).start()
    stage.publish(answering("new"), "decision").complete("u")
    assert decided(stage) == ("old", 1)


def test_what_started_before_decisions_were_fixed_asks_the_version_in_use(stage: Stage) -> None:
    stage.publish(chain(users("u"), rule(), users("z"))).start()
    with stage.database.work() as work:
        work.session.execute(update(ProcessInstance).values(decisions=None))
    stage.publish(answering("new"), "decision").complete("u")
    assert decided(stage) == ("new", 2)


def test_a_process_whose_table_is_not_in_use_does_not_start(stage: Stage) -> None:
    stage.publish(chain(users("u"), rule(), users("z")))
    with stage.database.work() as work:
        work.session.execute(update(Definition).where(Definition.kind == "decision").values(state="retired"))
    with pytest.raises(DecisionNotYetActive) as refused:
        stage.start()
    assert refused.value.fields == {"kind": "decision", "key": "rule", "process": "p"}
    with stage.database.reading() as reading:
        assert reading.session.query(ProcessInstance).count() == 0


def test_deciding_asks_the_database_nothing_once_the_table_is_known(stage: Stage) -> None:
    stage.publish(chain(users("u"), rule(), users("v"), rule("again"), users("z"))).start()
    stage.complete("u")
    asked: list[str] = []
    event.listen(stage.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    stage.complete("v")
    assert [each for each in asked if "definition.state" in each or "definition.content" in each] == []
    assert decided(stage) == ("old", 1)


def test_the_studio_counts_the_open_cases_of_each_version_of_a_table(stage: Stage) -> None:
    stage.publish(chain(users("u"), rule(), users("z"))).start()
    stage.publish(answering("new"), "decision").start()
    with stage.database.reading() as reading:
        versions = reading.session.query(Definition.id).filter_by(kind="decision").order_by(Definition.version)
        counts = usage.open_cases(reading)
        assert [counts[definition_id] for (definition_id,) in versions] == [1, 1]


def test_instances_from_before_are_carried_along_with_nothing_fixed(database: Database) -> None:
    migrate(database, "0009", down=True)
    with database.engine.begin() as connection:
        for statement in (DEFINITION, INSTANCE):
            connection.exec_driver_sql(statement)
    migrate(database, "head")
    with database.reading() as reading:
        row = reading.session.get_one(ProcessInstance, 1)
        assert (row.called, row.decisions) == ({"q": 1}, None)
        assert usage.open_cases(reading)[1] == 1
    migrate(database, "0009", down=True)
    with database.engine.begin() as connection:
        assert [tuple(row) for row in connection.execute(text("SELECT id, called FROM process_instance"))] == [
            (1, '{"q":1}')
        ]
