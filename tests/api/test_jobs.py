"""Workers outside: a program that asks for jobs, is given what the diagram maps and nothing else, and answers once."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from cases.models import Case
from engine import definitions
from engine.models import Incident, Job, ProcessInstance
from identity.roles import PROGRAM_ROLES
from tasks.background import errands
from tasks.background.clock_source import TravellingClock
from tasks.office import Office
from tasks.studio.shipped import vocabulary
from tasks.turn import stream_of
from tests.api.conftest import API, Caller, Program, programs
from tests.engine.office import diagram, flows, service, user
from web.api import jobs as api

STORE, PRINT = "archive.store", "letter.print"
INPUT = (
    '<zeebe:taskHeaders><zeebe:header key="shelf" value="B"/></zeebe:taskHeaders><zeebe:ioMapping>'
    '<zeebe:input source="=admissible" target="admissible"/><zeebe:input source="=1.5" target="weight"/>'
    '<zeebe:input source="=date(&quot;2026-01-05&quot;)" target="on"/></zeebe:ioMapping>'
)
CAUGHT = '<boundaryEvent id="full" attachedToRef="store"><errorEventDefinition errorRef="no_room"/></boundaryEvent>'
ERROR = '<error id="no_room" errorCode="NO_ROOM"/>'


def with_types(office: Office, *types: str) -> Office:
    return replace(office, settings=replace(office.settings, external_job_types=frozenset(types)))


def publish(office: Office, body: str, root: str = "") -> None:
    """In place of the shipped diagram of a complaint, so that a complaint comes straight at a job."""
    content = diagram(body, root=root, key="complaint").replace(b'formId="form"', b'formId="close_case"')
    with office.database.work() as work:
        made = definitions.publish(
            work,
            "process",
            content,
            actor_id="person:1",
            at=office.clock.now(),
            vocabulary=vocabulary(work, office.settings.external_job_types),
        )
        definitions.activate(work, made.definition.id, actor_id="person:2", at=office.clock.now())


ONE_JOB = (
    '<startEvent id="s"/>'
    + service("store", STORE, INPUT)
    + user("check")
    + '<endEvent id="e"/>'
    + CAUGHT
    + user("rescue")
    + '<endEvent id="e2"/>'
    + flows("s>store;store>check;check>e;full>rescue;rescue>e2")
)


@pytest.fixture
def workplace(office: Office) -> Office:
    """An office whose complaints come at a job for a worker outside."""
    made = with_types(office, STORE, PRINT)
    publish(made, ONE_JOB, ERROR)
    return made


@pytest.fixture
def call(workplace: Office) -> Iterator[Program]:
    yield from programs(workplace)


@pytest.fixture
def worker(call: Program) -> Caller:
    """A complaint has come in; a program with a worker's token and no other."""
    call("intake_officer").complaint()
    return call("worker")


def taken(who: Caller, **asked: Any) -> dict[str, Any]:
    """The one job that waits."""
    answer = who.post(f"{API}/jobs/activate", json={"types": [STORE], **asked})
    assert answer.status_code == 200, answer.text
    [job] = answer.json()["items"]
    found: dict[str, Any] = job
    return found


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["title"]


def opened(call: Program) -> set[str]:
    return set(call("case_handler").open_tasks("2026-0001"))


def test_a_worker_gets_what_the_element_maps_and_nothing_else_of_the_case(worker: Caller, call: Program) -> None:
    job = taken(worker, lock_seconds=60)
    assert job["variables"] == {"admissible": None, "weight": "1.5", "on": "2026-01-05"}
    assert (job["headers"], job["element_id"], job["process"]) == ({"shelf": "B"}, "store", "complaint")
    assert (job["attempts_left"], job["lock_until"]) == (3, "2026-01-05T09:01:00Z")
    assert "Mies" not in json.dumps(job)
    assert "2026-0001" not in json.dumps(job)
    assert worker.post(f"{API}/jobs/activate", json={"types": [STORE]}).json() == {"items": []}


