"""Mending by hand: tokens withdrawn here and begun there, variables corrected; nothing is left behind."""

from typing import Any

import pytest
from sqlalchemy import select

from engine import jobs, moving, standing
from engine.errors import (
    ElementAmbiguous,
    ElementNotOpen,
    ElementNotThere,
    InstanceNotActive,
    ScopeNotThere,
    TokenNotWaiting,
)
from engine.models import Incident, Job, Subscription
from engine.step import HandlerEntry, JobContext, Step
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.diagrams.shapes import END, START, after, boundary, catch, chain, inside, on_message
from tests.engine.office import MESSAGE, Stage, diagram, flows, script, service, user, users

IN = '<zeebe:ioMapping><zeebe:input source="=1" target="own"/></zeebe:ioMapping>'
EACH = (
    '<multiInstanceLoopCharacteristics{0}><extensionElements><zeebe:loopCharacteristics inputCollection="=names" '
    'inputElement="name" outputCollection="results" outputElement="=result"/></extensionElements>'
    "</multiInstanceLoopCharacteristics>"
)


def repeated(element_id: str, how: str) -> str:
    return user(element_id).replace("</userTask>", f"{how}</userTask>")


@pytest.fixture
def stage(database: Database, clock: TravellingClock) -> Stage:
    def never(context: JobContext) -> dict[str, object]:
        raise ValueError("nog niet klaar")

    return Stage(database, clock, {"never": HandlerEntry(never)})


def stands(stage: Stage) -> standing.Standing:
    with stage.database.reading() as reading:
        return standing.of(stage.engine, reading, stage.instance)


def tokens_at(stage: Stage, element_id: str) -> list[str]:
    return [token.id for token in stands(stage).tokens if token.element_id == element_id]


def move(stage: Stage, cancel: str = "", activate: str = "") -> Step:
    """Withdraw every token at these elements and begin those."""
    withdrawn = [token for element_id in cancel.split() for token in tokens_at(stage, element_id)]
    with stage.database.work() as work:
        step = moving.move(stage.engine, work, stage.instance, cancel=withdrawn, activate=activate.split())
    return stage._keep(step)


def correct(stage: Stage, scope: str | None = None, **variables: Any) -> list[tuple[str, Any, Any]]:
    with stage.database.work() as work:
        made = moving.correct(stage.engine, work, stage.instance, variables, scope=scope)
    if made.step is not None:
        stage._keep(made.step)
    return [tuple(each) for each in made.changed]


def subscriptions(stage: Stage) -> set[str]:
    with stage.database.reading() as reading:
        return set(reading.session.scalars(select(Subscription.element_id)))


def test_a_token_goes_elsewhere_and_the_new_step_waits_as_if_it_was_reached(stage: Stage) -> None:
    edge = (
        boundary("late", "a", after("P1D"))
        + boundary("later", "c", after("P2D"))
        + '<endEvent id="e2"/><endEvent id="e3"/>'
    )
    stage.publish(diagram(START + users("a b c") + END + edge + flows("s>a;a>b;b>c;c>e;late>e2;later>e3"))).start(n=1)
    assert subscriptions(stage) == {"late"}
    step = move(stage, "a", "c")
    assert (stage.active, step.closed, [each.element_id for each in step.opened]) == (
        {"c": 1},
        [stage.tokens["a"]],
        ["c"],
    )
    assert [(t.element_id, t.transition) for t in step.transitions] == [("c", "activated"), ("a", "cancelled")]
    assert subscriptions(stage) == {"later"}
    assert stage.folded() == stage.active
    stage.complete("c")
    assert (stage.outcome, stage.variables["n"]) == ("completed", 1)


def test_what_begins_may_be_automatic_and_run_on_to_the_next_wait(stage: Stage) -> None:
    stage.publish(chain(users("a"), script("b", "1 + 1", "two"), users("c"))).start()
    move(stage, "a", "b")
    assert (stage.active, stage.variables["two"]) == ({"c": 1}, 2)


def test_withdrawing_the_last_token_ends_the_process(stage: Stage) -> None:
    stage.publish(chain(users("a"))).start()
    assert move(stage, "a").outcome == "completed"


def test_beginning_without_withdrawing_adds_a_branch(stage: Stage) -> None:
    stage.publish(chain(users("a"), users("b"))).start()
    move(stage, activate="b")
    assert stage.active == {"a": 1, "b": 1}


