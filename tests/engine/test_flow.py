"""How tokens flow: gateways, loops, subprocesses, events. Each step is saved and restored, since each call is a turn."""

from collections.abc import Callable
from datetime import datetime

import pytest

from engine.errors import CallsInACircle, TokenNotWaiting
from engine.step import BpmnError, HandlerEntry, JobContext
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.engine.office import MESSAGE, Stage, diagram, flows, script, service, user, users


@pytest.fixture
def stage(database: Database, clock: TravellingClock) -> Stage:
    def fail(_context: JobContext) -> BpmnError:
        return BpmnError("E1")

    def add(context: JobContext) -> dict[str, object]:
        return {"total": context.variables["left"] + context.variables["right"]}

    return Stage(database, clock, {"fail": HandlerEntry(fail), "add": HandlerEntry(add)})


PARALLEL_LOOP = diagram(
    '<startEvent id="s"/><exclusiveGateway id="m"/><parallelGateway id="g"/>'
    + users("u1 u2 z")
    + '<parallelGateway id="j"/><exclusiveGateway id="x" default="f_x_e"/><endEvent id="e"/>'
    + flows("s>m;m>g;g>u1;g>u2;u1>j;u2>j;j>z;z>x;x>e;x>m[again]")
)


def test_a_parallel_join_waits_for_all_in_every_round_of_a_loop(stage: Stage) -> None:
    stage.publish(PARALLEL_LOOP).start()
    stage.complete("u1")
    stage.complete("u2")
    stage.complete("z", again=True)
    stage.complete("u2")
    assert stage.active == {"u1": 1}
    stage.complete("u1")
    assert stage.active == {"z": 1}
    stage.complete("z", again=False)
    assert stage.outcome == "completed"


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a"), ("b", "a", "c")])
def test_three_branches_join_in_any_order_of_arrival(stage: Stage, order: tuple[str, ...]) -> None:
    body = (
        '<startEvent id="s"/><parallelGateway id="g"/>'
        + users("a b c z")
        + '<parallelGateway id="j"/><endEvent id="e"/>'
    )
    stage.publish(diagram(body + flows("s>g;g>a;g>b;g>c;a>j;b>j;c>j;j>z;z>e"))).start()
    for name in order:
        assert "z" not in stage.active
        stage.complete(name)
    assert stage.active == {"z": 1}


def test_twelve_parallel_blocks_stay_small(stage: Stage) -> None:
    body, links = '<startEvent id="s"/><endEvent id="e"/>', ["s>g0"]
    for n in range(12):
        body += f'<parallelGateway id="g{n}"/><parallelGateway id="j{n}"/>' + users(f"a{n} b{n} c{n} d{n}")
        links += [f"g{n}>{x}{n};{x}{n}>j{n}" for x in "abcd"] + [f"j{n}>" + (f"g{n + 1}" if n < 11 else "e")]
    stage.publish(diagram(body + flows(";".join(links)))).start()
    for n in range(12):
        assert stage.state_bytes < 2000
        for x in "abcd":
            stage.complete(f"{x}{n}")
    assert stage.outcome == "completed"


def test_concurrent_branches_that_write_different_variables_lose_nothing(stage: Stage) -> None:
    body = (
        '<startEvent id="s"/><parallelGateway id="g"/>' + users("a b z") + '<parallelGateway id="j"/><endEvent id="e"/>'
    )
    stage.publish(diagram(body + flows("s>g;g>a;g>b;a>j;b>j;j>z;z>e"))).start(kept=1)
    stage.complete("b", from_b=[1, 2])
    stage.complete("a", from_a="x")
    assert stage.variables == {"kept": 1, "from_b": [1, 2], "from_a": "x", "case_id": 7}


