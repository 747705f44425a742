"""A running instance moves to another version: where its tokens go, what cannot be crossed, and the way back."""

import pytest

from engine import definitions, migration
from engine.errors import MappingRefused, MovedOn
from engine.migration import Destination
from engine.outline import outline
from engine.route import route
from engine.step import HandlerEntry
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.diagrams.shapes import END, START, after, catch, chain, inside, on_message
from tests.engine.migrations import destination, everything, go, line, move, put_back, refused, timed
from tests.engine.office import MESSAGE, Stage, diagram, flows, script, service, user, users


@pytest.fixture
def stage(database: Database, clock: TravellingClock) -> Stage:
    return Stage(database, clock, {"note": HandlerEntry(lambda _: {})})


# -- where tokens go ----------------------------------------------------------------------------------------------------


def test_a_token_stays_where_it_is_and_goes_on_by_the_new_drawing(stage: Stage) -> None:
    stage.publish(line("a b")).start()
    stage.publish(chain(user("a"), script("more", "1 + 1", "two"), user("b")))
    assert move(stage).tokens == {}
    assert stage.active == {"a": 1}
    stage.complete("a")
    assert stage.variables["two"] == 2
    assert stage.active == {"b": 1}
    assert {transition.definition for transition in stage.steps[-1].transitions} == {("p", 2)}


def test_an_element_with_another_id_is_mapped_by_hand(stage: Stage) -> None:
    stage.publish(line("a b")).start()
    stage.publish(line("first b"))
    assert refused(stage) == [
        "Taak ‘a’ staat niet meer in de nieuwe versie. Kies in het plan naar welke stap het dossier gaat."
    ]
    moved = move(stage, a="first")
    assert list(moved.tokens.values()) == ["first"]
    assert [(task.element_id, task.name) for task in moved.user_tasks] == [("first", "first")]
    assert stage.active == {"first": 1}
    stage.tokens["first"] = stage.tokens["a"]
    assert stage.complete("first").transitions[0].element_id == "first"


def test_a_mapping_that_cannot_be_is_refused_line_by_line(stage: Stage) -> None:
    stage.publish(line("a b")).publish(chain(user("c"), service("d", "note")))
    with pytest.raises(MappingRefused) as found:
        destination(stage, {"a": "d", "b": "nowhere", "unknown": "c"})
    assert [error["field"] for error in found.value.errors] == ["a", "b", "unknown"]


def test_inside_a_subprocess_tokens_follow_it_under_its_new_id(stage: Stage) -> None:
    def body(scope: str) -> bytes:
        inner = '<startEvent id="is"/>' + users("a b") + '<endEvent id="ie"/>' + flows("is>a;a>b;b>ie")
        return diagram(START + inside(scope, inner) + END + flows(f"s>{scope};{scope}>e"))

    stage.publish(body("sub")).start()
    stage.publish(body("part"))
    move(stage, sub="part")
    assert stage.active == {"part": 1, "a": 1}
    stage.complete("a")
    stage.complete("b")
    assert stage.outcome == "completed"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (users("a"), service("a", "note"), "is in de nieuwe versie iets anders: systeemtaak ‘a’"),
        (users("a"), inside("sub", START.replace('"s"', '"x"') + users("a") + flows("x>a")), "ander deelproces"),
        (service("a", "outside"), service("a", "note"), "ander werk: note"),
        (catch("a", after("P1D")), catch("a", on_message("letter")), "wacht in de nieuwe versie op iets anders"),
    ],
)
def test_what_cannot_be_crossed_is_told(stage: Stage, old: str, new: str, reason: str) -> None:
    root = MESSAGE.format("letter")
    stage.publish(chain(old, root=root)).start()
    stage.publish(chain(new, root=root))
    [told] = refused(stage)
    assert reason in told


