"""One request, one transaction, one commit, before the answer; and no number of clients can lock each other out."""

from concurrent.futures import ThreadPoolExecutor

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from identity.models import LoginFailure
from storage.unit_of_work import DiskFull
from tasks.office import Office
from web.app import build
from web.context import Body, posting

TOKEN = "t" * 43
WRITERS = 100


def _app_with_a_writing_route(office: Office) -> TestClient:
    app = build(office)

    @app.post("/note")
    def note(request: Request, body: Body) -> Response:
        with posting(request, body) as act:
            act.work.session.add(LoginFailure(login=body.text("login"), at=act.office.clock.now()))
        return PlainTextResponse("genoteerd")

    client = TestClient(app, raise_server_exceptions=False)
    client.cookies.set("ombudsflow_csrf", TOKEN)
    return client


def _noted(office: Office) -> int:
    with office.database.reading() as reading:
        return reading.session.scalar(select(func.count()).select_from(LoginFailure)) or 0


def test_a_commit_that_fails_never_answers_success(office: Office) -> None:
    def disk_is_full(_session: Session) -> None:
        raise DiskFull

    with _app_with_a_writing_route(office) as client:
        event.listen(Session, "before_commit", disk_is_full)
        try:
            answer = client.post("/note", data={"_csrf": TOKEN, "login": "ann"})
        finally:
            event.remove(Session, "before_commit", disk_is_full)
    assert answer.status_code == 503
    assert "schijf" in answer.text
    assert _noted(office) == 0


def test_a_hundred_writers_at_once_all_get_their_answer(office: Office) -> None:
    with _app_with_a_writing_route(office) as client, ThreadPoolExecutor(WRITERS) as pool:
        answers = list(
            pool.map(lambda n: client.post("/note", data={"_csrf": TOKEN, "login": f"w{n}"}), range(WRITERS))
        )
    assert [a.status_code for a in answers] == [200] * WRITERS
    assert _noted(office) == WRITERS