def test_an_exclusive_gateway_takes_the_first_true_flow_and_else_the_default(stage: Stage) -> None:
    body = (
        '<startEvent id="s"/><exclusiveGateway id="x" default="f_x_c"/>'
        + users("a b c")
        + '<exclusiveGateway id="m"/><endEvent id="e"/>'
    )
    stage.publish(diagram(body + flows("s>x;x>a[n > 5];x>b[n > 1];x>c;a>m;b>m;c>m;m>e")))
    for n, expected in ((9, "a"), (3, "b"), (0, "c"), (None, "c")):
        stage.start(n=n)
        assert stage.active == {expected: 1}


def test_no_possible_flow_is_an_incident_that_goes_on_once_mended(stage: Stage) -> None:
    body = (
        '<startEvent id="s"/>'
        + users("u a b")
        + '<exclusiveGateway id="x"/><exclusiveGateway id="m"/><endEvent id="e"/>'
    )
    stage.publish(diagram(body + flows("s>u;u>x;x>a[q = 1];x>b[q = 2];a>m;b>m;m>e"))).start()
    step = stage.complete("u", answer="kept")
    assert (step.outcome, stage.active) == ("incident", {"x": 1})
    assert "geen enkele voorwaarde" in step.incidents[0].reason
    stage.mend(q=2)
    assert (stage.active, stage.variables["answer"]) == ({"b": 1}, "kept")


def test_an_automatic_loop_of_ten_thousand_rounds_ends(stage: Stage) -> None:
    body = '<startEvent id="s"/><exclusiveGateway id="m"/>' + script("add", "n + 1", "n")
    body += '<exclusiveGateway id="x" default="f_x_e"/><endEvent id="e"/>'
    stage.publish(diagram(body + flows("s>m;m>add;add>x;x>e;x>m[n &lt; 10000]".replace("&lt;", "<")))).start(n=0)
    assert (stage.outcome, stage.variables["n"]) == ("completed", 10_000)


def test_a_loop_that_never_waits_is_stopped_with_an_incident(stage: Stage) -> None:
    body = '<startEvent id="s"/><exclusiveGateway id="m"/>' + script("add", "1", "n")
    body += '<exclusiveGateway id="x" default="f_x_e"/><endEvent id="e"/>'
    step = stage.publish(diagram(body + flows("s>m;m>add;add>x;x>e;x>m[n = 1]"))).start()
    assert step.outcome == "incident"
    assert "lus" in step.incidents[0].reason


def test_a_user_task_loop_stays_small(stage: Stage) -> None:
    body = (
        '<startEvent id="s"/><exclusiveGateway id="m"/>'
        + users("u")
        + '<exclusiveGateway id="x" default="f_x_e"/><endEvent id="e"/>'
    )
    stage.publish(diagram(body + flows("s>m;m>u;u>x;x>e;x>m[again]"))).start()
    for _ in range(10):
        stage.complete("u", again=True)
    size = stage.state_bytes
    for _ in range(140):
        stage.complete("u", again=True)
    assert stage.state_bytes == size
    stage.complete("u", again=False)
    assert stage.outcome == "completed"


GUARDED = (
    '<startEvent id="s"/><subProcess id="inner" name="inner"><startEvent id="s2"/>'
    + users("work")
    + '<endEvent id="e2"/>'
    + flows("s2>work;work>e2")
    + '</subProcess><boundaryEvent id="stopped" attachedToRef="inner"><messageEventDefinition messageRef="message_stop"/></boundaryEvent>'
    + '<boundaryEvent id="late" attachedToRef="inner" cancelActivity="false"><timerEventDefinition>'
    + "<timeDuration>P10D</timeDuration></timerEventDefinition></boundaryEvent>"
    + '<boundaryEvent id="more" attachedToRef="inner" cancelActivity="false"><messageEventDefinition messageRef="message_more"/>'
    + "</boundaryEvent>"
    + users("remind confirm read after")
    + '<endEvent id="e"/><endEvent id="e3"/><endEvent id="e4"/><endEvent id="e5"/>'
    + flows("s>inner;inner>after;after>e;stopped>confirm;confirm>e3;late>remind;remind>e4;more>read;read>e5")
)
GUARDED_DIAGRAM = diagram(GUARDED, root=MESSAGE.format("stop") + MESSAGE.format("more"))


