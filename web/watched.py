"""Every request under its own id: counted by route, told in one line of the log, given back in the answer as X-Request-ID.

By its route, never by its address: an address may hold a secret or a number of a case. What was not foreseen is answered here too, so
that its page has the headers of any other, its reference number is the request's id, and no server logs the exception with its words.
"""

from fastapi import Request
from prometheus_client import Counter, Histogram
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storage import watching
from web import problems

REQUESTS = Counter("ombudsflow_http_requests_total", "Answers, by route.", ["method", "route", "status"])
SECONDS = Histogram(
    "ombudsflow_http_request_seconds",
    "Time to the end of the answer, by route.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30),
)
HEADER, TRACE = "X-Request-ID", "traceparent"
OTHER = "other"
# Asked every few seconds by programs: told only to who listens closely.
OFTEN = ("/healthz", "/readyz", "/metrics", OTHER)
_log = watching.logger("ombudsflow.web")


class Watched:
    """Counts, tells and times every answer. The outermost, so that it sees what the others refuse."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, status = Headers(scope=scope), 0
        request_id = watching.request_id(headers.get(HEADER, ""))

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        of_caller = watching.asked_by(headers.get(TRACE, ""))
        with watching.watched(request=request_id) as made, of_caller, watching.part("request"):
            try:
                await self.app(scope, receive, noted)
            finally:
                _tell(scope, status, made)


def _tell(scope: Scope, status: int, made: watching.Watched) -> None:
    route = getattr(scope.get("route"), "path", OTHER)
    method = scope["method"] if route != OTHER else "any"
    REQUESTS.labels(method, route, str(status or "none")).inc()
    cost = made.cost
    SECONDS.labels(route).observe(cost["ms"] / 1000)
    made.about |= watching.fitting({"method": method, "route": route, "status": status})
    say = _log.debug if route in OFTEN else _log.info
    say("request", **cost)


class Answered:
    """Turns what nobody foresaw into an answer. The innermost, so that the answer goes the way of all others."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def noted(message: Message) -> None:
            nonlocal has_begun
            has_begun = has_begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except Exception as problem:
            if has_begun or scope["type"] != "http":
                raise  # half an answer is out: the connection must break, so that nobody takes it for a whole one
            answer = await run_in_threadpool(problems.unforeseen, Request(scope, receive), problem)
            await answer(scope, receive, send)
