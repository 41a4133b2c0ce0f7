"""OpenTelemetry and logging of one process. Call `setup` in the process itself: it may start threads, so never
before a fork."""

import os
from collections.abc import Sequence
from typing import Literal

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagate import set_global_textmap
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import (
    ALWAYS_OFF,
    ALWAYS_ON,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.trace.span import TraceState
from opentelemetry.util.types import Attributes

from shared.telemetry.attributes import AllowedAttributesExporter
from shared.telemetry.logging import setup_logging

# The stable names for attributes of statements, set before there can be an instrumentation that reads it.
os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "database")

Traces = Literal["none", "zipkin_json", "otlp"]

EXPORT_TIMEOUT_SECONDS = 2
EXPORT_DELAY_MILLISECONDS = 1000
# What waits for a collector that is slow or away: some megabytes, of which the oldest are dropped.
MOST_WAITING_SPANS = 2048
MOST_SPANS_IN_A_BATCH = 512
SAMPLED = 0.1
SHUTDOWN_MILLISECONDS = 2000
_OF_DATABASES = frozenset({"db.system.name", "db.system"})


class ShortBatchProcessor(BatchSpanProcessor):
    """Ends within two seconds: a collector that is away must not hold up the stop of a process (30 s by default)."""

    def shutdown(self) -> None:
        self._batch_processor.shutdown(timeout_millis=SHUTDOWN_MILLISECONDS)


class RootSampler(Sampler):
    """Samples new traces by ratio, except that a lone database call starts none (the relay polls all day).

    Whoever calls with a sampled ``traceparent`` is followed whatever the ratio is (``ParentBased``); and so is a batch
    that is linked to a sampled event, or its trace would break off there.
    """

    def __init__(self, ratio: float) -> None:
        self._ratio = TraceIdRatioBased(ratio)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        is_database = not (attributes is None or _OF_DATABASES.isdisjoint(attributes))
        is_followed = links is not None and any(link.context.trace_flags.sampled for link in links)
        chosen = ALWAYS_ON if is_followed else ALWAYS_OFF if is_database else self._ratio
        return chosen.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        return f"RootSampler{{{self._ratio.get_description()}}}"


def setup(
    service: str, process: str, *, traces: Traces = "none", ratio: float = SAMPLED, level: str = "INFO"
) -> TracerProvider:
    """Logs and traces of this process, for example `setup("claims", "worker", traces="zipkin_json")`.

    Endpoints come from the standard OTEL_EXPORTER_* variables. Call `shutdown()` on the answer before the end.
    """
    setup_logging(service, process, level=level)
    provider = tracer_provider(service, process, _exporter(traces), ratio)
    set_global_textmap(TraceContextTextMapPropagator())
    trace.set_tracer_provider(provider)
    return provider


def tracer_provider(service: str, process: str, exporter: SpanExporter | None, ratio: float = 1.0) -> TracerProvider:
    """A provider that is not yet the global one; with no exporter nothing is sampled and no thread starts."""
    sampler = ALWAYS_OFF if exporter is None else ParentBased(RootSampler(ratio))
    provider = TracerProvider(resource=_resource(service, process), sampler=sampler)
    if exporter is not None:
        provider.add_span_processor(
            ShortBatchProcessor(
                AllowedAttributesExporter(exporter),
                max_queue_size=MOST_WAITING_SPANS,
                max_export_batch_size=MOST_SPANS_IN_A_BATCH,
                schedule_delay_millis=EXPORT_DELAY_MILLISECONDS,
            )
        )
    return provider


def instrument_database() -> None:
    """A span per statement of asyncpg (and so of SQLAlchemy), without parameters; COPY is not covered.

    For whoever looks for a slow one: usually statements are folded (`shared.telemetry.statements`).
    """
    from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor

    instrumentor = AsyncPGInstrumentor(capture_parameters=False)  # type: ignore[no-untyped-call]
    if not instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.instrument()


def _exporter(traces: Traces) -> SpanExporter | None:
    """Imported when needed only: each exporter costs every process its import."""
    if traces == "zipkin_json":
        from shared.telemetry.zipkin import exporter

        return exporter(EXPORT_TIMEOUT_SECONDS)
    if traces == "otlp":
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter(timeout=EXPORT_TIMEOUT_SECONDS)
    return None


def _resource(service: str, process: str) -> Resource:
    return Resource.create(
        {
            "service.name": service,
            "service.namespace": "jaring",
            "service.instance.id": f"{service}-{process}-{os.getpid()}",
            "jaring.process": process,
        }
    )