def test_an_interrupting_message_stops_the_scope_at_once(stage: Stage) -> None:
    stage.publish(GUARDED_DIAGRAM).start()
    work = stage.tokens["work"]
    step = stage.message("stop")
    assert step is not None
    assert step.closed == [work]
    assert stage.active == {"confirm": 1}
    with pytest.raises(TokenNotWaiting):
        stage.complete("work")
    stage.complete("confirm")
    assert stage.outcome == "completed"


def test_a_non_interrupting_message_fires_as_often_as_it_comes(stage: Stage) -> None:
    stage.publish(GUARDED_DIAGRAM).start()
    for _ in range(3):
        stage.message("more")
    assert stage.active == {"inner": 1, "work": 1, "read": 3}


def test_a_non_interrupting_timer_fires_once_and_the_work_goes_on(stage: Stage) -> None:
    stage.publish(GUARDED_DIAGRAM).start()
    stage.wait(days=9)
    assert stage.active == {"inner": 1, "work": 1}
    stage.wait(days=2)
    stage.wait(days=30)
    assert stage.active == {"inner": 1, "work": 1, "remind": 1}
    stage.complete("work")
    assert stage.active == {"after": 1, "remind": 1}
    assert stage.message("stop") is None


def test_a_process_ends_when_its_last_token_does(stage: Stage) -> None:
    stage.publish(GUARDED_DIAGRAM).start()
    stage.message("more")
    stage.complete("work")
    stage.complete("after")
    assert stage.outcome == "active"
    stage.complete("read")
    assert stage.outcome == "completed"


def test_what_happens_first_behind_an_event_gateway_wins(stage: Stage) -> None:
    body = '<startEvent id="s"/><eventBasedGateway id="g"/><intermediateCatchEvent id="answer">'
    body += '<messageEventDefinition messageRef="message_answer"/></intermediateCatchEvent><intermediateCatchEvent id="soon">'
    body += "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>"
    body += '<intermediateCatchEvent id="later"><timerEventDefinition><timeDate>=date("2026-02-01")</timeDate>'
    body += (
        "</timerEventDefinition></intermediateCatchEvent>"
        + users("a b c")
        + '<exclusiveGateway id="m"/><endEvent id="e"/>'
    )
    stage.publish(
        diagram(
            body + flows("s>g;g>answer;g>soon;g>later;answer>a;soon>b;later>c;a>m;b>m;c>m;m>e"),
            root=MESSAGE.format("answer"),
        )
    )
    stage.start()
    stage.message("answer", text="yes")
    assert (stage.active, stage.variables["text"]) == ({"a": 1}, "yes")
    stage.start()
    stage.wait(hours=1)
    assert stage.active == {"b": 1}


def test_a_duration_of_days_keeps_its_hour_when_the_clocks_change(stage: Stage) -> None:
    body = '<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition><timeDuration>P90D</timeDuration>'
    body += "</timerEventDefinition></intermediateCatchEvent>" + users("u") + '<endEvent id="e"/>'
    stage.publish(diagram(body + flows("s>t;t>u;u>e"))).start()
    stage.clock.travel_to(datetime.fromisoformat("2026-04-05T09:59:00+02:00"))
    stage.wait()
    assert stage.active == {"t": 1}
    stage.wait(minutes=1)
    assert stage.active == {"u": 1}


