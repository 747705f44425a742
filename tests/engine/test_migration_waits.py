"""What an instance waits for and has with it goes along to another version: timers, messages, jobs, incidents, what may be undone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import definitions
from engine.errors import InstanceEnded
from engine.models import Delivery, ProcessInstance
from engine.step import HandlerEntry
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.diagrams.shapes import END, START, after, boundary, catch, chain, inside, on_message
from tests.engine.migrations import destination, everything, go, line, move, refused, timed, waits
from tests.engine.office import MESSAGE, Stage, diagram, flows, service, user, users
from tests.engine.test_bound_decisions import answering, rule


@pytest.fixture
def stage(database: Database, clock: TravellingClock) -> Stage:
    return Stage(database, clock, {"note": HandlerEntry(lambda _: {})})


# -- what waits ---------------------------------------------------------------------------------------------------------


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
        stage.engine.resume(work, stage.instance)
    stage.complete("a")
    stage.complete("b")
    stage.publish(line("a b c"))
    with pytest.raises(InstanceEnded):
        move(stage)


def test_an_instance_of_another_version_is_left_alone(stage: Stage) -> None:
    stage.publish(line("a")).start()
    stage.publish(line("a b")).publish(line("a b c"))
    assert "staat niet (meer) op de versie" in refused(stage)[0]


# -- what a case may yet need --------------------------------------------------------------------------------------------


def undone(book: str = "book", undo: str = "unbook") -> bytes:
    """A step that can be undone, a wait, and a throw that undoes it."""
    handler = user(undo).replace("<userTask", '<userTask isForCompensation="true"')
    edge = boundary("edge", book, "<compensateEventDefinition/>")
    throw = '<intermediateThrowEvent id="back"><compensateEventDefinition/></intermediateThrowEvent>'
    link = f'<association id="as" sourceRef="edge" targetRef="{undo}"/>'
    body = START + user(book) + user("wait") + throw + handler + edge + link + END
    return diagram(body + flows(f"s>{book};{book}>wait;wait>back;back>e"))


def test_what_is_done_can_still_be_undone_by_the_handler_of_the_new_drawing(stage: Stage) -> None:
    stage.publish(undone()).start()
    stage.complete("book")
    stage.publish(undone(book="reserve", undo="cancel"))
    assert any("‘book’ staat niet meer" in reason for reason in refused(stage))
    move(stage, book="reserve")
    stage.complete("wait")
    assert stage.active == {"back": 1, "cancel": 1}


def test_what_is_done_and_can_no_longer_be_undone_keeps_the_case_where_it_is(stage: Stage) -> None:
    stage.publish(undone()).start()
    stage.complete("book")
    stage.publish(line("book wait"))
    [told] = refused(stage)
    assert "kan in de nieuwe versie niet meer ongedaan gemaakt worden" in told


def test_undoing_that_is_under_way_goes_on_under_the_new_names(stage: Stage) -> None:
    def both(more: str) -> bytes:
        steps, edges, links = "", "", ""
        for name in ("one", "two"):
            steps += user(name + more)
            steps += user(f"undo_{name}{more}").replace("<userTask", '<userTask isForCompensation="true"')
            edges += boundary(f"edge_{name}", name + more, "<compensateEventDefinition/>")
            links += f'<association id="as_{name}" sourceRef="edge_{name}" targetRef="undo_{name}{more}"/>'
        throw = '<intermediateThrowEvent id="back"><compensateEventDefinition/></intermediateThrowEvent>'
        ways = flows(f"s>one{more};one{more}>two{more};two{more}>back;back>e")
        return diagram(START + steps + throw + edges + links + END + ways)

    stage.publish(both("")).start()
    stage.complete("one")
    stage.complete("two")
    assert stage.active == {"back": 1, "undo_two": 1}
    stage.publish(both("_too"))
    move(stage, **{name: f"{name}_too" for name in ("one", "two", "undo_one", "undo_two")})
    stage.tokens["undo_two_too"] = stage.tokens["undo_two"]
    stage.complete("undo_two_too")
    assert stage.active == {"back": 1, "undo_one_too": 1}
    stage.complete("undo_one_too")
    assert stage.outcome == "completed"


def test_a_condition_that_held_before_does_not_happen_again_and_a_new_one_happens(stage: Stage) -> None:
    def watched(*names: str) -> bytes:
        edges = "".join(
            boundary(
                name,
                "a",
                "<conditionalEventDefinition><condition>=amount &gt; 10</condition></conditionalEventDefinition>",
                'cancelActivity="false"',
            )
            for name in names
        )
        ways = ";".join(f"{name}>b" for name in names)
        return diagram(START + users("a b") + edges + END + flows(f"s>a;a>e;{ways};b>e"))

    stage.publish(watched("big")).start(amount=20)
    assert stage.active == {"a": 1, "b": 1}
    stage.publish(watched("large", "high"))
    assert move(stage, big="large").armed == ["high"]
    stage.complete("b")
    assert stage.active == {"a": 1, "b": 1}, "only the new one"


def test_of_several_triggers_each_keeps_what_it_waits_for(stage: Stage) -> None:
    def several(name: str, *more: str) -> bytes:
        definitions_ = after("P5D") + on_message("letter") + "".join(more)
        return chain(catch(name, definitions_), root=MESSAGE.format("letter"))

    stage.publish(several("await")).start()
    kept = [(row["id"], row["position"], row["kind"], row["key"], row["due_at"]) for row in everything(stage)[5]]
    assert [each[2] for each in kept] == ["timer", "message"]
    stage.wait(days=1)
    stage.publish(several("hear"))
    move(stage, **{"await": "hear"})
    rows = everything(stage)[5]
    assert [(row["id"], row["position"], row["kind"], row["key"], row["due_at"]) for row in rows] == kept
    assert {row["element_id"] for row in rows} == {"hear"}
    assert stage.message("letter") is not None
    assert stage.outcome == "completed"


def test_what_only_the_new_version_calls_and_asks_is_bound_and_what_nothing_reaches_is_let_go(stage: Stage) -> None:
    def call(name: str) -> str:
        asked = f'<zeebe:calledElement processId="{name}"/>'
        return f'<callActivity id="call_{name}"><extensionElements>{asked}</extensionElements></callActivity>'

    for name in ("old", "new"):
        stage.publish(diagram(START + user(f"in_{name}") + END + flows(f"s>in_{name};in_{name}>e"), key=name))
    stage.publish(chain(user("a"), call("old"))).start()
    stage.publish(chain(user("a"), call("new")))
    with stage.database.reading() as reading:
        ids = {name: definitions.versions(reading, "process", name)[0].id for name in ("old", "new")}
    assert everything(stage)[2] == {"old": ids["old"]}
    move(stage)
    assert everything(stage)[2] == {"new": ids["new"]}
    stage.complete("a")
    assert stage.active == {"call_new": 1, "in_new": 1}


@pytest.mark.parametrize(("takes", "answer"), [(False, "old"), (True, "new")])
def test_decision_tables_stay_unless_the_plan_takes_those_in_use(stage: Stage, takes: bool, answer: str) -> None:
    stage.publish(answering("old"), "decision")
    stage.publish(chain(user("a"), rule(), user("b"))).start()
    stage.publish(answering("new"), "decision").publish(chain(user("a"), rule(), user("b"), user("c")))
    go(stage, destination(stage, {}, takes_decisions=takes))
    stage.complete("a")
    assert stage.variables["found"] == answer
