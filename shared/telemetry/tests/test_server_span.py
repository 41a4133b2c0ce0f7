"""The span of a request: what is on it when it is sampled, and that nothing is made of it when it is not."""

from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.telemetry.messaging import carrier_of, inject
from shared.telemetry.server_span import ServerSpan

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def scope(method: str = "GET", *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "scheme": "http",
        "http_version": "1.1",
        "server": ("127.0.0.1", 8001),
        "headers": [(b"host", b"900101015432.example"), *headers],
    }


def one(spans: InMemorySpanExporter) -> ReadableSpan:
    (span,) = spans.get_finished_spans()
    return span


def traceparent(flags: str) -> tuple[bytes, bytes]:
    return b"traceparent", f"00-{TRACE}-{PARENT}-{flags}".encode()


def test_a_request_is_a_span_by_its_template_with_what_the_conventions_name(spans: InMemorySpanExporter) -> None:
    span = ServerSpan(scope("POST"), "/v1/claims/{claim}")
    assert trace.get_current_span() is span.span
    span.answered(201)
    span.end("/v1/claims/{claim}")
    assert trace.get_current_span() is trace.INVALID_SPAN
    found = one(spans)
    assert (found.name, found.kind, found.status.is_unset) == (
        "POST /v1/claims/{claim}",
        trace.SpanKind.SERVER,
        True,
    )
    assert dict(found.attributes or {}) == {
        "http.request.method": "POST",
        "http.response.status_code": 201,
        "http.route": "/v1/claims/{claim}",
        "network.protocol.version": "1.1",
        "server.address": "127.0.0.1:8001",
        "server.port": 8001,
        "url.scheme": "http",
    }


@pytest.mark.parametrize(
    ("method", "template", "name"),
    [("GET", "/docs", "GET /docs"), ("GET", None, "GET"), ("BREW", None, "HTTP"), ("BREW", "/docs", "HTTP /docs")],
)
def test_a_route_that_is_found_on_the_way_names_the_span(
    spans: InMemorySpanExporter, method: str, template: str | None, name: str
) -> None:
    ServerSpan(scope(method), None).end(template)
    found = one(spans)
    assert found.name == name
    assert (found.attributes or {})["http.request.method"] == ("GET" if method == "GET" else "_OTHER")


@pytest.mark.parametrize(("status", "is_error"), [(200, False), (404, False), (499, False), (500, True), (503, True)])
def test_a_defect_is_an_error_and_a_refusal_is_none(spans: InMemorySpanExporter, status: int, is_error: bool) -> None:
    span = ServerSpan(scope(), None)
    span.answered(status)
    span.end(None)
    found = one(spans)
    assert found.status.status_code is (trace.StatusCode.ERROR if is_error else trace.StatusCode.UNSET)
    assert (found.attributes or {}).get("error.type") == (str(status) if is_error else None)


def test_an_answer_that_was_cut_is_an_error_without_what_it_said(spans: InMemorySpanExporter) -> None:
    span = ServerSpan(scope(), None)
    span.answered(200)
    span.broke(ValueError("Siti"))
    span.end(None)
    assert one(spans).status.description == "ValueError"
    assert "Siti" not in one(spans).to_json()


def test_who_calls_in_a_sampled_trace_is_followed(spans: InMemorySpanExporter) -> None:
    span = ServerSpan(scope("GET", traceparent("01"), (b"tracestate", b"a=1"), (b"tracestate", b"b=2")), None)
    sent = inject()
    span.end(None)
    found = one(spans)
    assert found.parent is not None
    assert (found.parent.trace_id, found.parent.span_id) == (int(TRACE, 16), int(PARENT, 16))
    assert sent["traceparent"].startswith(f"00-{TRACE}-")
    assert sent["tracestate"] == "a=1,b=2"


def test_what_was_not_sampled_has_a_context_and_no_attributes(spans: InMemorySpanExporter) -> None:
    span = ServerSpan(scope("GET", traceparent("00")), "/v1/claims")
    span.answered(500)
    assert isinstance(span.span, trace.NonRecordingSpan)
    assert inject()["traceparent"].startswith(f"00-{TRACE}-")
    assert inject()["traceparent"].endswith("-00")
    span.end("/v1/claims")
    assert spans.get_finished_spans() == ()


@pytest.mark.parametrize("value", [b"", b"00-0-0-01", b"\xff\xfe", b"ff-" + TRACE.encode() + b"-b7ad6b7169203331-01"])
def test_a_context_that_is_none_begins_a_trace(spans: InMemorySpanExporter, value: bytes) -> None:
    ServerSpan(scope("GET", (b"traceparent", value)), None).end(None)
    assert one(spans).parent is None


@pytest.mark.parametrize("headers", [(), ((b"tracestate", b"a=1"),), ((b"traceparent", b"none"),)])
def test_who_sends_no_context_is_not_taken_into_that_of_the_request_before(
    spans: InMemorySpanExporter, headers: tuple[tuple[bytes, bytes], ...]
) -> None:
    before = ServerSpan(scope("GET", traceparent("01")), None)
    own = ServerSpan(scope("GET", *headers), None)
    own.end(None)
    assert one(spans).parent is None
    assert own.span.get_span_context().trace_id != int(TRACE, 16)
    before.end(None)


@pytest.mark.parametrize("state", [{}, {"tracestate": "a=1,b=2"}])
@pytest.mark.parametrize("flags", ["00", "01"])
def test_a_carrier_is_the_librarys(state: dict[str, str], flags: str) -> None:
    propagator = TraceContextTextMapPropagator()
    context = propagator.extract({"traceparent": f"00-{TRACE}-{PARENT}-{flags}", **state})
    carrier: dict[str, str] = {}
    propagator.inject(carrier, context)
    assert carrier_of(trace.get_current_span(context)) == carrier


def test_without_a_span_nothing_is_carried() -> None:
    assert carrier_of(trace.INVALID_SPAN) == {}
