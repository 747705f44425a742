"""Call activities and global tasks: BPMN 2.0.2, 10.3.6 and 13.3.4; versions bound as Camunda 8 documents."""

import pytest

from engine.errors import NotYetActive
from engine.sandbox import DiagramRefused
from tests.conformance.bpmn.drawing import (
    boundary,
    call,
    does,
    each,
    el,
    end,
    ends,
    error,
    file,
    given,
    gives,
    go,
    message,
    one,
    parallel,
    process,
    script,
    start,
    sub,
    timer,
    user,
    when,
    xor,
)
from tests.conformance.bpmn.play import Play

Q = process(start(), user("w"), ends("e"), go("s w e"), key="q")
CALLER = process(start(), call("c", "q"), does("after"), ends("e"), go("s c after e"))


def test_the_caller_waits_until_the_called_process_is_over() -> None:
    play = Play(Q, CALLER, n=1)
    assert (play.waits, play.did("after")) == (["w"], [])
    play.complete("w", answer=2)
    assert (play.did("w c after"), play["answer"], play.outcome) == (["w", "c", "after"], 2, "completed")


def test_everything_the_caller_sees_is_passed_unless_it_says_otherwise() -> None:
    called = process(start(), script("w", "n", "seen"), ends("e"), go("s w e"), key="q")
    assert Play(called, CALLER, n=1)["seen"] == 1
    closed = process(start(), call("c", "q", more='propagateAllParentVariables="false"'), ends("e"), go("s c e"))
    assert Play(called, closed, n=1)["seen"] is None
    mapped = process(
        start(),
        call("c", "q", given("=n * 2", "n"), more='propagateAllParentVariables="false"'),
        ends("e"),
        go("s c e"),
    )
    assert Play(called, mapped, n=1)["seen"] == 2


def test_everything_the_called_process_made_comes_back_unless_it_says_otherwise() -> None:
    called = process(start(), script("w", "1", "made"), ends("e"), go("s w e"), key="q")
    assert Play(called, CALLER)["made"] == 1
    closed = process(start(), call("c", "q", more='propagateAllChildVariables="false"'), ends("e"), go("s c e"))
    assert Play(called, closed)["made"] is None
    mapped = process(start(), call("c", "q", gives("=made + 1", "kept")), ends("e"), go("s c e"))
    play = Play(called, mapped)
    assert (play["kept"], play["made"]) == (2, None)


def version(name: str) -> str:
    return Q.replace('"w"', f'"{name}"').replace("s_w", f"s_{name}").replace("w_e", f"{name}_e")


def test_a_running_case_keeps_the_version_it_started_with() -> None:
    drawn = process(start(), user("a"), call("c", "q"), ends("e"), go("s a c e"))
    play = Play(Q, drawn)
    old = play.case
    play.box.publish(version("v"))
    new = play.start()
    play.box.complete("a", instance=old)
    play.box.complete("a", instance=new)
    assert ([w.element_id for w in play.box.waiting(old)], [w.element_id for w in play.box.waiting(new)]) == (
        ["w"],
        ["v"],
    )


def test_bound_at_deployment_a_caller_keeps_the_version_of_its_own_publishing() -> None:
    drawn = process(start(), call("c", "q", more='bindingType="deployment"'), ends("e"), go("s c e"))
    play = Play(Q, drawn)
    play.box.publish(version("v"))
    play.start()
    assert play.waits == ["w"]
    play.box.publish(drawn.replace('name="e"', 'name="renewed"'))
    play.start()
    assert play.waits == ["v"]


def test_bound_at_deployment_within_one_file() -> None:
    caller = one(start("s1"), call("c", "q", more='bindingType="deployment"'), ends("e1"), go("s1 c e1"))
    called = one(start("s2"), user("w"), ends("e2"), go("s2 w e2"), key="q")
    play = Play(file(caller, called))
    play.box.publish(version("v"))
    play.start()
    assert play.waits == ["w"]


def test_bound_to_a_version_tag() -> None:
    tagged = process(start(), user("w"), ends("e"), go("s w e"), '<zeebe:versionTag value="v1"/>', key="q")
    drawn = process(start(), call("c", "q", more='bindingType="versionTag" versionTag="v1"'), ends("e"), go("s c e"))
    play = Play(tagged, version("v"), drawn)
    assert play.waits == ["w"]
    play.box.publish(version("u"))
    play.start()
    assert play.waits == ["w"]


def test_several_calls_at_once_and_in_a_row() -> None:
    drawn = process(start(), call("c", "q", each("[1, 2]")), call("d", "q"), ends("e"), go("s c d e"))
    play = Play(Q, drawn)
    assert play.waits == ["w", "w"]
    play.complete("w", "w")
    assert play.waits == ["w"]
    assert play.complete("w").outcome == "completed"


def test_calls_in_calls_six_deep() -> None:
    files = [Q]
    for level in range(6):
        below = "q" if level == 0 else f"q{level - 1}"
        files.append(process(start(), call("c", below), ends("e"), go("s c e"), key=f"q{level}"))
    play = Play(*files, start="q5")
    assert play.waits == ["w"]
    assert play.complete("w").outcome == "completed"


