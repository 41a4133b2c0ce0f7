"""Zipkin draws the map of services from the spans that the processes send, and keeps within its memory."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from deploy.local import zipkin
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.processes import stop
from deploy.local.servers import start
from shared.kernel.clock import system_now
from shared.telemetry.setup import tracer_provider
from shared.telemetry.zipkin import exporter
from shared.testing.service import eventually

HOUR_MS = 3_600_000


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    server = start(
        "Zipkin",
        lambda: zipkin.run(port),
        lambda _: zipkin.is_ready(port),
        tmp_path / "log",
        zipkin.DEATH_SIGNAL,
        limit_s=90,
    )
    yield f"http://{LOOPBACK}:{port}"
    stop([(server, zipkin.DEATH_SIGNAL)], 15)


def provider_of(service: str, process: str) -> TracerProvider:
    return tracer_provider(service, process, exporter(5), 1.0)


def tell_a_story() -> None:
    """A hospital's notice is decided by claims, and benefits hears of it."""
    claims, benefits = provider_of("claims", "worker"), provider_of("benefits", "worker")
    carrier: dict[str, str] = {}
    party = {"jaring.party": "hospital:1"}
    about = {"messaging.system": "kafka", "messaging.destination.name": "claim.assessed"}
    tracer = claims.get_tracer("test")
    with (
        tracer.start_as_current_span("POST /v1/notices", kind=SpanKind.SERVER, attributes=party, context=Context()),
        tracer.start_as_current_span("create claim.assessed", kind=SpanKind.PRODUCER, attributes=about),
    ):
        TraceContextTextMapPropagator().inject(carrier)
    parent = TraceContextTextMapPropagator().extract(carrier, context=Context())
    benefits.get_tracer("test").start_span(
        "process claim.assessed", kind=SpanKind.CONSUMER, attributes=about, context=parent
    ).end()
    assert trace.get_current_span(parent).get_span_context().is_valid
    for provider in (claims, benefits):
        provider.shutdown()


async def test_the_map_shows_who_hears_whom(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_ZIPKIN_ENDPOINT", f"{address}/api/v2/spans")
    tell_a_story()
    until = int(system_now().timestamp() * 1000) + HOUR_MS
    async with httpx.AsyncClient(base_url=address) as client:

        async def links() -> set[tuple[str, str]]:
            answer = await client.get("/api/v2/dependencies", params={"endTs": until, "lookback": 2 * HOUR_MS})
            found = {(link["parent"], link["child"]) for link in answer.json()}
            return found if len(found) >= 3 else set()

        assert await eventually(links) == {
            ("hospital", "claims"),
            ("claims", "kafka/claim.assessed"),
            ("kafka/claim.assessed", "benefits"),
        }
