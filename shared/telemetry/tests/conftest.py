"""Spans of these tests, as they would leave the process."""

from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.telemetry.attributes import AllowedAttributesExporter
from shared.telemetry.setup import tracer_provider


@pytest.fixture(scope="session")
def exporter() -> InMemorySpanExporter:
    """One for the session: OpenTelemetry's global provider can be set only once."""
    memory = InMemorySpanExporter()
    provider = trace.get_tracer_provider()
    if not isinstance(provider, TracerProvider):
        provider = tracer_provider("claims", "api", InMemorySpanExporter())
        trace.set_tracer_provider(provider)
    provider.add_span_processor(SimpleSpanProcessor(AllowedAttributesExporter(memory)))
    return memory


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> Iterator[InMemorySpanExporter]:
    exporter.clear()
    yield exporter
    exporter.clear()
