"""For whoever keeps the server running: is it alive, can it work, how is it doing.

`/healthz` asks nothing of anybody; `/readyz` asks the database; `/metrics` (Prometheus text) wants the token of the settings and holds
numbers only, never a name. What waits is read from the database when asked, so every process gives the same.
"""

import hmac
import time
from collections.abc import Iterator
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from problems import Problem
from tasks import pulse
from tasks.office import Office

router = APIRouter(default_response_class=Response)

REQUESTS = Counter("ombudsflow_http_requests_total", "Answers, by route.", ["method", "route", "status"])
SECONDS = Histogram(
    "ombudsflow_http_request_seconds",
    "Time to the end of the answer, by route.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30),
)


@router.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def readyz(request: Request) -> Response:
    """The process can work: its database answers and has the schema this version was written for. Else 503, with the reason."""
    office: Office = request.app.state.office
    try:
        office.database.require_current()
    except Problem as problem:
        return PlainTextResponse(f"{problem.sentence}\n", 503, {"Retry-After": "5"})
    return PlainTextResponse("ready\n")


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Numbers for Prometheus. 404 without the right token: whoever may not see them need not know that they are there."""
    office: Office = request.app.state.office
    token, given = office.settings.metrics_token, request.headers.get("authorization", "")
    if not token or not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return PlainTextResponse("Not Found\n", 404)
    registry = CollectorRegistry()
    registry.register(_Waiting(office))
    if office.settings.is_one_of_many:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Waiting(Collector):
    """What waits in the office, asked of the database."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def collect(self) -> Iterator[Metric]:
        now = self._office.clock.now()
        with self._office.database.reading() as reading:
            found = pulse.of(reading, now)
        for name, value in found.counts.items():
            yield GaugeMetricFamily(f"ombudsflow_{name}", pulse.MEANINGS[name], value=value)
        for name, since in found.oldest.items():
            yield GaugeMetricFamily(f"ombudsflow_{name}_age_seconds", "Age of the oldest.", value=_age(since, now))


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())


class Counted:
    """Counts every answer under its route, never under its address: an address may hold a secret or a number of a case."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), "none"

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            REQUESTS.labels(scope["method"] if route != "other" else "any", route, status).inc()
            SECONDS.labels(route).observe(time.perf_counter() - began)