def test_a_stuck_token_is_withdrawn_with_its_incident(stage: Stage) -> None:
    stage.publish(chain(users("a"), service("v", "never"), users("z"))).start()
    assert stage.complete("a").outcome == "incident"
    assert move(stage, "v", "z").outcome == "active"
    with stage.database.reading() as reading:
        assert list(reading.session.scalars(select(Incident.resolved_by))) == ["system:engine"]
    assert stage.active == {"z": 1}


def test_a_job_that_waits_is_withdrawn_with_its_token(stage: Stage) -> None:
    stage.publish(chain(service("v", "outside"), users("z"))).start()
    move(stage, "v", "z")
    with stage.database.reading() as reading:
        assert list(reading.session.scalars(select(Job.state))) == ["cancelled"]


WITHIN = '<startEvent id="ws"/>' + users("w x") + '<endEvent id="we"/>' + flows("ws>w;w>x;x>we")


def test_inside_a_subprocess_that_is_open_the_token_stays_inside(stage: Stage) -> None:
    stage.publish(chain(inside("sp", WITHIN), users("z"))).start()
    move(stage, "w", "x")
    assert stage.active == {"sp": 1, "x": 1}
    stage.complete("x")
    assert stage.active == {"z": 1}


def test_withdrawing_a_subprocess_takes_all_that_is_in_it(stage: Stage) -> None:
    stage.publish(chain(inside("sp", WITHIN), users("z"))).start()
    step = move(stage, "sp", "z")
    assert (stage.active, step.closed) == ({"z": 1}, [stage.tokens["w"]])


def test_beginning_a_subprocess_opens_it(stage: Stage) -> None:
    stage.publish(chain(users("a"), inside("sp", WITHIN))).start()
    move(stage, "a", "sp")
    assert stage.active == {"sp": 1, "w": 1}


def test_what_cannot_be_is_refused_and_nothing_changed(stage: Stage) -> None:
    shape = chain(users("a"), inside("sp", WITHIN), users("z"))
    stage.publish(shape).start()
    with pytest.raises(ElementNotOpen):
        move(stage, "a", "x")
    with pytest.raises(ElementNotThere):
        move(stage, "a", "nowhere")
    for token in ("0" * 32, "no token"):
        with pytest.raises(TokenNotWaiting), stage.database.work() as work:
            moving.move(stage.engine, work, stage.instance, cancel=[token], activate=["z"])
    assert stage.active == {"a": 1}
    move(stage, "a", "sp")
    with pytest.raises(ElementNotOpen):
        move(stage, "sp", "x")
    assert stage.active == {"sp": 1, "w": 1}


def test_a_boundary_event_is_no_place_and_no_token_to_withdraw(stage: Stage) -> None:
    edge = boundary("stop", "a", on_message("stop")) + '<endEvent id="e2"/>'
    stage.publish(
        diagram(START + users("a") + END + edge + flows("s>a;a>e;stop>e2"), root=MESSAGE.format("stop"))
    ).start()
    assert {token.element_id for token in stands(stage).tokens} == {"a"}
    assert {target.element_id for target in stands(stage).targets} == {"s", "a", "e", "e2"}
    with pytest.raises(ElementNotThere):
        move(stage, "a", "stop")


def test_one_of_several_open_insides_is_the_one_where_something_is_withdrawn(stage: Stage) -> None:
    body = inside("sp", WITHIN + EACH.format(""))
    stage.publish(chain(body, users("z"))).start(names=["a", "b"])
    first, _ = tokens_at(stage, "w")
    with pytest.raises(ElementAmbiguous):
        move(stage, activate="x")
    with stage.database.work() as work:
        stage._keep(moving.move(stage.engine, work, stage.instance, cancel=[first], activate=["x"]))
    assert stage.active == {"sp": 2, "w": 1, "x": 1}


@pytest.mark.parametrize("how", ["", ' isSequential="true"'])
def test_an_instance_that_is_withdrawn_counts_as_done_without_a_result(stage: Stage, how: str) -> None:
    stage.publish(chain(repeated("u", EACH.format(how)), users("z"))).start(names=["a", "b"])
    first = tokens_at(stage, "u")[0]
    with stage.database.work() as work:
        stage._keep(moving.move(stage.engine, work, stage.instance, cancel=[first], activate=[]))
    assert stage.active == {"u": 1}
    stage.complete("u", result="yes")
    assert (stage.active, stage.variables["results"]) == ({"z": 1}, [None, "yes"])


