"""Messages and signals from programs outside: taken once, noted, refused with the reason."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from engine.models import Delivery, PublishedMessage
from identity.roles import PROGRAM_ROLES
from tasks.accounts import STREAM
from tasks.office import Office
from tests.api.conftest import API, Caller, Program
from tests.diagrams.shapes import END
from tests.engine.office import flows, user
from tests.engine.waiting_rows import definition, waiting
from tests.tasks.arriving import instances, open_tasks, publish

MESSAGE = {"name": "payment_received", "key": "2026-17", "variables": {"amount": 12.5}, "time_to_live": 60}


@pytest.fixture
def messenger(program: Program) -> Caller:
    return program("messenger")


def kept(office: Office) -> list[tuple[str, str, object, str | None, float]]:
    with office.database.reading() as reading:
        rows = reading.session.scalars(select(PublishedMessage).order_by(PublishedMessage.id))
        return [
            (row.name, row.key, row.variables, row.message_id, (row.expires_at - row.published_at).total_seconds())
            for row in rows
        ]


def test_a_message_is_kept_and_noted_without_what_is_in_it(office: Office, messenger: Caller) -> None:
    sent = messenger.post(f"{API}/messages", json=MESSAGE | {"message_id": "bank-1"})
    assert (sent.status_code, sent.json()) == (201, {"id": 1})
    assert kept(office) == [("payment_received", "2026-17", {"amount": {"$": "number", "v": "12.5"}}, "bank-1", 60)]
    with office.database.reading() as reading:
        noted = office.log.read(reading, STREAM)[-1]
    assert (noted.activity, noted.transition, noted.role) == ("message", "sent", "messenger")
    assert noted.data == {"message": "payment_received", "number": 1, "message_id": "bank-1"}


def test_the_same_message_id_is_refused_and_the_same_call_answered_again(office: Office, messenger: Caller) -> None:
    first = messenger.post(f"{API}/messages", json=MESSAGE | {"message_id": "bank-1"}, headers={"Idempotency-Key": "a"})
    again = messenger.post(f"{API}/messages", json=MESSAGE | {"message_id": "bank-1"}, headers={"Idempotency-Key": "a"})
    assert (again.status_code, again.json()) == (201, first.json())
    other = messenger.post(f"{API}/messages", json=MESSAGE | {"message_id": "bank-1"})
    assert (other.status_code, other.json()["title"]) == (409, "MessageAlreadySeen")
    assert len(kept(office)) == 1


def test_a_signal_goes_to_everyone_who_waits(office: Office, messenger: Caller) -> None:
    waiting(office.database, definition(office.database), ["", ""], name="strike", kind="signal")
    sent = messenger.post(f"{API}/signals", json={"name": "strike", "variables": {"until": "noon"}})
    assert (sent.status_code, sent.json()) == (201, {"receivers": 2})
    with office.database.reading() as reading:
        assert [row.variables for row in reading.session.scalars(select(Delivery))] == [{"until": "noon"}] * 2
        noted = office.log.read(reading, STREAM)[-1]
    assert (noted.activity, noted.transition, noted.data) == ("signal", "sent", {"signal": "strike", "receivers": 2})


def test_what_is_the_case_starts_the_processes_whose_condition_it_meets(office: Office, messenger: Caller) -> None:
    flood = (
        '<startEvent id="s"><conditionalEventDefinition><condition>=water_level &gt; 4</condition>'
        "</conditionalEventDefinition></startEvent>" + user("warn", "ombudsman") + END + flows("s>warn;warn>e")
    )
    process = publish(office, flood)
    low = messenger.post(f"{API}/conditions", json={"variables": {"water_level": 3.9}})
    high = messenger.post(f"{API}/conditions", json={"variables": {"water_level": 4.2}})
    assert [(each.status_code, each.json()) for each in (low, high)] == [(201, {"started": 0}), (201, {"started": 1})]
    [begun] = instances(office, process)
    assert [row.element_id for row in open_tasks(office, begun.id)] == ["warn"]
    with office.database.reading() as reading:
        assert office.engine.variables(reading, begun.id)["water_level"] == Decimal("4.2")


WRONG: list[tuple[dict[str, Any], int, str, str]] = [
    ({"name": ""}, 422, "BodyNotUnderstood", "name"),
    ({"name": "n" * 201}, 422, "BodyNotUnderstood", "name"),
    ({"time_to_live": -1}, 422, "BodyNotUnderstood", "time_to_live"),
    ({"time_to_live": "P1D"}, 422, "BodyNotUnderstood", "time_to_live"),
    ({"variables": {"case_id": 1}}, 422, "VariablesNotUsable", "case_id"),
    ({"variables": {"x": [{"$": "date", "v": "never"}]}}, 422, "VariablesNotUsable", "x"),
    ({"unknown": 1}, 422, "BodyNotUnderstood", "unknown"),
    ({"name": "complaint_withdrawn"}, 409, "MessageHasForm", ""),
]


@pytest.mark.parametrize(("change", "status", "title", "field"), WRONG)
def test_what_does_not_fit_is_refused_and_leaves_nothing(
    office: Office, messenger: Caller, change: dict[str, Any], status: int, title: str, field: str
) -> None:
    refused = messenger.post(f"{API}/messages", json=MESSAGE | change)
    assert (refused.status_code, refused.json()["title"]) == (status, title)
    assert [error["field"] for error in refused.json().get("errors", [])] == ([field] if field else [])
    assert kept(office) == []


def test_only_a_messenger_sends(sqlite_program: Callable[..., Caller]) -> None:
    for role in sorted(PROGRAM_ROLES - {"messenger"}):
        caller = sqlite_program(role)
        assert caller.post(f"{API}/messages", json=MESSAGE).status_code == 403
        assert caller.post(f"{API}/signals", json={"name": "strike"}).status_code == 403
        assert caller.post(f"{API}/conditions", json={"variables": {"x": 1}}).status_code == 403
