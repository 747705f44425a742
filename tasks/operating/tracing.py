"""Spans for a collector of OpenTelemetry: request, turn, engine step and errand, with the fields the log may have and no others.

Only where OTEL_EXPORTER_OTLP_ENDPOINT names a collector, and with the extra `tracing` installed. An exception is told by its type. The
library reads its other OTEL_* variables itself (headers, sampling, resource attributes). Refuses with TracingNotInstalled.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from problems import Unavailable
from storage import watching
from tasks.office import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter


class TracingNotInstalled(Unavailable):
    """OTEL_EXPORTER_OTLP_ENDPOINT is ingesteld, maar wat daarvoor nodig is, is niet geïnstalleerd. Installeer `ombudsflow[tracing]` of haal de instelling weg."""


def start(settings: Settings, exporter: "SpanExporter | None" = None) -> Callable[[], None] | None:
    """Make spans from now on, for the collector of the settings or a given exporter. Gives what ends it and sends what is left."""
    if exporter is None and not settings.tracing_endpoint:
        return None
    if find_spec("opentelemetry.sdk") is None or find_spec("opentelemetry.exporter.otlp.proto.http") is None:
        raise TracingNotInstalled
    # Two hundred modules that most installations never need.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": "ombudsflow"}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
    watching.trace_with(_spans(provider), _of_caller)

    def stop() -> None:
        watching.trace_with(None)
        provider.shutdown()

    return stop


@contextmanager
def _of_caller(traceparent: str) -> Iterator[None]:
    """What is not as the standard has it names no trace. Its companion `tracestate` is left: nobody knows what stands in it."""
    from opentelemetry import context  # noqa: PLC0415  # see above
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    token = context.attach(TraceContextTextMapPropagator().extract({"traceparent": traceparent}))
    try:
        yield
    finally:
        context.detach(token)


def _spans(provider: "object") -> watching.Tracer:
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  # see above
    from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415

    assert isinstance(provider, TracerProvider)  # noqa: S101  # for the type checker alone: the import above must stay inside
    tracer = provider.get_tracer("ombudsflow")

    @contextmanager
    def span(name: str, fields: watching.Fields) -> Iterator[None]:
        watched = watching.current()
        asked_before = watched.statements if watched is not None else 0
        with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as made:
            try:
                yield
            except BaseException as problem:
                made.set_status(Status(StatusCode.ERROR, type(problem).__name__))
                raise
            finally:
                told = dict(fields)
                if watched is not None:
                    told |= watched.about | {"statements": watched.statements - asked_before}
                made.set_attributes({f"ombudsflow.{key}": value for key, value in told.items()})

    return span