def test_a_loop_that_is_withdrawn_ends_as_a_whole(stage: Stage) -> None:
    loop = '<standardLoopCharacteristics testBefore="false"><loopCondition>=true</loopCondition></standardLoopCharacteristics>'
    stage.publish(chain(repeated("u", loop), users("z"))).start()
    move(stage, "u", "z")
    assert stage.active == {"z": 1}


def test_a_suspended_process_is_not_moved(stage: Stage) -> None:
    stage.publish(chain(users("a"), users("b"))).start()
    with stage.database.work() as work:
        stage.engine.suspend(work, stage.instance)
    with pytest.raises(InstanceNotActive):
        move(stage, "a", "b")


def test_a_variable_gets_another_value_and_the_old_one_is_told(stage: Stage) -> None:
    stage.publish(chain(users("a"), script("b", "n + 1", "more"), users("c"))).start(n=1)
    assert correct(stage, n=41, extra="new") == [("n", 1, 41), ("extra", None, "new")]
    stage.complete("a")
    assert (stage.variables["more"], stage.variables["extra"]) == (42, "new")


def test_a_variable_is_corrected_where_it_lives(stage: Stage) -> None:
    mapped = inside("sp", f"<extensionElements>{IN}</extensionElements>" + WITHIN)
    stage.publish(chain(mapped, user("u", more=IN))).start(own=9)
    [host] = tokens_at(stage, "sp")
    assert correct(stage, host, own=2) == [("own", 1, 2)]
    assert stage.variables["own"] == 9
    stage.complete("w")
    stage.complete("x")
    [task] = tokens_at(stage, "u")
    assert correct(stage, task, own=3) == [("own", 1, 3)]
    found = {
        (scope.element_id, name): value for scope in stands(stage).scopes for name, value in scope.variables.items()
    }
    assert (found["", "own"], found["u", "own"]) == (9, 3)
    with pytest.raises(ScopeNotThere):
        correct(stage, host, own=4)


def test_a_suspended_process_is_corrected_without_moving(stage: Stage) -> None:
    root = "<conditionalEventDefinition><condition>=ready</condition></conditionalEventDefinition>"
    stage.publish(chain(catch("c", root), users("z"))).start(ready=False)
    with stage.database.work() as work:
        stage.engine.suspend(work, stage.instance)
    assert correct(stage, ready=True) == [("ready", False, True)]
    assert stage.active == {"c": 1}


def test_a_correction_that_makes_a_condition_true_makes_its_event_happen(stage: Stage) -> None:
    root = "<conditionalEventDefinition><condition>=ready</condition></conditionalEventDefinition>"
    stage.publish(chain(catch("c", root), users("z"))).start(ready=False)
    correct(stage, ready=True)
    assert stage.active == {"z": 1}


CALL = '<callActivity id="call" name="call"><extensionElements><zeebe:calledElement processId="called"/></extensionElements></callActivity>'


def test_inside_a_called_diagram_it_is_told_which_and_a_token_stays_there(stage: Stage) -> None:
    inner = diagram(START + users("w x") + END + flows("s>w;w>x;x>e"), key="called")
    stage.publish(inner).publish(chain(CALL, users("z"))).start()
    assert {(token.element_id, token.definition) for token in stands(stage).tokens} == {
        ("call", ("p", 1)),
        ("w", ("called", 1)),
    }
    [place] = [target for target in stands(stage).targets if target.element_id == "x"]
    assert (place.definition, place.within) == (("called", 1), ("call",))
    move(stage, "w", "x")
    assert stage.active == {"call": 1, "x": 1}
    stage.complete("x")
    assert stage.active == {"z": 1}


def test_a_worker_is_told_the_diagram_its_job_stands_in(stage: Stage) -> None:
    inner = diagram(START + service("v", "outside", IN) + END + flows("s>v;v>e"), key="called")
    stage.publish(inner).publish(chain(CALL, users("z"))).start()
    with stage.database.work() as work:
        found = jobs.inputs(stage.engine, work, work.session.scalars(select(Job)).one())
    assert found is not None
    assert (found.definition, dict(found.variables)) == (("called", 1), {"own": 1})
