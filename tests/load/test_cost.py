"""What a completion costs the database, on both: one commit and at most thirteen statements, each made once; and the yardstick of the bench itself."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from identity.people import system
from identity.roles import INTAKE
from tasks import accounts
from tasks.office import Office
from tests.load.client import COMPLAINT, REMARK
from tests.load.server import MEASURED, take_into_use
from web import app as web
from web import bench

COMPLETE = "/api/v1/user-tasks/{}/complete"


@pytest.fixture
def program(office: Office) -> Iterator[TestClient]:
    """A program with a token, at an office in bench mode where the measured diagram is in use."""
    with office.database.work() as work:
        for kind, file in MEASURED:
            take_into_use(office, work, kind, file.read_bytes())
        token = accounts.issue_token(office, work, system("test"), name="test", roles=[INTAKE])
    app = web.build(office)
    bench.install(app, office)
    with TestClient(app, headers={"Authorization": f"Bearer {token}"}) as client:
        yield client


def complete(program: TestClient, user_task: int, key: str) -> tuple[list[str], int | None]:
    """The statements of a completion, and the next user task."""
    body = {"answers": {"remark": REMARK, "again": "nee"}}
    answer = program.post(COMPLETE.format(user_task), json=body, headers={"Idempotency-Key": key})
    assert answer.status_code == 200, answer.text
    return answer.headers["X-Bench-Shape"].split(","), answer.json()["next_user_task_id"]


def test_a_completion_is_one_commit_and_at_most_thirteen_statements(program: TestClient) -> None:
    started = program.post("/api/v1/complaints?form=complaint_by_phone", json={"answers": COMPLAINT})
    assert started.status_code == 201, started.text
    first = program.get("/api/v1/worklist").json()["items"][0]["id"]

    answered, review = complete(program, first, "one")
    assert review is not None
    reviewed, nothing = complete(program, review, "two")

    assert nothing is None
    for shape in (answered, reviewed):
        assert shape.count("c") == 1
        assert shape[-1] == "c"
        assert len(shape) - 1 <= 13, shape


def test_no_statement_of_a_completion_is_made_anew(program: TestClient, office: Office) -> None:
    made = list[object]()  # kept, so that no later one gets the place in memory of an earlier one

    def asked(_connection: object, statement: object, *_: object) -> None:
        made.append(statement)

    def completed(word: str) -> list[object]:
        program.post("/api/v1/complaints?form=complaint_by_phone", json={"answers": COMPLAINT})
        user_task = program.get("/api/v1/worklist").json()["items"][0]["id"]
        before = len(made)
        _, review = complete(program, user_task, f"{word}-answer")
        complete(program, review or 0, f"{word}-review")
        return made[before:]

    event.listen(office.database.engine, "before_execute", asked)
    first, second = completed("one"), completed("two")
    assert [str(each) for each in second if not any(each is other for other in first)] == []


def test_the_bare_route_runs_exactly_the_statements_it_is_given(program: TestClient) -> None:
    shape = "s,s,i5,u1,d0,s,i1,u1,c"

    answer = program.post("/bench/bare", params={"shape": shape})

    assert answer.status_code == 200
    assert answer.headers["X-Bench-Shape"] == shape


def test_a_shape_that_makes_no_sense_is_refused(program: TestClient) -> None:
    assert program.post("/bench/bare", params={"shape": "s,drop table"}).status_code == 422


def test_a_real_office_has_no_such_routes(sqlite_office: Office) -> None:
    with TestClient(web.build(sqlite_office)) as anybody:
        answer = anybody.post("/bench/bare", params={"shape": "s"})
    assert answer.status_code == 404
    assert "X-Bench-Shape" not in answer.headers