def test_an_error_is_caught_by_the_activity_that_threw_it_and_no_other(stage: Stage) -> None:
    body = (
        '<startEvent id="s"/><parallelGateway id="g"/><subProcess id="quiet" name="quiet"><startEvent id="qs"/>'
        + users("q")
    )
    body += '<endEvent id="qe"/>' + flows("qs>q;q>qe") + '</subProcess><boundaryEvent id="wrong" attachedToRef="quiet">'
    body += '<errorEventDefinition errorRef="er"/></boundaryEvent>' + service("loud", "fail")
    body += '<boundaryEvent id="right" attachedToRef="loud"><errorEventDefinition errorRef="er"/></boundaryEvent>'
    body += (
        users("caught")
        + '<parallelGateway id="j"/><endEvent id="e"/><endEvent id="e1"/><endEvent id="e2"/><endEvent id="e3"/>'
    )
    body = body.replace('<parallelGateway id="j"/>', "")
    links = flows("s>g;g>quiet;g>loud;quiet>e;loud>e1;right>caught;caught>e2;wrong>e3")
    stage.publish(diagram(body + links, root='<error id="er" errorCode="E1"/>')).start()
    assert stage.active == {"quiet": 1, "q": 1, "caught": 1}


def test_an_error_end_leaves_its_subprocess_by_the_error_boundary_only(stage: Stage) -> None:
    body = '<startEvent id="s"/><subProcess id="sp" name="sp"><startEvent id="s2"/><endEvent id="bad"><errorEventDefinition errorRef="er"/></endEvent>'
    body += (
        flows("s2>bad")
        + '</subProcess><boundaryEvent id="b" attachedToRef="sp"><errorEventDefinition/></boundaryEvent>'
    )
    body += users("after handled") + '<endEvent id="e"/><endEvent id="e2"/>'
    stage.publish(
        diagram(body + flows("s>sp;sp>after;after>e;b>handled;handled>e2"), root='<error id="er" errorCode="E1"/>')
    ).start()
    assert stage.active == {"handled": 1}
    assert "after" not in stage.trace


def test_an_uncaught_error_is_an_incident(stage: Stage) -> None:
    body = '<startEvent id="s"/>' + service("loud", "fail") + '<endEvent id="e"/>'
    step = stage.publish(diagram(body + flows("s>loud;loud>e"))).start()
    assert (step.outcome, stage.active) == ("incident", {"loud": 1})


def test_a_terminate_end_stops_everything_in_its_scope(stage: Stage) -> None:
    body = '<startEvent id="s"/><parallelGateway id="g"/>' + users("a b")
    body += '<endEvent id="all"><terminateEventDefinition/></endEvent><endEvent id="e"/>'
    stage.publish(diagram(body + flows("s>g;g>a;g>b;a>all;b>e"))).start()
    step = stage.complete("a")
    assert step.outcome == "completed"
    assert step.closed[-1] == stage.tokens["b"]


def test_input_and_output_mappings_keep_local_names_local(stage: Stage) -> None:
    mapping = '<zeebe:ioMapping><zeebe:input source="=a" target="left"/><zeebe:input source="=2" target="right"/>'
    mapping += '<zeebe:output source="=total * 10" target="sum.ten"/></zeebe:ioMapping>'
    body = '<startEvent id="s"/>' + service("calc", "add", mapping) + users("u") + '<endEvent id="e"/>'
    stage.publish(diagram(body + flows("s>calc;calc>u;u>e"))).start(a=1)
    assert stage.variables == {"a": 1, "case_id": 7, "sum": {"ten": 30}}


def test_a_called_process_runs_in_its_own_scope_on_the_version_of_the_start(stage: Stage) -> None:
    called = '<startEvent id="cs"/>' + users("inside") + script("calc", "n + 1", "m") + '<endEvent id="ce"/>'
    stage.publish(diagram(called + flows("cs>inside;inside>calc;calc>ce"), key="called"))
    call = '<callActivity id="call" name="call"><extensionElements><zeebe:calledElement processId="called" propagateAllChildVariables="false"/>'
    call += '<zeebe:ioMapping><zeebe:output source="=m" target="result"/></zeebe:ioMapping></extensionElements></callActivity>'
    stage.publish(
        diagram('<startEvent id="s"/>' + call + users("u") + '<endEvent id="e"/>' + flows("s>call;call>u;u>e"))
    ).start(n=1)
    newer = called.replace("n + 1", "n + 100")
    stage.publish(diagram(newer + flows("cs>inside;inside>calc;calc>ce"), key="called"))
    stage.complete("inside")
    assert stage.active == {"u": 1}
    assert stage.variables == {"n": 1, "case_id": 7, "result": 2}


