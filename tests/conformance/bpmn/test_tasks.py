"""Tasks: BPMN 2.0.2, 10.3.3 and 13.3.3; what people, workers and the engine itself do."""

import pytest

from engine.sandbox import DiagramRefused
from tests.conformance.bpmn.drawing import (
    doing,
    el,
    ends,
    escaped,
    given,
    gives,
    go,
    process,
    script,
    service,
    start,
    user,
)
from tests.conformance.bpmn.play import Play

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">
<decision id="fee" name="Fee"><variable name="fee" typeRef="number"/>
<decisionTable hitPolicy="UNIQUE"><input id="i"><inputExpression typeRef="number"><text>amount</text></inputExpression></input>
<output id="o" name="fee" typeRef="number"/>
<rule id="r1"><inputEntry id="a1"><text>&lt; 10</text></inputEntry><outputEntry id="b1"><text>1</text></outputEntry></rule>
<rule id="r2"><inputEntry id="a2"><text>[10..100]</text></inputEntry><outputEntry id="b2"><text>5</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_a_user_task_waits_for_a_person_and_takes_what_they_say() -> None:
    play = Play(process(start(), user("a"), ends("e"), go("s a e")))
    [wait] = play.waiting()
    assert (wait.kind, wait.name) == ("user_task", "a")
    play.complete("a", n=1, list=[1, {"b": None}])
    assert (play["n"], play["list"], play.outcome) == (1, [1, {"b": None}], "completed")


def test_a_user_task_without_form_or_role_waits_all_the_same() -> None:
    play = Play(process(start(), el("userTask", "a"), ends("e"), go("s a e")))
    assert play.waits == ["a"]
    assert play.complete("a").outcome == "completed"


@pytest.mark.parametrize("tag", ["manualTask", "task"])
def test_a_manual_or_plain_task_is_passed_and_told(tag: str) -> None:
    play = Play(process(start(), el(tag, "a"), user("b"), ends("e"), go("s a b e")))
    assert (play.did("a"), play.waits) == (["a"], ["b"])


def test_a_job_waits_for_a_worker_and_gives_its_inputs() -> None:
    drawn = process(
        start(), service("j", "work", given("=amount * 2", "double"), gives("=answer", "kept")), ends("e"), go("s j e")
    )
    play = Play(drawn, amount=21)
    [wait] = play.waiting()
    assert (wait.kind, wait.job_type, dict(wait.variables)) == ("job", "work", {"double": 42})
    play.complete("j", answer=7, other=8)
    assert (play["kept"], play["other"], play["double"], play.outcome) == (7, None, None, "completed")


@pytest.mark.parametrize("tag", ["serviceTask", "sendTask", "scriptTask", "businessRuleTask"])
def test_every_task_with_a_job_type_is_a_job(tag: str) -> None:
    play = Play(process(start(), el(tag, "j", '<zeebe:taskDefinition type="work"/>'), ends("e"), go("s j e")))
    assert [(wait.kind, wait.element_id) for wait in play.waiting()] == [("job", "j")]
    play.complete("j", n=1)
    assert (play["n"], play.outcome) == (1, "completed")


def test_a_job_is_tried_as_often_as_its_retries_say() -> None:
    play = Play(process(start(), service("j", "work", retries="2"), ends("e"), go("s j e")))
    play.box.fail("j")
    assert (play.outcome, play.waits) == ("active", ["j"])
    play.box.fail("j")
    assert (play.outcome, play.waits) == ("incident", [])
    play.box.resolve(play.case)
    assert play.waits == ["j"]
    assert play.complete("j").outcome == "completed"


def test_a_script_sets_its_variable() -> None:
    play = Play(process(start(), script("a", "[n, n + 1]", "pair"), ends("e"), go("s a e")), n=1)
    assert (play["pair"], play.outcome) == ([1, 2], "completed")


@pytest.mark.parametrize("text", ["1 +", "for x in", "if true then 1"])
def test_a_script_that_is_no_feel_is_refused_at_its_element(text: str) -> None:
    with pytest.raises(DiagramRefused) as refused:
        Play(process(start(), script("a", text, "n"), ends("e"), go("s a e")))
    assert "a" in [finding.element_id for finding in refused.value.findings]


def test_a_decision_is_taken() -> None:
    rule = el("businessRuleTask", "a", '<zeebe:calledDecision decisionId="fee" resultVariable="to_pay"/>')
    drawn = process(start(), rule, ends("e"), go("s a e"))
    assert Play(TABLE, drawn, amount=3)["to_pay"] == 1
    assert Play(TABLE, drawn, amount=30)["to_pay"] == 5


def test_a_decision_reads_its_mapped_inputs_and_gives_its_mapped_outputs() -> None:
    rule = el(
        "businessRuleTask",
        "a",
        '<zeebe:calledDecision decisionId="fee" resultVariable="found"/>',
        given("=price", "amount"),
        gives("=found + 1", "total"),
    )
    play = Play(TABLE, process(start(), rule, ends("e"), go("s a e")), price=30)
    assert (play["total"], play["found"], play["amount"]) == (6, None, None)


def test_steps_run_in_the_order_of_the_flow() -> None:
    assert Play(process(start(), doing("c a b"), ends("e"), go("s c a b e"))).done == ["s", "c", "a", "b", "e"]


def test_ids_that_the_library_keeps_for_itself_are_ordinary_names() -> None:
    drawn = process(start("Start"), user("Root"), doing("End"), ends("e"), go("Start Root End e"))
    assert Play(drawn).complete("Root").done == ["Start", "Root", "End", "e"]


def test_names_with_signs_survive() -> None:
    drawn = process(
        start(), user("a").replace('name="a"', f'name="{escaped("Wat & <waarom>?")}"'), ends("e"), go("s a e")
    )
    assert Play(drawn).waiting()[0].name == "Wat & <waarom>?"
