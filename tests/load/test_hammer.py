"""Sixty-four programs hammer one case: each accepted command happened exactly once, every other was told why not, and nothing broke.

On PostgreSQL two server processes share the work behind one address; on SQLite there is one.
"""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from cases.models import Case
from engine.models import ProcessInstance
from service import open_office
from tasks.models import UserTask
from tasks.office import Settings
from tasks.turn import stream_of
from tests.load.client import COMPLAINT
from tests.load.server import database_of, prepare, serving

CLIENTS, TIMES = 64, 2
TOLD = {"UserTaskAlreadyCompleted", "UserTaskChanged", "DatabaseBusy"}


class Hammer:
    """One connection."""

    def __init__(self, address: str, token: str) -> None:
        self._connection = HTTPConnection(urlsplit(address).netloc, timeout=120)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def __enter__(self) -> "Hammer":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def call(self, method: str, path: str, content: object = None) -> tuple[int, dict[str, Any]]:
        body = None if content is None else json.dumps(content)
        self._connection.request(method, f"/api/v1{path}", body, self._headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())

    def strike(self, together: Barrier) -> list[tuple[int, str]]:
        """Everybody looks what is open, and completes it at the same moment; again and again."""
        found = []
        for _ in range(TIMES):
            _, worklist = self.call("GET", "/worklist?limit=5")
            together.wait()
            target = worklist["items"][0]["id"]
            answers = {"answers": {"remark": "hamer", "again": "ja"}}
            status, said = self.call("POST", f"/user-tasks/{target}/complete", answers)
            found.append((status, str(said.get("title", ""))))
            together.wait()
        return found


@pytest.mark.parametrize(("kind", "workers"), [("sqlite", 1), ("postgresql", 2)])
def test_every_accepted_command_happened_once_and_every_other_was_told_why(
    kind: str, workers: int, tmp_path: Path
) -> None:
    with database_of(kind, tmp_path) as url:
        settings = Settings(database_url=url, data_dir=tmp_path / "data")
        token = prepare(settings)
        with serving(settings, workers) as address:
            with Hammer(address, token) as hammer:
                status, _ = hammer.call("POST", "/complaints?form=complaint_by_phone", {"answers": COMPLAINT})
            assert status == 201
            together = Barrier(CLIENTS)
            with ThreadPoolExecutor(CLIENTS) as pool:
                struck = pool.map(lambda _: _strike(address, token, together), range(CLIENTS))
                answers = Counter(answer for found in struck for answer in found)
        accepted = sum(count for (status, _), count in answers.items() if status == 200)
        assert accepted >= TIMES
        assert all(status == 200 or (status == 409 and title in TOLD) for status, title in answers), answers
        _holds(settings, accepted)


def _strike(address: str, token: str, together: Barrier) -> list[tuple[int, str]]:
    with Hammer(address, token) as hammer:
        return hammer.strike(together)


def _holds(settings: Settings, accepted: int) -> None:
    office = open_office(settings)
    with office.database.reading() as reading:
        case_id, instance_id = reading.session.execute(select(Case.id, Case.instance_id)).one()
        log = office.log.read(reading, stream_of(case_id))
        assert office.log.verify(reading, stream_of(case_id)).ok
        completed = [event for event in log if event.activity == "answer" and event.transition == "completed"]
        assert len(completed) == accepted
        open_rows = list(reading.session.scalars(select(UserTask.element_id).where(UserTask.closed_at.is_(None))))
        assert open_rows == ["answer"] == [e for e in office.engine.active(reading, instance_id or 0) if e == "answer"]
        assert reading.session.get_one(ProcessInstance, instance_id).outcome == "active"
    office.database.close()
