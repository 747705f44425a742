"""The sandbox: everything a diagram waits for can be seen and done from a Python shell."""

import time
from datetime import timedelta
from pathlib import Path

import pytest

from engine.errors import InstanceNotFound, NotWaitedFor, NotYetActive
from engine.sandbox import DiagramRefused, Sandbox
from tests.engine.office import diagram, flows, service, user

ERRORS = '<error id="er" name="broken" errorCode="E1"/>'
TIMER = "<timerEventDefinition><timeDuration>{}</timeDuration></timerEventDefinition>"


def permit() -> bytes:
    """A person, a worker whose error may be caught, a day's rest."""
    return diagram(
        f'<startEvent id="s"/>{user("check")}{service("print", "printer")}'
        f'<boundaryEvent id="jam" attachedToRef="print"><errorEventDefinition errorRef="er"/></boundaryEvent>'
        f'<intermediateCatchEvent id="rest">{TIMER.format("P1D")}</intermediateCatchEvent><endEvent id="e"/><endEvent id="f"/>'
        + flows("s>check;check>print;print>rest;rest>e;jam>f"),
        root=ERRORS,
    )


@pytest.fixture
def box() -> Sandbox:
    made = Sandbox()
    made.publish(permit())
    return made


def test_a_case_from_start_to_end(box: Sandbox) -> None:
    case = box.start("p", {"amount": 12})
    [asked] = box.waiting(case)
    assert (asked.kind, asked.element_id, asked.instance) == ("user_task", "check", case)
    box.complete("check", {"correct": True})
    [job] = box.waiting(case)
    assert (job.kind, job.job_type, dict(job.variables)["correct"]) == ("job", "printer", True)
    box.complete(job, {"pages": 3})
    [timer] = box.waiting(case)
    assert (timer.kind, timer.due_at) == ("timer", box.clock.now() + timedelta(days=1))
    box.advance(timedelta(hours=23))
    assert box.outcome(case) == "active"
    box.advance(timedelta(hours=1))
    assert box.outcome(case) == "completed"
    assert box.waiting() == []
    assert {name: box.variables(case)[name] for name in ("amount", "correct", "pages")} == {
        "amount": 12,
        "correct": True,
        "pages": 3,
    }


def test_the_history_is_in_order_and_tells_when(box: Sandbox) -> None:
    case = box.start("p")
    box.complete("check")
    began = box.clock.now()
    box.advance(timedelta(hours=2))
    box.complete("printer")
    done = [(line.element_id, line.at - began) for line in box.history(case) if line.transition == "completed"]
    assert done == [("s", timedelta(0)), ("check", timedelta(0)), ("print", timedelta(hours=2))]


def test_an_element_id_means_the_oldest_wait(box: Sandbox) -> None:
    first, second = box.start("p"), box.start("p")
    box.complete("check")
    assert [(wait.instance, wait.kind) for wait in box.waiting()] == [(first, "job"), (second, "user_task")]
    box.complete("check", instance=second)
    assert [wait.kind for wait in box.waiting(second)] == ["job"]


def test_what_does_not_wait_is_refused_with_what_does(box: Sandbox) -> None:
    box.start("p")
    with pytest.raises(NotWaitedFor, match="check"):
        box.complete("print")
    with pytest.raises(NotYetActive):
        box.start("unknown")
    with pytest.raises(InstanceNotFound):
        box.outcome(99)


def test_a_job_fails_until_no_retry_is_left_and_then_it_is_mended(box: Sandbox) -> None:
    case = box.start("p")
    box.complete("check")
    box.fail("print", "no paper")
    box.fail("print", "no paper", after=timedelta(minutes=5))
    [later] = box.waiting(case)
    assert later.due_at == box.clock.now() + timedelta(minutes=5)
    box.fail("print", "no paper")
    assert (box.outcome(case), [wait.kind for wait in box.waiting(case)]) == ("incident", [])
    box.resolve(case)
    box.complete("print")
    assert box.outcome(case) == "active"


def test_a_job_without_retries_left_opens_an_incident_at_once(box: Sandbox) -> None:
    case = box.start("p")
    box.complete("check")
    box.fail("print", retries=0)
    assert box.outcome(case) == "incident"


def test_a_worker_throws_an_error_that_is_caught_or_not(box: Sandbox) -> None:
    caught, uncaught = box.start("p"), box.start("p")
    for case, code in ((caught, "E1"), (uncaught, "E2")):
        box.complete("check", instance=case)
        box.throw("print", code, instance=case)
    assert (box.outcome(caught), box.outcome(uncaught)) == ("completed", "incident")


def test_suspended_nothing_moves_and_what_fell_due_happens_at_resuming(box: Sandbox) -> None:
    case = box.start("p")
    box.complete("check")
    box.complete("print")
    box.suspend(case)
    box.advance(timedelta(days=3))
    assert box.outcome(case) == "active"
    box.resume(case)
    assert box.outcome(case) == "completed"


def test_terminated_for_good(box: Sandbox) -> None:
    case = box.start("p")
    box.terminate(case)
    assert (box.outcome(case), box.waiting(case)) == ("terminated", [])


def test_a_diagram_is_text_bytes_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "permit.bpmn"
    file.write_bytes(permit())
    declared = "\n<?xml version='1.0' encoding='UTF-16'?>" + permit().decode()
    for source in (permit(), permit().decode(), declared, file):
        assert Sandbox().publish(source) == ["p"]


@pytest.mark.parametrize("source", ["", "<definitions", b"\xff\xfe\x00", "<p/>"])
def test_what_is_no_diagram_is_refused_with_findings(source: str | bytes) -> None:
    with pytest.raises(DiagramRefused) as refused:
        Sandbox().publish(source)
    assert all(finding.sentence for finding in refused.value.findings)
    assert refused.value.findings


def test_a_new_version_is_for_new_cases(box: Sandbox) -> None:
    old = box.start("p")
    box.publish(permit().replace(b'id="check"', b'id="inspect"').replace(b"check", b"inspect"))
    new = box.start("p")
    assert [wait.element_id for wait in box.waiting(old)] == ["check"]
    assert [wait.element_id for wait in box.waiting(new)] == ["inspect"]


def test_a_sandbox_costs_little() -> None:
    costs = []
    for _ in range(20):
        began = time.process_time()
        box = Sandbox()
        box.publish(permit())
        box.start("p")
        costs.append(time.process_time() - began)
    assert min(costs) < 0.05  # seconds of this process alone, the best of twenty


def test_it_shows_itself(box: Sandbox) -> None:
    assert "no instance yet" in repr(box)
    case = box.start("p")
    assert f"{case} active" in repr(box)
    assert repr(box.waiting()) == f"[<user_task 'check', instance {case}>]"
