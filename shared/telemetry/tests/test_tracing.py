"""Spans: who is whose child, what is linked, and which attributes leave."""

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import literal, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from shared.persistence.engine import Database
from shared.telemetry import metrics
from shared.telemetry.messaging import child_of, create_span, inject, process_span, send_span
from shared.telemetry.setup import (
    MOST_WAITING_SPANS,
    SAMPLED,
    instrument_database,
    tracer_provider,
)
from shared.telemetry.statements import MILLISECONDS, STATEMENTS
from shared.testing.servers import Databases
from shared.web import edge


@pytest.fixture
def instrumented() -> Iterator[None]:
    instrument_database()
    yield
    AsyncPGInstrumentor().uninstrument()  # type: ignore[no-untyped-call]


UNSAMPLED = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}


def by_name(spans: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in spans.get_finished_spans()}


def trace_id(span: ReadableSpan) -> int:
    assert span.context is not None
    number: int = span.context.trace_id
    return number


def an_event(topic: str = "registration") -> dict[str, str]:
    with trace.get_tracer("test").start_as_current_span("request"), create_span(topic, "SpellStarted.v1") as context:
        return context


def test_one_event_is_processed_as_a_child_of_its_creation(spans: InMemorySpanExporter) -> None:
    context = an_event()
    with process_span("registration", "claims", [context]):
        assert inject()["traceparent"].split("-")[1] == context["traceparent"].split("-")[1]
    found = by_name(spans)
    create, process = found["create registration"], found["process registration"]
    assert process.parent is not None
    assert create.context is not None
    assert process.parent.span_id == create.context.span_id
    assert create.parent is not None
    assert dict(process.attributes or {})["messaging.consumer.group.name"] == "claims"


def test_a_batch_is_a_trace_of_its_own_that_links_to_each_event(spans: InMemorySpanExporter) -> None:
    contexts = [an_event(), an_event(), UNSAMPLED, {}]
    with trace.get_tracer("test").start_as_current_span("around"), process_span("registration", "claims", contexts):
        pass
    process = by_name(spans)["process registration"]
    linked = [f"{link.context.trace_id:032x}" for link in process.links]
    assert linked == [context["traceparent"].split("-")[1] for context in contexts[:2]]
    assert process.parent is None
    assert dict(process.attributes or {})["messaging.batch.message_count"] == 4


@pytest.mark.parametrize("form", ["{0}-03", "{0}-ff", " {0}-01", "{0}-01\t", "cc{1}-01-what.later.versions.say"])
def test_a_batch_links_to_a_sampled_event_however_that_says_so(spans: InMemorySpanExporter, form: str) -> None:
    usual = an_event()["traceparent"].rpartition("-")[0]
    with send_span("registration", 2, [UNSAMPLED, {"traceparent": form.format(usual, usual[2:])}]):
        pass
    linked = [f"{link.context.trace_id:032x}" for link in by_name(spans)["send registration"].links]
    assert linked == [usual.split("-")[1]]


def test_a_relay_batch_links_to_its_events(spans: InMemorySpanExporter) -> None:
    with send_span("registration", 3, [an_event(), {}]):
        pass
    send = by_name(spans)["send registration"]
    assert len(send.links) == 1
    assert dict(send.attributes or {})["messaging.batch.message_count"] == 3
    assert send.kind is trace.SpanKind.CLIENT


def test_a_relay_batch_without_sampled_events_makes_no_span(spans: InMemorySpanExporter) -> None:
    batches: list[list[dict[str, str]]] = [[], [{}], [UNSAMPLED]]
    for contexts in batches:
        with send_span("registration", len(contexts), contexts):
            pass
    assert spans.get_finished_spans() == ()


def test_what_was_not_sampled_stays_unsampled(spans: InMemorySpanExporter) -> None:
    for contexts in ([UNSAMPLED], [UNSAMPLED, UNSAMPLED]):
        with process_span("registration", "claims", contexts), create_span("claim.assessed", "Decided.v1") as stored:
            assert stored["traceparent"].endswith("-00")
    assert spans.get_finished_spans() == ()


