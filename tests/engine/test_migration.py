"""A running instance moves to another version: tokens, timers, messages, jobs and incidents go along, or the reason is told."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import definitions, migration
from engine.errors import CannotMove, InstanceEnded, MappingRefused, MovedOn
from engine.migration import Destination, Moved
from engine.models import Delivery, Incident, Job, ProcessInstance, Subscription
from engine.outline import outline
from engine.route import route
from engine.step import HandlerEntry
from storage.unit_of_work import Database
from tasks.clock_source import TravellingClock
from tests.diagrams.shapes import END, START, after, boundary, catch, chain, inside, on_message
from tests.engine.office import MESSAGE, Stage, diagram, flows, script, service, user, users


@pytest.fixture
def stage(database: Database, clock: TravellingClock) -> Stage:
    return Stage(database, clock, {"note": HandlerEntry(lambda _: {})})


def destination(stage: Stage, mapping: Mapping[str, str], key: str = "p", **more: Any) -> Destination:
    """From the version before the newest to the newest."""
    with stage.database.reading() as reading:
        new, old = definitions.versions(reading, "process", key)[:2]
    way = route(outline(old.content, key), outline(new.content, key), mapping)
    return Destination(old.id, new.id, way, **more)


def move(stage: Stage, key: str = "p", **mapping: str) -> Moved:
    return go(stage, destination(stage, mapping, key))


def line(names: str) -> bytes:
    """User tasks one after another."""
    return chain(*[user(name) for name in names.split()])


def go(stage: Stage, there: Destination) -> Moved:
    with stage.database.work() as work:
        return migration.migrate(stage.engine, work, stage.instance, there)


def refused(stage: Stage, key: str = "p", **mapping: str) -> list[str]:
    """The reasons; and nothing was written."""
    before = everything(stage)
    with pytest.raises(CannotMove) as found:
        move(stage, key, **mapping)
    assert everything(stage) == before
    return found.value.reasons


def everything(stage: Stage) -> list[Any]:
    """All rows of the instance, as they are kept."""
    with stage.database.reading() as reading:
        row = reading.session.get_one(ProcessInstance, stage.instance)
        found: list[Any] = [json.loads(row.state), row.definition_id, row.called, row.decisions, row.outcome]
        for table in (Subscription, Job, Incident):
            kept = reading.session.scalars(select(table).where(table.instance_id == stage.instance).order_by(table.id))
            found.append([{c.name: getattr(each, c.name) for c in table.__table__.columns} for each in kept])
    return found


def waits(stage: Stage) -> dict[str, datetime | str | None]:
    """What the rows wait for: a moment, or the name of a message."""
    with stage.database.reading() as reading:
        query = select(Subscription).where(Subscription.instance_id == stage.instance).order_by(Subscription.id)
        return {row.element_id: row.due_at or row.name for row in reading.session.scalars(query)}


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
    go(stage, Destination(old.id, new.id, route(outline(old.content, "p"), outline(new.content, "p"), {"a": "b"})))
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
    go(stage, Destination(old.id, new.id, route(outline(old.content, "p"), outline(new.content, "p"), {})))
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


# -- what waits ---------------------------------------------------------------------------------------------------------


def timed(more: str = "", name: str = "late", length: str = "P5D") -> bytes:
    edge = boundary(name, "a", after(length), 'cancelActivity="false"')
    return diagram(START + users("a b") + edge + more + END + flows(f"s>a;a>e;{name}>b;b>e"))


def test_a_timer_that_runs_keeps_its_moment_whatever_the_drawing_says_now(stage: Stage) -> None:
    started = stage.clock.now()
    stage.publish(timed()).start()
    rows = everything(stage)[5]
    stage.wait(days=2)
    stage.publish(timed(name="too_late", length="P1D"))
    move(stage, late="too_late")
    assert waits(stage) == {"too_late": started + timedelta(days=5)}
    assert [row["id"] for row in everything(stage)[5]] == [row["id"] for row in rows]
    stage.wait(days=3)
    assert stage.active == {"a": 1, "b": 1}


def test_an_event_only_the_new_version_has_listens_from_now_on_and_one_it_lost_no_longer(stage: Stage) -> None:
    stage.publish(timed()).start()
    stage.wait(days=2)
    edge = boundary("warn", "a", after("P1D"), 'cancelActivity="false"')
    stage.publish(diagram(START + users("a b") + edge + END + flows("s>a;a>e;warn>b;b>e")))
    moved = move(stage)
    assert (moved.armed, moved.withdrawn) == (["warn"], ["late"])
    assert waits(stage) == {"warn": stage.clock.now() + timedelta(days=1)}
    stage.wait(days=1)
    assert stage.active == {"a": 1, "b": 1}


def test_an_event_that_had_its_turn_is_not_armed_again(stage: Stage) -> None:
    stage.publish(timed()).start()
    stage.wait(days=5)
    stage.publish(timed(length="P9D"))
    assert move(stage).armed == []
    assert waits(stage) == {}


def test_a_message_keeps_its_key_and_place_and_gets_its_new_name(stage: Stage) -> None:
    def waiting(name: str) -> bytes:
        return chain(catch("await", on_message(name)), root=MESSAGE.format(name))

    stage.publish(waiting("letter")).start()
    stage.publish(waiting("reply"))
    move(stage)
    assert waits(stage) == {"await": "reply"}
    assert stage.message("letter") is None
    assert stage.message("reply") is not None


def test_an_event_subprocess_begins_to_listen_and_stops(stage: Stage) -> None:
    start = f'<startEvent id="es" isInterrupting="true">{after("P3D")}</startEvent>'
    guard = inside("guard", start + users("g") + '<endEvent id="ee"/>' + flows("es>g;g>ee"), 'triggeredByEvent="true"')
    without, guarded = line("a b"), diagram(START + users("a b") + guard + END + flows("s>a;a>b;b>e"))
    stage.publish(without).start()
    stage.publish(guarded)
    assert move(stage).armed == ["guard"]
    assert waits(stage) == {"es": stage.clock.now() + timedelta(days=3)}
    stage.publish(without.replace(b'name="p"', b'name="again"'))
    assert move(stage).withdrawn == ["guard"]
    assert waits(stage) == {}


def test_an_event_gateway_loses_one_wait_and_gets_another(stage: Stage) -> None:
    def choice(last: str) -> bytes:
        gate = '<eventBasedGateway id="gate"/>'
        events = catch("day", after("P5D")) + catch(last, on_message(last))
        links = f"s>gate;gate>day;gate>{last};day>e;{last}>e"
        return diagram(START + gate + events + END + flows(links), root=MESSAGE.format(last))

    stage.publish(choice("letter")).start()
    due = waits(stage)["day"]
    stage.wait(days=1)
    stage.publish(choice("call"))
    move(stage)
    assert waits(stage) == {"day": due, "call": "call"}
    assert stage.message("call") is not None
    assert stage.outcome == "completed"


def test_a_signal_on_its_way_still_finds_who_waited(stage: Stage) -> None:
    def listening(name: str) -> bytes:
        return chain(catch(name, '<signalEventDefinition signalRef="sig"/>'), root='<signal id="sig" name="storm"/>')

    stage.publish(listening("await")).start()
    with stage.database.work() as work:
        stage.engine.broadcast(work, "storm", {})
    stage.publish(listening("hear"))
    move(stage, **{"await": "hear"})
    with stage.database.reading() as reading:
        assert reading.session.scalars(select(Delivery.element_id)).all() == ["hear"]
    with stage.database.work() as work:
        step = stage.engine.deliver_next(work)
    assert step is not None
    assert step.outcome == "completed"


# -- jobs, incidents, versions --------------------------------------------------------------------------------------------


def test_a_job_outside_goes_along_under_its_new_id(stage: Stage) -> None:
    stage.publish(chain(service("ask", "outside"))).start()
    stage.publish(chain(service("request", "outside")))
    move(stage, ask="request")
    assert stage.finish_job("request").outcome == "completed"


def test_an_incident_goes_along_and_the_mended_drawing_frees_the_case(stage: Stage) -> None:
    def pausing(element_id: str, moment: str) -> bytes:
        timer = f"<timerEventDefinition><timeDuration>{moment}</timeDuration></timerEventDefinition>"
        return chain(catch(element_id, timer), user("b"))

    stage.publish(pausing("pause", "=not_there")).start()
    assert stage.outcome == "incident"
    stage.publish(pausing("rest", "P1D"))
    move(stage, pause="rest")
    assert [row["element_id"] for row in everything(stage)[7]] == ["rest"]
    assert stage.mend().outcome == "active"
    stage.wait(days=1)
    assert stage.active == {"b": 1}


def test_an_expression_that_fails_in_the_new_version_is_an_obstacle_and_no_incident(stage: Stage) -> None:
    stage.publish(line("a")).start()
    edge = boundary("late", "a", "<timerEventDefinition><timeDuration>=missing</timeDuration></timerEventDefinition>")
    stage.publish(diagram(START + users("a b") + edge + END + flows("s>a;a>e;late>b;b>e")))
    assert "geeft in de nieuwe versie een fout" in refused(stage)[0]


def test_a_suspended_instance_moves_and_stays_suspended_and_one_that_ended_does_not(stage: Stage) -> None:
    stage.publish(line("a")).start()
    stage.publish(line("a b"))
    with stage.database.work() as work:
        stage.engine.suspend(work, stage.instance)
    move(stage)
    with stage.database.work() as work:
        assert work.session.get_one(ProcessInstance, stage.instance).is_suspended
        stage.engine.suspend(work, stage.instance, resume=True)
    stage.complete("a")
    stage.complete("b")
    stage.publish(line("a b c"))
    with pytest.raises(InstanceEnded):
        move(stage)


def test_an_instance_of_another_version_is_left_alone(stage: Stage) -> None:
    stage.publish(line("a")).start()
    stage.publish(line("a b")).publish(line("a b c"))
    assert "staat niet (meer) op de versie" in refused(stage)[0]


# -- back, and nowhere ----------------------------------------------------------------------------------------------------


def put_back(stage: Stage, moved: Moved) -> None:
    with stage.database.work() as work:
        migration.restore(stage.engine, work, stage.instance, moved.former, moved.version_after, moved.tokens)


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
    stage.publish(timed(more=service("x", "note") + flows("b>x;x>e").replace('id="f_b_x"', 'id="other"'))).start()
    stage.wait(days=5 * steps)
    before = everything(stage)
    with stage.database.reading() as reading:
        [only] = definitions.versions(reading, "process", "p")
    drawn = outline(only.content, "p")
    moved = go(stage, Destination(only.id, only.id, route(drawn, drawn, {})))
    assert (moved.tokens, moved.armed, moved.withdrawn) == ({}, [], [])
    assert everything(stage) == before
