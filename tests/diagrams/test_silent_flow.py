"""What the library runs silently wrong, first half (S1-S19: state, flow, errors): here it runs right or is refused."""

import json

import pytest

from engine import codec
from engine.errors import StateUnreadable
from engine.models import ProcessInstance
from engine.parsing import xml
from engine.parsing.parser import parse_process
from tests.conformance.bpmn.play import Play
from tests.diagrams.shapes import (
    END,
    ERROR,
    SIGNAL,
    START,
    after,
    at,
    boundary,
    catch,
    chain,
    inside,
    on_message,
)
from tests.diagrams.twins import errors, refused_at
from tests.engine.office import MESSAGE, Stage, diagram, flows, service, users

# -- state and persistence --------------------------------------------------------------------------------------------


def test_s01_a_state_with_sorted_keys_keeps_all_variables_and_one_without_a_parent_is_refused(stage: Stage) -> None:
    content = chain(users("u"))
    stage.publish(content).start(x=1, b="k", a={"z": 1, "y": [1, 2]})
    with stage.database.reading() as reading:
        text = reading.session.get_one(ProcessInstance, stage.instance).state
    shuffled = json.dumps(json.loads(text), sort_keys=True)
    again = codec.restore(shuffled, *parse_process(xml.parse(content)))
    assert again.data["variables"] == stage.variables
    orphan = json.loads(text)
    orphan["top"]["tokens"][-1][1] = "0" * 32
    with pytest.raises(StateUnreadable):
        codec.restore(json.dumps(orphan), *parse_process(xml.parse(content)))


def test_s02_every_instance_of_a_repeated_task_counts_after_restoring(stage: Stage, ran: list[str]) -> None:
    many = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"
    content = chain(users("u").replace("</userTask>", f"{many}</userTask>"), service("v", "log"))
    step = stage.publish(content).start()
    assert stage.active == {"u": 3}
    for opened in step.opened:
        assert ran == []
        stage.tokens["u"] = opened.token_id
        stage.complete("u")
    assert (stage.outcome, ran) == ("completed", ["v"])


STUCK = START + '<exclusiveGateway id="x" default="f_x_b"/>' + users("a b") + '<parallelGateway id="j"/>' + END
STUCK += flows("s>x;x>a[n = 1];x>b;a>j;b>j;j>e")


def test_s03_a_process_that_can_never_end_is_refused() -> None:
    refused_at(diagram(STUCK), "j", "vastlopen")


def test_s03_outside_the_office_it_is_an_incident_and_not_completed() -> None:
    play = Play(diagram(STUCK).decode(), n=1)
    play.complete("a")
    assert (play.outcome, play.done) == ("incident", ["s", "x", "a"])


def test_s04_a_bad_expression_after_a_persons_form_costs_the_person_nothing(stage: Stage) -> None:
    stage.publish(chain(users("u"), catch("t", at("=due")), users("z"))).start()
    step = stage.complete("u", answer="kept", due="gisteren of zo")
    assert (step.outcome, stage.active) == ("incident", {"t": 1})
    assert step.closed == [stage.tokens["u"]]
    assert stage.variables["answer"] == "kept"
    stage.mend(due="2026-02-01")
    assert stage.outcome == "active"
    stage.wait(days=30)
    assert stage.active == {"z": 1}


# -- flow -------------------------------------------------------------------------------------------------------------


def test_s05_a_parallel_join_waits_for_all_also_in_the_second_round(stage: Stage) -> None:
    body = START + '<exclusiveGateway id="m"/><parallelGateway id="g"/>' + users("u1 u2 z")
    body += '<parallelGateway id="j"/><exclusiveGateway id="x" default="f_x_e"/>' + END
    stage.publish(diagram(body + flows("s>m;m>g;g>u1;g>u2;u1>j;u2>j;j>z;z>x;x>e;x>m[again]"))).start()
    for first, second in (("u1", "u2"), ("u2", "u1"), ("u1", "u2")):
        stage.complete(first)
        assert stage.active == {second: 1}
        stage.complete(second)
        stage.complete("z", again=True)