def test_an_instruction_is_a_child_of_what_asked_for_it(spans: InMemorySpanExporter) -> None:
    context = an_event()
    with child_of(context["traceparent"], "render instruction", {"jaring.instruction": "0197b6a0"}):
        pass
    with child_of(None, "orphan"):
        pass
    found = by_name(spans)
    assert trace_id(found["render instruction"]) == int(context["traceparent"].split("-")[1], 16)
    assert dict(found["render instruction"].attributes or {}) == {"jaring.instruction": "0197b6a0"}
    assert found["orphan"].parent is None


def test_only_listed_attributes_leave_and_ids_in_them_are_masked(spans: InMemorySpanExporter) -> None:
    attributes: dict[str, str | int] = {
        "jaring.person": 7,
        "jaring.file": "900101-01-5432",
        "name": "Siti",
        "url.query": "q=Siti",
    }
    try:
        with trace.get_tracer("test").start_as_current_span("look up 900101015432", attributes=attributes) as span:
            span.add_event("found", {"name": "Siti", "jaring.rows": 1})
            raise ValueError("Siti 900101015432")
    except ValueError:
        pass
    (span_out,) = spans.get_finished_spans()
    assert span_out.name == "look up [id]"
    assert dict(span_out.attributes or {}) == {"jaring.person": 7, "jaring.file": "[id]"}
    assert span_out.status.description == "ValueError"
    assert not span_out.status.is_ok
    assert dict(span_out.events[1].attributes or {})["exception.type"] == "ValueError"
    assert "Siti" not in span_out.to_json()
    assert "900101015432" not in span_out.to_json()


def test_a_lone_database_call_starts_no_trace(spans: InMemorySpanExporter) -> None:
    tracer = trace.get_tracer("test")
    with tracer.start_as_current_span("SELECT", attributes={"db.system.name": "postgresql"}):
        pass
    assert spans.get_finished_spans() == ()
    with (
        tracer.start_as_current_span("request"),
        tracer.start_as_current_span("SELECT", attributes={"db.system.name": "postgresql"}),
    ):
        pass
    assert set(by_name(spans)) == {"SELECT", "request"}