def test_a_completed_job_moves_the_case_and_is_told_in_its_history(
    worker: Caller, call: Program, workplace: Office
) -> None:
    job = taken(worker)
    done = worker.post(
        f"{API}/jobs/{job['id']}/complete",
        json={"lock": job["lock"], "variables": {"archived_as": "A-17", "size": 0.5}},
    )
    assert done.json() == {
        "id": job["id"],
        "state": "done",
        "outcome": "active",
        "is_repeated": False,
        "again_at": None,
    }
    assert opened(call) == {"check"}
    with workplace.database.reading() as reading:
        told = [event for event in workplace.log.read(reading, stream_of(1)) if event.activity == "job"]
        instance = reading.session.scalars(select(ProcessInstance.id)).one()
        assert workplace.engine.variables(reading, instance)["archived_as"] == "A-17"
    assert [(event.transition, event.role) for event in told] == [("sent", "worker"), ("answered", "worker")]
    assert told[0].data["inputs"] == ["admissible", "on", "weight"]
    assert told[1].personal == {"archived_as": "A-17", "size": "0.5"}


def test_completing_twice_is_once(worker: Caller, call: Program) -> None:
    job = taken(worker)
    sent: dict[str, Any] = {"json": {"lock": job["lock"], "variables": {"n": 1}}}
    assert worker.post(f"{API}/jobs/{job['id']}/complete", **sent).json()["is_repeated"] is False
    again = worker.post(f"{API}/jobs/{job['id']}/complete", **sent)
    assert (again.status_code, again.json()["is_repeated"]) == (200, True)
    other = worker.post(f"{API}/jobs/{job['id']}/complete", json={"lock": "x" * 32})
    assert refusal(other) == (409, "JobAlreadyDone")
    assert opened(call) == {"check"}


def test_a_late_worker_is_told_why_and_changes_nothing(worker: Caller, call: Program, clock: TravellingClock) -> None:
    first = taken(worker, lock_seconds=60)
    clock.advance(timedelta(seconds=60))
    late = worker.post(f"{API}/jobs/{first['id']}/complete", json={"lock": first["lock"]})
    assert refusal(late) == (409, "JobLockEnded")
    second = taken(call("worker"), lock_seconds=60)
    assert (second["id"], second["key"]) == (first["id"], first["key"])
    assert (second["lock"] != first["lock"], second["attempts_left"]) == (True, 3)
    answers: tuple[tuple[str, dict[str, str]], ...] = (
        ("complete", {}),
        ("fail", {"reason": "x"}),
        ("throw", {"error_code": "x"}),
    )
    for verb, more in answers:
        late = worker.post(f"{API}/jobs/{first['id']}/{verb}", json={"lock": first["lock"], **more})
        assert refusal(late) == (409, "JobLockNotYours"), verb
    assert opened(call) == set()


def test_more_time_counts_from_now(worker: Caller, clock: TravellingClock) -> None:
    job = taken(worker, lock_seconds=60)
    clock.advance(timedelta(seconds=59))
    more = worker.post(f"{API}/jobs/{job['id']}/extend", json={"lock": job["lock"], "lock_seconds": 600})
    assert more.json() == {"id": job["id"], "lock_until": "2026-01-05T09:10:59Z"}
    clock.advance(timedelta(seconds=599))
    assert worker.post(f"{API}/jobs/{job['id']}/complete", json={"lock": job["lock"]}).status_code == 200


def test_a_failed_job_comes_back_after_a_pause_that_grows_and_at_last_the_case_waits(
    worker: Caller, call: Program, clock: TravellingClock, workplace: Office
) -> None:
    for pause in (30, 60):
        job = taken(worker)
        failed = worker.post(f"{API}/jobs/{job['id']}/fail", json={"lock": job["lock"], "reason": "De schijf is vol."})
        assert failed.json()["state"] == "ready"
        clock.advance(timedelta(seconds=pause - 1))
        assert worker.post(f"{API}/jobs/activate", json={"types": [STORE]}).json() == {"items": []}
        clock.advance(timedelta(seconds=1))
    job = taken(worker)
    assert job["attempts_left"] == 1
    failed = worker.post(f"{API}/jobs/{job['id']}/fail", json={"lock": job["lock"], "reason": "De schijf is vol."})
    assert (failed.json()["state"], failed.json()["outcome"]) == ("dead", "incident")
    with workplace.database.reading() as reading:
        incident = reading.session.scalars(select(Incident)).one()
    assert (incident.element_id, incident.reason) == ("store", "De schijf is vol.")
    retried = call("admin").post(f"{API}/incidents/{incident.id}/retry", json={})
    assert retried.json() == {"outcome": "active"}
    again = taken(worker)
    assert worker.post(f"{API}/jobs/{again['id']}/complete", json={"lock": again["lock"]}).status_code == 200
    assert opened(call) == {"check"}