def test_s06_an_inclusive_join_waits_for_the_branches_of_its_own_round(stage: Stage) -> None:
    body = START + '<exclusiveGateway id="m"/><inclusiveGateway id="g" default="f_g_u1"/>' + users("u1 u2 z")
    body += '<inclusiveGateway id="j"/><exclusiveGateway id="x" default="f_x_e"/>' + END
    links = "s>m;m>g;g>u1;g>u2[both];u1>j;u2>j;j>z;z>x;x>e;x>m[again]"
    stage.publish(diagram(body.replace('default="f_g_u1"', "") + flows(links.replace("g>u1;", "g>u1[true];"))))
    stage.start(both=True)
    for first, second in (("u1", "u2"), ("u2", "u1")):
        stage.complete(first)
        assert stage.active == {second: 1}
        stage.complete(second)
        stage.complete("z", again=True)
    stage.complete("u1")
    stage.complete("u2")
    stage.complete("z", again=True, both=False)
    assert stage.active == {"u1": 1}
    stage.complete("u1")
    assert stage.active == {"z": 1}


@pytest.mark.parametrize(
    ("kind", "throw"),
    [
        ('<escalationEventDefinition escalationRef="esc"/>', '<escalationEventDefinition escalationRef="esc"/>'),
        ("<conditionalEventDefinition><condition>=hot</condition></conditionalEventDefinition>", ""),
        ('<signalEventDefinition signalRef="sig"/>', '<signalEventDefinition signalRef="sig"/>'),
    ],
)
def test_s07_an_event_subprocess_starts_at_its_event_and_not_before(stage: Stage, kind: str, throw: str) -> None:
    start = f'<startEvent id="es">{kind}</startEvent>' + users("h") + '<endEvent id="ee"/>' + flows("es>h;h>ee")
    thrown = f'<intermediateThrowEvent id="t">{throw}</intermediateThrowEvent>'
    body = (
        START + users("u z") + thrown + END + flows("s>u;u>t;t>z;z>e") + inside("esp", start, 'triggeredByEvent="true"')
    )
    stage.publish(diagram(body, root=SIGNAL + '<escalation id="esc" escalationCode="X"/>')).start()
    assert stage.active == {"u": 1}
    stage.complete("u", hot=True)
    assert stage.active == {"esp": 1, "h": 1}


def test_s07_an_error_start_runs_when_its_error_comes_and_not_before(stage: Stage) -> None:
    start = (
        '<startEvent id="es"><errorEventDefinition errorRef="er"/></startEvent>' + users("h") + '<endEvent id="ee"/>'
    )
    body = START + users("u") + service("bad", "fail") + END + flows("s>u;u>bad;bad>e")
    body += inside("esp", start + flows("es>h;h>ee"), 'triggeredByEvent="true"')
    stage.publish(diagram(body, root=ERROR)).start()
    assert stage.active == {"u": 1}
    stage.complete("u")
    assert stage.active == {"esp": 1, "h": 1}


def test_s07_a_timer_start_beside_the_rest_fires_once_and_does_not_keep_the_process_open(stage: Stage) -> None:
    start = (
        f'<startEvent id="es" isInterrupting="false">{after("P1D")}</startEvent>' + users("h") + '<endEvent id="ee"/>'
    )
    body = START + users("u") + END + flows("s>u;u>e")
    body += inside("esp", start + flows("es>h;h>ee"), 'triggeredByEvent="true"')
    stage.publish(diagram(body)).start()
    stage.wait(days=1)
    stage.wait(days=5)
    assert stage.active == {"u": 1, "esp": 1, "h": 1}
    stage.start()
    stage.complete("u")
    assert stage.outcome == "completed"


