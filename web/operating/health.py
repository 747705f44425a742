"""For whoever keeps the server running: is it alive, can it work, how is it doing.

`/healthz` asks nothing of anybody; `/readyz` asks the database; `/metrics` (Prometheus text) wants the token of the settings and holds
numbers only, never a name. What waits is read from the database when asked, so every process gives the same.
"""

import hmac
from collections.abc import Iterator
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from problems import Problem
from tasks.office import Office
from tasks.operating import pulse

router = APIRouter(default_response_class=Response)


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
    waiting = CollectorRegistry()
    waiting.register(_Waiting(office))
    return Response(generate_latest(waiting) + generate_latest(_done(office)), media_type=CONTENT_TYPE_LATEST)


def _done(office: Office) -> CollectorRegistry:
    """What was done: by all processes of this server together, or by this one."""
    if not office.settings.is_one_of_many:
        return REGISTRY
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


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