def test_boundary_events_on_a_call() -> None:
    drawn = process(
        start(), call("c", "q"), boundary("b", "c", timer("PT1H")), does("late"), ends("e el"), go("s c e", "b late el")
    )
    play = Play(Q, drawn).wait(hours=1)
    assert (play.did("late"), play.waits, sorted(play.cancelled("c w")), play.outcome) == (
        ["late"],
        [],
        ["c", "w"],
        "completed",
    )


def test_a_message_finds_an_element_inside_a_called_process() -> None:
    called = process(start(), user("w"), boundary("b", "w", message("m")), ends("e eb"), go("s w e", "b eb"), key="q")
    play = Play(called, CALLER)
    play.message("m")
    assert (play.did("b after"), play.outcome) == (["b", "after"], "completed")


def test_a_called_process_that_fails_leaves_an_incident_at_its_element() -> None:
    called = process(start(), script("w", "assert(n, n != null)", "m"), ends("e"), go("s w e"), key="q")
    play = Play(called, CALLER)
    assert play.outcome == "incident"
    play.box.resolve(play.case, {"n": 1})
    assert play.outcome == "completed"


def test_calls_in_a_circle_are_refused() -> None:
    one_way = process(start(), call("c", "q"), ends("e"), go("s c e"))
    back = process(start(), call("c", "p"), ends("e"), go("s c e"), key="q")
    with pytest.raises(DiagramRefused):
        Play(one_way, back)
    with pytest.raises(DiagramRefused):
        Play(process(start(), call("c", "p"), ends("e"), go("s c e")))


def test_a_process_that_is_not_there_is_refused_at_the_start_and_not_half_way() -> None:
    with pytest.raises(NotYetActive):
        Play(CALLER)


def test_a_called_process_starts_at_its_none_start() -> None:
    called = process(
        start("sm", message("m")), start("s"), user("w"), user("v"), ends("e ev"), go("s w e", "sm v ev"), key="q"
    )
    play = Play(called, CALLER)
    assert play.waits == ["w"]


@pytest.mark.parametrize(
    ("task", "waits"),
    [
        (
            el(
                "globalUserTask",
                "q",
                '<zeebe:formDefinition formId="form"/>',
                '<zeebe:assignmentDefinition candidateGroups="case_handler"/>',
            ),
            True,
        ),
        (el("globalManualTask", "q"), False),
        (el("globalTask", "q"), False),
        (el("globalScriptTask", "q", '<zeebe:script expression="=n + 1" resultVariable="m"/>'), False),
    ],
)
def test_a_global_task_is_called_like_a_process(task: str, waits: bool) -> None:
    play = Play(file(task), CALLER, n=1)
    if waits:
        assert (play.waits, play.did("after")) == (["q"], [])
        play.complete("q", m=2)
    assert (play.did("c after"), play.outcome) == (["c", "after"], "completed")
    if "Script" in task or waits:
        assert play["m"] == 2


def test_the_attribute_of_the_standard_names_the_called_process_too() -> None:
    caller = process(start(), el("callActivity", "c", calledElement="q"), ends("e"), go("s c e"))
    play = Play(Q, caller)
    assert play.waits == ["w"]


def test_a_call_inside_a_subprocess_in_a_loop() -> None:
    inner = start("is") + call("c", "q") + end("ie") + go("is c ie")
    drawn = process(
        start(),
        xor("m"),
        sub("sp", inner),
        xor("x", default="e"),
        ends("e"),
        go("s m sp x", "x e"),
        when("x", "m", "again"),
    )
    play = Play(Q, drawn).complete("w", again=True)
    assert play.waits == ["w"]
    assert play.complete("w", again=False).outcome == "completed"


def test_an_error_nobody_catches_in_a_called_process() -> None:
    called = process(start(), user("w"), end("bad", error("E1")), go("s w bad"), key="q")
    assert Play(called, CALLER).complete("w").outcome == "incident"


def test_an_input_of_a_call_stays_with_the_call() -> None:
    called = process(start(), script("w", "n + 1", "n"), script("v", "n", "made"), ends("e"), go("s w v e"), key="q")
    play = Play(called, process(start(), call("c", "q", given("=10", "n")), ends("e"), go("s c e")), n=1)
    assert (play["n"], play["made"]) == (1, 11)


def test_a_call_brings_back_what_it_changed_and_not_what_others_changed_meanwhile() -> None:
    """Everything is passed to the called process; what it leaves as it was, it does not write over when it returns."""
    called = process(start(), user("w"), script("v", "x + 1", "x"), ends("e"), go("s w v e"), key="q")
    drawn = process(
        start(), parallel("g"), call("c", "q"), user("a"), parallel("j"), ends("e"), go("s g c j", "g a j", "j e")
    )
    play = Play(called, drawn, x=1, y=1).complete("a", y=2).complete("w")
    assert (play["x"], play["y"], play.outcome) == (2, 2, "completed")