def test_s08_is_interrupting_is_obeyed_also_in_a_nested_event_subprocess(stage: Stage) -> None:
    start = f'<startEvent id="es">{on_message("stop")}</startEvent>' + users("h") + '<endEvent id="ee"/>'
    beside = f'<startEvent id="bs" isInterrupting="false">{on_message("more")}</startEvent>' + users("k")
    within = '<startEvent id="ws"/>' + users("work") + '<endEvent id="we"/>' + flows("ws>work;work>we")
    within += inside("stopped", start + flows("es>h;h>ee"), 'triggeredByEvent="true"')
    within += inside("asked", beside + '<endEvent id="be"/>' + flows("bs>k;k>be"), 'triggeredByEvent="true"')
    root = MESSAGE.format("stop") + MESSAGE.format("more")
    stage.publish(chain(inside("sp", within), users("z"), root=root)).start()
    stage.message("more")
    assert stage.active == {"sp": 1, "work": 1, "asked": 1, "k": 1}
    stage.message("stop")
    assert stage.active == {"sp": 1, "stopped": 1, "h": 1}
    stage.complete("h")
    assert stage.active == {"z": 1}


@pytest.mark.parametrize("word", ["TRUE", "0", "no"])
def test_s08_a_truth_value_that_would_be_read_as_the_default_is_refused(word: str) -> None:
    edge = boundary("b", "u", on_message("m"), f'cancelActivity="{word}"') + '<endEvent id="e2"/>'
    content = diagram(START + users("u") + END + edge + flows("s>u;u>e;b>e2"), root=MESSAGE.format("m"))
    refused_at(content, "b", "true")


def test_s09_a_signal_end_is_heard_and_a_compensation_throw_undoes(stage: Stage, ran: list[str]) -> None:
    thrown = '<endEvent id="t"><signalEventDefinition signalRef="sig"/></endEvent>'
    body = (
        START
        + '<parallelGateway id="g"/>'
        + thrown
        + catch("c", '<signalEventDefinition signalRef="sig"/>')
        + users("u z")
    )
    body += END + flows("s>g;g>u;g>c;u>t;c>z;z>e")
    stage.publish(diagram(body, root=SIGNAL)).start()
    stage.complete("u")
    assert stage.active == {"z": 1}
    undo = '<intermediateThrowEvent id="t"><compensateEventDefinition/></intermediateThrowEvent>'
    handler = service("undo_a", "log").replace("<serviceTask", '<serviceTask isForCompensation="true"')
    tied = (
        boundary("b", "a", "<compensateEventDefinition/>") + '<association id="tie" sourceRef="b" targetRef="undo_a"/>'
    )
    body = START + service("a", "log") + undo + END + tied + handler + flows("s>a;a>t;t>e")
    stage.publish(diagram(body)).start()
    assert (stage.outcome, ran) == ("completed", ["a", "undo_a"])


def test_s10_a_link_carries_its_token(stage: Stage) -> None:
    thrown = '<intermediateThrowEvent id="t"><linkEventDefinition name="L"/></intermediateThrowEvent>'
    body = START + thrown + catch("c", '<linkEventDefinition name="L"/>') + users("u") + END
    stage.publish(diagram(body + flows("s>t;c>u;u>e"))).start()
    assert stage.active == {"u": 1}
    alone = START + thrown + users("u") + END
    refused_at(diagram(alone + flows("s>t;u>e")), "t", "koppeling 'L' aankomt")


def test_s11_a_condition_on_a_flow_from_a_task_is_obeyed(stage: Stage) -> None:
    stage.publish(diagram(START + users("u a b") + flows("s>u;u>a[n = 1];u>b[n > 0]"))).start(n=2)
    stage.complete("u")
    assert stage.active == {"b": 1}


def test_s11_a_condition_on_a_flow_from_a_parallel_gateway_is_refused() -> None:
    split = START + '<parallelGateway id="g"/>' + users("a b") + '<endEvent id="e1"/><endEvent id="e2"/>'
    refused_at(diagram(split + flows("s>g;g>a[false];g>b;a>e1;b>e2")), "f_g_a", "voorwaarde")


