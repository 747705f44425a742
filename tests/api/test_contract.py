"""The API keeps to its own description: every call, every answer, also to whoever sends rubbish."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from identity.roles import PROGRAM_ROLES
from tests.api.conftest import API, Caller, Program
from web.api import shapes
from web.api.contract import PARTS, document

DOCUMENT = document()
DOCS = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
OPERATIONS = [
    (method.upper(), path, operation)
    for path, by_method in DOCUMENT["paths"].items()
    for method, operation in by_method.items()
]
NAMES = [operation["operationId"] for _, _, operation in OPERATIONS]
MODELS: dict[str, Any] = {
    route.name: route.response_model for part in PARTS for route in part.router.routes if isinstance(route, APIRoute)
}
PLACES: dict[str, tuple[str, ...]] = {
    "number": ("2026-0001", "2026-9999", "a%00b", "x" * 50, "%F0%9F%A6%84"),
    "user_task_id": ("1", "0", "-5", "9" * 30, "1;drop"),
    "document_id": ("1", "9" * 30),
    "definition_id": ("1", "9" * 30),
    "token_id": ("9999", "x"),
    "incident_id": ("1", "9" * 30),
    "job_id": ("1", "9" * 30),
    "choice_id": ("1", "9" * 30),
    "instance_id": ("1", "9" * 30),
    "mail_id": ("1", "9" * 30),
    "name": ("information_added", "nothing", "%00"),
    "key": ("complaint_received", "urgency", "nothing", "..%2f"),
    "secret": ("a" * 43, "x" * 300, "%00"),
}
BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"json": {}},
    {"json": {"answers": {"matter": "complaint"}, "version": -1}},
    {"json": {"answers": {"subject": "'; DROP TABLE case; --"}}},
    {"json": {"inputs": {"x": [{"$": "date", "v": "nooit"}, 1e300, None]}}},
    {"json": {"name": "x", "roles": ["complainant"]}},
    {"json": {"person_id": 99}},
    {"content": b"\xff\x00<a/>", "headers": {"Content-Type": "application/json"}},
    {"content": b"<!DOCTYPE a><a/>", "headers": {"Content-Type": "application/xml"}},
    {"data": {"answers": "{}"}, "files": [("files", ("a.exe", b"MZ"))]},
    {"json": {"answers": {}}, "headers": {"Idempotency-Key": "één"}} | {"headers": [(b"idempotency-key", b"\xc3\xa9")]},
)


def test_it_is_openapi_3_1_and_refers_only_to_what_it_describes(sqlite_program: Program) -> None:
    served = sqlite_program().get(f"{API}/openapi.json").json()
    assert served == DOCUMENT
    assert served["openapi"] == "3.1.0"
    referred = set(re.findall(r"#/components/schemas/(\w+)", str(served)))
    assert referred == set(served["components"]["schemas"]), "nothing missing, nothing unused"
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_every_call_is_explained_to_programs_and_to_people(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["description"].endswith("."), "a sentence"
    assert f"`{method} {path.removeprefix(API)}`" in DOCS
    refusals = {int(status) for status in operation["responses"] if int(status) >= 400}
    assert {422, 503} <= refusals
    assert (401 in refusals) == ("security" not in operation)
    for status in refusals:
        assert list(operation["responses"][str(status)]["content"]) == ["application/problem+json"]
    is_writing = method != "GET" and "evaluate" not in path
    assert ("Idempotency-Key" in str(operation.get("parameters"))) == is_writing


def test_the_page_for_people_lists_every_call(sqlite_program: Program) -> None:
    page = sqlite_program().get(f"{API}/docs")
    assert page.status_code == 200
    for method, path, _ in OPERATIONS:
        assert f"<code>{method} {path}</code>" in page.text
    assert "http://" not in page.text.replace("http://testserver", "")


def addresses(path: str) -> Iterator[str]:
    """The path with each hostile value in each of its places."""
    parts = re.findall(r"{(\w+)}", path)
    usual = {part: PLACES[part][0] for part in parts}
    yield path.format(**usual)
    for part in parts:
        for value in PLACES[part][1:]:
            yield path.format(**usual | {part: value})


def keeps_to_the_description(answer: Any, operation: dict[str, Any]) -> None:
    status, where = str(answer.status_code), f"{answer.request.method} {answer.request.url}: {answer.text[:300]}"
    assert status in operation["responses"], f"{status} is not described: {where}"
    media = answer.headers["content-type"].split(";")[0]
    described = operation["responses"][status].get("content", {})
    assert media in described, f"{media} is not described: {where}"
    if answer.status_code >= 400:
        problem = shapes.Problem.model_validate_json(answer.content)
        assert problem.status == answer.status_code
        assert problem.detail.endswith((".", "…"))
    else:
        model = MODELS[operation["operationId"]]
        if isinstance(model, type) and issubclass(model, BaseModel):
            model.model_validate_json(answer.content, strict=True)


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_whatever_is_sent_the_answer_is_one_that_is_described(
    sqlite_program: Program, method: str, path: str, operation: dict[str, Any]
) -> None:
    everything, nobody = sqlite_program(*sorted(PROGRAM_ROLES)), sqlite_program()
    everything.complaint()

    def send(who: Caller, address: str, body: dict[str, Any]) -> None:
        keeps_to_the_description(who.request(method, address, **body), operation)

    send(nobody, next(addresses(path)), {})
    for address in addresses(path):
        send(everything, address, {})
    if method != "GET":
        for body in BODIES:
            send(everything, next(addresses(path)), body)
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query":
            for value in ("%00", "x" * 1000, "-1", "1e9", ""):
                send(everything, f"{next(addresses(path))}?{parameter['name']}={value}", {})
