"""Spans go to a real collector on loopback, as parts of one another, with the fields the log may have and no word of anybody."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.testclient import TestClient

from storage import watching
from tasks.office import Office, Settings
from tasks.operating import tracing
from tests.stories.stage import COMPLAINT, Story
from web.app import build


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, list[bytes]]]:
    """An address that takes spans, and what it took."""
    taken: list[bytes] = []

    class Takes(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Takes) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        yield f"http://127.0.0.1:{server.server_port}", taken
        server.shutdown()


def test_nobody_traces_unless_it_is_asked(sqlite_office: Office) -> None:
    assert tracing.start(sqlite_office.settings) is None


def test_a_request_a_turn_and_an_engine_step_are_spans_within_each_other(sqlite_office: Office) -> None:
    spans = InMemorySpanExporter()
    stop = tracing.start(sqlite_office.settings, spans)
    assert stop
    with watching.watched(request=watching.new_id()), watching.part("request"):
        story = Story(sqlite_office).given_a_complaint()
    with pytest.raises(LookupError), watching.part("request"):
        raise LookupError(COMPLAINT["complainant_name"])
    stop()
    found = {span.name: span for span in reversed(spans.get_finished_spans())}
    assert {"request", "turn", "engine step"} <= set(found)
    for inner, outer in (("engine step", "turn"), ("turn", "request")):
        parent = found[inner].parent
        assert parent is not None
        assert parent.trace_id == found[outer].context.trace_id
    assert found["turn"].attributes is not None
    assert found["turn"].attributes["ombudsflow.case"] == story.case_id
    assert int(str(found["turn"].attributes["ombudsflow.statements"])) > 5
    failed = spans.get_finished_spans()[-1]
    assert (failed.status.description, list(failed.events)) == ("LookupError", [])
    assert watching.current() is None


def test_a_request_is_part_of_the_trace_its_caller_began_and_of_its_own_when_that_is_none(
    sqlite_office: Office,
) -> None:
    spans, trace, parent = InMemorySpanExporter(), "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    stop = tracing.start(sqlite_office.settings, spans)
    assert stop
    with TestClient(build(sqlite_office)) as client:
        for told in (f"00-{trace}-{parent}-01", f"00-{trace}-nobody-01", ""):
            client.get("/healthz", headers={"traceparent": told, "tracestate": "office=Vandevoorde"})
    stop()
    asked = [span for span in spans.get_finished_spans() if span.name == "request"]
    assert [f"{span.context.trace_id:032x}" == trace for span in asked] == [True, False, False]
    assert asked[0].parent is not None
    assert f"{asked[0].parent.span_id:016x}" == parent
    assert not any(span.context.trace_state for span in asked)


def test_a_collector_gets_the_route_and_never_the_address(
    sqlite_office: Office, collector: tuple[str, list[bytes]]
) -> None:
    endpoint, taken = collector
    stop = tracing.start(Settings(tracing_endpoint=endpoint))
    assert stop
    with TestClient(build(sqlite_office)) as client:
        client.get("/dossiers/2026-4711?q=Vandevoorde", follow_redirects=False)
    stop()
    told = ExportTraceServiceRequest.FromString(b"".join(taken))
    assert [span.name for span in told.resource_spans[0].scope_spans[0].spans] == ["request"]
    assert b"/dossiers/{number}" in taken[0]
    assert not any(word in taken[0] for word in (b"4711", b"Vandevoorde", b"testserver"))