@pytest.mark.parametrize("name", ["Start", "End", "Root", "StartEventJoin", "p.EndJoin", "u.BoundaryEventSplit"])
def test_s12_an_id_the_library_uses_itself_is_an_id_like_any_other(stage: Stage, name: str) -> None:
    stage.publish(chain(users(name), users("u"))).start()
    assert stage.active == {name: 1}
    stage.complete(name)
    assert stage.active == {"u": 1}


def test_s12_an_id_with_a_space_is_refused() -> None:
    content = diagram(START + users("u").replace('id="u"', 'id="u [child]"') + END + flows("s>u [child]"))
    refused_at(content, "u [child]", "kan geen id zijn")


def test_s12_two_diagrams_may_use_the_same_ids_inside_one_case(stage: Stage) -> None:
    inner = '<startEvent id="is"/>' + users("{0}") + '<endEvent id="ie"/>' + flows("is>{0};{0}>ie")
    called = START + inside("box", inner.format("theirs")) + END + flows("s>box;box>e")
    stage.publish(diagram(called, key="called"))
    call = '<callActivity id="call" name="call"><extensionElements><zeebe:calledElement processId="called"/>'
    call += "</extensionElements></callActivity>"
    stage.publish(chain(inside("box", inner.format("ours")), call)).start()
    assert stage.active == {"box": 1, "ours": 1}
    stage.complete("ours")
    assert stage.active == {"call": 1, "box": 1, "theirs": 1}
    stage.complete("theirs")
    assert stage.outcome == "completed"


def test_s13_what_an_error_interrupts_does_not_run_on(stage: Stage, ran: list[str]) -> None:
    within = '<startEvent id="ws"/><parallelGateway id="g"/><endEvent id="bad"><errorEventDefinition errorRef="er"/></endEvent>'
    within += "".join(service(name, "log") for name in ("n1", "n2", "n3", "n4")) + '<endEvent id="we"/>'
    within += flows("ws>g;g>bad;g>n1;n1>n2;n2>n3;n3>n4;n4>we")
    body = START + inside("sp", within) + boundary("b", "sp", "<errorEventDefinition/>") + users("h after")
    body += END + '<endEvent id="e2"/>' + flows("s>sp;sp>after;after>e;b>h;h>e2")
    stage.publish(diagram(body, root=ERROR)).start()
    assert stage.active == {"h": 1}
    assert "n4" not in ran


def test_s14_a_non_interrupting_event_fires_each_time(stage: Stage) -> None:
    edge = boundary("b", "u", on_message("m"), 'cancelActivity="false"') + users("h") + '<endEvent id="e2"/>'
    stage.publish(
        diagram(START + users("u") + END + edge + flows("s>u;u>e;b>h;h>e2"), root=MESSAGE.format("m"))
    ).start()
    for count in (1, 2, 3):
        stage.message("m")
        assert stage.active == {"u": 1, "h": count}


def test_s15_a_default_flow_that_does_not_exist_is_refused() -> None:
    body = START + '<exclusiveGateway id="x" default="nowhere"/>' + users("a b") + '<exclusiveGateway id="m"/>' + END
    refused_at(diagram(body + flows("s>x;x>a[n = 1];x>b[n = 2];a>m;b>m;m>e")), "x", "nowhere")
    content = chain(users("u")).replace(b'<userTask id="u"', b'<userTask default="nowhere" id="u"')
    refused_at(content, "u", "nowhere")


@pytest.mark.parametrize(
    ("kind", "words"), [("sendTask", "welk bericht deze taak stuurt"), ("receiveTask", "op welk bericht")]
)
def test_s15_a_task_without_its_message_is_refused(kind: str, words: str) -> None:
    refused_at(chain(f'<{kind} id="u" name="u"/>'), "u", words)


def test_s15_a_receive_task_waits_and_a_send_task_is_heard(stage: Stage) -> None:
    body = START + '<parallelGateway id="g"/><receiveTask id="r" name="r" messageRef="message_m"/>' + users("u z")
    body += '<sendTask id="t" name="t" messageRef="message_m"/>' + END + '<endEvent id="e2"/>'
    stage.publish(diagram(body + flows("s>g;g>r;r>z;z>e;g>u;u>t;t>e2"), root=MESSAGE.format("m"))).start()
    assert stage.active == {"r": 1, "u": 1}
    stage.complete("u")
    stage.deliver()
    assert stage.active == {"z": 1}


