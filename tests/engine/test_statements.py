"""What a turn asks of the database: the row once, the row back, and only the waits that changed; specs are parsed once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.diagrams.shapes import END, START, after, boundary, catch, chain, on_message
from tests.engine.office import MESSAGE, Stage, diagram, flows, users


@pytest.fixture
def stage(database: Database, clock: TravellingClock) -> Stage:
    return Stage(database, clock)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The first words of every statement, those that open a transaction apart."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            found.append(" ".join(statement.split()[:3]))

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_completion_reads_one_row_and_writes_one(stage: Stage) -> None:
    stage.publish(chain(users("a"), users("b"), users("c"))).start()
    stage.complete("a")
    with statements(stage.database) as asked:
        stage.complete("b")
    assert [each.split()[0] for each in asked] == ["SELECT", "UPDATE"]


def test_waits_that_change_take_one_statement_each_way(stage: Stage) -> None:
    edges = "".join(boundary(f"{kind}_{u}", u, definition) + f'<endEvent id="end_{kind}_{u}"/>'
                    for u in "ab" for kind, definition in (("late", after("P1D")), ("stop", on_message("stop"))))  # fmt: skip
    links = "s>a;a>b;b>e;" + ";".join(f"{kind}_{u}>end_{kind}_{u}" for u in "ab" for kind in ("late", "stop"))
    stage.publish(diagram(START + users("a b") + edges + END + flows(links), root=MESSAGE.format("stop"))).start()
    with statements(stage.database) as asked:
        stage.complete("a")
    assert [each.split()[0] for each in asked] == ["SELECT", "DELETE", "INSERT", "UPDATE"]


def test_a_wait_that_stays_costs_nothing(stage: Stage) -> None:
    body = START + '<parallelGateway id="g"/>' + catch("t", after("P9D")) + users("a b") + END + '<endEvent id="e2"/>'
    stage.publish(diagram(body + flows("s>g;g>t;g>a;a>b;b>e;t>e2"))).start()
    with statements(stage.database) as asked:
        stage.complete("a")
    assert len(asked) == 2


def test_a_new_process_parses_the_definition_once(stage: Stage) -> None:
    stage.publish(chain(users("a"), users("b"))).start()
    stage.complete("a")
    again = Stage(stage.database, stage.clock)
    again.instance, again.tokens = stage.instance, stage.tokens
    with statements(stage.database) as asked:
        again.complete("b")
    assert [each.split()[0] for each in asked] == ["SELECT", "SELECT", "UPDATE"]
