"""What goes wrong after a person's work never costs that work: the token parks, an incident opens, and once mended it goes on."""

import re

import pytest
from sqlalchemy import select

from engine.errors import InstanceEnded, InstanceNotActive, TokenNotWaiting
from engine.models import Definition, Incident, Job, Subscription
from engine.step import BpmnError, HandlerEntry, JobContext
from storage.unit_of_work import Database
from tasks.background.clock_source import TravellingClock
from tests.diagrams.shapes import END, ERROR, START, after, boundary, catch, chain, inside, on_message
from tests.engine.office import MESSAGE, Stage, diagram, flows, script, service, user, users

# Ends with an error when `n` is large, since an expression may not go on for ever.
COUNTED = "=count(for i in 1..n return i)"
OUT = f'<zeebe:ioMapping><zeebe:output source="{COUNTED}" target="total"/></zeebe:ioMapping>'
IN = f'<zeebe:ioMapping><zeebe:input source="{COUNTED}" target="total"/></zeebe:ioMapping>'
MUCH = 10_000_000


@pytest.fixture
def ran() -> list[str]:
    return []


@pytest.fixture
def stage(database: Database, clock: TravellingClock, ran: list[str]) -> Stage:
    def log(context: JobContext) -> dict[str, object]:
        ran.append(context.element_id)
        return {"said": "done"}

    def fussy(context: JobContext) -> dict[str, object]:
        row = context.work.session.scalars(select(Definition)).first()
        assert row is not None
        row.name = "changed by the handler"
        context.work.session.flush()
        ran.append(context.element_id)
        if context.variables.get("ready") is not True:
            raise ValueError("nog niet klaar")
        return {}

    return Stage(
        database,
        clock,
        {"log": HandlerEntry(log), "fussy": HandlerEntry(fussy), "later": HandlerEntry(log, automatic=False)},
    )


def incidents(stage: Stage) -> list[tuple[str, str | None]]:
    """Where, and by whom it was resolved."""
    with stage.database.reading() as reading:
        found = reading.session.scalars(select(Incident).order_by(Incident.id))
        return [(incident.element_id, incident.resolved_by) for incident in found]


def test_an_output_mapping_that_fails_keeps_the_persons_answers(stage: Stage) -> None:
    stage.publish(chain(user("u", more=OUT), users("z"))).start()
    step = stage.complete("u", n=MUCH, story="kept")
    assert (step.outcome, step.closed, stage.active) == ("incident", [], {"u": 1})
    with pytest.raises(TokenNotWaiting):
        stage.complete("u", n=1)
    mended = stage.mend(n=3)
    assert (stage.active, mended.closed) == ({"z": 1}, [stage.tokens["u"]])
    assert stage.variables["total"] == 3
    assert incidents(stage) == [("u", "person:1")]


def test_a_subprocess_whose_input_fails_opens_once_it_is_mended(stage: Stage) -> None:
    within = '<startEvent id="ws"/>' + users("w") + '<endEvent id="we"/>' + flows("ws>w;w>we")
    mapped = inside("sp", f"<extensionElements>{IN}</extensionElements>" + within)
    step = stage.publish(chain(mapped, users("z"))).start(n=MUCH)
    assert (step.outcome, stage.active) == ("incident", {"sp": 1})
    stage.mend(n=2)
    assert stage.active == {"sp": 1, "w": 1}
    stage.complete("w")
    assert (stage.active, stage.variables["n"]) == ({"z": 1}, 2)


def test_a_subprocess_whose_output_fails_is_not_done_again(stage: Stage, ran: list[str]) -> None:
    within = '<startEvent id="ws"/>' + users("w") + service("v", "log") + '<endEvent id="we"/>' + flows("ws>w;w>v;v>we")
    mapped = inside("sp", f"<extensionElements>{OUT}</extensionElements>" + within)
    stage.publish(chain(mapped, users("z"))).start(n=MUCH)
    assert stage.complete("w").outcome == "incident"
    assert stage.active == {"sp": 1}
    stage.mend(n=2)
    assert (stage.active, stage.variables["total"], ran) == ({"z": 1}, 2, ["v"])