def test_a_worker_says_how_often_and_when_its_job_is_tried_again_and_people_that_it_need_not_be(
    worker: Caller, call: Program, clock: TravellingClock
) -> None:
    job = taken(worker)
    told = {"lock": job["lock"], "reason": "Te druk.", "attempts_left": 7, "retry_in_seconds": 5}
    failed = worker.post(f"{API}/jobs/{job['id']}/fail", json=told)
    assert failed.json()["again_at"] == "2026-01-05T09:00:05Z"
    clock.advance(timedelta(seconds=5))
    again = taken(worker)
    assert again["attempts_left"] == 7
    failed = worker.post(
        f"{API}/jobs/{job['id']}/fail", json={"lock": again["lock"], "reason": "Nooit.", "attempts_left": 0}
    )
    assert failed.json()["state"] == "dead"
    manager = call("process_manager")
    (stuck,) = manager.get(f"{API}/incidents").json()["items"]
    skipped = manager.post(f"{API}/incidents/{stuck['id']}/skip", json={"reason": "Op papier bewaard."})
    assert skipped.json() == {"outcome": "active"}
    assert opened(call) == {"check"}


def test_an_error_goes_where_the_diagram_catches_it(worker: Caller, call: Program, workplace: Office) -> None:
    job = taken(worker)
    thrown = worker.post(
        f"{API}/jobs/{job['id']}/throw", json={"lock": job["lock"], "error_code": "NO_ROOM", "variables": {"needed": 3}}
    )
    assert (thrown.json()["state"], thrown.json()["outcome"]) == ("done", "active")
    assert opened(call) == {"rescue"}
    with workplace.database.reading() as reading:
        instance = reading.session.scalars(select(ProcessInstance.id)).one()
        assert workplace.engine.variables(reading, instance)["needed"] == 3
    again = worker.post(f"{API}/jobs/{job['id']}/complete", json={"lock": job["lock"]})
    assert refusal(again) == (409, "JobAlreadyDone")


def test_an_error_that_nothing_catches_is_an_incident(worker: Caller) -> None:
    job = taken(worker)
    thrown = worker.post(f"{API}/jobs/{job['id']}/throw", json={"lock": job["lock"], "error_code": "OTHER"})
    assert thrown.json()["outcome"] == "incident"


def test_a_job_that_the_process_no_longer_needs_is_withdrawn(worker: Caller, workplace: Office) -> None:
    job = taken(worker)
    with workplace.database.work() as work:
        workplace.engine.terminate(work, work.session.scalars(select(ProcessInstance.id)).one())
    late = worker.post(f"{API}/jobs/{job['id']}/complete", json={"lock": job["lock"]})
    assert refusal(late) == (409, "JobWithdrawn")


def test_a_suspended_process_hands_out_no_jobs(worker: Caller, workplace: Office) -> None:
    with workplace.database.work() as work:
        work.session.execute(update(ProcessInstance).values(is_suspended=True))
    assert worker.post(f"{API}/jobs/activate", json={"types": [STORE]}).json() == {"items": []}
    with workplace.database.work() as work:
        work.session.execute(update(ProcessInstance).values(is_suspended=False))
    assert taken(worker)["element_id"] == "store"


def test_the_tick_leaves_these_jobs_to_their_workers(worker: Caller, workplace: Office) -> None:
    errands.do_jobs(workplace)
    assert taken(worker)["element_id"] == "store"


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"case_id": 3}, "case_id"),
        ({"a": [{"$": "date", "v": "nooit"}]}, "a"),
        ({" ": 1}, " "),
        ({"x" * 201: 1}, "x" * 201),
    ],
)
def test_variables_that_cannot_be_kept_are_refused_by_name(
    worker: Caller, variables: dict[str, Any], field: str
) -> None:
    job = taken(worker)
    answer = worker.post(f"{API}/jobs/{job['id']}/complete", json={"lock": job["lock"], "variables": variables})
    assert refusal(answer) == (422, "VariablesNotUsable")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert worker.post(f"{API}/jobs/{job['id']}/complete", json={"lock": job["lock"]}).status_code == 200