def test_a_repeated_activity_moves_to_one_that_repeats_alike(stage: Stage) -> None:
    def each(mode: str, name: str = "a") -> bytes:
        loop = '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="item"/>'
        many = f'<multiInstanceLoopCharacteristics isSequential="{mode}"><extensionElements>{loop}</extensionElements></multiInstanceLoopCharacteristics>'
        return chain(user(name).replace("</userTask>", f"{many}</userTask>"))

    stage.publish(each("false")).start()
    stage.publish(each("true"))
    assert "anders herhaald" in refused(stage)[0]
    stage.publish(each("false", "b"))
    with stage.database.reading() as reading:
        new, _, old = definitions.versions(reading, "process", "p")
        way = route(outline(old.content, "p"), outline(new.content, "p"), {"a": "b"})
    go(stage, Destination(old.id, new.id, way))
    assert stage.active == {"b": 2}


def test_a_join_that_waits_for_other_flows_is_told_and_one_that_waits_for_the_same_goes_on(stage: Stage) -> None:
    def forked(branches: str) -> bytes:
        names = branches.split()
        ways = ";".join(f"fork>{name};{name}>join" for name in names)
        gates = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
        return diagram(START + gates + users(branches) + END + flows(f"s>fork;{ways};join>e"))

    stage.publish(forked("a b")).start()
    stage.complete("a")
    stage.publish(forked("a b c"))
    assert "wacht in de nieuwe versie op andere pijlen" in refused(stage)[0]
    stage.publish(forked("a b").replace(b'id="fork"', b'id="fork" name="Split"'))
    with stage.database.reading() as reading:
        new, _, old = definitions.versions(reading, "process", "p")
        way = route(outline(old.content, "p"), outline(new.content, "p"), {})
    go(stage, Destination(old.id, new.id, way))
    stage.complete("b")
    assert stage.outcome == "completed"


def test_the_version_of_a_called_process_moves_alone(stage: Stage) -> None:
    call = '<callActivity id="call"><extensionElements><zeebe:calledElement processId="called"/></extensionElements></callActivity>'
    stage.publish(diagram(START + users("a") + END + flows("s>a;a>e"), key="called"))
    stage.publish(chain(call)).start()
    stage.publish(diagram(START + users("a b") + END + flows("s>a;a>b;b>e"), key="called"))
    move(stage, "called")
    stage.complete("a")
    assert stage.active == {"call": 1, "b": 1}
    assert {t.definition for t in stage.steps[-1].transitions if t.element_id == "b"} == {("called", 2)}


# -- back, and nowhere ----------------------------------------------------------------------------------------------------


def test_what_moved_can_be_put_back_exactly_as_it_was(stage: Stage) -> None:
    stage.publish(timed()).start()
    before = everything(stage)
    stage.publish(timed(name="too_late"))
    put_back(stage, move(stage, late="too_late"))
    assert everything(stage) == before
    stage.wait(days=5)
    assert stage.active == {"a": 1, "b": 1}


def test_a_case_that_has_moved_on_is_not_put_back(stage: Stage) -> None:
    stage.publish(line("a b")).start()
    stage.publish(line("a c b"))
    moved = move(stage)
    stage.complete("a")
    before = everything(stage)
    with pytest.raises(MovedOn):
        put_back(stage, moved)
    assert everything(stage) == before


def test_trying_out_writes_nothing_and_tells_the_same(stage: Stage) -> None:
    stage.publish(timed()).start()
    stage.publish(timed(name="too_late"))
    before = everything(stage)
    with stage.database.reading() as reading:
        trial = migration.try_out(stage.engine, reading, stage.instance, destination(stage, {}))
    assert (trial.armed, trial.withdrawn, trial.stands_on) == (["too_late"], ["late"], ["a"])
    assert trial.obstacles == []
    assert everything(stage) == before


@pytest.mark.parametrize("steps", [0, 1])
def test_moving_to_the_same_version_changes_nothing(stage: Stage, steps: int) -> None:
    stage.publish(timed()).start()
    stage.wait(days=5 * steps)
    before = everything(stage)
    with stage.database.reading() as reading:
        [only] = definitions.versions(reading, "process", "p")
        drawn = outline(only.content, "p")
    moved = go(stage, Destination(only.id, only.id, route(drawn, drawn, {})))
    assert (moved.tokens, moved.armed, moved.withdrawn) == ({}, [], [])
    assert everything(stage) == before