def test_what_a_failing_handler_wrote_is_undone_and_the_persons_work_is_not(stage: Stage, ran: list[str]) -> None:
    stage.publish(chain(users("u"), service("v", "fussy"), users("z"))).start()
    step = stage.complete("u", story="kept")
    [incident] = step.incidents
    assert incident.element_id == "v"
    assert re.fullmatch(
        r"Er ging iets mis dat niet voorzien was \(ValueError, tests\.engine\.test_incidents:\d+\)\.", incident.reason
    ), "its kind and place: its own words may be about somebody"
    with stage.database.reading() as reading:
        assert reading.session.scalars(select(Definition.name)).one() == "p"
    assert stage.variables["story"] == "kept"
    stage.mend(ready=True)
    assert (stage.active, ran) == ({"z": 1}, ["v", "v"])


def test_a_handler_whose_result_cannot_be_taken_is_not_called_again(stage: Stage, ran: list[str]) -> None:
    stage.publish(chain(service("v", "log", OUT), users("z"))).start(n=MUCH)
    stage.mend(n=1)
    assert (stage.active, stage.variables["total"], ran) == ({"z": 1}, 1, ["v"])


def test_a_message_whose_mapping_fails_is_not_lost(stage: Stage) -> None:
    mapped = f"<extensionElements>{OUT}</extensionElements>{on_message('m')}"
    stage.publish(chain(catch("c", mapped), users("z"), root=MESSAGE.format("m"))).start()
    step = stage.message("m", n=MUCH)
    assert step is not None
    assert (step.outcome, stage.active) == ("incident", {"c": 1})
    stage.mend(n=4)
    assert (stage.active, stage.variables) == ({"z": 1}, {"case_id": 7, "total": 4})


def test_a_mapping_behind_an_event_gateway_is_obeyed(stage: Stage) -> None:
    mapped = '<extensionElements><zeebe:ioMapping><zeebe:output source="=said + &quot;!&quot;" target="heard"/></zeebe:ioMapping>'
    body = START + '<eventBasedGateway id="g"/>' + catch("c", f"{mapped}</extensionElements>{on_message('m')}")
    body += catch("t", after("P1D")) + users("z") + END + '<endEvent id="e2"/>'
    stage.publish(diagram(body + flows("s>g;g>c;g>t;c>z;z>e;t>e2"), root=MESSAGE.format("m"))).start()
    stage.message("m", said="yes")
    assert (stage.active, stage.variables) == ({"z": 1}, {"case_id": 7, "heard": "yes!"})


def test_an_incident_whose_token_is_withdrawn_closes_itself(stage: Stage) -> None:
    within = '<startEvent id="ws"/>' + service("v", "fussy") + '<endEvent id="we"/>' + flows("ws>v;v>we")
    body = (
        START
        + inside("sp", within)
        + boundary("stop", "sp", on_message("stop"))
        + users("h")
        + END
        + '<endEvent id="e2"/>'
    )
    stage.publish(diagram(body + flows("s>sp;sp>e;stop>h;h>e2"), root=MESSAGE.format("stop"))).start()
    assert stage.outcome == "incident"
    stage.message("stop")
    assert (stage.outcome, stage.active) == ("active", {"h": 1})
    assert incidents(stage) == [("v", "system:engine")]


def test_an_instance_has_an_incident_until_the_last_is_mended(stage: Stage) -> None:
    body = START + '<parallelGateway id="g"/>' + service("v", "fussy") + service("w", "fussy") + users("u")
    body += "".join(f'<endEvent id="e{n}"/>' for n in range(3))
    stage.publish(diagram(body + flows("s>g;g>v;g>w;g>u;v>e0;w>e1;u>e2"))).start()
    assert stage.complete("u", ready=True).outcome == "incident"
    with stage.database.work() as work:
        first, second = work.session.scalars(select(Incident.id).order_by(Incident.id))
        assert stage.engine.resolve_incident(work, first, {}, "person:1").outcome == "incident"
        assert stage.engine.resolve_incident(work, second, {}, "person:1").outcome == "completed"
    with pytest.raises(TokenNotWaiting), stage.database.work() as work:
        stage.engine.resolve_incident(work, first, {}, "person:1")


