"""What a request may bring along, and how long it may fall silent while it brings it: refused like anything else, people with a page in
their language, programs with a problem. Plain ASGI, so that uploads stream through untouched.

The rest of a body that is refused is still taken from the line and thrown away by the web server: a browser that is sending looks for
an answer when it is done, and sees none when its line was cut before.
"""

import asyncio

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import problems

MB = 1024 * 1024
BODY_LIMIT = problems.LARGEST_MB * MB
HEAD_LIMIT = 32 * 1024  # address, names and values together; proxies take as much
LONGEST_SILENCE = 60.0  # seconds


class Bodies:
    """Refuses a body that says it is too large, or proves to be; a head that is too large; and who stops half-way."""

    def __init__(self, app: ASGIApp, limit: int = BODY_LIMIT, silence: float = LONGEST_SILENCE) -> None:
        self.app, self._limit, self._silence = app, limit, silence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if refused := self._refused(scope):
            answer = await run_in_threadpool(problems.by_status, Request(scope, receive), HTTPException(refused))
            await answer(scope, receive, send)
            return
        await self.app(scope, self._bounded(receive), send)

    def _refused(self, scope: Scope) -> int:
        """The status by which its head alone is refused, or 0."""
        if head_size(scope) > HEAD_LIMIT:
            return 431
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        return 0 if declared.isdigit() and int(declared) <= self._limit else 413

    def _bounded(self, receive: Receive) -> Receive:
        """What comes in, counted. What is raised here is answered like any other refusal."""
        seen, has_ended = 0, False

        async def bounded() -> Message:
            nonlocal seen, has_ended
            if has_ended:  # from here on it is waited for that somebody leaves
                return await receive()
            try:
                async with asyncio.timeout(self._silence):
                    message = await receive()
            except TimeoutError as problem:
                raise HTTPException(408) from problem
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise HTTPException(413)
            has_ended = not message.get("more_body", False)
            return message

        return bounded


def head_size(scope: Scope) -> int:
    """Bytes of the address and of the names and values of the headers."""
    headers = sum(len(name) + len(value) for name, value in scope["headers"])
    return headers + len(scope.get("raw_path") or b"") + len(scope["query_string"])