def test_a_due_date_and_inputs_reach_the_worklist(stage: Stage) -> None:
    more = '<zeebe:taskSchedule dueDate="=date(&quot;2026-02-01&quot;)"/><zeebe:ioMapping><zeebe:input source="=n" target="shown"/></zeebe:ioMapping>'
    body = '<startEvent id="s"/>' + user("u", "authority", more) + '<endEvent id="e"/>'
    opened = stage.publish(diagram(body + flows("s>u;u>e"))).start(n=3).opened[0]
    assert (opened.roles, opened.inputs) == (("authority",), {"shown": 3})
    assert opened.due_at is not None
    assert opened.due_at.isoformat() == "2026-02-01T22:59:59+00:00", "what must be done by a day has that whole day"


def test_completing_twice_is_refused_and_the_case_lives(stage: Stage) -> None:
    body = '<startEvent id="s"/>' + users("u z") + '<endEvent id="e"/>'
    stage.publish(diagram(body + flows("s>u;u>z;z>e"))).start()
    stage.complete("u")
    with pytest.raises(TokenNotWaiting):
        stage.complete("u")
    stage.complete("z")
    assert stage.outcome == "completed"


def test_the_transitions_fold_to_the_active_elements(stage: Stage) -> None:
    stage.publish(GUARDED_DIAGRAM).start()
    acts: list[Callable[[], object]] = [
        lambda: stage.message("more"),
        lambda: stage.wait(days=11),
        lambda: stage.complete("read"),
        lambda: stage.message("stop"),
    ]
    for act in acts:
        act()
        assert stage.folded() == stage.active


EVENTS = diagram(
    '<startEvent id="s"/>'
    + users("work after")
    + '<endEvent id="e"/>'
    + flows("s>work;work>after;after>e")
    + '<subProcess id="asked" name="asked" triggeredByEvent="true"><startEvent id="as" isInterrupting="false">'
    + '<messageEventDefinition messageRef="message_ask"/></startEvent>'
    + users("answer")
    + '<exclusiveGateway id="ok" default="f_ok_ae"/><endEvent id="ae"/><endEvent id="lost">'
    + '<errorEventDefinition errorRef="er"/></endEvent>'
    + flows("as>answer;answer>ok;ok>ae;ok>lost[silent]")
    + '</subProcess><subProcess id="withdrawn" name="withdrawn" triggeredByEvent="true"><startEvent id="ws">'
    + '<messageEventDefinition messageRef="message_stop"/></startEvent>'
    + users("confirm")
    + '<endEvent id="we"/>'
    + flows("ws>confirm;confirm>we")
    + '</subProcess><subProcess id="gone" name="gone" triggeredByEvent="true"><startEvent id="gs">'
    + '<errorEventDefinition errorRef="er"/></startEvent>'
    + users("close")
    + '<endEvent id="ge"/>'
    + flows("gs>close;close>ge")
    + "</subProcess>",
    root=MESSAGE.format("stop") + MESSAGE.format("ask") + '<error id="er" errorCode="E1"/>',
)


def test_an_interrupting_event_subprocess_stops_all_else(stage: Stage) -> None:
    stage.publish(EVENTS).start()
    stage.message("ask")
    stage.message("stop")
    assert stage.active == {"withdrawn": 1, "confirm": 1}
    assert stage.message("ask") is None
    stage.complete("confirm")
    assert stage.outcome == "completed"


def test_a_non_interrupting_event_subprocess_runs_beside_the_rest_and_again(stage: Stage) -> None:
    stage.publish(EVENTS).start()
    stage.message("ask")
    stage.message("ask")
    assert stage.active == {"work": 1, "asked": 2, "answer": 2}
    stage.complete("work")
    stage.complete("answer", silent=False)
    assert stage.active == {"after": 1, "asked": 1, "answer": 1}


