"""Many programs hammer one case: they look what is open, and all complete it at the same moment; again and again."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from cases.models import Case
from engine.models import ProcessInstance
from service import open_office
from tasks.models import UserTask
from tasks.office import Office, Settings
from tasks.turn import stream_of
from tests.load.client import COMPLAINT

CLIENTS, TIMES = 64, 2
ACCEPTED, CONFLICT = 200, 409
# What whoever came too late is told.
TOLD = {"UserTaskAlreadyCompleted", "UserTaskChanged", "DatabaseBusy"}
Said = Counter[tuple[int, str]]


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
        """One call: its status, and what was said."""
        body = None if content is None else json.dumps(content)
        self._connection.request(method, f"/api/v1{path}", body, self._headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())

    def strike(self, together: Barrier) -> list[tuple[int, str]]:
        """Everybody looks what is open, and completes it at the same moment."""
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


def strike_together(address: str, token: str) -> Said:
    """A fresh case under all clients; what they were answered, counted. The office must have no other open user task."""
    with Hammer(address, token) as hammer:
        status, said = hammer.call("POST", "/complaints?form=complaint_by_phone", {"answers": COMPLAINT})
    if status != 201:
        raise SystemExit(f"no case could be started: {said}")
    together = Barrier(CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as pool:
        struck = pool.map(lambda _: _strike(address, token, together), range(CLIENTS))
        return Counter(answer for found in struck for answer in found)


def _strike(address: str, token: str, together: Barrier) -> list[tuple[int, str]]:
    with Hammer(address, token) as hammer:
        return hammer.strike(together)


def troubles(settings: Settings, said: Said) -> list[str]:
    """What does not hold afterwards: each accepted command happened exactly once, every other was told why, the rooms agree."""
    accepted = sum(count for (status, _), count in said.items() if status == ACCEPTED)
    found = [
        f"{count} answers {status} {title}"
        for (status, title), count in said.items()
        if status != ACCEPTED and (status != CONFLICT or title not in TOLD)
    ]
    if accepted < TIMES:
        found.append(f"only {accepted} accepted in {TIMES} times")
    office = open_office(settings)
    try:
        return found + _disagreements(office, accepted)
    finally:
        office.database.close()


def _disagreements(office: Office, accepted: int) -> list[str]:
    with office.database.reading() as reading:
        case_id, instance_id = reading.session.execute(select(Case.id, Case.instance_id)).one()
        log = office.log.read(reading, stream_of(case_id))
        completed = sum(event.activity == "answer" and event.transition == "completed" for event in log)
        rows = list(reading.session.scalars(select(UserTask.element_id).where(UserTask.closed_at.is_(None))))
        tokens = [element for element in office.engine.active(reading, instance_id or 0) if element == "answer"]
        outcome = reading.session.get_one(ProcessInstance, instance_id).outcome
        checks = {
            "the chain does not hold": office.log.verify(reading, stream_of(case_id)).ok,
            f"{completed} completions in the history, {accepted} accepted": completed == accepted,
            f"open are {rows}, tokens stand at {tokens}": rows == tokens == ["answer"],
            f"the process is {outcome}": outcome == "active",
        }
    return [what for what, holds in checks.items() if not holds]
