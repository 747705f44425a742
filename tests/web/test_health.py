"""What whoever keeps the server running can ask: alive, ready, numbers; and that the numbers tell nothing about anybody."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from starlette.testclient import TestClient

from engine.models import Job
from identity.people import Actor
from tasks import intake
from tasks.office import Office
from tests.conftest import START
from tests.stories.stage import COMPLAINT, Story
from web.app import build

CAUSED = ("intake", "completion")
TOKEN = {"Authorization": "Bearer a long secret"}


@pytest.fixture
def watched(sqlite_office: Office) -> Office:
    return replace(sqlite_office, settings=replace(sqlite_office.settings, metrics_token="a long secret"))


@pytest.fixture
def client(watched: Office) -> Iterator[TestClient]:
    with TestClient(build(watched), raise_server_exceptions=False) as made:
        yield made


def numbers(client: TestClient) -> dict[str, float]:
    answer = client.get("/metrics", headers=TOKEN)
    assert answer.status_code == 200
    return {
        sample.name + "".join(f",{value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_a_process_that_lives_is_ready_when_its_database_is(client: TestClient, watched: Office) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").status_code == 200
    with watched.database.work() as work:
        work.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    late = client.get("/readyz")
    assert (late.status_code, late.headers["retry-after"], "ombudsflow setup" in late.text) == (503, "5", True)
    assert client.get("/healthz").status_code == 200


def test_the_numbers_are_for_who_has_the_token(client: TestClient, sqlite_office: Office) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a long secre"}).status_code == 404
    with TestClient(build(sqlite_office)) as unwatched:
        assert unwatched.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_what_waits_is_counted(client: TestClient, watched: Office) -> None:
    story = Story(watched).given_a_complaint()
    before = numbers(client)
    assert before["ombudsflow_user_tasks_open"] == 1
    with watched.database.work() as work:
        instance = story.case.instance_id
        late = watched.clock.now() - timedelta(seconds=90)
        for state in ("ready", "dead"):
            work.session.add(
                Job(instance_id=instance, token_id="t", element_id="x", type="x", state=state, run_at=late)
            )
    after = numbers(client)
    assert (after["ombudsflow_jobs_ready"], after["ombudsflow_jobs_dead"]) == (1, 1)
    assert after["ombudsflow_jobs_ready_age_seconds"] == 90
    assert after["ombudsflow_timers_due"] == 0


def test_turns_are_counted_by_what_caused_them_when_they_are_committed(client: TestClient, watched: Office) -> None:
    before = numbers(client)
    Story(watched).given_a_complaint().completes("assess_intake", matter="complaint", judged_urgent="nee")
    with pytest.raises(LookupError), watched.database.work() as work:
        intake.receive(watched, work, Actor("complainant:new", "", frozenset({"complainant"})), COMPLAINT)
        raise LookupError("after the turn, before its commit")
    after = numbers(client)
    turns = {
        kind: after.get(f"ombudsflow_turns_total,{kind}", 0) - before.get(f"ombudsflow_turns_total,{kind}", 0)
        for kind in CAUSED
    }
    assert turns == {"intake": 1, "completion": 1}
    assert after["ombudsflow_commits_total"] - before["ombudsflow_commits_total"] >= 2


def test_answers_are_counted_by_route_and_no_number_says_who_or_which(client: TestClient, watched: Office) -> None:
    story = Story(watched).given_a_complaint()
    route = "ombudsflow_http_requests_total,GET,/dossiers/{number},303"
    before = numbers(client).get(route, 0)
    client.get(f"/dossiers/{story.case.number}", follow_redirects=False)
    client.get("/nergens/te/vinden")
    assert numbers(client)[route] == before + 1
    told = client.get("/metrics", headers=TOKEN).text
    assert not any(
        word in told for word in (story.case.number, str(COMPLAINT["complainant_name"]), "nergens", f"{START:%Y-%m-%d}")
    )