def test_listening_alone_does_not_keep_a_process_open(stage: Stage) -> None:
    stage.publish(EVENTS).start()
    stage.complete("work")
    stage.complete("after")
    assert stage.outcome == "completed"
    assert stage.message("stop") is None


def test_an_error_from_one_event_subprocess_starts_another(stage: Stage) -> None:
    stage.publish(EVENTS).start()
    stage.message("ask")
    stage.complete("answer", silent=True)
    assert stage.active == {"gone": 1, "close": 1}
    assert stage.folded() == stage.active


CALL = '<callActivity id="call" name="call"><extensionElements><zeebe:calledElement processId="called"/></extensionElements></callActivity>'


def test_a_called_process_ends_alone_and_its_error_reaches_the_caller(stage: Stage) -> None:
    called = (
        '<startEvent id="cs"/><parallelGateway id="cg"/>'
        + users("ca cb")
        + '<exclusiveGateway id="cx" default="f_cx_all"/>'
    )
    called += '<endEvent id="all"><terminateEventDefinition/></endEvent><endEvent id="bad"><errorEventDefinition errorRef="er"/></endEvent>'
    called += '<endEvent id="ce"/>' + flows("cs>cg;cg>ca;cg>cb;ca>cx;cx>all;cx>bad[wrong];cb>ce")
    body = '<startEvent id="s"/><parallelGateway id="g"/>' + CALL + users("beside handled after")
    body += '<boundaryEvent id="b" attachedToRef="call"><errorEventDefinition errorRef="er"/></boundaryEvent>'
    body += '<endEvent id="e"/><endEvent id="e2"/><endEvent id="e3"/>'
    links = flows("s>g;g>call;g>beside;call>after;after>e;b>handled;handled>e2;beside>e3")
    error = '<error id="er" errorCode="E1"/>'
    stage.publish(diagram(called, root=error, key="called")).publish(diagram(body + links, root=error))
    stage.start()
    stage.complete("ca", wrong=False)
    assert stage.active == {"beside": 1, "after": 1}
    stage.start()
    stage.complete("ca", wrong=True)
    assert stage.active == {"beside": 1, "handled": 1}


def test_an_error_from_its_own_handler_goes_up_and_not_round(stage: Stage) -> None:
    handler = '<startEvent id="hs"><errorEventDefinition errorRef="er"/></startEvent>' + users("h")
    handler += '<endEvent id="again"><errorEventDefinition errorRef="er"/></endEvent>' + flows("hs>h;h>again")
    within = '<startEvent id="ws"/>' + service("v", "fail") + '<endEvent id="we"/>' + flows("ws>v;v>we")
    within += f'<subProcess id="esp" name="esp" triggeredByEvent="true">{handler}</subProcess>'
    body = (
        f'<startEvent id="s"/><subProcess id="sp" name="sp">{within}</subProcess><endEvent id="e"/><endEvent id="e2"/>'
    )
    body += '<boundaryEvent id="b" attachedToRef="sp"><errorEventDefinition/></boundaryEvent>' + users("outside")
    stage.publish(
        diagram(body + flows("s>sp;sp>e;b>outside;outside>e2"), root='<error id="er" errorCode="E1"/>')
    ).start()
    assert stage.active == {"sp": 1, "esp": 1, "h": 1}
    stage.complete("h")
    assert stage.active == {"outside": 1}


def test_diagrams_that_call_each_other_do_not_come_into_use(stage: Stage) -> None:
    other = CALL.replace('"called"', '"p"')
    plain = '<startEvent id="s"/>' + users("u") + '<endEvent id="e"/>'
    stage.publish(diagram(plain + flows("s>u;u>e"), key="called"))
    stage.publish(diagram(plain.replace(users("u"), CALL) + flows("s>call;call>e")))
    with pytest.raises(CallsInACircle):
        stage.publish(diagram(plain.replace(users("u"), other) + flows("s>call;call>e"), key="called"))
    assert stage.start().outcome == "active"
