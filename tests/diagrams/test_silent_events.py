"""What the library runs silently wrong, second half (S20-S34: messages, timers, data, decisions)."""

import logging
from datetime import datetime

import pytest

from engine.publishing import check
from tests.diagrams.shapes import (
    END,
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
from tests.diagrams.twins import KNOWN, refused_at
from tests.engine.office import MESSAGE, Stage, diagram, flows, script, service, users

# -- messages ---------------------------------------------------------------------------------------------------------


def test_s20_a_message_with_another_key_is_not_taken(stage: Stage) -> None:
    stage.publish(chain(catch("c", on_message("m")), root=MESSAGE.format("m"))).start()
    with stage.database.work() as work:
        assert stage.engine.correlate(work, "m", "8", {"stolen": True}) is None
    assert (stage.active, stage.variables) == ({"c": 1}, {"case_id": 7})


def test_s21_a_message_wakes_one_receiver_the_one_that_waits_longest(stage: Stage) -> None:
    body = START + '<parallelGateway id="g"/>' + users("u") + catch("a", on_message("m")) + catch("b", on_message("m"))
    body += '<endEvent id="e1"/><endEvent id="e2"/>' + flows("s>g;g>u;u>a;g>b;a>e1;b>e2")
    stage.publish(diagram(body, root=MESSAGE.format("m"))).start()
    stage.complete("u")
    stage.message("m")
    assert stage.active == {"a": 1}
    stage.message("m")
    assert stage.outcome == "completed"


def test_s22_a_signal_wakes_everyone_who_waits(stage: Stage) -> None:
    wait = catch("c", '<signalEventDefinition id="sd" signalRef="sig"/>')
    stage.publish(chain(wait, users("u"), root=SIGNAL)).start()
    first = stage.instance
    stage.start()
    with stage.database.work() as work:
        stage.engine.broadcast(work, "sig", {})
    stage.deliver()
    assert stage.active == {"u": 1}
    stage.instance = first
    assert stage.active == {"u": 1}


def test_s23_a_message_brings_only_what_it_carries(stage: Stage) -> None:
    stage.publish(chain(catch("c", on_message("m")), users("u"), root=MESSAGE.format("m"))).start(own=1)
    stage.message("m", said="yes")
    assert stage.variables == {"own": 1, "case_id": 7, "said": "yes"}


def test_s23_the_librarys_own_log_lines_which_carry_variables_are_never_made() -> None:
    for name in ("spiff.task", "spiff.workflow", "spiff.data"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO)


def test_s24_a_message_nobody_waits_for_is_answered_with_no(stage: Stage) -> None:
    stage.publish(chain(users("u"), catch("c", on_message("m")), root=MESSAGE.format("m"))).start()
    assert stage.message("m") is None
    stage.complete("u")
    assert stage.message("m") is not None
    assert stage.outcome == "completed"


# -- timers -----------------------------------------------------------------------------------------------------------


def test_s25_two_timers_behind_one_gateway_keep_their_own_moments(stage: Stage) -> None:
    body = START + '<eventBasedGateway id="g"/>' + catch("hour", after("PT1H")) + catch("soon", after("PT1S"))
    body += users("a b") + '<endEvent id="e1"/><endEvent id="e2"/>'
    stage.publish(diagram(body + flows("s>g;g>hour;g>soon;hour>a;a>e1;soon>b;b>e2"))).start()
    stage.wait(seconds=1)
    assert stage.active == {"b": 1}


def test_s26_a_local_moment_is_read_on_the_clock_of_that_day(stage: Stage) -> None:
    stage.publish(chain(catch("t", at("2026-07-01T12:00:00")), users("u"))).start()
    stage.clock.travel_to(datetime.fromisoformat("2026-07-01T09:59:00+00:00"))
    stage.wait()
    assert stage.active == {"t": 1}
    stage.wait(minutes=1)
    assert stage.active == {"u": 1}


def test_s27_a_month_after_the_31st_of_january_is_the_last_of_february(stage: Stage) -> None:
    stage.clock.travel_to(datetime.fromisoformat("2026-01-31T12:00:00+01:00"))
    stage.publish(chain(catch("t", after("P1M")), users("u"))).start()
    stage.clock.travel_to(datetime.fromisoformat("2026-02-28T11:59:00+01:00"))
    stage.wait()
    assert stage.active == {"t": 1}
    stage.wait(minutes=1)
    assert stage.active == {"u": 1}


def test_s26_today_is_the_offices_day_and_not_greenwichs(stage: Stage) -> None:
    stage.clock.travel_to(datetime.fromisoformat("2026-06-30T23:30:00+00:00"))  # half past one, 1 July, in Brussels
    stage.publish(chain(script("sc", "today()", "day"), users("u"))).start()
    assert str(stage.variables["day"]) == "2026-07-01"


@pytest.mark.parametrize("text", ["-PT1S", "-P1D", "soon", "P1Y-2D", "R3/PT1S"])
def test_s28_a_duration_that_is_none_is_refused(text: str) -> None:
    refused_at(chain(catch("t", after(text))), "t", "geen datum of duur")


def test_s28_a_cycle_fires_as_often_as_it_says_and_a_computed_past_is_an_incident(stage: Stage) -> None:
    cycle = "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>"
    edge = boundary("b", "u", cycle, 'cancelActivity="false"') + users("h") + '<endEvent id="e2"/>'
    stage.publish(diagram(START + users("u") + END + edge + flows("s>u;u>e;b>h;h>e2"))).start()
    for hour in range(5):
        assert stage.active.get("h", 0) == min(hour, 3)
        stage.wait(hours=1)
    refused_at(chain(catch("t", cycle.replace("R3", "X3"))), "t", "geen herhaling")
    for text, words in {"elke dag": "2 velden", "0 0 9 * * XYZ": "geen cron-tekst", "0 0 30 2 *": "nooit"}.items():
        refused_at(chain(catch("t", cycle.replace("R3/PT1H", text))), "t", words)
    step = stage.publish(chain(catch("t", at("=duration(d)")))).start(d="-PT1S")
    assert "verleden" in step.incidents[0].reason


@pytest.mark.parametrize(
    "timer", ["<timerEventDefinition/>", at("=a").replace("</timer", "<timeDuration>P1D</timeDuration></timer")]
)
def test_s28_a_timer_names_exactly_one_moment(timer: str) -> None:
    refused_at(chain(catch("t", timer)), "t", "precies één datum, één duur of één herhaling")


# -- data -------------------------------------------------------------------------------------------------------------

BESIDE = (
    START
    + '<parallelGateway id="g"/>{0}{1}<parallelGateway id="j"/>'
    + users("z")
    + END
    + flows("s>g;g>a;g>b;a>j;b>j;j>z;z>e")
)


def test_s29_of_concurrent_branches_that_write_the_same_variable_the_last_counts(stage: Stage) -> None:
    content = diagram(BESIDE.format(script("a", "1", "n"), script("b", "2", "n")))
    (warning,) = [f for f in check("process", content, KNOWN) if f.rule == "concurrency"]
    assert (warning.element_id, warning.severity) == ("a", "warning")
    stage.publish(content).start()
    assert (stage.trace[:4], stage.variables["n"]) == (["s", "g", "a", "b"], 2)
    deep = inside("b", '<startEvent id="bs"/>' + script("c", "2", "n") + '<endEvent id="be"/>' + flows("bs>c;c>be"))
    assert "concurrency" in {
        f.rule for f in check("process", diagram(BESIDE.format(script("a", "1", "n"), deep)), KNOWN)
    }


@pytest.mark.parametrize(("end", "is_told"), [("<terminateEventDefinition/>", False), ("", True)])
def test_s29_of_two_tasks_that_each_end_all_the_rest_only_one_is_done(end: str, *, is_told: bool) -> None:
    said = '<zeebe:ioMapping><zeebe:output source="=1" target="n"/></zeebe:ioMapping></extensionElements>'
    tasks = users("a b").replace("</extensionElements>", said)
    ends = f'<endEvent id="e1">{end}</endEvent><endEvent id="e2">{end}</endEvent>'
    content = diagram(START + '<parallelGateway id="g"/>' + tasks + ends + flows("s>g;g>a;g>b;a>e1;b>e2"))
    assert ("concurrency" in {f.rule for f in check("process", content, KNOWN)}) is is_told


def test_s29_concurrent_branches_lose_nothing(stage: Stage) -> None:
    stage.publish(diagram(BESIDE.format(script("a", "append(x, 1)", "y"), script("b", "append(x, 2)", "z")))).start(
        x=[0]
    )
    assert stage.variables == {"x": [0], "y": [0, 1], "z": [0, 2], "case_id": 7}


@pytest.mark.parametrize("more", ['isSequential="true"', 'isSequential="false"', ""])
def test_s30_s31_a_repeated_task_gathers_in_the_order_of_its_list(stage: Stage, more: str) -> None:
    many = f"<multiInstanceLoopCharacteristics {more}><extensionElements><zeebe:loopCharacteristics "
    many += (
        'inputCollection="=[3, null, 5]" inputElement="n" outputCollection="all" outputElement="=[loopCounter, n]"/>'
    )
    many += "</extensionElements></multiInstanceLoopCharacteristics>"
    stage.publish(chain(service("u", "log").replace("</serviceTask>", many + "</serviceTask>"), users("z"))).start()
    assert (stage.active, stage.variables["all"]) == ({"z": 1}, [[1, 3], [2, None], [3, 5]])


def test_s32_a_conditional_event_happens_when_its_condition_holds(stage: Stage) -> None:
    wait = catch("c", '<conditionalEventDefinition id="cd"><condition>=x = 1</condition></conditionalEventDefinition>')
    body = START + '<parallelGateway id="g"/>' + users("u z") + wait + END + '<endEvent id="e2"/>'
    stage.publish(diagram(body + flows("s>g;g>u;u>e;g>c;c>z;z>e2"))).start(x=0)
    assert stage.active == {"u": 1, "c": 1}
    stage.complete("u", x=1)
    assert stage.active == {"z": 1}


def test_s33_in_an_ad_hoc_subprocess_a_person_chooses(stage: Stage) -> None:
    within = users("a b") + "<completionCondition>=done</completionCondition>"
    stage.publish(chain(f'<adHocSubProcess id="sp" name="sp">{within}</adHocSubProcess>', users("z"))).start(done=False)
    assert stage.active == {"sp": 1}
    stage.choose("sp", "b")
    assert stage.active == {"sp": 1, "b": 1}
    stage.complete("b", done=True)
    assert stage.active == {"z": 1}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ('hitPolicy="FIRST"', "b"),
        ('hitPolicy="PRIORITY"', "a"),
        ('hitPolicy="RULE ORDER"', ["b", "a"]),
        ('hitPolicy="OUTPUT ORDER"', ["a", "b"]),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 2),
        ('hitPolicy="COLLECT" aggregation="MIN"', "a"),
    ],
)
def test_s34_each_hit_policy_gives_its_own_answer(stage: Stage, policy: str, expected: object) -> None:
    rows = "".join(
        f'<rule id="r{n}"><inputEntry><text>&gt; 1</text></inputEntry><outputEntry><text>"{word}"</text></outputEntry></rule>'
        for n, word in enumerate(["b", "a"])
    )
    table = f'<decisionTable {policy}><input label="n"><inputExpression><text>n</text></inputExpression></input>'
    table += f'<output name="o"><outputValues><text>"a", "b"</text></outputValues></output>{rows}</decisionTable>'
    model = f'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d"><decision id="rule" name="Regel">{table}</decision></definitions>'
    asked = '<businessRuleTask id="ask" name="ask"><extensionElements><zeebe:calledDecision decisionId="rule" resultVariable="answer"/>'
    asked += "</extensionElements></businessRuleTask>"
    stage.publish(model.encode(), "decision").publish(chain(asked, users("u"))).start(n=2)
    assert stage.variables["answer"] == expected