def test_only_types_that_are_named_in_the_settings_are_handed_out(worker: Caller) -> None:
    answer = worker.post(f"{API}/jobs/activate", json={"types": [STORE, "letter.send"]})
    assert refusal(answer) == (422, "JobTypeNotExternal")
    assert answer.json()["errors"][0]["message"].startswith("letter.send: ")


def test_a_worker_may_do_jobs_and_nothing_else(worker: Caller, call: Program) -> None:
    for address in ("cases", "cases/2026-0001", "worklist", "incidents", "definitions", "tokens"):
        assert worker.get(f"{API}/{address}").status_code in (403, 404), address
    for role in sorted(PROGRAM_ROLES - {"worker"}):
        assert call(role).post(f"{API}/jobs/activate", json={"types": [STORE]}).status_code == 403, role
    assert call().post(f"{API}/jobs/activate", json={"types": [STORE]}).status_code == 401


def test_the_same_key_hands_out_the_same_jobs(worker: Caller) -> None:
    named: dict[str, Any] = {"json": {"types": [STORE]}, "headers": {"Idempotency-Key": "k1"}}
    first = worker.post(f"{API}/jobs/activate", **named)
    again = worker.post(f"{API}/jobs/activate", **named)
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    empty: dict[str, Any] = {"json": {"types": [STORE]}, "headers": {"Idempotency-Key": "k2"}}
    assert worker.post(f"{API}/jobs/activate", **empty).json() == {"items": []}
    assert "idempotent-replayed" not in worker.post(f"{API}/jobs/activate", **empty).headers


def in_thread(ask: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(ask()))
    thread.start()
    return thread, found


def test_a_worker_that_waits_gets_the_job_as_soon_as_there_is_one_and_holds_no_connection(
    call: Program, workplace: Office
) -> None:
    waiter, intake = call("worker"), call("intake_officer")
    waits = {"types": [STORE], "wait_seconds": 30}
    begun = time.monotonic()
    thread, found = in_thread(lambda: waiter.post(f"{API}/jobs/activate", json=waits))
    while not api.PLACES.taken:  # until the call waits
        assert time.monotonic() - begun < 20
    intake.complaint()
    thread.join(20)
    assert len(found[0].json()["items"]) == 1
    assert time.monotonic() - begun < 20
    assert workplace.database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_when_too_many_wait_the_next_is_answered_at_once(call: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "PLACES", api.Places(0))
    begun = time.monotonic()
    answer = call("worker").post(f"{API}/jobs/activate", json={"types": [STORE], "wait_seconds": 30})
    assert (answer.json(), time.monotonic() - begun < 5) == ({"items": []}, True)


def test_two_workers_at_the_same_time_never_get_the_same_job(call: Program, workplace: Office) -> None:
    intake = call("intake_officer")
    for _ in range(6):
        intake.complaint()
    askers = [call("worker") for _ in range(3)]
    running = [
        in_thread(partial(who.post, f"{API}/jobs/activate", json={"types": [STORE], "most": 3})) for who in askers
    ]
    for thread, _ in running:
        thread.join(30)
    handed = [job["id"] for _, [answer] in running for job in answer.json()["items"]]
    assert len(handed) == len(set(handed)) == 6
    with workplace.database.reading() as reading:
        assert {job.worker for job in reading.session.scalars(select(Job))} <= {f"token:{n}" for n in range(1, 9)}
        assert len(reading.session.scalars(select(Case.id)).all()) == 6


def test_the_same_answer_sent_twice_at_the_same_time_is_taken_once(worker: Caller, call: Program) -> None:
    job = taken(worker)
    sent = partial(worker.post, f"{API}/jobs/{job['id']}/complete", json={"lock": job["lock"], "variables": {"n": 1}})
    running = [in_thread(sent) for _ in range(4)]
    for thread, _ in running:
        thread.join(30)
    answers = [answer for _, [answer] in running]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert sorted(answer.json()["is_repeated"] for answer in answers) == [False, True, True, True]
    assert opened(call) == {"check"}
