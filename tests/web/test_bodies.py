"""What is too large, stops half-way or never ends: refused as anything else is, and no process waits for it."""

import asyncio
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient

from tasks.office import Office
from tests.web.conftest import Visitor
from web.app import build
from web.arriving.bodies import BODY_LIMIT, HEAD_LIMIT, MB, Bodies
from web.arriving.heads import BoundedHead
from web.rendering import LANGUAGE_COOKIE

PROGRAM = {"Authorization": "Bearer x", "Content-Type": "multipart/form-data; boundary=b"}
SAID = {413: "groter dan 128 MB", 431: "Verwijder de cookies"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Content-Length": str(BODY_LIMIT + 1)}, 413), ({"Cookie": "x=" + "y" * HEAD_LIMIT}, 431)],
)
def test_what_its_head_tells_is_too_much_is_refused_with_a_page_or_a_problem(
    visit: Callable[..., Visitor], headers: dict[str, str], status: int
) -> None:
    visitor = visit("intake_officer")
    page = visitor.post("/taken/1", content=b"x", headers=headers)
    assert (page.status_code, SAID[status] in page.text) == (status, True)
    assert re.search(r'class="button[^"]*" href="/', page.text), "it leads on"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    told = visitor.post("/api/v1/complaints", content=b"x", headers=headers)
    assert (told.status_code, told.headers["content-type"]) == (status, "application/problem+json")
    assert SAID[status] in told.json()["detail"]


def test_a_body_that_proves_too_large_is_refused_in_the_language_of_who_sends_it(sqlite_office: Office) -> None:
    def endless() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n%PDF-1.4'
        for _ in range(4):
            yield b"0" * MB

    with TestClient(Bodies(build(sqlite_office), limit=2 * MB), cookies={LANGUAGE_COOKIE: "fr"}) as client:
        page = client.post("/klacht/versturen", content=endless(), headers=PROGRAM)
        assert (page.status_code, "dépasse" in page.text, "128" in page.text) == (413, True, True)
        told = client.post("/api/v1/complaints", content=endless(), headers=PROGRAM)
        assert (told.status_code, told.json()["title"]) == (413, "Http413")


@pytest.mark.parametrize("path", ["/klacht/versturen", "/api/v1/complaints"])
def test_who_stops_half_way_is_told_so(sqlite_office: Office, path: str) -> None:
    asked: list[dict[str, Any]] = [{"type": "http.request", "body": b"--b\r\n", "more_body": True}]
    told: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return asked.pop() if asked else await asyncio.Future()

    async def send(message: dict[str, Any]) -> None:
        told.append(message)

    headers = [(name.lower().encode(), value.encode()) for name, value in PROGRAM.items()]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers, "scheme": "http"}
    scope |= {"http_version": "1.1", "server": ("office", 80), "client": ("127.0.0.1", 1), "root_path": ""}
    asyncio.run(Bodies(build(sqlite_office), silence=0.05)(scope, receive, send))  # type: ignore[arg-type]
    assert told[0]["status"] == 408
    assert "Er is niets van bewaard" in b"".join(each.get("body", b"") for each in told).decode()


class Impatient(BoundedHead):
    most_bytes, longest = 64 * 1024, 0.05


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\nX-Endless: ", b""], ids=["without end", "nothing"])
def test_a_head_that_never_ends_is_cut_off(sent: bytes) -> None:
    async def talk() -> bytes:
        config = uvicorn.Config(_nobody, http=Impatient, lifespan="off", log_level="error")
        config.load()
        state = uvicorn.Server(config).server_state
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(lambda: Impatient(config, state, {}), "127.0.0.1", 0)
        async with listening:
            reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
            if sent:
                writer.write(sent + b"x" * 2 * Impatient.most_bytes)
            try:
                return await reader.read()
            except ConnectionResetError:  # with what it had not read yet
                return b""
            finally:
                writer.transport.abort()

    assert asyncio.run(talk()) == b""


async def _nobody(_scope: object, _receive: object, _send: object) -> None:
    raise AssertionError("no request ever came to its end")