async def test_a_request_is_one_span_by_template_and_health_is_none(spans: InMemorySpanExporter) -> None:
    app = FastAPI(telemetry=edge.UNTRACED)
    app.add_api_route("/v1/persons/{person}", lambda person: {"person": person})
    app.add_api_route("/livez", lambda: "live")
    edge.install(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        await client.get("/livez")
        await client.get(
            "/v1/persons/900101015432?name=Siti", headers={"traceparent": UNSAMPLED["traceparent"][:-1] + "1"}
        )
    (span,) = spans.get_finished_spans()
    assert span.name == "GET /v1/persons/{person}"
    assert trace_id(span) == int(UNSAMPLED["traceparent"].split("-")[1], 16)
    attributes = dict(span.attributes or {})
    assert attributes["http.route"] == "/v1/persons/{person}"
    assert attributes["http.response.status_code"] == 200
    assert "900101015432" not in span.to_json()
    assert "Siti" not in span.to_json()
    assert "client.address" not in attributes


async def test_an_answer_carries_its_traceparent(spans: InMemorySpanExporter) -> None:
    app = FastAPI(telemetry=edge.UNTRACED)
    app.add_api_route("/v1/fault", lambda: 1 // 0)
    edge.install(app)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/v1/fault")
    (span,) = spans.get_finished_spans()
    assert answer.headers["traceparent"].split("-")[1] == f"{trace_id(span):032x}"
    assert dict(span.attributes or {})["jaring.error_code"] == "internal_error"
    assert span.status.status_code is trace.StatusCode.ERROR


@pytest.mark.postgres
async def test_a_statement_is_a_span_without_its_parameters(
    spans: InMemorySpanExporter, databases: Databases, instrumented: None
) -> None:
    """SQLAlchemy speaks through asyncpg's prepared statements; both ways are seen."""
    url = databases.postgres.url("postgres")
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    bare = await asyncpg.connect(url)
    spans.clear()
    with trace.get_tracer("test").start_as_current_span("request"):
        await bare.fetchval("SELECT $1::text", "900101015432")
        async with engine.connect() as connection:
            await connection.execute(text("SELECT CAST(:name AS text) AS name"), {"name": "Siti"})
    await bare.close()
    await engine.dispose()
    found = [dict(span.attributes or {}) for span in spans.get_finished_spans() if span.name == "SELECT"]
    statements = {str(attributes["db.query.text"]) for attributes in found}
    assert {"SELECT $1::text", "SELECT CAST($1 AS text) AS name"} <= statements
    shown = "".join(span.to_json() for span in spans.get_finished_spans())
    assert "900101015432" not in shown
    assert "Siti" not in shown


@pytest.mark.postgres
async def test_statements_are_folded_into_the_span_that_they_belong_to(
    spans: InMemorySpanExporter, databases: Databases
) -> None:
    database = Database(databases.postgres.url("postgres"), "claims")
    tracer = trace.get_tracer("test")
    async with database.connect() as connection:
        await connection.execute(text("SELECT 1"))
        with tracer.start_as_current_span("run assess_claim"):
            for _ in range(3):
                await connection.execute(text("SELECT CAST(:name AS text) AS name"), {"name": "Siti"})
        with tracer.start_as_current_span("run settle_entitlement"):
            await connection.execute(select(literal(1)))
    await database.close()
    found = {span.name: dict(span.attributes or {}) for span in spans.get_finished_spans()}
    assert {name: each[STATEMENTS] for name, each in found.items()} == {
        "run assess_claim": 3,
        "run settle_entitlement": 1,
    }
    assert all(0 < each[MILLISECONDS] < 10_000 for each in found.values())  # type: ignore[operator]
    assert not any("SELECT" in span.to_json() for span in spans.get_finished_spans())


def roots(provider: TracerProvider, count: int, headers: Mapping[str, str] | None = None) -> int:
    """How many of so many new requests are traced."""
    tracer, carrier = provider.get_tracer("test"), TraceContextTextMapPropagator().extract(headers or {})
    return sum(tracer.start_span("request", context=carrier).is_recording() for _ in range(count))


def test_one_request_in_ten_is_traced_unless_the_caller_asks_for_it() -> None:
    provider = tracer_provider("claims", "api", InMemorySpanExporter(), SAMPLED)
    assert 60 <= roots(provider, 1000) <= 140
    asked = {"traceparent": UNSAMPLED["traceparent"][:-1] + "1"}
    assert roots(provider, 50, asked) == 50
    assert roots(provider, 50, UNSAMPLED) == 0
    provider.shutdown()


def test_a_batch_with_a_traced_event_is_traced_whatever_the_ratio_is() -> None:
    provider = tracer_provider("claims", "worker", InMemorySpanExporter(), 0.0)
    sampled = trace.SpanContext(1, 2, is_remote=True, trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED))
    tracer = provider.get_tracer("test")
    assert tracer.start_span("process", links=[trace.Link(sampled)]).is_recording()
    assert not tracer.start_span("process").is_recording()
    provider.shutdown()


def test_what_a_collector_does_not_take_is_bounded_and_stops_nobody() -> None:
    class Away(SpanExporter):
        """A collector that answers nobody."""

        def export(self, _: Sequence[ReadableSpan]) -> SpanExportResult:
            held.wait(20)
            return SpanExportResult.FAILURE

        def shutdown(self) -> None:
            held.set()

    held = threading.Event()
    provider = tracer_provider("claims", "worker", Away(), 1.0)
    tracer, began = provider.get_tracer("test"), time.monotonic()
    for _ in range(5 * MOST_WAITING_SPANS):
        tracer.start_span("work").end()
    assert time.monotonic() - began < 10
    [processor] = provider._active_span_processor._span_processors
    assert len(processor._batch_processor._queue) <= MOST_WAITING_SPANS  # type: ignore[attr-defined]
    held.set()
    provider.shutdown()


def test_without_an_exporter_nothing_is_sampled() -> None:
    provider = tracer_provider("claims", "worker", None)
    with provider.get_tracer("test").start_as_current_span("work") as span:
        assert not span.is_recording()
    assert provider.resource.attributes["service.name"] == "claims"
    assert provider.resource.attributes["jaring.process"] == "worker"
    assert provider.resource.attributes["service.instance.id"] == f"claims-worker-{os.getpid()}"


def test_every_metric_is_on_the_page() -> None:
    # A label of this test's own: whatever ran before it in this process has counted, too.
    metrics.RELAYED_EVENTS.labels("tracing.test").inc(176391)
    text, content_type = metrics.body()
    assert b'jaring_relayed_events_total{topic="tracing.test"} 176391.0' in text
    assert b"jaring_relay_batch_seconds" in text
    assert content_type.startswith("text/plain")