@pytest.mark.parametrize("kind", ["manualTask", "task"])
def test_s15_work_outside_the_system_is_passed(stage: Stage, kind: str) -> None:
    stage.publish(chain(f'<{kind} id="m" name="m"/>', users("u"))).start()
    assert (stage.active, stage.trace) == ({"u": 1}, ["s", "m"])


# -- errors -----------------------------------------------------------------------------------------------------------


def test_s16_an_error_is_not_caught_by_a_boundary_elsewhere(stage: Stage) -> None:
    quiet = inside("quiet", '<startEvent id="qs"/>' + users("q") + '<endEvent id="qe"/>' + flows("qs>q;q>qe"))
    body = START + '<parallelGateway id="g"/>' + quiet + boundary("wrong", "quiet", "<errorEventDefinition/>")
    body += (
        users("w")
        + '<endEvent id="bad"><errorEventDefinition errorRef="er"/></endEvent><endEvent id="e"/><endEvent id="e2"/>'
    )
    step = stage.publish(diagram(body + flows("s>g;g>quiet;g>bad;quiet>e;wrong>w;w>e2"), root=ERROR)).start()
    assert (step.outcome, stage.active) == ("incident", {"quiet": 1, "q": 1, "bad": 1})


def test_s17_an_uncaught_error_in_a_subprocess_does_not_let_the_parent_go_on(stage: Stage) -> None:
    within = '<startEvent id="ws"/><endEvent id="bad"><errorEventDefinition errorRef="er"/></endEvent>' + flows(
        "ws>bad"
    )
    step = stage.publish(chain(inside("sp", within), users("after"), root=ERROR)).start()
    assert (step.outcome, stage.active) == ("incident", {"sp": 1, "bad": 1})


def test_s18_a_handler_throws_a_modelled_error_and_its_boundary_catches_it(stage: Stage) -> None:
    body = (
        START
        + service("bad", "fail")
        + boundary("b", "bad", '<errorEventDefinition errorRef="er"/>')
        + users("h after")
    )
    body += END + '<endEvent id="e2"/>'
    stage.publish(diagram(body + flows("s>bad;bad>after;after>e;b>h;h>e2"), root=ERROR)).start()
    assert stage.active == {"h": 1}


def test_s19_whatever_a_handler_raises_is_an_incident_with_its_reason(stage: Stage) -> None:
    step = stage.publish(chain(service("bad", "stumble"))).start()
    assert step.outcome == "incident"
    assert step.incidents[0].reason.startswith(
        "Er ging iets mis dat niet voorzien was (KeyError, tests.diagrams.conftest:"
    )


def test_a_step_in_two_lanes_is_refused_and_one_in_a_lane_in_a_lane_is_not() -> None:
    lane = '<lane id="lane_{0}" name="{0}"><flowNodeRef>u</flowNodeRef>{1}</lane>'
    drawn = '<laneSet id="ls">{0}</laneSet>' + START + users("u") + END + flows("s>u;u>e")
    beside = lane.format("mediator", "") + lane.format("case_handler", "")
    refused_at(diagram(drawn.format(beside)), "u", "banen 'mediator' en 'case_handler'")
    inside_it = f'<childLaneSet id="cs">{lane.format("case_handler", "")}</childLaneSet>'
    assert errors(diagram(drawn.format(lane.format("mediator", inside_it)))) == []


def test_behind_an_event_gateway_stand_messages_or_receive_tasks_but_not_both() -> None:
    both = catch("c", on_message("m")) + '<receiveTask id="r" messageRef="message_n"/>' + END
    content = START + '<eventBasedGateway id="g"/>' + both + flows("s>g;g>c;g>r;c>e;r>e")
    refused_at(diagram(content, root=MESSAGE.format("m") + MESSAGE.format("n")), "g", "niet allebei")