def test_a_suspended_process_does_not_move_and_forgets_nothing(stage: Stage) -> None:
    edge = boundary("late", "u", after("P1D"), 'cancelActivity="false"') + users("h") + '<endEvent id="e2"/>'
    stage.publish(diagram(START + users("u") + END + edge + flows("s>u;u>e;late>h;h>e2"))).start()
    with stage.database.work() as work:
        stage.engine.suspend(work, stage.instance)
    with pytest.raises(InstanceNotActive):
        stage.complete("u")
    stage.wait(days=2)
    assert stage.active == {"u": 1}
    with stage.database.work() as work:
        stage.engine.resume(work, stage.instance)
    stage.wait()
    assert stage.active == {"u": 1, "h": 1}


def test_a_terminated_process_leaves_nothing_behind(stage: Stage) -> None:
    within = '<startEvent id="ws"/><parallelGateway id="wg"/>' + users("u") + service("v", "later")
    within += '<endEvent id="we"/><endEvent id="we2"/>' + flows("ws>wg;wg>u;wg>v;u>we;v>we2")
    body = START + inside("sp", within) + boundary("late", "sp", after("P1D")) + END + '<endEvent id="e2"/>'
    stage.publish(diagram(body + flows("s>sp;sp>e;late>e2"))).start()
    with stage.database.work() as work:
        step = stage.engine.terminate(work, stage.instance)
    assert (step.outcome, step.closed, stage.active) == ("terminated", [stage.tokens["u"]], {})
    with stage.database.reading() as reading:
        assert list(reading.session.scalars(select(Subscription))) == []
        assert [job.state for job in reading.session.scalars(select(Job))] == ["cancelled"]
    with pytest.raises(InstanceEnded):
        stage.complete("u")


def test_a_job_out_of_retries_parks_and_once_mended_is_offered_again(stage: Stage) -> None:
    stage.publish(chain(service("v", "later"), users("z"))).start()
    with stage.database.work() as work:
        job = work.session.scalars(select(Job)).one()
        job.state = "dead"
        assert stage.engine.fail_job(work, job, "de post is dicht").outcome == "incident"
    stage.mend()
    stage.finish_job("v", said="done")
    assert (stage.active, stage.variables["said"]) == ({"z": 1}, "done")


def test_an_outside_job_throws_its_error_to_its_boundary(stage: Stage) -> None:
    body = START + service("v", "later") + boundary("b", "v", '<errorEventDefinition errorRef="er"/>') + users("h")
    stage.publish(diagram(body + END + '<endEvent id="e2"/>' + flows("s>v;v>e;b>h;h>e2"), root=ERROR)).start()
    with stage.database.work() as work:
        job = work.session.scalars(select(Job)).one()
        step = stage.engine.finish_job(work, job, BpmnError("E1"))
    assert (step.outcome, stage.active) == ("active", {"h": 1})


def test_a_script_that_goes_on_too_long_is_an_incident(stage: Stage) -> None:
    step = stage.publish(chain(users("u"), script("sc", COUNTED[1:], "total"), users("z"))).start()
    step = stage.complete("u", n=MUCH)
    assert "bereik is te lang" in step.incidents[0].reason
    stage.mend(n=2)
    assert (stage.active, stage.variables["total"]) == ({"z": 1}, 2)


def test_what_cannot_be_kept_is_an_incident_and_not_a_broken_case(stage: Stage) -> None:
    stage.publish(chain(users("u"), script("sc", "[1..3]", "interval"), users("z"))).start()
    step = stage.complete("u", story="kept")
    assert (step.outcome, stage.active, stage.variables["story"]) == ("incident", {"sc": 1}, "kept")


def test_a_user_task_that_cannot_open_has_one_incident_however_often_others_go_on(stage: Stage) -> None:
    late = user("late", more='<zeebe:taskSchedule dueDate="=day"/>')
    body = START + '<parallelGateway id="g"/>' + late + users("a b") + END + '<endEvent id="e2"/>'
    stage.publish(diagram(body + flows("s>g;g>late;g>a;a>b;b>e;late>e2"))).start(day="geen dag")
    stage.complete("a")
    with stage.database.reading() as reading:
        assert list(reading.session.scalars(select(Incident.element_id))) == ["late"]
    stage.mend(day="2026-02-03")
    stage.complete("late")
    assert stage.complete("b").outcome == "completed"
