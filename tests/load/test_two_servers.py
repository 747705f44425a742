"""Two servers on one PostgreSQL, asked in turns: no call needs the server that took the one before it.

What one takes into use is what the other works with at its very next call: nothing a process remembers can be out of date.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from engine.models import Definition, ProcessInstance
from identity.people import FAILURES, system
from identity.roles import INTAKE
from service import open_office
from tasks import accounts
from tasks.models import UserTask
from tasks.office import WORKFLOWS, Office, Settings
from tests.conftest import _postgresql_copy
from tests.load.client import COMPLAINT
from tests.load.server import MEASURED, serving, take_into_use
from tests.web.conftest import PASSWORD, hire, token_of

FORM, PROCESS = (file.read_bytes() for _, file in MEASURED)


class InTurns:
    """A client of both servers, one call here, the next there; like a proxy that keeps nobody at one server."""

    def __init__(self, addresses: list[str], token: str = "") -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client, self._next = httpx2.Client(headers=headers, timeout=60), cycle(addresses)

    def __call__(self, method: str, path: str, **more: object) -> httpx2.Response:
        return self._client.request(method, next(self._next) + path, **more)  # type: ignore[arg-type]

    def form(self, path: str, **data: str) -> httpx2.Response:
        """The page from one server, its form to the other."""
        token = token_of(self("GET", path).text)
        return self("POST", path, data={"_csrf": token, **data})

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def office(postgresql_server: str, postgresql_office_template: str, tmp_path: Path) -> Iterator[Office]:
    with _postgresql_copy(postgresql_server, postgresql_office_template) as database:
        yield open_office(Settings(database_url=database.url, data_dir=tmp_path), database=database)


def test_whoever_is_asked_answers_with_what_the_other_did_just_now(office: Office) -> None:
    with office.database.work() as work:
        for kind, content in (("form", FORM), ("process", PROCESS)):
            take_into_use(office, work, kind, content)
        secrets = [
            accounts.issue_token(office, work, system("test"), name=name, roles=[role])
            for name, role in (("author", "process_manager"), ("second", "process_manager"), ("clerk", INTAKE))
        ]
    hire(office, "ine", INTAKE)
    hire(office, "an", "auditor")
    with ExitStack() as held:
        addresses = [held.enter_context(serving(office.settings, is_warm=True)) for _ in range(2)]
        author, second, clerk = (InTurns(addresses, secret) for secret in secrets)
        person, stranger, auditor = (InTurns(addresses) for _ in range(3))
        for each in (author, second, clerk, person, stranger, auditor):
            held.callback(each.close)
        _definitions_are_those_of_now(office, author, second, clerk)
        _decisions_are_those_of_now(author, second)
        _a_film_is_the_same(auditor)
        _somebody_who_logs_in_is_known_by_both(person)
        _who_guesses_at_both_is_stopped_by_both(stranger)


def _definitions_are_those_of_now(office: Office, author: InTurns, second: InTurns, clerk: InTurns) -> None:
    assert [_complaint(office, clerk) for _ in range(2)] == [
        (2, 1, "Opmerking")
    ] * 2  # 1 is the shipped diagram; both know these now
    for round_ in (2, 3):
        label, name = f"Opmerking {round_}".encode(), f'name="Gemeten klacht {round_}"'.encode()
        for kind, content in (
            ("form", FORM.replace(b'"Opmerking"', b'"%s"' % label)),
            ("process", PROCESS.replace(b'name="Gemeten klacht"', name)),
        ):
            published = author("POST", f"/api/v1/definitions?kind={kind}", content=content)
            assert published.status_code == 201, published.text
            taken = second("POST", f"/api/v1/definitions/{published.json()['definition']['id']}/activate", json={})
            assert taken.status_code == 200, taken.text
        assert [_complaint(office, clerk) for _ in range(2)] == [(round_ + 1, round_, label.decode())] * 2


def _complaint(office: Office, clerk: InTurns) -> tuple[int, int | None, str]:
    """A new case at one server, its first task at the other: the versions of diagram and form, and what the form says."""
    made = clerk("POST", "/api/v1/complaints?form=complaint_by_phone", json={"answers": COMPLAINT})
    assert made.status_code == 201, made.text
    with office.database.reading() as reading:
        newest = select(UserTask.id, UserTask.form_version, UserTask.instance_id).order_by(UserTask.id.desc()).limit(1)
        task, form, instance = reading.session.execute(newest).one()
        of_instance = select(Definition.version).join(ProcessInstance, ProcessInstance.definition_id == Definition.id)
        version = reading.session.scalars(of_instance.where(ProcessInstance.id == instance)).one()
    told = clerk("GET", f"/api/v1/user-tasks/{task}").text
    found = re.search(r'"label":"(Opmerking[^"]*)"', told)
    assert found, told
    clerk("GET", "/api/v1/worklist")  # an odd number of calls: the next case begins at the other server
    return version, form, str(found[1])


def _decisions_are_those_of_now(author: InTurns, second: InTurns) -> None:
    def decided() -> list[tuple[int, list[str]]]:
        asked = {"inputs": {"judged_urgent": "nee"}}
        answers = [author("POST", "/api/v1/decisions/urgency/evaluate", json=asked).json() for _ in range(2)]
        return [(answer["version"], answer["matched"][0]["notes"]) for answer in answers]

    assert decided() == [(1, ["Anders niet dringend"])] * 2
    content = (WORKFLOWS / "urgency.dmn").read_text(encoding="utf-8").replace("Anders niet dringend", "Al de rest")
    made = author("POST", "/api/v1/definitions?kind=decision", content=content.encode())
    assert made.status_code == 201, made.text
    second("POST", f"/api/v1/definitions/{made.json()['definition']['id']}/activate", json={})
    assert decided() == [(2, ["Al de rest"])] * 2


def _a_film_is_the_same(auditor: InTurns) -> None:
    """The steps of a case as both servers tell them, and the first picture of its diagram."""
    assert auditor.form("/aanmelden", login="an", password=PASSWORD).status_code == 303
    for page in ("/herbeleven/2026-0001", "/herbeleven/2026-0001/1"):
        shown = [auditor("GET", page) for _ in range(2)]
        assert [each.status_code for each in shown] == [200, 200]
        told = [each.text.partition("<main")[2].partition("</main>")[0] for each in shown]
        one, other = (re.sub(r"\d+ gebeurtenissen", "", each) for each in told)  # each look is one more in the chain
        assert one == other
        assert "2026-0001" in one


def _somebody_who_logs_in_is_known_by_both(person: InTurns) -> None:
    assert person.form("/aanmelden", login="ine", password=PASSWORD).status_code == 303
    assert [person("GET", "/werklijst").status_code for _ in range(2)] == [200, 200]


def _who_guesses_at_both_is_stopped_by_both(stranger: InTurns) -> None:
    answers = [stranger.form("/aanmelden", login="ine", password=f"gok {n}").status_code for n in range(FAILURES + 2)]
    assert answers == [answers[0]] * FAILURES + [answers[-1]] * 2
    assert answers[0] != answers[-1]
