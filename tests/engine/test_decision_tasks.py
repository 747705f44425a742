"""Business rule tasks over the real engine: what a decision needed first is kept, and a decision without an answer stops the case."""

import pytest

from engine.sandbox import Sandbox
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.diagrams.shapes import chain
from tests.engine.dmn_files import decision, file, input_data, literal
from tests.engine.office import Stage, users
from tests.engine.test_bound_decisions import rule
from tests.engine.test_decisions import decision as tabled
from tests.engine.test_decisions import file as tabled_file
from tests.engine.test_decisions import rows, table

GRAPH = file(
    input_data("n", "number"),
    decision("twice", literal("2 * n"), "input:n"),
    decision("rule", literal("twice + 1"), "decision:twice"),
)
NO_ROW = tabled_file(tabled(table("UNIQUE", rows(("1", '"one"'), ("2", '"two"')))))
TWO_ROWS = tabled_file(tabled(table("UNIQUE", rows(("> 1", '"a"'), ("> 2", '"b"')))))


def asking(content: bytes) -> tuple[Sandbox, str]:
    """A sandbox with a decision and a process that asks it."""
    box = Sandbox()
    box.publish(content)
    return box, box.publish(chain(rule(), users("z")))[0]


def test_the_answer_of_a_graph_becomes_a_variable() -> None:
    box, process = asking(GRAPH)
    case = box.start(process, {"n": 20})
    assert box.variables(case)["found"] == 41
    assert [each.element_id for each in box.waiting(case)] == ["z"]


def test_the_record_tells_which_decisions_came_first(database: Database, clock: TravellingClock) -> None:
    stage = Stage(database, clock).publish(GRAPH, "decision").publish(chain(rule(), users("z")))
    stage.start(n=20)
    [record] = stage.steps[-1].decisions
    assert record.as_data()["steps"] == [{"decision": "twice", "value": 40}]
    assert (record.value, record.inputs["n"]) == (41, 20)


@pytest.mark.parametrize(
    ("content", "given", "words"),
    [
        (NO_ROW, 3, "In 'Regel' past geen enkele rij bij Aantal 3"),
        (NO_ROW, None, "Aantal leeg"),
        (TWO_ROWS, 3, "passen 2 rijen"),
        (GRAPH, "many", "past niet bij het type 'number'"),
    ],
)
def test_without_a_trustworthy_answer_the_case_stops_until_it_is_mended(
    database: Database, clock: TravellingClock, content: bytes, given: object, words: str
) -> None:
    stage = Stage(database, clock).publish(content, "decision").publish(chain(rule(), users("z")))
    stage.start(n=given)
    assert stage.outcome == "incident"
    assert words in stage.steps[-1].incidents[0].reason
    assert "found" not in stage.variables
    stage.mend(n=2)
    assert (stage.outcome, "found" in stage.variables) == ("active", True)


def test_two_decisions_of_one_file_are_asked_apart() -> None:
    box = Sandbox()
    box.publish(file(decision("rule", literal("1")), decision("other", literal("2"))))
    for key, value in (("rule", 1), ("other", 2)):
        asked = chain(rule().replace('decisionId="rule"', f'decisionId="{key}"'), users("z"))
        case = box.start(box.publish(asked)[0])
        assert box.variables(case)["found"] == value


def test_ids_as_other_tools_write_them_are_fine() -> None:
    box = Sandbox()
    assert box.publish(file(decision("dish-decision", literal("1")))) == ["dish-decision"]
    asked = chain(rule().replace('decisionId="rule"', 'decisionId="dish-decision"'), users("z"))
    assert box.variables(box.start(box.publish(asked)[0]))["found"] == 1
